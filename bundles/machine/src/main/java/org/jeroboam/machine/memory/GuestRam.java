package org.jeroboam.machine.memory;

/**
 * The machine's RAM: one piece of host memory, seen by the guest from address 0 up to the PCI hole and, for what does
 * not fit below it, from 4 GiB.
 */
public final class GuestRam {
    /** Where the PCI hole begins. */
    public static final long HOLE = 0xE000_0000L;

    /** Where RAM goes on. */
    public static final long HIGH_BASE = 0x1_0000_0000L;

    private static final long HIGH_PAGE = HIGH_BASE >>> 12;

    private final long size;
    private final long lowPages;
    private final long highPages;
    private long address;

    /**
     * Takes the memory.
     *
     * @param size bytes, a multiple of 4 KiB
     */
    public GuestRam(long size) {
        this.size = size;
        lowPages = Math.min(size, HOLE) >>> 12;
        highPages = (size >>> 12) - lowPages;
        address = HostPages.allocate(size);
    }

    /** Bytes of RAM. */
    public long size() {
        return size;
    }

    /** Bytes below the PCI hole. */
    public long lowSize() {
        return lowPages << 12;
    }

    /** Bytes from 4 GiB. */
    public long highSize() {
        return highPages << 12;
    }

    /** Host address of a physical page, or 0 when it is no RAM. */
    long hostAddress(long page) {
        if (page < lowPages) {
            return address + (page << 12);
        }
        long high = page - HIGH_PAGE;
        return high >= 0 && high < highPages ? address + (lowPages + high << 12) : 0;
    }

    /** Host address of the n-th page of RAM, without regard to where the guest sees it. */
    public long pageAddress(long index) {
        return address + (index << 12);
    }

    /** Makes all RAM zero and gives the host's memory back. */
    public void clear() {
        HostPages.discard(address, size);
    }

    /** Frees the memory; nobody may touch it any more. */
    public void close() {
        if (address != 0) {
            HostPages.free(address, size);
            address = 0;
        }
    }
}
