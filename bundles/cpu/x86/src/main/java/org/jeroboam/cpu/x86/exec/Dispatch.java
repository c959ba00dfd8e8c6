package org.jeroboam.cpu.x86.exec;

/** Goes on at {@link Cpu#eip}: finds the instruction there. Takes no budget. */
final class Dispatch extends Insn {
    Dispatch() {
        super(0);
    }

    @Override
    Insn exec(Cpu cpu) {
        Insn insn = cpu.code.find(cpu.eip);
        cpu.budget++;
        return insn;
    }

    @Override
    int faultEip(Cpu cpu) {
        return cpu.eip;
    }
}
