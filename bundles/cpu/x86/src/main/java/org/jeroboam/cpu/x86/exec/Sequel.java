package org.jeroboam.cpu.x86.exec;

/** Stands where a straight line of instructions was cut, and finds what follows. Takes no budget. */
final class Sequel extends Insn {
    private final Insn before;
    private int stamp;

    /**
     * Makes a cut.
     *
     * @param eip offset of the instruction that follows
     * @param before the instruction to join with what follows when both are in the same page, or null
     */
    Sequel(int eip, Insn before) {
        super(eip);
        this.before = before;
    }

    @Override
    Insn exec(Cpu cpu) {
        if (!cpu.holds(stamp)) {
            PageCode page = cpu.code.locate(eip);
            if (page == null) {
                Insn insn = cpu.code.uncached(eip);
                cpu.budget++;
                return insn;
            }
            next = cpu.code.entry(page, eip);
            if (before != null) {
                before.next = next;
            }
            stamp = page.stamp;
        }
        cpu.budget++;
        return next;
    }
}
