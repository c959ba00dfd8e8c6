package org.jeroboam.platform.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.command.AbstractCommandSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real ssh server in this process. */
class ShellConnectionTest {

    @TempDir
    private Path state;

    private final SshServer server = SshServer.setUpDefaultServer();
    private ShellKeys keys;

    @BeforeEach
    void start() throws Exception {
        Files.createDirectory(state.resolve("etc"));
        keys = new ShellKeys(state);
        keys.prepare();
        KeyPair host = rsaKey();
        writeHostKey(host);
        server.setHost("127.0.0.1");
        server.setPort(0);
        server.setKeyPairProvider(KeyPairProvider.wrap(host));
        server.setPublickeyAuthenticator((user, key, session) -> user.equals(ShellKeys.USER) && isOwner(key));
        server.setCommandFactory((channel, command) -> new AbstractCommandSupport(command, null) {
            @Override
            public void run() {
                answer(getCommand(), getOutputStream(), getErrorStream());
                onExit(getCommand().equals("good") ? 0 : 7);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() throws IOException {
        server.stop(true);
    }

    @Test
    void outputErrorsAndStatusComeBack() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (ShellConnection connection = ShellConnection.open(keys, server.getPort())) {
            assertEquals(0, connection.execute("good", out, err));
            assertEquals(7, connection.execute("bad", out, err));
        }
        assertEquals("did good\ndid bad\n", out.toString(StandardCharsets.UTF_8));
        assertEquals("grumble\ngrumble\n", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aServerThatShowsAnotherKeyIsNotSpokenTo() throws Exception {
        writeHostKey(rsaKey());
        assertThrows(IOException.class, () -> ShellConnection.open(keys, server.getPort()));
    }

    @Test
    void aServerThatTakesTheConnectionAndNeverAnswersIsGivenUp() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            IOException e = assertThrows(
                    IOException.class, () -> ShellConnection.open(keys, silent.getLocalPort(), Duration.ofSeconds(1)));
            assertTrue(e.getMessage().startsWith("nothing came for 1 s; try again"), e.getMessage());
        }
    }

    @Test
    void whereNobodyListensTheErrorSaysJustThat() throws Exception {
        int port = server.getPort();
        server.stop(true);
        IOException e = assertThrows(IOException.class, () -> ShellConnection.open(keys, port));
        assertEquals("Connection refused", e.getMessage());
    }

    @Test
    void anotherKeyThanTheOwnersIsRefused(@TempDir Path other) throws Exception {
        Files.createDirectory(other.resolve("etc"));
        Files.copy(state.resolve("etc/host.key"), other.resolve("etc/host.key"));
        ShellKeys others = new ShellKeys(other);
        others.prepare();
        assertThrows(IOException.class, () -> ShellConnection.open(others, server.getPort()));
    }

    @Test
    void nobodyElseCanReadTheKeyAndItStaysTheSame() throws Exception {
        Path file = state.resolve("shell.key");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        String before = Files.readString(file);
        keys.prepare();
        assertEquals(before, Files.readString(file));
        assertNotEquals(before, "");
    }

    @Test
    void theOwnerIsEnteredOnceAndOtherUsersStay() throws Exception {
        Path users = state.resolve("etc/keys.properties");
        assertTrue(Files.readString(users).contains("admin = AAAA"));
        Files.writeString(users, "# ours\nguest = AAAA,ssh\n");
        keys.prepare();
        keys.prepare();
        List<String> lines = Files.readAllLines(users);
        assertEquals(3, lines.size(), lines.toString());
        assertTrue(lines.get(2).endsWith(",_g_:admingroup"), lines.toString());
        Files.writeString(users, "admin = BBBB,viewer\n");
        keys.prepare();
        assertEquals("admin = BBBB,viewer\n", Files.readString(users));
    }

    private boolean isOwner(java.security.PublicKey key) {
        try {
            return KeyUtils.compareKeys(key, keys.owner().getPublic());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void answer(String command, OutputStream out, OutputStream err) {
        try {
            out.write(("did \033[1m" + command + "\033[0m\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
            err.write("grumble\n".getBytes(StandardCharsets.UTF_8));
            err.flush();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static KeyPair rsaKey() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    /** As Karaf writes it. */
    private void writeHostKey(KeyPair host) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(host.getPrivate().getEncoded());
        Files.writeString(
                state.resolve("etc/host.key"),
                "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n");
    }
}
