package org.jeroboam.itests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The ssh server answers each of many connections, one after the other so that no other one could wake it: 60, in the
 * full tier 2,000. Some are dropped half-way or come with a wrong key, and bundles are updated meanwhile.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshConnectionsIT {
    private static final int CONNECTIONS = "full".equals(System.getProperty("tier")) ? 2000 : 60;
    private static final int KINDS = 8;
    private static final int UPDATE_EACH = 20;
    private static final String UPDATED = "jeroboam-device-debug";

    private ServerProcess server;
    private String jar;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        server = new ServerProcess(folder).start();
        jar = NextVersion.of(UPDATED, "0.1.1", folder).toUri().toString();
    }

    @AfterAll
    void stop() throws Exception {
        server.stop();
    }

    /** With one thread the JDK may leave the listening socket's event where nobody looks: EventThreads tells why. */
    @Test
    void moreThanOneThreadTakesTheEventsOfItsChannels() throws Exception {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Files.readString(server.state().resolve("server.pid")).strip(),
                        "Thread.print")
                .redirectErrorStream(true)
                .start();
        String threads = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, jcmd.waitFor(), threads);
        assertTrue(threads.split("EPollPort\\$EventHandlerTask\\.run", -1).length > 2, threads);
    }

    @Test
    void everyConnectionIsAnswered() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair wrong = generator.generateKeyPair();
        for (int i = 1; i <= CONNECTIONS; i++) {
            if (i % UPDATE_EACH == 0) {
                server.shell("bundle:update " + UPDATED + " " + jar);
            }
            switch (i % KINDS) {
                case 1 -> drop(false);
                case 3 -> drop(true);
                case 5 -> leaveACommand();
                case 7 ->
                    assertThrows(IOException.class, () -> server.connect(KeyIdentityProvider.wrapKeyPairs(wrong)));
                default -> server.shell("vm:list");
            }
        }
    }

    /** Comes and goes without a word of ssh, by the orderly way or by a reset. */
    private void drop(boolean reset) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            if (reset) {
                socket.setSoLinger(true, 0);
            }
        }
    }

    private void leaveACommand() throws IOException {
        try (ClientSession session = server.connect()) {
            ChannelExec channel = session.createExecChannel("bundle:list -t 0");
            channel.open().verify(ServerProcess.ANSWER);
            session.close(true);
        }
    }
}
