package org.jeroboam.cpu.x86.exec;

/** An instruction that lies in two pages: what was decoded is used while no link is stale. Takes no budget. */
final class CrossPage extends Insn {
    /** The {@link Cpu#stamp} while which the decoded instruction holds; 0 for never. */
    int stamp;

    CrossPage(int eip) {
        super(eip);
    }

    @Override
    Insn exec(Cpu cpu) {
        if (stamp != cpu.stamp) {
            stamp = 0; // a fault of the fetch leaves nothing behind
            next = cpu.code.decodeAcross(this);
        }
        cpu.budget++;
        return next;
    }
}
