package org.jeroboam.cpu.recompilerx64;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.cpu.x86.Trait;

/** What an instruction does besides its flags. */
final class Effects {
    private static final int EAX = 1;
    private static final int EDX = 1 << Assembler.RDX;
    private static final int ESP = 1 << Assembler.R12;

    private Effects() {}

    /** The host registers of guest registers that an instruction writes, as a mask. */
    static int written(Instruction in) {
        int mask = 0;
        for (int n = 1; n <= 3; n++) {
            if (in.op.writes(n - 1)) {
                mask |= operand(in, n);
            }
        }
        return mask | implied(in);
    }

    private static int operand(Instruction in, int n) {
        OperandKind kind = Operands.kind(in, n);
        return switch (kind) {
            case REG8 -> 1 << (Operands.register(in, n) & 3);
            case REG16, REG32 -> 1 << Operands.host(Operands.register(in, n));
            default -> 0;
        };
    }

    private static int implied(Instruction in) {
        return switch (in.op) {
            case MUL, IMUL1, DIV, IDIV -> EAX | EDX;
            case CBW, CMPXCHG, LAHF -> EAX;
            case CWD -> EDX;
            case PUSH, POP, PUSHF, POPF, PUSH_SEG, POP_SEG -> ESP;
            case RDTSC -> EAX | EDX;
            case CLD, STD, MOV_FROM_SEG, MOV_TO_SEG, MOV_FROM_CR -> 0;
            case CMPXCHG8B -> EAX | EDX;
            case LODS, STOS, MOVS, SCAS, CMPS -> EAX | 1 << Assembler.RCX | 1 << Assembler.RSI | 1 << Assembler.RDI;
            case PUSHA -> ESP;
            case XLAT -> EAX;
            case ENTER, LEAVE -> ESP | 1 << Assembler.RBP;
            case ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, TEST, MOV, MOVZX, MOVSX, LEA, INC, DEC, NOT, NEG -> 0;
            case IMUL2, IMUL3, XCHG, XADD, BSWAP, SETCC, CMOVCC, BT, BTS, BTR, BTC, BSF, BSR -> 0;
            case CLI, STI, SHL, SHR, SAR, ROL, ROR, RCL, RCR, SHLD, SHRD, CLC, STC, CMC, SAHF, NOP, PAUSE, PREFETCH ->
                0;
            default -> isFloating(in.op) ? 0 : -1;
        };
    }

    private static boolean isFloating(Op op) {
        return op.has(Trait.FPU) || op.has(Trait.MMX) || op.has(Trait.SSE) || op.has(Trait.SSE2);
    }

    /** Whether the host's instruction leaves EFLAGS: moves between registers. */
    static boolean gentle(Instruction in) {
        if (in.hasMemory() && in.op != Op.LEA) {
            return false;
        }
        return switch (in.op) {
            case MOV, MOVZX, MOVSX, LEA, XCHG, BSWAP, CBW, CWD, NOT, SETCC, CMOVCC, NOP, PAUSE, PREFETCH -> true;
            default -> false;
        };
    }
}
