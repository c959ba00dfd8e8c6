package org.jeroboam.cpu.x86.exec;

/** An instruction with a direct near target. */
abstract class Branch extends Insn {
    /** CS offset of the target. */
    final int target;

    /** The target's instruction while {@link #takenStamp} holds. */
    Insn taken;

    int takenStamp;

    Branch(int eip, int target) {
        super(eip);
        this.target = target;
    }

    /**
     * Goes to the target.
     *
     * @throws GuestFault #GP(0) when it is beyond the limit of CS
     */
    final Insn take(Cpu cpu) {
        return cpu.holds(takenStamp) ? taken : cpu.code.link(this);
    }
}
