package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.Instruction;

/**
 * An instruction with a memory operand. In flat mode a segment with base 0 and no bounds needs no look: offsets are
 * linear addresses. An absent base or index is the register that is always 0, so one formula serves every address form.
 */
abstract class MemInsn extends Insn {
    private final byte base;
    private final byte index;
    private final byte scale;
    /** Segment register, or -1 when it is flat. */
    private final byte segment;

    private final int displacement;
    private final int mask;

    MemInsn(int eip, Instruction in, int mode) {
        super(eip);
        base = (byte) (in.base < 0 ? Cpu.ZERO : in.base);
        index = (byte) (in.index < 0 ? Cpu.ZERO : in.index);
        scale = (byte) in.scale;
        displacement = in.displacement;
        mask = in.addressSize == 2 ? 0xFFFF : -1;
        segment = (byte) (isFlat(in.segment, mode) ? -1 : in.segment);
    }

    /** Whether accesses through a segment need no checks in a mode. */
    static boolean isFlat(int segment, int mode) {
        return (mode & Cpu.MODE_FLAT) != 0 && (segment == Cpu.DS || segment == Cpu.SS || segment == Cpu.ES);
    }

    final int offset(Cpu cpu) {
        int[] gpr = cpu.gpr;
        return gpr[base] + (gpr[index] << scale) + displacement & mask;
    }

    final int read8(Cpu cpu) {
        int offset = offset(cpu);
        return segment < 0 ? cpu.mmu.read8(offset) : cpu.seg.read8(segment, offset);
    }

    final int read16(Cpu cpu) {
        int offset = offset(cpu);
        return segment < 0 ? cpu.mmu.read16(offset) : cpu.seg.read16(segment, offset);
    }

    final int read32(Cpu cpu) {
        int offset = offset(cpu);
        return segment < 0 ? cpu.mmu.read32(offset) : cpu.seg.read32(segment, offset);
    }

    final void write8(Cpu cpu, int value) {
        int offset = offset(cpu);
        if (segment < 0) {
            cpu.mmu.write8(offset, value);
        } else {
            cpu.seg.write8(segment, offset, value);
        }
    }

    final void write16(Cpu cpu, int value) {
        int offset = offset(cpu);
        if (segment < 0) {
            cpu.mmu.write16(offset, value);
        } else {
            cpu.seg.write16(segment, offset, value);
        }
    }

    final void write32(Cpu cpu, int value) {
        int offset = offset(cpu);
        if (segment < 0) {
            cpu.mmu.write32(offset, value);
        } else {
            cpu.seg.write32(segment, offset, value);
        }
    }

    /** The linear address for reads. */
    final int readable(Cpu cpu, int size) {
        int offset = offset(cpu);
        return segment < 0 ? offset : cpu.seg.linearRead(segment, offset, size);
    }

    /** The linear address for a read-modify-write. */
    final int target(Cpu cpu, int size) {
        int offset = offset(cpu);
        return segment < 0 ? offset : cpu.seg.linearWrite(segment, offset, size);
    }
}
