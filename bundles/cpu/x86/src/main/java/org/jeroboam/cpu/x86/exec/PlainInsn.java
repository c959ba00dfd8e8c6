package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.Instruction;

/**
 * An integer instruction without a class of its own: its action works on the decoded operands. Goes on behind itself.
 */
final class PlainInsn extends Insn {
    private final SystemInsn.Action action;
    private final Instruction in;

    PlainInsn(int eip, Instruction in, SystemInsn.Action action) {
        super(eip);
        this.in = in.copy();
        this.action = action;
    }

    @Override
    Insn exec(Cpu cpu) {
        action.run(cpu, in);
        return next;
    }
}
