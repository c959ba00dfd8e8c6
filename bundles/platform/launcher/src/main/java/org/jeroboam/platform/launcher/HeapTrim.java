package org.jeroboam.platform.launcher;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Collects what a guest's start has left in the heap, once the guest idles: the JVM itself collects old objects only when
 * the heap cannot grow any more, and keeps the memory until then. One thread.
 */
final class HeapTrim {
    private static final long PERIOD_NANOS = Duration.ofSeconds(10).toNanos();
    /** Growth since the last time that is worth a collection. */
    private static final long WORTH = 8 << 20;
    /** The share of one processor below which the process idles. */
    private static final double IDLE = 0.2;

    private final LongSupplier processorNanos;
    private final LongSupplier heapBytes;
    private final Runnable collection;
    private long used;
    private long trimmed;

    /**
     * Makes one that has not collected yet.
     *
     * @param processorNanos processor time of the process
     * @param heapBytes what the heap takes from the host
     * @param collection collects all of the heap
     */
    HeapTrim(LongSupplier processorNanos, LongSupplier heapBytes, Runnable collection) {
        this.processorNanos = processorNanos;
        this.heapBytes = heapBytes;
        this.collection = collection;
        used = processorNanos.getAsLong();
        trimmed = heapBytes.getAsLong();
    }

    /** Looks after this process's heap from now on. */
    static void begin() {
        Thread thread = new Thread(HeapTrim::live, "heap trim");
        thread.setDaemon(true);
        thread.start();
    }

    private static void live() {
        HeapTrim trim = new HeapTrim(HeapTrim::processTime, Runtime.getRuntime()::totalMemory, System::gc);
        long next = System.nanoTime() + PERIOD_NANOS;
        while (true) {
            long left = next - System.nanoTime();
            if (left > 0) {
                LockSupport.parkNanos(left);
            } else {
                trim.look(PERIOD_NANOS);
                next = System.nanoTime() + PERIOD_NANOS;
            }
        }
    }

    private static long processTime() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .orElse(Duration.ZERO)
                .toNanos();
    }

    /** Collects if the process was idle for the nanoseconds since the last look, and the heap has grown. */
    void look(long nanos) {
        long now = processorNanos.getAsLong();
        boolean idle = now - used < nanos * IDLE;
        if (idle && heapBytes.getAsLong() - trimmed >= WORTH) {
            collection.run();
            trimmed = heapBytes.getAsLong();
            now = processorNanos.getAsLong();
        }
        used = now;
    }
}
