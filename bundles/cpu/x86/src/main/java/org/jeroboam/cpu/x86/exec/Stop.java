package org.jeroboam.cpu.x86.exec;

/**
 * Stands in the place of an instruction on which a debugger's breakpoint lies: ends the inner loop before it, so that the run
 * loop finds the breakpoint. Takes no budget.
 */
final class Stop extends Insn {
    Stop(int eip) {
        super(eip);
    }

    @Override
    Insn exec(Cpu cpu) {
        cpu.eip = eip;
        cpu.reserve += cpu.budget;
        cpu.budget = 1; // the inner loop takes it away
        return cpu.dispatch;
    }
}
