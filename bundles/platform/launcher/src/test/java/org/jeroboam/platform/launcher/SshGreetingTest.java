package org.jeroboam.platform.launcher;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SshGreetingTest {

    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofMinutes(1);

    @Test
    void whoConnectsToNobodyOrToASilentServerIsNotGreeted() throws Exception {
        int port;
        try (ServerSocket silent = listen()) {
            port = silent.getLocalPort();
            assertFalse(SshGreeting.awaited(port, SHORT));
        }
        assertFalse(SshGreeting.awaited(port, SHORT));
    }

    @Test
    void theFirstServerThatGreetsIsEnough() throws Exception {
        try (ServerSocket server = listen()) {
            CompletableFuture<Void> answers =
                    CompletableFuture.runAsync(() -> answer(server, List.of("", "HTTP/1.1 400", "SSH-2.0-own\r\n")));
            assertTrue(SshGreeting.awaited(server.getLocalPort(), LONG));
            answers.get();
        }
    }

    /** Says one thing to each who connects, and hangs up. */
    private static void answer(ServerSocket server, List<String> texts) {
        for (String text : texts) {
            try (Socket socket = server.accept()) {
                socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static ServerSocket listen() throws IOException {
        return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }
}
