package org.jeroboam.cpu.interpreter;

/** An instruction that lies in two pages: what was decoded is used while no link is stale. Takes no budget. */
final class CrossPage extends Insn {
    private int stamp;

    CrossPage(int eip) {
        super(eip);
    }

    @Override
    Insn exec(Cpu cpu) {
        if (stamp != cpu.stamp) {
            Insn decoded = cpu.code.decodeAcross(eip);
            next = decoded;
            stamp = cpu.stamp;
        }
        cpu.budget++;
        return next;
    }
}
