package org.jeroboam.chipset.i440bx.rtc;

/**
 * Periodic interrupts that the guest missed because the host did not run its machine: they are given later, at most a
 * set number, a quarter of a period after the guest took the last, and none once the guest has let two whole periods
 * pass without taking one. Only for clocks that follow the host.
 */
final class PeriodicCatchUp {
    private static final int PARTS_OF_PERIOD = 4;
    private static final int LOST = 2;

    /**
     * What it remembers.
     *
     * @param missed interrupts to give later
     * @param untaken periods that passed while one was not taken, up to 2
     * @param deadline virtual time of the next missed one, {@link Long#MAX_VALUE} when none is due
     */
    record State(int missed, int untaken, long deadline) {}

    private final int limit;
    private int missed;
    private int untaken;
    private long deadline = Long.MAX_VALUE;

    /**
     * Starts without any.
     *
     * @param limit most interrupts to remember; 0 switches all of this off
     */
    PeriodicCatchUp(int limit) {
        this.limit = limit;
    }

    /** Forgets all: the guest programs the rate anew, or wants no more. */
    void forget() {
        missed = 0;
        untaken = 0;
        deadline = Long.MAX_VALUE;
    }

    /**
     * Periods have passed.
     *
     * @param periods how many, 1 or more
     * @param pending whether the guest has not taken the one before
     */
    void passed(long periods, boolean pending) {
        if (limit == 0) {
            return;
        }
        if (!pending) {
            untaken = 0;
            missed = (int) Math.min(limit, missed + periods - 1);
        } else if (untaken + 1 < LOST) {
            untaken++;
            missed = (int) Math.min(limit, missed + periods);
        } else {
            untaken = LOST;
            missed = 0;
            deadline = Long.MAX_VALUE;
        }
    }

    /** Whether the next period matters although the guest has not taken the last. */
    boolean watches() {
        return limit > 0 && untaken < LOST;
    }

    /**
     * The guest took one.
     *
     * @param now virtual time
     * @param period nanoseconds of a period
     */
    void taken(long now, long period) {
        untaken = 0;
        if (missed > 0) {
            deadline = now + Math.max(1, period / PARTS_OF_PERIOD);
        }
    }

    /** When a missed one is due, {@link Long#MAX_VALUE} when none is. */
    long deadline() {
        return deadline;
    }

    /**
     * Gives a missed one if it is due.
     *
     * @param now virtual time
     * @param pending whether the guest has not taken the one before
     * @return whether it is to be raised
     */
    boolean give(long now, boolean pending) {
        if (now < deadline) {
            return false;
        }
        deadline = Long.MAX_VALUE;
        if (missed == 0 || pending) {
            return false;
        }
        missed--;
        return true;
    }

    State save() {
        return new State(missed, untaken, deadline);
    }

    void restore(State state) {
        missed = Math.clamp(state.missed, 0, limit);
        untaken = Math.clamp(state.untaken, 0, LOST);
        deadline = missed == 0 ? Long.MAX_VALUE : state.deadline;
    }
}
