package org.jeroboam.cpu.recompilerx64;

import java.util.Arrays;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.OperandKind;

/**
 * What a block's own instructions tell of the registers' greatest values: an index that was a byte is below 256. So the page of
 * an access to a variable or a small table is known when code is made; its TLB entry is found without waiting for the address,
 * and no access of it can reach into the next page.
 */
class Bounds {
    private static final long UNKNOWN = -1;
    private static final long MOST = 0xFFFF_FFFFL;

    /** By host register: the greatest unsigned value of its 32 bits, or {@link #UNKNOWN}. */
    private final long[] most = new long[16];

    /** A block begins: nothing is known. */
    void start() {
        Arrays.fill(most, UNKNOWN);
    }

    /** An instruction was emitted. */
    void after(Instruction in) {
        long value = result(in);
        int written = Effects.written(in);
        for (int i = 0; i < most.length; i++) {
            if ((written & 1 << i) != 0) {
                most[i] = UNKNOWN;
            }
        }
        if (value >= 0 && value <= MOST) {
            most[Operands.host(in, 1)] = value;
        }
    }

    /** The linear page in which an access through a flat segment lies whatever its registers hold, or -1. */
    int page(Instruction in, int size) {
        Address address = MemoryAccess.effective(in);
        long index = greatest(address.index());
        long base = greatest(address.base());
        if (in.addressSize != 4 || index < 0 || base < 0) {
            return -1;
        }
        long first = address.displacement() & MOST;
        long last = first + base + (index << address.scale()) + size - 1;
        return last <= MOST && first >>> 12 == last >>> 12 ? (int) (first >>> 12) : -1;
    }

    private long greatest(int register) {
        return register < 0 ? 0 : most[register];
    }

    /** The greatest result of the instructions that make indices, or {@link #UNKNOWN}. */
    private long result(Instruction in) {
        if (in.kind1 != OperandKind.REG32) {
            return UNKNOWN;
        }
        long old = most[Operands.host(in, 1)];
        boolean immediate = in.kind2 == OperandKind.IMM;
        return switch (in.op) {
            case MOVZX -> Operands.size(in, 2) == 1 ? 0xFF : 0xFFFF;
            case MOV -> immediate ? in.imm & MOST : source(in);
            case AND -> immediate ? in.imm & MOST : UNKNOWN;
            case XOR -> in.kind2 == OperandKind.REG32 && in.reg1 == in.reg2 ? 0 : UNKNOWN;
            case SHR -> immediate ? (old < 0 ? MOST : old) >>> (in.imm & 31) : UNKNOWN;
            case SHL -> immediate && old >= 0 ? old << (in.imm & 31) : UNKNOWN;
            default -> UNKNOWN;
        };
    }

    private long source(Instruction in) {
        return in.kind2 == OperandKind.REG32 ? most[Operands.host(in, 2)] : UNKNOWN;
    }
}
