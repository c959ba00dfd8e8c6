package org.jeroboam.itests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script as a person calls it. */
class LauncherIT {

    private static final long PATIENCE_SECONDS = 180;
    /** As the kernel's tables of sockets have it: 127.0.0.1, the same in IPv6, ::1. */
    private static final Set<String> LOOPBACK =
            Set.of("0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000");

    private static final String LISTEN = "0A";

    @TempDir
    private Path home;

    private Map<String, String> environment;

    private record Result(int status, String out, String err) {}

    @BeforeEach
    void prepare() throws IOException {
        environment = new HashMap<>(Map.of(
                "JEROBOAM_HOME", home.resolve("state").toString(),
                "JEROBOAM_SSH_PORT", freePort(),
                "JEROBOAM_JMX_PORT", freePort(),
                "JEROBOAM_RMI_PORT", freePort()));
    }

    @AfterEach
    void stop() throws Exception {
        assertEquals(0, jeroboam("stop").status());
    }

    @Test
    void helpIsHelpAndNonsenseIsAnError() throws Exception {
        assertTrue(jeroboam("help").out().contains("demo"));
        assertEquals(0, jeroboam().status());
        for (List<String> nonsense : List.of(List.of("nonsense"), List.of("status", "now"), List.of("test", "--all"))) {
            Result result = jeroboam(nonsense.toArray(String[]::new));
            assertEquals(2, result.status(), nonsense.toString());
            assertEquals(1, result.err().lines().count(), result.err());
        }
    }

    @Test
    void aRunRefusesBadInputWithOneSentence() throws Exception {
        // The first run after a build prepares quick starts, and says so.
        assertEquals(0, jeroboam("run", "--help").status());
        Path text = Files.writeString(home.resolve("a file.txt"), "no kernel");
        Path empty = Files.createFile(home.resolve("empty.img"));
        Path iso = Files.write(home.resolve("truncated.iso"), Images.truncatedIso());
        Path vhd = Files.write(home.resolve("checksum.vhd"), Images.vhdWithWrongChecksum());
        for (List<String> options : List.of(
                List.of("--kernel", home.resolve("missing").toString()),
                List.of("--kernel", text.toString()),
                List.of("--kernel", text.toString(), "--memory", "5G"),
                List.of("--colour", "red"),
                List.of("--memory", "64M"),
                List.of("--disk", empty.toString()),
                List.of("--disk", home.toString()),
                List.of("--disk", vhd.toString()),
                List.of("--cdrom", iso.toString()),
                List.of("--cdrom", text.toString()),
                List.of("--floppy", home.resolve("missing.img").toString()),
                List.of("--bios", text.toString()),
                List.of("--boot", "x", "--disk", empty.toString()))) {
            assertRefused(options);
        }
        assertEquals("no kernel", Files.readString(text));
        assertEquals(0, Files.size(empty));
        assertArrayEquals(Images.truncatedIso(), Files.readAllBytes(iso));
        assertArrayEquals(Images.vhdWithWrongChecksum(), Files.readAllBytes(vhd));
    }

    @Test
    void aRunTidiesUpBehindDeadOnes() throws Exception {
        Path live = run("live");
        Path dead = run("dead");
        Path old = run("old");
        FileTime past = FileTime.from(Instant.now().minus(3, ChronoUnit.DAYS));
        Files.setLastModifiedTime(old, past);
        Files.setLastModifiedTime(live, past);
        Process holder =
                new ProcessBuilder("flock", live.resolve("lock").toString(), "sh", "-c", "echo held; read end").start();
        try {
            assertEquals("held", holder.inputReader().readLine());
            assertEquals(0, jeroboam("run", "--help").status());
        } finally {
            holder.outputWriter().close();
            holder.waitFor();
        }
        assertTrue(Files.exists(live.resolve("cache")), "what lives keeps all");
        assertTrue(Files.exists(dead.resolve("run.log")), "the last logs stay");
        assertFalse(Files.exists(dead.resolve("cache")));
        assertFalse(Files.exists(old));
    }

    private Path run(String name) throws IOException {
        Path directory = Files.createDirectories(home.resolve("state/runs").resolve(name));
        Files.createDirectory(directory.resolve("cache"));
        Files.createFile(directory.resolve("lock"));
        Files.createFile(directory.resolve("run.log"));
        return directory;
    }

    @Test
    void aRunWithoutFirmwareSaysWhatToInstall() throws Exception {
        assertEquals(0, jeroboam("run", "--help").status());
        environment.put("JEROBOAM_JAVA_OPTS", "-Djeroboam.firmware=" + home);
        Path disk = Files.write(home.resolve("disk.img"), new byte[1 << 20]);
        String message = assertRefused(List.of("--disk", disk.toString()));
        assertTrue(message.contains("seabios") && message.contains("--bios"), message);
    }

