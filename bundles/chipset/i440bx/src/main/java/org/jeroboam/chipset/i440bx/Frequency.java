package org.jeroboam.chipset.i440bx;

/**
 * Cycles of a crystal as an exact function of virtual time: no drift, and no overflow for any time a {@code long}
 * holds.
 *
 * @param hertz cycles per second, 1 to 9 million
 */
public record Frequency(long hertz) {
    private static final long SECOND = 1_000_000_000L;

    /** The 8254's clock, a third of the PM timer's. */
    public static final Frequency PIT = new Frequency(1_193_182);

    /** The ACPI power management timer. */
    public static final Frequency PM_TIMER = new Frequency(3_579_545);

    /** The real-time clock's crystal. */
    public static final Frequency RTC = new Frequency(32_768);

    /**
     * Whole cycles that have passed.
     *
     * @param nanos virtual time
     * @return cycles, rounded down
     */
    public long ticks(long nanos) {
        return nanos / SECOND * hertz + nanos % SECOND * hertz / SECOND;
    }

    /**
     * The first nanosecond at which {@link #ticks} is at least {@code tick}.
     *
     * @param tick cycles, 0 or more
     * @return virtual time; {@link Long#MAX_VALUE} when it is beyond a {@code long}
     */
    public long nanosAt(long tick) {
        long seconds = tick / hertz;
        if (seconds >= Long.MAX_VALUE / SECOND) {
            return Long.MAX_VALUE;
        }
        return seconds * SECOND + (tick % hertz * SECOND + hertz - 1) / hertz;
    }
}
