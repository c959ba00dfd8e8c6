package org.jeroboam.hardware.clock;

import org.osgi.annotation.versioning.ProviderType;

/**
 * One deadline on the virtual clock. Created once, at attach, and armed as often as needed without allocation. Timers
 * that are due at the same time fire in the order of their creation. Machine thread only.
 */
@ProviderType
public interface Timer {
    /**
     * Sets the deadline; a deadline that passed already fires at the next instruction boundary at which the machine looks.
     *
     * @param deadline virtual time in nanoseconds
     */
    void arm(long deadline);

    /** Forgets the deadline. */
    void disarm();

    /**
     * The deadline, for the device's state.
     *
     * @return virtual time in nanoseconds, or {@link Long#MAX_VALUE} when not armed
     */
    long deadline();
}
