package org.jeroboam.access.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.extension.DebugStub;
import org.jeroboam.management.extension.MachineExtension.Outcome;
import org.jeroboam.management.extension.MachineSettings.SerialConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class ForegroundRunTest {
    private final FakeServer server = new FakeServer();
    private final List<Integer> gdbPorts = new ArrayList<>();
    private DebugStub stub = (machine, port) -> {
        assertTrue(server.startedPaused);
        gdbPorts.add(port);
        return null;
    };
    private final List<Path> brought = new ArrayList<>();
    private boolean madeBefore;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) throws InterruptedException {
        return new ForegroundRun(
                        server,
                        stub,
                        this::bring,
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(out, true),
                        new PrintStream(err, true))
                .run(arguments);
    }

    private void bring(List<Path> files) throws ManagementException {
        madeBefore |= server.settings != null;
        brought.addAll(files);
        if (files.contains(Path.of("missing.jar"))) {
            throw ManagementException.badRequest("--bundle: there is no file missing.jar");
        }
    }

    @Test
    void bundlesComeBeforeTheMachine() throws InterruptedException {
        server.outcome.complete(new Outcome(Outcome.Kind.POWERED_OFF, "", -1, ""));
        assertEquals(0, run("--kernel=k", "--bundle", "a.jar", "--bundle=b.jar", "--device", "card"));
        assertEquals(List.of(Path.of("a.jar"), Path.of("b.jar")), brought);
        assertFalse(madeBefore, "before the machine is made");
    }

    @Test
    void aBundleThatCannotBeHadEndsTheRun() throws InterruptedException {
        assertEquals(2, run("--kernel=k", "--bundle", "missing.jar"));
        assertOneSentence("there is no file missing.jar");
        assertNull(server.settings);
    }

    private void assertOneSentence(String part) {
        String text = err.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains(part), text);
        assertEquals(1, text.lines().count(), text);
    }

    @ParameterizedTest
    @CsvSource({
        "POWERED_OFF,-1,0",
        "RESET,-1,0",
        "TURNED_OFF,-1,0",
        "CANNOT_GO_ON,-1,4",
        "FAULT,-1,70",
        "POWERED_OFF,0,1",
        "POWERED_OFF,5,11"
    })
    void theStatusSaysHowItEnded(Outcome.Kind kind, int exitCode, int status) throws InterruptedException {
        server.outcome.complete(new Outcome(kind, "", exitCode, ""));
        assertEquals(status, run("--kernel", "k"));
        assertTrue(server.deleted);
    }

    @Test
    void optionsReachTheSettings() throws InterruptedException {
        server.outcome.complete(new Outcome(Outcome.Kind.POWERED_OFF, "", -1, "abc"));
        assertEquals(
                0,
                run(
                        "--kernel=k",
                        "--initrd",
                        "i",
                        "--append",
                        "a b",
                        "--memory",
                        "64M",
                        "--serial",
                        "file:/tmp/s",
                        "--cpu-model",
                        "pm",
                        "--clock",
                        "deterministic",
                        "--no-reboot",
                        "--disk",
                        "d0",
                        "--disk",
                        "d1",
                        "--state-hash-on-exit"));
        assertNotNull(server.settings);
        assertEquals(64L << 20, server.settings.memoryBytes());
        assertEquals(Path.of("i"), server.settings.initrd());
        assertEquals("a b", server.settings.append());
        assertEquals(new SerialConnection.ToFile(Path.of("/tmp/s")), server.settings.serial());
        assertEquals(2, server.settings.disks().size());
        assertTrue(server.settings.deterministic());
        assertTrue(server.settings.resetPowersOff());
        assertOneSentence("state hash: abc");
    }

    @Test
    void gdbIsWaitedForBeforeTheFirstInstruction() throws InterruptedException {
        server.outcome.complete(new Outcome(Outcome.Kind.POWERED_OFF, "", -1, ""));
        assertEquals(0, run("--kernel=k", "--gdb", "1234"));
        assertEquals(List.of(1234), gdbPorts);
        assertOneSentence("target remote localhost:1234");
    }

    @Test
    void aBadGdbPortIsRefused() throws InterruptedException {
        assertEquals(2, run("--kernel=k", "--gdb", "70000"));
        assertOneSentence("--gdb must be a port from 1 to 65535, not 70000");
    }

    @Test
    void gdbNeedsItsBundle() throws InterruptedException {
        stub = null;
        assertEquals(2, run("--kernel=k", "--gdb", "1234"));
        assertOneSentence("jeroboam-access-gdb");
    }

    @Test
    void optionsOfTheBiosReachTheSettings() throws InterruptedException {
        server.outcome.complete(new Outcome(Outcome.Kind.POWERED_OFF, "", -1, ""));
        assertEquals(
                0,
                run(
                        "--disk=d.vhd",
                        "--cdrom=c.iso",
                        "--floppy",
                        "f.img",
                        "--boot",
                        "da",
                        "--boot-menu",
                        "--bios=b.bin",
                        "--serial2=file:two",
                        "--screenshot-on-exit=s.png"));
        assertTrue(server.settings.bootsThroughBios());
        assertEquals(Path.of("c.iso"), server.settings.cdrom());
        assertEquals(Path.of("f.img"), server.settings.floppy());
        assertEquals("da", server.settings.boot());
        assertTrue(server.settings.bootMenu());
        assertEquals(Path.of("b.bin"), server.settings.bios());
        assertEquals(new SerialConnection.ToFile(Path.of("two")), server.settings.serial2());
        assertEquals(Path.of("s.png"), server.settings.screenshotOnExit());
    }

    @ParameterizedTest
    @CsvSource({
        "--kernel=k --memory=5G,--memory",
        "--memory=64M,nothing to boot",
        "--disk=d --boot=x,--boot",
        "--disk=d --kernel=k --bios=b,--bios",
        "--cdrom=c --append=quiet,--append",
        "--floppy=f --serial2=stdio,console",
        "--disk=1 --disk=2 --disk=3 --disk=4 --disk=5,fifth disk",
        "--disk=1 --disk=2 --disk=3 --disk=4 --cdrom=c,CD drive",
        "--kernel=k --bogus,--bogus",
        "--kernel=k --timeout=soon,soon",
        "--kernel=k --timeout=-1,--timeout",
        "--kernel=k --serial=usb,--serial",
        "--kernel,--kernel"
    })
    void badOptionsAreOneSentenceAndStatus2(String arguments, String part) throws InterruptedException {
        assertEquals(2, run(arguments.split(" ")));
        assertOneSentence(part);
    }

    @Test
    void whatTheServerRefusesIsOneSentence() throws InterruptedException {
        server.refusal = ManagementException.badRequest("the kernel k does not exist");
        assertEquals(2, run("--kernel=k"));
        assertOneSentence("the kernel k does not exist");
        server.refusal = new ManagementException(ManagementException.Kind.FAULT, "broken");
        err.reset();
        assertEquals(70, run("--kernel=k"));
        assertOneSentence("broken");
    }

    @Test
    void aFaultOfOursIsOneSentenceToo() throws InterruptedException {
        server.bug = new IllegalStateException("oops");
        assertEquals(70, run("--kernel=k"));
        assertOneSentence("oops");
    }

    @Test
    void theTimeoutIsStatus3() throws InterruptedException {
        assertEquals(3, run("--kernel=k", "--timeout=1"));
        assertOneSentence("after 1 seconds");
        assertTrue(server.deleted);
    }

    @Test
    void theTimeoutTellsTheHashToo() throws InterruptedException {
        assertEquals(3, run("--kernel=k", "--timeout=1", "--state-hash-on-exit"));
        assertTrue(err.toString(StandardCharsets.UTF_8).startsWith("state hash: hash"), err.toString());
    }

    @Test
    void helpGoesToStandardOutput() throws InterruptedException {
        assertEquals(0, run("--help"));
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("--cpu-model"));
        assertEquals(0, err.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"--kernel=k", "--kernel=k --serial=none --serial2=stdio"})
    void consoleOutputReachesStandardOutput(String arguments) throws InterruptedException {
        server.output = "login: ";
        server.outcome.complete(new Outcome(Outcome.Kind.POWERED_OFF, "", -1, ""));
        assertEquals(0, run(arguments.split(" ")));
        assertEquals("login: ", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void argumentsSurviveTheProperty() {
        String encoded = Base64.getEncoder().encodeToString("--append\0a b 'ü'\0\0".getBytes(StandardCharsets.UTF_8));
        assertEquals(java.util.List.of("--append", "a b 'ü'", ""), java.util.List.of(ArgumentVector.decode(encoded)));
        assertEquals(0, ArgumentVector.decode("").length);
    }
}
