package org.jeroboam.hardware.clock;

/** How a machine's virtual clock advances. */
public enum ClockMode {
    /** Follows the host's monotonic clock while the machine runs. */
    REAL,
    /** Advances with retired instructions; HLT jumps to the next deadline; two runs are equal bit by bit. */
    DETERMINISTIC
}
