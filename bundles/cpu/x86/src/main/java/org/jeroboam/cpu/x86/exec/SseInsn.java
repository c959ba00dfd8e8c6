package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.cpu.x86.Trait;

/** An instruction on XMM registers: its operands and how 16-byte operands reach memory. */
abstract class SseInsn extends MemInsn {
    private static final byte REGISTER = 0;
    private static final byte ALIGNED = 1;
    private static final byte UNALIGNED = 2;
    private static final byte QWORD = 3;
    private static final byte DWORD = 4;

    /** Index of the low word of XMM operand 1; of another register its number. */
    final int a;
    /** Index of the low word of XMM operand 2; of another register its number. */
    final int b;

    final int imm;

    private final byte source;

    SseInsn(int eip, Instruction in, int mode) {
        super(eip, in, mode);
        a = in.kind1 == OperandKind.XMM ? 2 * in.reg1 : in.reg1;
        b = in.kind2 == OperandKind.XMM ? 2 * in.reg2 : in.reg2;
        imm = in.imm;
        source = in.kind2 == OperandKind.MEM ? source(in) : REGISTER;
    }

    private static byte source(Instruction in) {
        return switch (in.memorySize) {
            case 16 -> in.op.has(Trait.UNALIGNED) ? UNALIGNED : ALIGNED;
            case 8 -> QWORD;
            default -> DWORD;
        };
    }

    /** Reads operand 2, an XMM register or memory, zero-extended, into {@link SseUnit#low} and {@link SseUnit#high}. */
    final void load(Cpu cpu, SseUnit unit) {
        switch (source) {
            case REGISTER -> {
                unit.low = unit.xmm[b];
                unit.high = unit.xmm[b + 1];
            }
            case ALIGNED -> {
                int linear = readable(cpu, 16);
                requireAligned(cpu, linear);
                unit.low = cpu.mmu.read64(linear);
                unit.high = cpu.mmu.read64(linear + 8);
            }
            case UNALIGNED -> {
                int linear = readable(cpu, 16);
                if ((linear & 0xFFF) > 0xFF0) {
                    cpu.mmu.probeRead(linear, 16);
                }
                unit.low = cpu.mmu.read64(linear);
                unit.high = cpu.mmu.read64(linear + 8);
            }
            case QWORD -> {
                unit.low = cpu.mmu.read64(readable(cpu, 8));
                unit.high = 0;
            }
            default -> {
                unit.low = read32(cpu) & 0xFFFF_FFFFL;
                unit.high = 0;
            }
        }
    }

    /** Writes 16 bytes to operand 1; a fault leaves memory as it was. */
    final void store(Cpu cpu, long low, long high, boolean aligned) {
        int linear = target(cpu, 16);
        if (aligned) {
            requireAligned(cpu, linear);
        } else if ((linear & 0xFFF) > 0xFF0) {
            cpu.mmu.probeWrite(linear, 16);
        }
        cpu.mmu.write64(linear, low);
        cpu.mmu.write64(linear + 8, high);
    }

    private static void requireAligned(Cpu cpu, int linear) {
        if ((linear & 15) != 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
    }
}
