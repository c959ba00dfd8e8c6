package org.jeroboam.cpu.x86.exec;

/**
 * A stack that a transfer of control writes to before it becomes (or while it still is) the current one. {@link
 * #reserve} raises every fault that the pushes could, so that a transfer pushes all or nothing; {@link Cpu#gpr} ESP
 * is the caller's to set from {@link #esp()}.
 */
final class PendingStack {
    private final Cpu cpu;
    private int base;
    private int limit;
    private int attr;
    private int pointer;
    private int mask;
    private boolean supervisor;
    private int errorCode;

    PendingStack(Cpu cpu) {
        this.cpu = cpu;
    }

    /** Takes the stack that SS:ESP describes. */
    void current() {
        begin(cpu.base[Cpu.SS], cpu.limit[Cpu.SS], cpu.attr[Cpu.SS], cpu.gpr[Cpu.ESP], cpu.cpl);
        errorCode = cpu.segmentation.external;
    }

    /** Takes a stack of another privilege level, whose descriptor {@link Segmentation#fetch} just gave. */
    void inner(int selector, int stackPointer, int level) {
        int low = cpu.segmentation.low;
        int high = cpu.segmentation.high;
        begin(
                Descriptor.base(low, high),
                Descriptor.limit(low, high),
                Descriptor.attributes(high),
                stackPointer,
                level);
        errorCode = selector & 0xFFFC | cpu.segmentation.external;
    }

    private void begin(int stackBase, int stackLimit, int attributes, int stackPointer, int level) {
        base = stackBase;
        limit = stackLimit;
        attr = attributes;
        pointer = stackPointer;
        mask = (attributes & Cpu.ATTR_BIG) != 0 ? -1 : 0xFFFF;
        supervisor = level != 3;
    }

    /** ESP after the pushes so far. */
    int esp() {
        return pointer;
    }

    /**
     * Checks room for items and that they can be written; a page fault tells of the first push that could not be made.
     *
     * @throws GuestFault #SS with the stack's error code, or #PF
     */
    void reserve(int items, int size) {
        int bytes = items * size;
        int lowest = pointer - bytes & mask;
        int highest = lowest + bytes - 1;
        boolean contiguous = Integer.compareUnsigned(lowest, highest) < 0 && (mask == -1 || highest <= 0xFFFF);
        if (contiguous) {
            check(lowest, bytes);
        } else {
            for (int i = 1; i <= items; i++) {
                check(pointer - i * size & mask, size);
            }
        }
        checkAlignment(size);
        if (contiguous && (base + lowest ^ base + highest) >>> 12 == 0) {
            probeByte(base + (pointer - size & mask));
            return;
        }
        for (int i = 1; i <= items; i++) {
            probe(base + (pointer - i * size & mask), size);
        }
    }

    private void check(int offset, int bytes) {
        int last = offset + bytes - 1;
        boolean inside;
        if (Integer.compareUnsigned(last, offset) < 0 || (attr & Cpu.ATTR_PRESENT) == 0) {
            inside = false;
        } else if ((attr & 0x1C) == 0x14) { // data, expand-down
            inside = Integer.compareUnsigned(offset, limit) > 0 && Integer.compareUnsigned(last, mask) <= 0;
        } else {
            inside = Integer.compareUnsigned(last, limit) <= 0;
        }
        if (!inside) {
            throw cpu.fault(GuestFault.SS, errorCode);
        }
    }

    private void probe(int linear, int bytes) {
        probeByte(linear);
        int last = linear + bytes - 1;
        if ((linear ^ last) >>> 12 != 0) {
            probeByte(last & -4096);
        }
    }

    private void probeByte(int linear) {
        if (supervisor) {
            cpu.mmu.probeSystemWrite(linear, 1);
        } else {
            cpu.mmu.probeWrite(linear, 1);
        }
    }

    /**
     * Only instructions are checked for alignment: #AC while an event is delivered at level 3 would come again with
     * every attempt to deliver it.
     */
    private void checkAlignment(int size) {
        if (!supervisor && cpu.segmentation.external == 0) {
            int linear = base + (pointer - size & mask);
            if ((linear & size - 1) != 0) {
                cpu.mmu.probeWrite(linear, size);
            }
        }
    }

    /** Pushes 2 or 4 bytes, which were reserved. */
    void push(int value, int size) {
        int offset = pointer - size & mask;
        pointer = pointer & ~mask | offset;
        int linear = base + offset;
        if (supervisor) {
            if (size == 4) {
                cpu.mmu.writeSystem32(linear, value);
            } else {
                cpu.mmu.writeSystem16(linear, value);
            }
        } else if ((linear & size - 1) != 0) {
            for (int i = 0; i < size; i++) {
                cpu.mmu.write8(linear + i, value >>> 8 * i);
            }
        } else if (size == 4) {
            cpu.mmu.write32(linear, value);
        } else {
            cpu.mmu.write16(linear, value);
        }
    }
}
