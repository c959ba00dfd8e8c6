package org.jeroboam.hardware.testkit;

import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.clock.Timer;
import org.jeroboam.hardware.clock.VirtualClock;

/** A virtual clock that a test moves by hand. Timers fire in the order of their deadlines, then of their creation. */
public final class FakeClock implements VirtualClock {
    private static final int STORM = 2_000_000;

    private final List<Alarm> alarms = new ArrayList<>();
    private long now;
    private long wallClockBase;
    private ClockMode mode = ClockMode.DETERMINISTIC;

    FakeClock() {}

    @Override
    public long now() {
        return now;
    }

    @Override
    public long wallClockMillis() {
        return wallClockBase + now / 1_000_000;
    }

    @Override
    public ClockMode mode() {
        return mode;
    }

    /**
     * Sets the mode.
     *
     * @param newMode what devices see; the clock is moved by hand in both
     */
    public void setMode(ClockMode newMode) {
        mode = newMode;
    }

    /**
     * Sets the date at virtual time 0.
     *
     * @param millis milliseconds since 1970-01-01T00:00Z
     */
    public void setWallClockBase(long millis) {
        wallClockBase = millis;
    }

    /**
     * Moves time on and fires what is due.
     *
     * @param nanos virtual nanoseconds, 0 or more; 0 fires what is due already
     */
    public void advance(long nanos) {
        advanceTo(now + nanos);
    }

    /**
     * Moves time to an instant and fires, each at its time, what is due until then.
     *
     * @param time virtual time; an earlier one than now counts as now
     * @throws IllegalStateException when timers fire without end, which would hang a machine
     */
    public void advanceTo(long time) {
        long target = Math.max(now, time);
        for (int fired = 0; ; fired++) {
            Alarm next = next();
            if (next == null || next.deadline > target) {
                break;
            }
            if (fired > STORM) {
                throw new IllegalStateException("timers fire without end at " + now + " ns");
            }
            now = Math.max(now, next.deadline);
            next.fire();
        }
        now = target;
    }

    /**
     * The next deadline of all armed timers and completions.
     *
     * @return virtual time, or {@link Long#MAX_VALUE} when nothing is armed
     */
    public long nextDeadline() {
        Alarm next = next();
        return next == null ? Long.MAX_VALUE : next.deadline;
    }

    void setNow(long time) {
        now = time;
    }

    Alarm alarm(Runnable action) {
        Alarm alarm = new Alarm(action);
        alarms.add(alarm);
        return alarm;
    }

    private Alarm next() {
        Alarm best = null;
        for (Alarm alarm : alarms) {
            if (alarm.deadline != Long.MAX_VALUE && (best == null || alarm.deadline < best.deadline)) {
                best = alarm;
            }
        }
        return best;
    }

    /** One deadline. */
    final class Alarm {
        private final Runnable action;
        private long deadline = Long.MAX_VALUE;

        private Alarm(Runnable action) {
            this.action = action;
        }

        void arm(long time) {
            deadline = time;
        }

        void disarm() {
            deadline = Long.MAX_VALUE;
        }

        long deadline() {
            return deadline;
        }

        void remove() {
            disarm();
            alarms.remove(this);
        }

        private void fire() {
            deadline = Long.MAX_VALUE;
            action.run();
        }
    }

    /** A device's timer: dead after detach. */
    static final class ScopedTimer implements Timer {
        private final Scope scope;
        private Alarm alarm;

        ScopedTimer(Scope scope, FakeClock clock, Runnable action) {
            this.scope = scope;
            this.alarm = clock.alarm(action);
            scope.add("timer", () -> {
                alarm.remove();
                alarm = null;
            });
        }

        @Override
        public void arm(long deadline) {
            if (!scope.late()) {
                alarm.arm(deadline);
            }
        }

        @Override
        public void disarm() {
            if (!scope.late()) {
                alarm.disarm();
            }
        }

        @Override
        public long deadline() {
            return scope.late() ? Long.MAX_VALUE : alarm.deadline();
        }
    }
}
