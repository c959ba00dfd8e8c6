package org.jeroboam.hardware.board;

import org.osgi.annotation.versioning.ProviderType;

/** A device's connection to a {@link LineId}. Machine thread only. */
@ProviderType
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
