package org.jeroboam.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.keyprovider.FileKeyPairProvider;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;

/** The server of the distribution as a process of its own, started by the launcher, and one connection with its shell. */
final class ServerProcess {
    static final long PATIENCE_SECONDS = 180;
    private static final Duration PATIENCE = Duration.ofSeconds(PATIENCE_SECONDS);
    /** A server that accepts nothing more shall not keep all the tests behind it waiting long. */
    static final Duration ANSWER = Duration.ofSeconds(30);

    /** What a command said, and its exit status. */
    record Result(int status, String text) {}

    private final Path home;
    private final Map<String, String> environment;
    private SshClient client;

    /** @param home an empty directory; the server's state goes into {@code state} below it */
    ServerProcess(Path home) throws IOException {
        this.home = home;
        environment = new HashMap<>(Map.of(
                "JEROBOAM_HOME", state().toString(),
                "JEROBOAM_SSH_PORT", freePort(),
                "JEROBOAM_JMX_PORT", freePort(),
                "JEROBOAM_RMI_PORT", freePort()));
    }

    Path state() {
        return home.resolve("state");
    }

    /** The log from its beginning. */
    String log() {
        try {
            return Files.readString(state().resolve("data").resolve("log").resolve("karaf.log"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The jar of one of the distribution's bundles. */
    static Path jar(String bundle) throws IOException {
        Path folder = Path.of(System.getProperty("jeroboam.launcher"))
                .resolveSibling("karaf-distribution/target/assembly/system/org/jeroboam")
                .resolve(bundle);
        try (var files = Files.walk(folder)) {
            return files.filter(f -> f.toString().endsWith(".jar")).findFirst().orElseThrow();
        }
    }

    /** Sets a property in one of the distribution's configuration files; before the first start. */
    void configure(String file, String key, String value) throws IOException {
        Path original = Path.of(System.getProperty("jeroboam.launcher"))
                .resolveSibling("karaf-distribution/target/assembly/etc")
                .resolve(file);
        List<String> lines = new ArrayList<>(Files.exists(original) ? Files.readAllLines(original) : List.of());
        lines.removeIf(line -> line.strip().startsWith(key));
        lines.add(key + " = " + value);
        Files.createDirectories(state().resolve("etc"));
        Files.write(state().resolve("etc").resolve(file), lines);
    }

    ServerProcess start() throws Exception {
        launcher("start");
        client = SshClient.setUpDefaultClient();
        client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
        client.start();
        return this;
    }

    int port() {
        return Integer.parseInt(environment.get("JEROBOAM_SSH_PORT"));
    }

    ClientSession connect() throws IOException {
        return connect(new FileKeyPairProvider(state().resolve("shell.key")));
    }

    /** A connection of the administrator, who must be let in with one of the keys. */
    ClientSession connect(KeyIdentityProvider keys) throws IOException {
        ClientSession session =
                client.connect("admin", "127.0.0.1", port()).verify(ANSWER).getSession();
        try {
            session.setKeyIdentityProvider(keys);
            session.auth().verify(ANSWER);
            return session;
        } catch (IOException e) {
            session.close(true);
            throw e;
        }
    }

    void stop() throws Exception {
        if (client != null) {
            client.stop();
            client = null;
        }
        launcher("stop");
    }

    /** Calls the launcher, which must succeed. */
    String launcher(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.addFirst(System.getProperty("jeroboam.launcher"));
        File out = File.createTempFile("out", null, home.toFile());
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        Process process = builder.redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(out)
                .start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command + " does not end");
        }
        String text = Files.readString(out.toPath());
        assertEquals(0, process.exitValue(), command + ": " + text);
        return text;
    }

    /** A command of the server's shell, whatever becomes of it. */
    Result attempt(String command) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        // Karaf ends the connection with the command.
        try (ClientSession session = connect();
                ChannelExec channel = session.createExecChannel(command)) {
            channel.setOut(out);
            channel.setErr(out);
            channel.open().verify(PATIENCE);
            channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), PATIENCE);
            Integer status = channel.getExitStatus();
            String text = out.toString(StandardCharsets.UTF_8).replaceAll("\u001B\\[[0-9;]*m", "");
            return new Result(status == null ? -1 : status, text);
        } catch (IOException e) {
            throw new AssertionError(command, e);
        }
    }

    /** A command of the server's shell, which must succeed. */
    String shell(String command) {
        Result result = attempt(command);
        assertEquals(0, result.status(), command + ": " + result.text());
        return result.text();
    }

    /** A command that must fail; answers what it said. */
    String refused(String command) {
        Result result = attempt(command);
        assertNotEquals(0, result.status(), command + ": " + result.text());
        return result.text();
    }

    /** Waits for something that must come about. */
    static void await(BooleanSupplier done, Supplier<String> what) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS / 3);
        while (!done.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError(what.get());
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    static String freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return Integer.toString(socket.getLocalPort());
        }
    }
}
