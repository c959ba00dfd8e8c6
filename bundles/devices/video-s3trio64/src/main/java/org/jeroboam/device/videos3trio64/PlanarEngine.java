package org.jeroboam.device.videos3trio64;

import org.jeroboam.hardware.board.MemoryHandler;

/**
 * The graphics controller between the processor and the four planes: latches, read modes 0 and 1, write modes 0 to 3,
 * set/reset, rotation, functions, bit mask, and the ways of addressing: planar, odd/even and chain-4. All four planes are
 * handled at once as the four bytes of an {@code int}, plane 0 lowest.
 */
final class PlanarEngine implements MemoryHandler {
    private static final int PLANAR = 0;
    private static final int CHAIN_4 = 1;
    private static final int LINEAR = 2;
    private static final int EVEN_PLANES = 0x00FF00FF;
    private static final int COPIES = 0x01010101;
    private static final int BANK_SHIFT = 14;
    private static final int VGA_UNITS = 0xFFFF;

    /** A bit for each plane, widened to the plane's byte. */
    private static final int[] PLANES = new int[16];

    static {
        for (int i = 0; i < PLANES.length; i++) {
            for (int plane = 0; plane < 4; plane++) {
                PLANES[i] |= (i >> plane & 1) * 0xFF << 8 * plane;
            }
        }
    }

    private final Registers registers;
    private final VideoMemory memory;
    private int latch;

    // Derived from the registers by configure().
    private int addressing;
    private int bank;
    private int unitMask;
    private boolean chainOddEven;
    private boolean pageByAddress;
    private int page;
    private boolean oddEvenWrite;
    private boolean oddEvenRead;
    private int readMap;
    private boolean compares;
    private int compare;
    private int care;
    private int writeMode;
    private int rotation;
    private int function;
    private int setReset;
    private int enableSetReset;
    private int bitMask;
    private int mapMask;
    private boolean plain;

    PlanarEngine(Registers registers, VideoMemory memory) {
        this.registers = registers;
        this.memory = memory;
    }

    int latch() {
        return latch;
    }

    void setLatch(int newLatch) {
        latch = newLatch;
    }

    /** Takes over what the registers say. */
    void configure() {
        int memoryMode = registers.sr(4);
        int mode = registers.gr(5);
        int miscellaneous = registers.gr(6);
        boolean enhanced = registers.enhancedMapping();
        boolean banked = (registers.cr(0x31) & 0x01) != 0;
        addressing = (memoryMode & 0x08) == 0 ? PLANAR : enhanced ? LINEAR : CHAIN_4;
        bank = banked ? registers.bank() << BANK_SHIFT : 0;
        unitMask = enhanced || banked ? VideoMemory.UNIT_MASK : VGA_UNITS;
        chainOddEven = (miscellaneous & 0x02) != 0;
        pageByAddress = (miscellaneous & 0x0C) == 0 && !enhanced;
        page = (registers.miscOutput & Registers.MISC_LOW_PAGE) != 0 ? 0 : 1;
        oddEvenWrite = (memoryMode & 0x04) == 0;
        oddEvenRead = (mode & 0x10) != 0;
        readMap = registers.gr(4) & 3;
        compares = (mode & 0x08) != 0;
        compare = PLANES[registers.gr(2) & 15];
        care = PLANES[registers.gr(7) & 15];
        writeMode = mode & 3;
        rotation = registers.gr(3) & 7;
        function = registers.gr(3) >> 3 & 3;
        setReset = PLANES[registers.gr(0) & 15];
        enableSetReset = PLANES[registers.gr(1) & 15];
        bitMask = registers.gr(8) * COPIES;
        mapMask = PLANES[registers.sr(2) & 15];
        plain = writeMode == 0 && rotation == 0 && function == 0 && enableSetReset == 0 && bitMask == -1;
    }

    @Override
    public int readMemory(long offset, int size) {
        int address = (int) offset;
        if (size == 4 && (address & 3) == 0 && addressing != PLANAR && !compares) {
            latch = memory.get(unit(address));
            return latch;
        }
        int value = readByte(address);
        for (int i = 1; i < size; i++) {
            value |= readByte(address + i) << 8 * i;
        }
        return value;
    }

    @Override
    public void writeMemory(long offset, int size, int value) {
        int address = (int) offset;
        if (size == 4 && (address & 3) == 0 && addressing != PLANAR && plain && mapMask == -1) {
            memory.put(unit(address), value);
            return;
        }
        for (int i = 0; i < size; i++) {
            writeByte(address + i, value >>> 8 * i & 0xFF);
        }
    }

    private int unit(int address) {
        int unit =
                switch (addressing) {
                    // A14 and A15 take the places of the two bits that choose the plane.
                    case CHAIN_4 -> address & 0xFFFC | address >> 14 & 3;
                    case LINEAR -> (address & 0xFFFF) >> 2;
                    default ->
                        chainOddEven ? address & 0xFFFE | (pageByAddress ? address >> 16 & 1 : page) : address & 0xFFFF;
                };
        return unit + bank & unitMask;
    }

    private int readByte(int address) {
        latch = memory.get(unit(address));
        if (compares) {
            int different = (latch ^ compare) & care;
            different |= different >>> 16;
            return ~(different | different >>> 8) & 0xFF;
        }
        int plane = addressing != PLANAR ? address & 3 : oddEvenRead ? readMap & 2 | address & 1 : readMap;
        return latch >>> 8 * plane & 0xFF;
    }

    private void writeByte(int address, int value) {
        int planes = mapMask;
        if (addressing != PLANAR) {
            planes &= 0xFF << 8 * (address & 3);
        } else if (oddEvenWrite) {
            planes &= (address & 1) == 0 ? EVEN_PLANES : ~EVEN_PLANES;
        }
        int unit = unit(address);
        int old = memory.get(unit);
        int now = old & ~planes | (plain ? value * COPIES : data(value)) & planes;
        if (now != old) {
            memory.put(unit, now);
        }
    }

    private int data(int value) {
        switch (writeMode) {
            case 0 -> {
                int data = rotate(value) * COPIES;
                return merge(data & ~enableSetReset | setReset & enableSetReset, bitMask);
            }
            case 1 -> {
                return latch;
            }
            case 2 -> {
                return merge(PLANES[value & 15], bitMask);
            }
            default -> {
                return merge(setReset, rotate(value) * COPIES & bitMask);
            }
        }
    }

    private int rotate(int value) {
        return (value >> rotation | value << 8 - rotation) & 0xFF;
    }

    private int merge(int data, int mask) {
        int result =
                switch (function) {
                    case 1 -> data & latch;
                    case 2 -> data | latch;
                    case 3 -> data ^ latch;
                    default -> data;
                };
        return result & mask | latch & ~mask;
    }
}
