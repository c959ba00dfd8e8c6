package org.jeroboam.chipset.i440bx.pit;

import org.jeroboam.hardware.board.InterruptController;
import org.jeroboam.hardware.board.Line;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.clock.Timer;
import org.jeroboam.hardware.clock.VirtualClock;

/**
 * Turns rises of OUT0 into edges of IRQ0 and, in real mode, gives the guest later the periodic ticks that it missed
 * because the host did not run its machine: at most a set number, spread over quarter periods, and none once the guest
 * has let a whole period pass without taking a tick (it masks them).
 */
final class TickCatchUp {
    private static final int PARTS_OF_PERIOD = 4;

    /**
     * What it remembers.
     *
     * @param level level of IRQ0
     * @param missed ticks to give later
     * @param untaken whether the previous tick was still pending when the last one came
     * @param deadline when the next missed tick is due
     */
    record State(boolean level, int missed, boolean untaken, long deadline) {}

    private final int limit;
    private final VirtualClock clock;
    private final Line irq;
    private final InterruptController controller;
    private final Timer timer;
    private boolean level;
    private int missed;
    private boolean untaken;
    private long interval;

    /**
     * Connects.
     *
     * @param limit most ticks to remember
     * @param clock guest time
     * @param irq IRQ0
     * @param controller asked whether a tick would be lost
     * @param timer fires {@link #inject()}
     */
    TickCatchUp(int limit, VirtualClock clock, Line irq, InterruptController controller, Timer timer) {
        this.limit = limit;
        this.clock = clock;
        this.irq = irq;
        this.controller = controller;
        this.timer = timer;
    }

    /** Forgets missed ticks: the guest programs the counter anew. */
    void forget() {
        missed = 0;
        untaken = false;
        timer.disarm();
    }

    /**
     * OUT0 fell for long.
     */
    void fall() {
        level = false;
        irq.set(false);
    }

    /**
     * OUT0 rose.
     *
     * @param rises how often, 1 or more
     * @param period nanoseconds between rises, 0 when they are not periodic
     */
    void rise(long rises, long period) {
        level = true;
        if (clock.mode() == ClockMode.DETERMINISTIC || period == 0 || limit == 0) {
            irq.pulse();
            return;
        }
        boolean pending = controller.pending(0);
        if (pending && untaken) {
            missed = 0;
            timer.disarm();
            return;
        }
        untaken = pending;
        missed = (int) Math.min(limit, missed + rises - (pending ? 0 : 1));
        if (!pending) {
            irq.pulse();
        }
        interval = Math.max(1, period / PARTS_OF_PERIOD);
        if (missed > 0 && timer.deadline() == Long.MAX_VALUE) {
            timer.arm(clock.now() + interval);
        }
    }

    /** Gives one missed tick when the guest has taken the last. */
    void inject() {
        timer.disarm();
        if (missed == 0) {
            return;
        }
        if (!controller.pending(0)) {
            untaken = false;
            missed--;
            irq.pulse();
        }
        if (missed > 0) {
            timer.arm(clock.now() + interval);
        }
    }

    /** Starts with a level that makes no edge. */
    void reset(boolean out) {
        forget();
        level = out;
        irq.set(out);
    }

    State save() {
        return new State(level, missed, untaken, timer.deadline());
    }

    /**
     * Takes over.
     *
     * @param state from {@link #save}
     * @param period nanoseconds between rises
     */
    void restore(State state, long period) {
        level = state.level;
        missed = Math.clamp(state.missed, 0, limit);
        untaken = state.untaken;
        interval = Math.max(1, period / PARTS_OF_PERIOD);
        irq.set(level);
        if (missed > 0 && state.deadline != Long.MAX_VALUE) {
            timer.arm(state.deadline);
        } else {
            timer.disarm();
        }
    }
}
