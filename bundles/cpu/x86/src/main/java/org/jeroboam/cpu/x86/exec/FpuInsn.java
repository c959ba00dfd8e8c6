package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.Trait;
import org.jeroboam.cpu.x86.fpu.Fpu;

/** An x87 instruction: the checks that all of them begin with, then an action of {@link FpuActions}. */
final class FpuInsn extends Insn {
    /** What an instruction does. @param offset of its memory operand, or 0 */
    @FunctionalInterface
    interface Action {
        void run(Cpu cpu, Fpu fpu, Instruction in, int offset);
    }

    private final Instruction in;
    private final Action action;
    private final boolean waits;
    private final boolean memory;
    /** Whether it leaves the instruction and data pointers alone. */
    private final boolean control;

    private FpuInsn(int eip, Instruction in, Action action) {
        super(eip);
        this.in = in.copy();
        this.action = action;
        waits = !in.op.has(Trait.NO_WAIT);
        memory = in.hasMemory();
        control = FpuActions.isControl(in.op);
    }

    /** Makes an x87 instruction's object, or returns null when it is none. */
    static Insn link(Instruction in, int eip) {
        if (in.op == Op.FWAIT) {
            return new Wait(eip);
        }
        Action action = FpuActions.of(in.op);
        return action == null ? null : new FpuInsn(eip, in, action);
    }

    @Override
    Insn exec(Cpu cpu) {
        FpuUnit unit = cpu.fpu;
        unit.requireAvailable();
        if (waits && unit.reportPending()) {
            cpu.eip = eip;
            return cpu.dispatch;
        }
        Fpu fpu = unit.fpu;
        int offset = memory ? Operands.offset(cpu, in) : 0;
        action.run(cpu, fpu, in, offset);
        if (control) {
            unit.releaseFerr();
        } else {
            fpu.instructionPointer(in.opcode, cpu.selector[Cpu.CS], eip);
            if (memory) {
                fpu.dataPointer(cpu.selector[in.segment], offset);
            }
        }
        return next;
    }

    /** FWAIT: #NM only with both MP and TS. */
    private static final class Wait extends Insn {
        Wait(int eip) {
            super(eip);
        }

        @Override
        Insn exec(Cpu cpu) {
            if ((cpu.cr0 & (Cpu.CR0_MP | Cpu.CR0_TS)) == (Cpu.CR0_MP | Cpu.CR0_TS)) {
                throw cpu.fault(GuestFault.NM);
            }
            if (cpu.fpu.reportPending()) {
                cpu.eip = eip;
                return cpu.dispatch;
            }
            return next;
        }
    }
}
