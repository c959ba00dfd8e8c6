package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.OperandKind;

/** Doubleword stack operations and near calls on a flat 32-bit stack. */
final class FlatStack {
    private FlatStack() {}

    /** PUSH of a doubleword, or null. */
    static Insn push(int eip, Instruction in, int mode) {
        return switch (in.kind1) {
            case REG32 -> new PushR(eip, in);
            case IMM -> new PushI(eip, in);
            case MEM -> in.memorySize == 4 ? new PushM(eip, in, mode) : null;
            default -> null;
        };
    }

    /** POP of a doubleword register, or null. */
    static Insn pop(int eip, Instruction in) {
        return in.kind1 == OperandKind.REG32 ? new PopR(eip, in) : null;
    }

    private static void push(Cpu cpu, int value) {
        int[] gpr = cpu.gpr;
        int pointer = gpr[Cpu.ESP] - 4;
        cpu.mmu.write32(pointer, value);
        gpr[Cpu.ESP] = pointer;
    }

    static final class PushR extends Insn {
        private final byte a;

        PushR(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
        }

        int register() {
            return a;
        }

        @Override
        Insn exec(Cpu cpu) {
            push(cpu, cpu.gpr[a]);
            return next;
        }
    }

    private static final class PushI extends Insn {
        private final int value;

        PushI(int eip, Instruction in) {
            super(eip);
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            push(cpu, value);
            return next;
        }
    }

    private static final class PushM extends MemInsn {
        PushM(int eip, Instruction in, int mode) {
            super(eip, in, mode);
        }

        @Override
        Insn exec(Cpu cpu) {
            push(cpu, read32(cpu));
            return next;
        }
    }

    static final class PopR extends Insn {
        private final byte a;

        PopR(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
        }

        int register() {
            return a;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            int value = cpu.mmu.read32(gpr[Cpu.ESP]);
            gpr[Cpu.ESP] += 4;
            gpr[a] = value;
            return next;
        }
    }

    /** LEAVE. */
    static final class Leave extends Insn {
        Leave(int eip) {
            super(eip);
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            int frame = gpr[Cpu.EBP];
            int value = cpu.mmu.read32(frame);
            gpr[Cpu.ESP] = frame + 4;
            gpr[Cpu.EBP] = value;
            return next;
        }
    }

    /** CALL rel32. */
    static final class Call extends Branch {
        private final int back;

        Call(int eip, int target, int length) {
            super(eip, target);
            back = eip + length;
        }

        @Override
        Insn exec(Cpu cpu) {
            Insn to = take(cpu);
            push(cpu, back);
            return to;
        }
    }

    /** RET and RET imm16. */
    static final class Ret extends Insn {
        private final int drop;

        Ret(int eip, Instruction in) {
            super(eip);
            drop = 4 + (in.imm & 0xFFFF);
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            int target = cpu.mmu.read32(gpr[Cpu.ESP]);
            cpu.code.checkTarget(target);
            gpr[Cpu.ESP] += drop;
            return cpu.code.jump(target);
        }
    }

    /** CALL r32. */
    static final class CallRegister extends Insn {
        private final byte a;
        private final int back;

        CallRegister(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            back = eip + in.length;
        }

        @Override
        Insn exec(Cpu cpu) {
            int target = cpu.gpr[a];
            cpu.code.checkTarget(target);
            push(cpu, back);
            return cpu.code.jump(target);
        }
    }

    /** CALL m32. */
    static final class CallMemory extends MemInsn {
        private final int back;

        CallMemory(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            back = eip + in.length;
        }

        @Override
        Insn exec(Cpu cpu) {
            int target = read32(cpu);
            cpu.code.checkTarget(target);
            push(cpu, back);
            return cpu.code.jump(target);
        }
    }

    /** JMP m32. */
    static final class JmpMemory extends MemInsn {
        JmpMemory(int eip, Instruction in, int mode) {
            super(eip, in, mode);
        }

        @Override
        Insn exec(Cpu cpu) {
            int target = read32(cpu);
            cpu.code.checkTarget(target);
            return cpu.code.jump(target);
        }
    }
}
