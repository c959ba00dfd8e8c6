package org.jeroboam.hardware.cpu;

import org.jeroboam.hardware.memory.MemoryMap;

/** The pins of a processor: what the machine gives a core. Called on the machine thread from within {@link CpuCore#run}. Nothing here throws. */
public interface CpuBus {
    /**
     * The physical address space.
     *
     * @return the machine's map
     */
    MemoryMap memory();

    /**
     * Reads a port.
     *
     * @param port 0 to FFFFh
     * @param size 1, 2 or 4 bytes
     * @return the value, zero-extended
     */
    int readPort(int port, int size);

    /**
     * Writes a port.
     *
     * @param port 0 to FFFFh
     * @param size 1, 2 or 4 bytes
     * @param value its low {@code size} bytes
     */
    void writePort(int port, int size, int value);

    /**
     * The interrupt acknowledge cycle.
     *
     * @return the vector, 0 to 255 (a spurious one if the request went away)
     */
    int acknowledgeInterrupt();

    /**
     * The time stamp counter before the guest's own offset: virtual time in processor clocks.
     *
     * @return clocks since power on
     */
    long timeStamp();

    /**
     * Whether {@link #timeStamp()} advances with the host's time ({@link System#nanoTime()}) until the run at hand ends, so
     * that a core may go on from one reading by itself. It must never be ahead of it.
     *
     * @return false where it depends on anything else
     */
    default boolean timeStampIsHostTime() {
        return false;
    }

    /**
     * The FERR# pin: an unmasked x87 exception with CR0.NE clear. The board turns it into IRQ 13.
     *
     * @param asserted level of the pin
     */
    void setFerr(boolean asserted);
}
