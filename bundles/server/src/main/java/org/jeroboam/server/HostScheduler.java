package org.jeroboam.server;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jeroboam.hardware.machine.MachineScheduler;

/** Gives each host processor to one machine at a time, first come, first served, in slices of 10 ms. */
final class HostScheduler implements MachineScheduler {
    private static final long SLICE = TimeUnit.MILLISECONDS.toNanos(10);

    private final Semaphore processors;

    HostScheduler(int processors) {
        this.processors = new Semaphore(processors, true);
    }

    @Override
    public long acquire(String machine) throws InterruptedException {
        processors.acquire();
        return SLICE;
    }

    @Override
    public void release(String machine, long cpuNanos) {
        processors.release();
    }
}