    /** Returns the sentence. */
    private String assertRefused(List<String> options) throws Exception {
        List<String> command = new ArrayList<>(options);
        command.addFirst("run");
        Result result = jeroboam(command.toArray(String[]::new));
        assertEquals(2, result.status(), options + ": " + result.err());
        assertEquals("", result.out());
        List<String> sentences = result.err()
                .lines()
                .filter(line -> line.startsWith("jeroboam: "))
                .toList();
        assertEquals(1, sentences.size(), result.err());
        assertFalse(result.err().contains("\tat "), result.err());
        return sentences.getFirst();
    }

    @Test
    void theServerStartsAnswersAndStops() throws Exception {
        assertEquals(3, jeroboam("status").status());
        assertEquals(3, jeroboam("shell", "jaas:whoami").status());

        Result start = jeroboam("start");
        assertEquals(0, start.status(), start.err());
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("state"))));
        assertTrue(jeroboam("start").err().contains("runs already"));
        Set<Integer> ports = listeners();
        for (String port : List.of("JEROBOAM_SSH_PORT", "JEROBOAM_JMX_PORT", "JEROBOAM_RMI_PORT")) {
            assertTrue(ports.contains(Integer.valueOf(environment.get(port))), port + " is not among " + ports);
        }
        assertEquals(0, jeroboam("status").status());

        Result whoami = jeroboam("shell", "jaas:whoami");
        assertEquals(0, whoami.status(), whoami.err());
        assertTrue(whoami.out().contains("admin"), whoami.out());
        Result machines = jeroboam("shell", "vm:list");
        assertEquals(0, machines.status(), machines.err());
        Result unknown = jeroboam("shell", "no:such");
        assertEquals(1, unknown.status());
        assertEquals("Command not found: no:such", unknown.out().strip());

        assertEquals(0, jeroboam("stop").status());
        assertEquals(3, jeroboam("status").status());
    }

    @Test
    void aMachineLivesInTheServer() throws Exception {
        String kernel = demoKernel();
        assertEquals(0, jeroboam("start").status());
        shell("vm:create", "--kernel", kernel, "--append", "console=ttyS0 quiet", "--memory", "64M", "web");
        shell("vm:start", "web");
        assertTrue(shell("vm:list").contains("running"));
        assertTrue(shell("vm:devices", "web").contains("jeroboam-device-serial"));
        assertTrue(shell("vm:swap", "web", "com1", "--to", "jeroboam-device-serial")
                .contains("was replaced"));
        assertTrue(shell("vm:info", "web").contains("console=ttyS0 quiet"));
        shell("vm:save", "web");
        assertTrue(shell("vm:list").contains("saved"));

        assertEquals(0, jeroboam("stop").status());
        assertEquals(0, jeroboam("start").status());
        assertTrue(shell("vm:list").contains("saved"), "the catalogue outlives the server");
        shell("vm:start", "web");
        assertTrue(shell("vm:regs", "web").contains("EIP="));
        shell("vm:pause", "web");
        assertTrue(shell("vm:list").contains("paused"));
        shell("vm:resume", "web");
        assertTrue(shell("vm:list").contains("running"));
        shell("vm:reset", "web");
        assertTrue(shell("vm:info", "web").contains("core recompiler-x64"));
        shell("vm:cpu", "web", "interpreter");
        assertTrue(shell("vm:info", "web").contains("core interpreter"));
        shell("vm:cpu", "web", "recompiler-x64");
        assertTrue(shell("vm:info", "web").contains("core recompiler-x64"));
        assertRefusedByShell("abacus", "vm:cpu", "web", "abacus");

        String state = home.resolve("web.state").toString();
        shell("vm:save", "web", state);
        assertTrue(shell("vm:list").contains("paused"));
        shell("vm:stop", "web");
        shell("vm:restore", "web", state);
        assertTrue(shell("vm:list").contains("paused"));
        shell("vm:save", "web");
        shell("vm:restore", "web");
        assertTrue(shell("vm:list").contains("running"));
        shell("vm:save", "web");
        shell("vm:discard", "web");
        assertTrue(shell("vm:list").contains("turned off"));
        shell("vm:start", "web");
        assertRefusedByShell("is on", "vm:delete", "web");
        shell("vm:stop", "web");
        shell("vm:delete", "web");
        assertTrue(shell("vm:list").contains("no machines"));
    }

    @Test
    void aMachineShowsItsScreenAndTakesKeysAndMedia() throws Exception {
        Path floppy = Files.write(home.resolve("floppy.img"), Images.echoFloppy());
        assertEquals(0, jeroboam("start").status());
        String port = freePort();
        shell("vm:create", "--memory", "16M", "--floppy", floppy.toString(), "--serial", "tcp:" + port, "bios");
        assertRefusedByShell("turned off", "vm:screen", "bios");
        shell("vm:start", "bios");
        assertTrue(listeners().contains(Integer.valueOf(port)));

        awaitScreen(Images.READY);
        shell("vm:type", "bios", "Hello, World! <100% typed>");
        awaitScreen("Hello, World! <100% typed>");
        shell("vm:type", "--keys", "bios", "DOWN, Key_RightShift, Key_X, UP, Key_RightShift, KeyPad_Minus, Key_Y");
        awaitScreen("X-y");
        Path picture = home.resolve("screen.png");
        shell("vm:screenshot", "bios", picture.toString());
        assertTrue(ImageIO.read(picture.toFile()).getWidth() >= 640);

        assertTrue(shell("vm:media", "bios").contains("floppy.img"));
        shell("vm:media", "bios", "floppy", "eject");
        assertFalse(shell("vm:media", "bios").contains("floppy.img"));
        shell("vm:media", "bios", "floppy", floppy.toString());
        assertTrue(shell("vm:media", "bios", "floppy").contains("floppy.img"));
        String missing = home.resolve("missing.iso").toString();
        assertRefusedByShell(missing, "vm:media", "bios", "cdrom", missing);
        assertTrue(shell("vm:media", "bios", "cdrom").contains("empty"));
        assertRefusedByShell("US keyboard", "vm:type", "bios", "\u00FC");
        shell("vm:stop", "bios");
        assertRefusedByShell("turned off", "vm:type", "--enter", "bios", "x");
    }

    private void awaitScreen(String text) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        String screen = "";
        while (System.nanoTime() < end) {
            Result result = jeroboam("shell", "vm:screen", "bios");
            screen = result.out();
            if (result.status() == 0 && screen.contains(text)) {
                return;
            }
        }
        throw new AssertionError("no '" + text + "' on the screen:\n" + screen);
    }

    /** A command that fails says why in one sentence and has a status of its own. */
    private void assertRefusedByShell(String part, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(words));
        command.addFirst("shell");
        Result result = jeroboam(command.toArray(String[]::new));
        assertNotEquals(0, result.status(), command + ": " + result.out());
        String said = (result.out() + result.err()).strip();
        assertTrue(said.contains(part), said);
        assertEquals(1, said.lines().count(), said);
    }

    /** The ports on which the server listens, all of which must be on the loopback interface. */
    private Set<Integer> listeners() throws IOException {
        Path process = Path.of(
                "/proc",
                Files.readString(home.resolve("state").resolve("server.pid")).strip());
        Set<String> sockets = new HashSet<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                sockets.add(Files.readSymbolicLink(descriptor).toString());
            }
        }
        Set<Integer> ports = new TreeSet<>();
        for (String table : List.of("tcp", "tcp6")) {
            for (String line : Files.readAllLines(process.resolve("net").resolve(table))) {
                String[] fields = line.strip().split(" +");
                if (fields[3].equals(LISTEN) && sockets.contains("socket:[" + fields[9] + "]")) {
                    String[] address = fields[1].split(":");
                    assertTrue(LOOPBACK.contains(address[0]), "the server listens on " + fields[1]);
                    ports.add(Integer.valueOf(address[1], 16));
                }
            }
        }
        return ports;
    }

    private static String demoKernel() throws IOException, InterruptedException {
        Path script = Path.of(System.getProperty("jeroboam.launcher"))
                .resolveSibling("scripts")
                .resolve("demo-guest");
        Process process = new ProcessBuilder(script.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String kernel = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .findFirst()
                .orElseThrow();
        assertEquals(0, process.waitFor());
        return kernel;
    }

    private String shell(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(words));
        command.addFirst("shell");
        Result result = jeroboam(command.toArray(String[]::new));
        assertEquals(0, result.status(), result.out() + result.err());
        return result.out();
    }

    private Result jeroboam(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.addFirst(System.getProperty("jeroboam.launcher"));
        File out = File.createTempFile("out", null, home.toFile());
        File err = File.createTempFile("err", null, home.toFile());
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        Process process = builder.redirectInput(new File("/dev/null"))
                .redirectOutput(out)
                .redirectError(err)
                .start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command + " does not end");
        }
        return new Result(process.exitValue(), text(out), text(err));
    }

    private static String text(File file) throws IOException {
        return Files.readString(file.toPath(), StandardCharsets.UTF_8);
    }

    private static String freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Integer.toString(socket.getLocalPort());
        }
    }
}
