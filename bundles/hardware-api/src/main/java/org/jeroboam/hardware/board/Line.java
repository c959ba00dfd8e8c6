package org.jeroboam.hardware.board;

/** A device's connection to a {@link LineId}. Machine thread only. */
public interface Line {
    /**
     * Drives the connection.
     *
     * @param level whether this device asserts the line
     */
    void set(boolean level);

    /** Drives the connection low, then high: an edge-triggered request. */
    default void pulse() {
        set(false);
        set(true);
    }
}
