package org.jeroboam.hardware.device;

/** Answer of {@link Device#drain()}. */
public enum DrainState {
    /** Can be saved now. */
    QUIET,
    /** Needs more guest time. */
    DRAINING
}
