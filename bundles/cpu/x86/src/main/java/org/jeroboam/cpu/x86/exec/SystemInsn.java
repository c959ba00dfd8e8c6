package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.Instruction;

/**
 * A rare instruction whose work is a method of one of the system classes. {@link Cpu#eip} is its own offset while the
 * action runs, so faults and saved states see it; afterwards it is the next one's, or what a transfer has set.
 */
final class SystemInsn extends Insn {
    /** What an instruction does. May throw {@link GuestFault}. */
    @FunctionalInterface
    interface Action {
        void run(Cpu cpu, Instruction in);
    }

    private final Action action;
    private final Instruction in;
    private final boolean transfer;

    /**
     * Makes an instruction object.
     *
     * @param eip CS offset
     * @param in copied
     * @param transfer whether the action itself sets {@link Cpu#eip}; otherwise execution goes on behind it
     * @param action the work
     */
    SystemInsn(int eip, Instruction in, boolean transfer, Action action) {
        super(eip);
        this.in = in.copy();
        this.transfer = transfer;
        this.action = action;
    }

    @Override
    Insn exec(Cpu cpu) {
        int stamp = cpu.stamp;
        int mode = cpu.mode;
        cpu.eip = eip;
        action.run(cpu, in);
        if (transfer) {
            return cpu.dispatch;
        }
        cpu.eip = eip + in.length;
        return stamp == cpu.stamp && mode == cpu.mode && next != null ? next : cpu.dispatch;
    }

    @Override
    int faultEip(Cpu cpu) {
        return cpu.eip;
    }
}
