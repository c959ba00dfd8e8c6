package org.jeroboam.hardware.board;

/** Answers accesses to I/O ports. Machine thread; throws nothing for what a guest did. */
public interface PortHandler {
    /**
     * Reads.
     *
     * @param port the port's full address
     * @param size 1, 2 or 4 bytes, at most the width of the mapping
     * @return the value, zero-extended
     */
    int readPort(int port, int size);

    /**
     * Writes.
     *
     * @param port the port's full address
     * @param size 1, 2 or 4 bytes, at most the width of the mapping
     * @param value zero-extended
     */
    void writePort(int port, int size, int value);
}
