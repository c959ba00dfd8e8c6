package org.jeroboam.cpu.recompilerx64;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.OperandKind;

/** Guest operands in the host's terms: every guest register has a host register of its own, ESP is R12. */
final class Operands {
    private static final int GUEST_ESP = 4;

    private Operands() {}

    static OperandKind kind(Instruction in, int n) {
        return n == 1 ? in.kind1 : n == 2 ? in.kind2 : in.kind3;
    }

    static int register(Instruction in, int n) {
        return n == 1 ? in.reg1 : n == 2 ? in.reg2 : in.reg3;
    }

    /** Bytes of an operand. */
    static int size(Instruction in, int n) {
        return switch (kind(in, n)) {
            case REG8 -> 1;
            case REG16 -> 2;
            case REG32 -> 4;
            case MEM -> in.memorySize;
            default -> in.operandSize;
        };
    }

    static boolean isMemory(Instruction in, int n) {
        return kind(in, n) == OperandKind.MEM;
    }

    /** The host register of a guest register of 16 or 32 bits. */
    static int host(int guest) {
        return guest == GUEST_ESP ? Assembler.R12 : guest;
    }

    /** The host register of a register operand; 4 to 7 are AH CH DH BH when it is a byte. */
    static int host(Instruction in, int n) {
        return kind(in, n) == OperandKind.REG8 ? register(in, n) : host(register(in, n));
    }

    /** Whether a register operand is AH, CH, DH or BH. */
    static boolean isHigh(Instruction in, int n) {
        return kind(in, n) == OperandKind.REG8 && register(in, n) >= 4;
    }
}
