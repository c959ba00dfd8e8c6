package org.jeroboam.guests;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineEvent.PartSwapped;
import org.jeroboam.hardware.machine.MachineFactory;

/** Hears what machines tell of their parts before the server does. */
final class SwapWatch {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final List<PartSwapped> swaps = new ArrayList<>();
    private final List<MachineEvent> failures = new ArrayList<>();

    /** A factory whose machines are heard. */
    MachineFactory over(MachineFactory factory) {
        return (config, listener, scheduler) -> factory.create(
                config,
                event -> {
                    hear(event);
                    listener.event(event);
                },
                scheduler);
    }

    private void hear(MachineEvent event) {
        lock.lock();
        try {
            switch (event) {
                case PartSwapped swap -> swaps.add(swap);
                case MachineEvent.SwapFailed failed -> failures.add(failed);
                case MachineEvent.PartFailed failed -> failures.add(failed);
                case MachineEvent.Stopped stopped -> failures.add(stopped);
                default -> {
                    // nothing to do with parts
                }
            }
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The version that a part has now, without the bundle's name. */
    static String version(PartSwapped swap) {
        return swap.to().substring(swap.to().indexOf('/') + 1);
    }

    /** What was replaced since this was asked last; waits until that fits. */
    List<PartSwapped> take(Predicate<List<PartSwapped>> fits) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MINUTES.toNanos(2);
            while (!fits.test(swaps)) {
                if (left <= 0 || !failures.isEmpty()) {
                    throw new AssertionError("not all was replaced; there were " + swaps + " and " + failures);
                }
                left = more.awaitNanos(left);
            }
            List<PartSwapped> taken = List.copyOf(swaps);
            swaps.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** What went wrong, and whether a machine stopped. */
    List<MachineEvent> failures() {
        lock.lock();
        try {
            return List.copyOf(failures);
        } finally {
            lock.unlock();
        }
    }
}
