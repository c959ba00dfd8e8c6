package org.jeroboam.cpu.x86.exec;

/** NOP in all its forms. */
final class Nop extends Insn {
    Nop(int eip) {
        super(eip);
    }

    @Override
    Insn exec(Cpu cpu) {
        return next;
    }
}
