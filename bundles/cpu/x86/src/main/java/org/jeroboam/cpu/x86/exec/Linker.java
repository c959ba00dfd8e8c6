package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;

/** Makes the object for a decoded instruction: its fastest class. */
final class Linker {
    /**
     * Makes an instruction object.
     *
     * @param in not kept
     * @param eip offset in CS
     * @param mode MODE bits of {@link Cpu}
     */
    Insn link(Instruction in, int eip, int mode) {
        Insn fast = fast(in, eip, mode);
        if (fast != null) {
            return fast;
        }
        return switch (in.op) {
            case JCC -> Jcc.of(eip, NearTransfers.target(eip, in), in.condition);
            case JMP -> new NearTransfers.Jmp(eip, NearTransfers.target(eip, in));
            case CALL -> new NearTransfers.Call(eip, NearTransfers.target(eip, in), in);
            case RET -> new NearTransfers.Ret(eip, in);
            case JMP_IND -> new NearTransfers.JmpIndirect(eip, in);
            case CALL_IND -> new NearTransfers.CallIndirect(eip, in);
            case LOOP -> new NearTransfers.Loop(eip, NearTransfers.target(eip, in), in, -1);
            case LOOPE -> new NearTransfers.Loop(eip, NearTransfers.target(eip, in), in, 1);
            case LOOPNE -> new NearTransfers.Loop(eip, NearTransfers.target(eip, in), in, 0);
            case JCXZ -> new NearTransfers.Jcxz(eip, NearTransfers.target(eip, in), in);
            case MOVS, STOS, LODS, CMPS, SCAS, INS, OUTS -> StringInsn.of(eip, in);
            default -> general(in, eip, mode);
        };
    }

    /** A class of its own for a frequent form, or null. */
    private static Insn fast(Instruction in, int eip, int mode) {
        return switch (in.op) {
            case ADD, OR, ADC, SBB, AND, SUB, XOR, CMP, TEST -> alu(in, eip, mode);
            case MOV -> Moves.mov(eip, in, mode);
            case MOVZX -> Moves.movzx(eip, in, mode);
            case MOVSX -> Moves.movsx(eip, in, mode);
            case LEA -> Moves.lea(eip, in, mode);
            case INC, DEC, NEG, NOT -> Unary.of(eip, in, mode);
            case SHL, SHR, SAR, ROL, ROR -> Unary.shift(eip, in);
            case IMUL2, IMUL3 -> Unary.imul(eip, in, mode);
            case CMOVCC -> Unary.cmov(eip, in, mode);
            case SETCC -> Unary.set(eip, in);
            case NOP -> new Nop(eip);
            default -> flatStack(in, eip, mode);
        };
    }

    private static Insn alu(Instruction in, int eip, int mode) {
        int size = in.kind1 == OperandKind.MEM ? in.memorySize : in.kind1 == OperandKind.REG32 ? 4 : 1;
        boolean memory = in.kind1 == OperandKind.MEM;
        boolean immediate = in.kind2 == OperandKind.IMM;
        if (in.kind1 == OperandKind.REG16 || size == 2) {
            return null;
        }
        if (size == 4) {
            if (memory) {
                return immediate ? AluMemory.withImmediate(eip, in, mode) : AluMemory.withRegister(eip, in, mode);
            }
            if (in.kind2 == OperandKind.MEM) {
                return AluMemory.source(eip, in, mode);
            }
            return immediate ? AluRegister.withImmediate(eip, in) : AluRegister.withRegister(eip, in);
        }
        if (memory) {
            return immediate ? AluByte.memoryImmediate(eip, in, mode) : AluByte.memory(eip, in, mode);
        }
        if (in.kind2 == OperandKind.MEM) {
            return AluByte.source(eip, in, mode);
        }
        return immediate ? AluByte.immediate(eip, in) : AluByte.registers(eip, in);
    }

    private static Insn flatStack(Instruction in, int eip, int mode) {
        int needed = Cpu.MODE_FLAT | Cpu.MODE_STACK32;
        if ((mode & needed) != needed || in.operandSize != 4) {
            return null;
        }
        return switch (in.op) {
            case PUSH -> FlatStack.push(eip, in, mode);
            case POP -> FlatStack.pop(eip, in);
            case LEAVE -> new FlatStack.Leave(eip);
            case CALL -> new FlatStack.Call(eip, NearTransfers.target(eip, in), in.length);
            case RET -> new FlatStack.Ret(eip, in);
            case CALL_IND ->
                in.kind1 == OperandKind.MEM
                        ? new FlatStack.CallMemory(eip, in, mode)
                        : new FlatStack.CallRegister(eip, in);
            case JMP_IND -> in.kind1 == OperandKind.MEM ? new FlatStack.JmpMemory(eip, in, mode) : null;
            default -> null;
        };
    }

    private static Insn general(Instruction in, int eip, int mode) {
        SystemInsn.Action action = IntegerActions.of(in.op);
        if (action != null) {
            return new PlainInsn(eip, in, action);
        }
        Insn insn = SystemLinker.link(in, eip);
        insn = insn != null ? insn : SseLinker.link(in, eip, mode);
        return insn != null ? insn : new PlainInsn(eip, in, IntegerActions.of(Op.UD));
    }

    /** Whether nothing is executed behind the instruction without a new look-up. */
    boolean ends(Instruction in) {
        return switch (in.op) {
            case UD,
                    GP_TOO_LONG,
                    JMP,
                    JMP_IND,
                    CALL,
                    CALL_IND,
                    RET,
                    JMP_FAR,
                    JMP_FAR_IND,
                    CALL_FAR,
                    CALL_FAR_IND,
                    RET_FAR,
                    IRET,
                    INT,
                    INT3,
                    ICEBP,
                    SYSENTER,
                    SYSEXIT -> true;
            default -> false;
        };
    }
}
