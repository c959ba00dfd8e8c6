package org.jeroboam.machine.clock;

import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.clock.VirtualClock;

/** The virtual clock in both modes. */
public final class GuestClock implements VirtualClock {
    /** Guest nanoseconds per instruction in deterministic mode. */
    public static final long NANOS_PER_INSTRUCTION = 10;

    /** Processor clocks per nanosecond: the processor claims 1 GHz. */
    private static final long CLOCKS_PER_NANO = 1;

    private final ClockMode mode;
    private final Processor processor;
    /** Guest time while the clock stands (real), or guest time of instruction 0 (deterministic). */
    private long base;

    private long started;
    private boolean running;
    private long wallBase;

    /**
     * Creates the clock, standing at 0.
     *
     * @param mode how time advances
     * @param processor counts instructions
     */
    public GuestClock(ClockMode mode, Processor processor) {
        this.mode = mode;
        this.processor = processor;
    }

    @Override
    public long now() {
        if (mode == ClockMode.DETERMINISTIC) {
            return base + processor.retired() * NANOS_PER_INSTRUCTION;
        }
        return running ? base + (System.nanoTime() - started) : base;
    }

    @Override
    public long wallClockMillis() {
        return wallBase + now() / 1_000_000;
    }

    @Override
    public ClockMode mode() {
        return mode;
    }

    /** Whether the clock follows instructions. */
    public boolean deterministic() {
        return mode == ClockMode.DETERMINISTIC;
    }

    /** Whether guest time passes with the host's now. */
    public boolean followsHost() {
        return running && mode != ClockMode.DETERMINISTIC;
    }

    /** Processor clocks since power on. */
    public long timeStamp() {
        return now() * CLOCKS_PER_NANO;
    }

    /** The date at power on, in milliseconds since 1970. */
    public long wallBase() {
        return wallBase;
    }

    /** Sets the time, with the processor's count of instructions as it is now. */
    public void set(long now, long wallBaseMillis) {
        wallBase = wallBaseMillis;
        base = deterministic() ? now - processor.retired() * NANOS_PER_INSTRUCTION : now;
        started = System.nanoTime();
    }

    /** Lets time pass. */
    public void start() {
        if (!running) {
            started = System.nanoTime();
            running = true;
        }
    }

    /** Makes time stand still. */
    public void stop() {
        if (running) {
            if (!deterministic()) {
                base = now();
            }
            running = false;
        }
    }

    /** Deterministic mode: a halted processor lets time jump. */
    public void jumpTo(long time) {
        base += Math.max(0, time - now());
    }
}
