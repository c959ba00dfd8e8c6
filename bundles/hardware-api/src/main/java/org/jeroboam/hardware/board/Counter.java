package org.jeroboam.hardware.board;

import org.osgi.annotation.versioning.ProviderType;

/** A count for the machine's statistics. Written by the machine thread only. */
@ProviderType
public interface Counter {
    /**
     * Adds to it.
     *
     * @param amount 0 or more
     */
    void add(long amount);
}
