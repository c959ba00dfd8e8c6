package org.jeroboam.cpu.x86.exec;

/** Goes on at {@link Cpu#eip}: finds the instruction there. Takes no budget. */
final class Dispatch extends Insn {
    private final boolean branch;

    /**
     * Makes one.
     *
     * @param branch whether a branch led here; else it is where a round happened to end
     */
    Dispatch(boolean branch) {
        super(0);
        this.branch = branch;
    }

    @Override
    Insn exec(Cpu cpu) {
        Insn insn = branch ? cpu.code.find(cpu.eip) : cpu.code.resume(cpu.eip);
        cpu.budget++;
        return insn;
    }

    @Override
    int faultEip(Cpu cpu) {
        return cpu.eip;
    }
}
