package org.jeroboam.server;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The break that all machines take while this bundle, the one that runs machines or a library below them is replaced: they
 * are saved together, and the next server lets them go on, in whatever versions are there then. Thread-safe.
 */
final class Intermission implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Intermission.class);
    private static final long SAVE_SECONDS = 120;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private List<ManagedMachine> waiting = List.of();
    private boolean signalled;
    private boolean closed;
    private Thread thread;

    /**
     * Saves all machines that are on and turns them off. Returns when that is done.
     *
     * @param machines of the catalogue
     * @param reason why, one sentence without its end
     */
    static void begin(Collection<ManagedMachine> machines, String reason) {
        List<Thread> savers = machines.stream()
                .map(machine -> Thread.ofVirtual()
                        .name("intermission-" + machine.getName())
                        .start(() -> machine.interrupt(reason)))
                .toList();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SAVE_SECONDS);
        try {
            for (Thread saver : savers) {
                if (!saver.join(java.time.Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
                    LOG.error("{} did not end within {} s; what its machine did lately is lost", saver, SAVE_SECONDS);
                }
            }
        } catch (InterruptedException e) {
            LOG.error("the machines were not given the time to be saved; what they did lately is lost", e);
            Thread.currentThread().interrupt();
        }
    }

    /** Lets the machines that an earlier server left go on, now and whenever something {@linkplain #retry() changed}. */
    void end(Collection<ManagedMachine> machines) {
        lock.lock();
        try {
            waiting = machines.stream().filter(ManagedMachine::isInterrupted).toList();
            if (waiting.isEmpty()) {
                return;
            }
            LOG.info("these machines go on: {}", names());
            signalled = true;
            thread = Thread.ofPlatform().daemon().name("jeroboam-intermission").start(this::run);
        } finally {
            lock.unlock();
        }
    }

    private String names() {
        return waiting.stream().map(ManagedMachine::getName).collect(Collectors.joining(", "));
    }

    /** Something that a machine may have waited for has come. */
    void retry() {
        lock.lock();
        try {
            signalled = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (await()) {
                waiting = waiting.stream().filter(this::stillWaits).toList();
            }
        } catch (InterruptedException e) {
            LOG.info("these machines were not brought back: {}", names());
            Thread.currentThread().interrupt();
        }
    }

    /** Whether there is something to be tried. */
    private boolean await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!signalled && !closed && !waiting.isEmpty()) {
                changed.await();
            }
            signalled = false;
            return !closed && !waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private boolean stillWaits(ManagedMachine machine) {
        return !isClosed() && !machine.goOn();
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** No machine is brought back after this returns. */
    @Override
    public void close() {
        lock.lock();
        Thread running = thread;
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        try {
            if (running != null) {
                running.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
