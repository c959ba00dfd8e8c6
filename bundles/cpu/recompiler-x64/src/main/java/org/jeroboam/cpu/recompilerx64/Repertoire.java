package org.jeroboam.cpu.recompilerx64;

import java.util.EnumSet;
import java.util.Set;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;

/** Which instructions the translator takes in flat 32-bit code; the others are the interpreter's. */
final class Repertoire {
    private static final Set<Op> ALL_FORMS = EnumSet.of(
            Op.ADD,
            Op.OR,
            Op.ADC,
            Op.SBB,
            Op.AND,
            Op.SUB,
            Op.XOR,
            Op.CMP,
            Op.TEST,
            Op.MOV,
            Op.INC,
            Op.DEC,
            Op.NOT,
            Op.NEG,
            Op.IMUL2,
            Op.IMUL3,
            Op.CBW,
            Op.CWD,
            Op.SETCC,
            Op.CMOVCC,
            Op.NOP,
            Op.PAUSE,
            Op.PREFETCH,
            Op.CLC,
            Op.STC,
            Op.CMC,
            Op.LAHF,
            Op.SAHF,
            Op.BSF,
            Op.BSR);

    private static final Set<Op> DOUBLEWORD_STACK =
            EnumSet.of(Op.PUSH, Op.POP, Op.LEAVE, Op.CALL, Op.CALL_IND, Op.RET, Op.JMP_IND, Op.JMP, Op.JCC);

    private static final int ESP = 4;
    private static final Set<Op> SHIFTS = EnumSet.of(Op.SHL, Op.SHR, Op.SAR, Op.ROL, Op.ROR, Op.RCL, Op.RCR);
    private static final Set<Op> BIT_TESTS = EnumSet.of(Op.BT, Op.BTS, Op.BTR, Op.BTC);

    /** Whether an instruction can be translated. @param user whether for level 3 */
    boolean has(Instruction in, boolean user) {
        return has(in) || SystemEmitter.has(in, user) || FloatingImages.has(in);
    }

    /** The same without what differs among modes of the processor. */
    static boolean has(Instruction in) {
        Op op = in.op;
        if (ALL_FORMS.contains(op)) {
            return true;
        }
        if (DOUBLEWORD_STACK.contains(op)) {
            return in.operandSize == 4 && !(op == Op.POP && in.kind1 == OperandKind.MEM && in.base == ESP);
        }
        if (SHIFTS.contains(op)) {
            return shift(in);
        }
        if (BIT_TESTS.contains(op)) {
            return in.kind1 != OperandKind.MEM || in.kind2 == OperandKind.IMM || BitStringEmitter.has(in);
        }
        return switch (op) {
            case LEA -> in.operandSize == 4;
            case MOVZX, MOVSX -> true;
            case MUL, IMUL1 -> true;
            case DIV, IDIV -> true;
            case SHLD, SHRD -> in.operandSize == 4 && (in.kind3 != OperandKind.IMM || (in.imm & 31) != 0);
            case BSWAP -> in.operandSize == 4;
            case XCHG -> true;
            case XADD, CMPXCHG -> Operands.size(in, 1) != 1;
            case PUSHF, POPF -> in.operandSize == 4;
            case CLI, STI -> true;
            case LODS, STOS, MOVS -> StringEmitter.has(in);
            case SCAS, CMPS -> true;
            case CMPXCHG8B -> true;
            case LOOP, LOOPE, LOOPNE, JCXZ -> in.operandSize == 4 && in.addressSize == 4;
            case XLAT -> true;
            case PUSHA, POPA -> true;
            case ENTER -> (in.imm2 & 31) == 0;
            default -> FloatingNeeds.has(in);
        };
    }

    /** A number that leaves everything as it is, or exceeds a narrow operand, is the interpreter's. */
    private static boolean shift(Instruction in) {
        boolean throughCarry = in.op == Op.RCL || in.op == Op.RCR;
        if (in.kind2 != OperandKind.IMM) {
            return !throughCarry;
        }
        int count = in.imm & 31;
        if (throughCarry) {
            return count == 1;
        }
        return count != 0 && count < 8 * Operands.size(in, 1);
    }
}
