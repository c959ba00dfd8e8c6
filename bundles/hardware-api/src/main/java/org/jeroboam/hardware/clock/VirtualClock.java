package org.jeroboam.hardware.clock;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Guest time. It starts at 0 when the machine powers on, stands still while the machine is paused or saved, and never
 * runs backwards. With {@link ClockMode#REAL} it follows the host's monotonic clock; with
 * {@link ClockMode#DETERMINISTIC} it advances with retired instructions. PIT, RTC, PM timer and TSC all read this clock.
 * Machine thread only.
 */
@ProviderType
public interface VirtualClock {
    /**
     * Guest time.
     *
     * @return nanoseconds since power on; exact also in the middle of a CPU quantum
     */
    long now();

    /**
     * The date that corresponds to {@link #now()}: what a battery-backed clock would show before the guest set it.
     *
     * @return milliseconds since 1970-01-01T00:00Z
     */
    long wallClockMillis();

    /**
     * The mode, fixed for the machine's life.
     *
     * @return how time advances
     */
    ClockMode mode();
}
