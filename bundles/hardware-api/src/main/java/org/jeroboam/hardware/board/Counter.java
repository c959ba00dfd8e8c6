package org.jeroboam.hardware.board;

/** A count for the machine's statistics. Written by the machine thread only. */
public interface Counter {
    /**
     * Adds to it.
     *
     * @param amount 0 or more
     */
    void add(long amount);
}
