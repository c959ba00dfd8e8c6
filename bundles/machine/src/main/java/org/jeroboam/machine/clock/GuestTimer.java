package org.jeroboam.machine.clock;

import java.util.function.BooleanSupplier;
import org.jeroboam.hardware.clock.Timer;

/** A timer, at home in the heap of its queue. */
public final class GuestTimer implements Timer {
    final String owner;
    /** Part in the upper half, timer of the part in the lower half. */
    final long order;

    final BooleanSupplier ready;
    volatile Runnable action;
    long deadline = Long.MAX_VALUE;
    long armed;
    int index = -1;

    private final TimerQueue queue;

    GuestTimer(TimerQueue queue, String owner, long order, Runnable action, BooleanSupplier ready) {
        this.queue = queue;
        this.owner = owner;
        this.order = order;
        this.action = action;
        this.ready = ready;
    }

    @Override
    public void arm(long newDeadline) {
        if (action != null) {
            queue.arm(this, newDeadline);
        }
    }

    @Override
    public void disarm() {
        queue.disarm(this);
    }

    @Override
    public long deadline() {
        return deadline;
    }

    /** Ends it for good. */
    public void revoke() {
        queue.disarm(this);
        action = null;
    }
}
