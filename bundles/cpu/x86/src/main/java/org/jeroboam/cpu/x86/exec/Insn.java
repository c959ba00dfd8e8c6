package org.jeroboam.cpu.x86.exec;

/**
 * One decoded guest instruction, linked to its successor. An object belongs to one physical page, one linear address
 * and one processor mode, so offsets are constants of it.
 *
 * <p>Rules for {@link #exec}: nothing architectural is written before the last access that can fault; the result is the
 * successor; {@link Cpu#eip} needs no update except where {@link #faultEip} is overridden.
 */
abstract class Insn {
    /** Offset of the instruction in CS. */
    final int eip;

    /** The instruction behind this one, for those that go on there. Set by the linker. */
    Insn next;

    Insn(int eip) {
        this.eip = eip;
    }

    /**
     * Executes the instruction.
     *
     * @return what to execute next; {@link Cpu#dispatch} when {@link Cpu#eip} says where to go on
     * @throws GuestFault with the state as before the instruction
     */
    abstract Insn exec(Cpu cpu);

    /** CS offset of what faulted, when {@link #exec} threw. */
    int faultEip(Cpu cpu) {
        return eip;
    }
}
