package org.jeroboam.hardware.board;

/** The configuration space of a PCI function (PCI Local Bus Specification 2.2, chapter 6). Machine thread; throws nothing for what a guest did. */
public interface PciFunction {
    /**
     * Reads.
     *
     * @param register byte offset, 0 to 255
     * @param size 1, 2 or 4 bytes, within an aligned four bytes
     * @return the value, zero-extended
     */
    int readConfig(int register, int size);

    /**
     * Writes.
     *
     * @param register byte offset, 0 to 255
     * @param size 1, 2 or 4 bytes, within an aligned four bytes
     * @param value zero-extended
     */
    void writeConfig(int register, int size, int value);
}
