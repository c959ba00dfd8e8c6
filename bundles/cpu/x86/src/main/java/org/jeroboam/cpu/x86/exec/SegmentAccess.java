package org.jeroboam.cpu.x86.exec;

/**
 * Memory through a segment register: limit and type checks (Intel SDM volume 3, 5.3 to 5.5), then linear memory. The
 * checks of the ordinary case are one comparison with a top offset that {@link #refresh} keeps per segment.
 */
final class SegmentAccess {
    private static final int TYPE_WRITABLE = 1 << 1;
    private static final int TYPE_EXPAND_DOWN = 1 << 2;
    private static final int TYPE_CODE = 1 << 3;

    private static final long ALL = 0xFFFF_FFFFL;

    /** Last readable offset of ES to GS when the segment goes from 0 upwards, else -1: look closer. */
    private final long[] readTop = new long[6];

    /** The same for writing. */
    private final long[] writeTop = new long[6];

    /** What the two were made from. */
    private final int[] limits = new int[6];

    private final int[] attributes = new int[6];
    private boolean checkedBefore;

    private final Cpu cpu;

    SegmentAccess(Cpu cpu) {
        this.cpu = cpu;
    }

    /** Follows the hidden parts of the segment registers. */
    void refresh() {
        boolean checked = cpu.protectedNotV86();
        boolean all = checked != checkedBefore;
        checkedBefore = checked;
        for (int segment = 0; segment < 6; segment++) {
            int limit = cpu.limit[segment];
            int attr = cpu.attr[segment];
            if (all || limit != limits[segment] || attr != attributes[segment]) {
                limits[segment] = limit;
                attributes[segment] = attr;
                readTop[segment] = top(limit, attr, checked, false);
                writeTop[segment] = top(limit, attr, checked, true);
            }
        }
    }

    /** The last offset that may be read or written without a closer look, or -1. */
    static long top(int limit, int attr, boolean checked, boolean write) {
        long top = limit & ALL;
        if (!checked) {
            return top;
        }
        if ((attr & Cpu.ATTR_PRESENT) == 0 || (attr & (TYPE_CODE | TYPE_EXPAND_DOWN)) == TYPE_EXPAND_DOWN) {
            return -1;
        }
        boolean code = (attr & TYPE_CODE) != 0;
        boolean second = (attr & TYPE_WRITABLE) != 0; // of code: readable
        return write ? !code && second ? top : -1 : !code || second ? top : -1;
    }

    long readTop(int segment) {
        return readTop[segment];
    }

    long writeTop(int segment) {
        return writeTop[segment];
    }

    /** Whether offsets are linear addresses and every access is allowed. */
    boolean isFlat(int segment) {
        return cpu.base[segment] == 0 && readTop[segment] == ALL && writeTop[segment] == ALL;
    }

    int read8(int segment, int offset) {
        return cpu.mmu.read8(linearRead(segment, offset, 1));
    }

    int read16(int segment, int offset) {
        return cpu.mmu.read16(linearRead(segment, offset, 2));
    }

    int read32(int segment, int offset) {
        return cpu.mmu.read32(linearRead(segment, offset, 4));
    }

    long read64(int segment, int offset) {
        return cpu.mmu.read64(linearRead(segment, offset, 8));
    }

    int read(int segment, int offset, int size) {
        int linear = linearRead(segment, offset, size);
        return switch (size) {
            case 1 -> cpu.mmu.read8(linear);
            case 2 -> cpu.mmu.read16(linear);
            default -> cpu.mmu.read32(linear);
        };
    }

    void write8(int segment, int offset, int value) {
        cpu.mmu.write8(linearWrite(segment, offset, 1), value);
    }

    void write16(int segment, int offset, int value) {
        cpu.mmu.write16(linearWrite(segment, offset, 2), value);
    }

    void write32(int segment, int offset, int value) {
        cpu.mmu.write32(linearWrite(segment, offset, 4), value);
    }

    void write64(int segment, int offset, long value) {
        cpu.mmu.write64(linearWrite(segment, offset, 8), value);
    }

    void write(int segment, int offset, int size, int value) {
        int linear = linearWrite(segment, offset, size);
        switch (size) {
            case 1 -> cpu.mmu.write8(linear, value);
            case 2 -> cpu.mmu.write16(linear, value);
            default -> cpu.mmu.write32(linear, value);
        }
    }

    /**
     * The linear address of an operand, after the segment's checks.
     *
     * @throws GuestFault #GP(0), or #SS(0) for SS
     */
    int linear(int segment, int offset, int size, boolean write) {
        return write ? linearWrite(segment, offset, size) : linearRead(segment, offset, size);
    }

    int linearRead(int segment, int offset, int size) {
        if ((offset & ALL) + size - 1 > readTop[segment]) {
            check(segment, offset, size, false);
        }
        return cpu.base[segment] + offset;
    }

    int linearWrite(int segment, int offset, int size) {
        if ((offset & ALL) + size - 1 > writeTop[segment]) {
            check(segment, offset, size, true);
        }
        return cpu.base[segment] + offset;
    }

    /** Bytes from an offset upwards that an access may touch without a closer look; 0 where one is needed. */
    long room(int segment, int offset, boolean write) {
        long top = write ? writeTop[segment] : readTop[segment];
        return Math.max(0, top + 1 - (offset & ALL));
    }

    private void check(int segment, int offset, int size, boolean write) {
        int attr = cpu.attr[segment];
        long last = (offset & ALL) + size - 1;
        long limit = cpu.limit[segment] & ALL;
        boolean expandDown = (attr & (TYPE_CODE | TYPE_EXPAND_DOWN)) == TYPE_EXPAND_DOWN;
        boolean allowed;
        if (!cpu.protectedNotV86() || (attr & Cpu.ATTR_PRESENT) == 0 || !expandDown) {
            allowed = false;
        } else {
            long top = (attr & Cpu.ATTR_BIG) != 0 ? ALL : 0xFFFF;
            allowed = (offset & ALL) > limit && last <= top && (!write || (attr & TYPE_WRITABLE) != 0);
        }
        if (!allowed) {
            throw cpu.fault(segment == Cpu.SS ? GuestFault.SS : GuestFault.GP, 0);
        }
    }
}
