package org.jeroboam.hardware.board;

/** Answers accesses to device pages. Machine thread; throws nothing for what a guest did. */
public interface MemoryHandler {
    /**
     * Reads.
     *
     * @param offset bytes from the mapping's base
     * @param size 1, 2 or 4 bytes, of any alignment, within a page
     * @return the value, zero-extended
     */
    int readMemory(long offset, int size);

    /**
     * Writes.
     *
     * @param offset bytes from the mapping's base
     * @param size 1, 2 or 4 bytes, of any alignment, within a page
     * @param value zero-extended
     */
    void writeMemory(long offset, int size, int value);
}
