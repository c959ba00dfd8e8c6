package org.jeroboam.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script as a person calls it. */
class LauncherIT {

    private static final long PATIENCE_SECONDS = 180;

    @TempDir
    private Path home;

    private Map<String, String> environment;

    private record Result(int status, String out, String err) {}

    @BeforeEach
    void prepare() throws IOException {
        environment = Map.of(
                "JEROBOAM_HOME", home.resolve("state").toString(),
                "JEROBOAM_SSH_PORT", freePort(),
                "JEROBOAM_JMX_PORT", freePort(),
                "JEROBOAM_RMI_PORT", freePort());
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
        for (List<String> options : List.of(
                List.of("--kernel", home.resolve("missing").toString()),
                List.of("--kernel", text.toString()),
                List.of("--kernel", text.toString(), "--memory", "5G"),
                List.of("--colour", "red"))) {
            List<String> command = new ArrayList<>(options);
            command.addFirst("run");
            Result result = jeroboam(command.toArray(String[]::new));
            assertEquals(2, result.status(), options + ": " + result.err());
            assertEquals("", result.out());
            assertTrue(
                    result.err()
                                    .lines()
                                    .filter(line -> line.startsWith("jeroboam: "))
                                    .count()
                            == 1,
                    result.err());
            assertFalse(result.err().contains("\tat "), result.err());
        }
        assertEquals("no kernel", Files.readString(text));
    }

    @Test
    void theServerStartsAnswersAndStops() throws Exception {
        assertEquals(3, jeroboam("status").status());
        assertEquals(3, jeroboam("shell", "jaas:whoami").status());

        Result start = jeroboam("start");
        assertEquals(0, start.status(), start.err());
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("state"))));
        assertTrue(jeroboam("start").err().contains("runs already"));
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
        assertTrue(shell("vm:swap", "web", "com1").contains("was replaced"));
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
        shell("vm:stop", "web");
        shell("vm:delete", "web");
        assertTrue(shell("vm:list").contains("no machines"));
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
