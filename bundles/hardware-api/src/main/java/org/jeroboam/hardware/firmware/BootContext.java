package org.jeroboam.hardware.firmware;

import java.util.List;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.cpu.CpuState;

/** What firmware sees of the machine that it boots. Valid during {@link Firmware#boot}, the board until the next call. */
public interface BootContext {
    /**
     * The firmware's own scope; it is revoked and handed out anew at each boot.
     *
     * @return a board
     */
    Board board();

    /**
     * The processor after reset.
     *
     * @return to be changed; loaded into the core afterwards
     */
    CpuState cpu();

    /**
     * Reads a port as the processor would.
     *
     * @param port 0 to FFFFh
     * @param size 1, 2 or 4 bytes
     * @return the value, zero-extended
     */
    int readPort(int port, int size);

    /**
     * Writes a port as the processor would.
     *
     * @param port 0 to FFFFh
     * @param size 1, 2 or 4 bytes
     * @param value zero-extended
     */
    void writePort(int port, int size, int value);

    /**
     * Where RAM is, without regard to A0000h to FFFFFh.
     *
     * @return ascending ranges: from 0, and from 4 GiB for what does not fit below the PCI hole
     */
    List<MemoryRange> ram();

    /**
     * A range of physical addresses.
     *
     * @param base first address
     * @param length bytes
     */
    record MemoryRange(long base, long length) {}
}
