package org.jeroboam.guests;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.SerialConsole;

/** Talks to a guest over its serial console, as a person would: waits for a text, types a line. */
final class Dialogue implements AutoCloseable {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final StringBuilder seen = new StringBuilder();
    private final SerialConsole console;
    private int position;

    Dialogue(VirtualMachine machine) throws ManagementException {
        console = machine.extension().openConsole(this::output);
    }

    private void output(byte[] data) {
        lock.lock();
        try {
            seen.append(new String(data, StandardCharsets.ISO_8859_1));
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a text behind the last one; the answer is what came before it. */
    String await(String text, Duration patience) throws InterruptedException {
        lock.lock();
        try {
            long left = patience.toNanos();
            int found = seen.indexOf(text, position);
            while (found < 0) {
                if (left <= 0) {
                    throw new AssertionError(
                            "the guest did not say '" + text + "'; it said:\n" + seen.substring(position));
                }
                left = more.awaitNanos(left);
                found = seen.indexOf(text, position);
            }
            String before = seen.substring(position, found);
            position = found + text.length();
            return before;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a while, whatever the guest says. */
    void pause(long millis) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (left > 0) {
                left = more.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    void type(String line) throws InterruptedException {
        console.send((line + "\r").getBytes(StandardCharsets.ISO_8859_1));
    }

    /** All that was said. */
    String transcript() {
        lock.lock();
        try {
            return seen.toString();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        console.close();
    }
}
