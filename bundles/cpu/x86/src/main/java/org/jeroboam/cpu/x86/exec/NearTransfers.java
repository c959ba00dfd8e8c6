package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.Instruction;

/** Near jumps, calls and returns of every form. The target is checked against CS before anything changes. */
final class NearTransfers {
    private NearTransfers() {}

    /** Offset of a direct branch's target. */
    static int target(int eip, Instruction in) {
        int target = eip + in.length + in.imm;
        return in.operandSize == 2 ? target & 0xFFFF : target;
    }

    /** JMP rel. */
    static final class Jmp extends Branch {
        Jmp(int eip, int target) {
            super(eip, target);
        }

        @Override
        Insn exec(Cpu cpu) {
            return take(cpu);
        }
    }

    /** JMP r/m. */
    static final class JmpIndirect extends Insn {
        private final Instruction in;

        JmpIndirect(int eip, Instruction in) {
            super(eip);
            this.in = in.copy();
        }

        @Override
        Insn exec(Cpu cpu) {
            int target = Operands.read(cpu, in, 1);
            cpu.code.checkTarget(target);
            return cpu.code.jump(target);
        }
    }

    /** CALL rel. */
    static final class Call extends Branch {
        private final int size;
        private final int back;

        Call(int eip, int target, Instruction in) {
            super(eip, target);
            size = in.operandSize;
            back = eip + in.length;
        }

        @Override
        Insn exec(Cpu cpu) {
            if (!cpu.holds(takenStamp)) {
                cpu.code.checkTarget(target);
            }
            cpu.stack.push(size, back); // may fault, which must come before a look at the target's page
            return take(cpu);
        }
    }

    /** CALL r/m. */
    static final class CallIndirect extends Insn {
        private final Instruction in;

        CallIndirect(int eip, Instruction in) {
            super(eip);
            this.in = in.copy();
        }

        @Override
        Insn exec(Cpu cpu) {
            int target = Operands.read(cpu, in, 1);
            cpu.code.checkTarget(target);
            cpu.stack.push(in.operandSize, eip + in.length);
            return cpu.code.jump(target);
        }
    }

    /** RET and RET imm16. */
    static final class Ret extends Insn {
        private final int size;
        private final int drop;

        Ret(int eip, Instruction in) {
            super(eip);
            size = in.operandSize;
            drop = in.imm & 0xFFFF;
        }

        @Override
        Insn exec(Cpu cpu) {
            int target = cpu.stack.peek(size, 0);
            cpu.code.checkTarget(target);
            cpu.stack.setPointer(cpu.stack.pointer() + size + drop);
            return cpu.code.jump(target);
        }
    }

    /** LOOP, LOOPE, LOOPNE. */
    static final class Loop extends Branch {
        private final int mask;
        private final int wanted;

        /**
         * Makes a loop instruction.
         *
         * @param wanted value of ZF to go on with, or -1
         */
        Loop(int eip, int target, Instruction in, int wanted) {
            super(eip, target);
            mask = in.addressSize == 2 ? 0xFFFF : -1;
            this.wanted = wanted;
        }

        @Override
        Insn exec(Cpu cpu) {
            int count = cpu.gpr[Cpu.ECX] - 1 & mask;
            boolean again = count != 0 && (wanted < 0 || (cpu.result == 0 ? 1 : 0) == wanted);
            Insn to = again ? take(cpu) : next;
            cpu.gpr[Cpu.ECX] = cpu.gpr[Cpu.ECX] & ~mask | count;
            return to;
        }
    }

    /** JCXZ and JECXZ. */
    static final class Jcxz extends Branch {
        private final int mask;

        Jcxz(int eip, int target, Instruction in) {
            super(eip, target);
            mask = in.addressSize == 2 ? 0xFFFF : -1;
        }

        @Override
        Insn exec(Cpu cpu) {
            return (cpu.gpr[Cpu.ECX] & mask) == 0 ? take(cpu) : next;
        }
    }
}
