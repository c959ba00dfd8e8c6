package org.jeroboam.platform.launcher;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/** Whether an ssh server says its first words (RFC 4253, 4.2) to who connects on the loopback interface. */
final class SshGreeting {

    private static final byte[] GREETING = "SSH-".getBytes(StandardCharsets.US_ASCII);
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration ONE_TRY = Duration.ofSeconds(5);

    private SshGreeting() {}

    /**
     * Tries until a server greets.
     *
     * @param port where it listens
     * @param longest for how long to go on
     * @return false if none greeted in that time
     */
    static boolean awaited(int port, Duration longest) {
        long end = System.nanoTime() + longest.toNanos();
        do {
            long left = Math.max(1, (end - System.nanoTime()) / 1_000_000);
            if (comes(port, (int) Math.min(left, ONE_TRY.toMillis()))) {
                return true;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        } while (System.nanoTime() - end < 0);
        return false;
    }

    private static boolean comes(int port, int millis) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), millis);
            socket.setSoTimeout(millis);
            return Arrays.equals(socket.getInputStream().readNBytes(GREETING.length), GREETING);
        } catch (IOException e) {
            return false; // the next try may find a server
        }
    }
}
