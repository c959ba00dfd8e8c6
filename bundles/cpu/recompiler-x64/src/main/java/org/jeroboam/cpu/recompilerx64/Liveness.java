package org.jeroboam.cpu.recompilerx64;

import java.util.List;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.Trait;

/** Which arithmetic flags matter where: those that are read before they are overwritten, and all where a region may be left. */
final class Liveness {
    private static final int ALL = EFlags.STATUS;

    private Liveness() {}

    /** Fills {@link Block#live} of all blocks. */
    static void compute(List<Block> blocks) {
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int i = blocks.size() - 1; i >= 0; i--) {
                Block block = blocks.get(i);
                int live = block.header ? ALL : before(block, 0, behindLast(block));
                changed |= live != block.live;
                block.live = live;
            }
        }
    }

    /** What matters behind each instruction of a block. */
    static int[] behind(Block block) {
        int[] live = new int[block.size()];
        int now = behindLast(block);
        for (int i = block.size() - 1; i >= 0; i--) {
            live[i] = now;
            now = beforeOne(block, i, now);
        }
        return live;
    }

    /** What matters before the first instruction, whoever else may want flags there. */
    static int atFirst(Block block, int[] behind) {
        return beforeOne(block, 0, behind[0]);
    }

    private static int before(Block block, int first, int behind) {
        int now = behind;
        for (int i = block.size() - 1; i >= first; i--) {
            now = beforeOne(block, i, now);
        }
        return now;
    }

    private static int beforeOne(Block block, int index, int behind) {
        Instruction in = block.instructions.get(index);
        boolean leaves = index == block.check || block.crosses(index) || mayLeave(in);
        return leaves ? ALL : behind & ~killed(in) | in.flagsRead() & ALL;
    }

    /** Bit tests and divisions leave the flags that the manual calls undefined. */
    static int killed(Instruction in) {
        return switch (in.op) {
            case BT, BTS, BTR, BTC -> EFlags.CF;
            case DIV, IDIV -> 0;
            case MOV_FROM_CR -> 0;
            default -> in.flagsKilled();
        };
    }

    private static int behindLast(Block block) {
        boolean leaves = block.interpret;
        Instruction last = block.last();
        int live = 0;
        if (last.op.has(Trait.BRANCH)) {
            boolean jump = RegionFinder.hasTarget(last);
            boolean on = RegionFinder.goesOn(last);
            leaves = !jump || block.taken == null || on && block.following == null;
        } else {
            leaves |= block.following == null;
        }
        if (block.taken != null) {
            live |= block.taken.live;
        }
        if (block.following != null) {
            live |= block.following.live;
        }
        return leaves ? ALL : live;
    }

    /** Whether an instruction may be left in its middle. */
    private static boolean mayLeave(Instruction in) {
        return in.hasMemory() && in.op != Op.LEA && in.op != Op.NOP && in.op != Op.PREFETCH
                || in.op.has(Trait.READS_MEMORY)
                || in.op.has(Trait.WRITES_MEMORY)
                || in.op == Op.CLI
                || in.op == Op.STI
                || in.op == Op.MOV_FROM_CR
                || in.op == Op.RDTSC
                || in.op == Op.SYSENTER
                || in.op == Op.SYSEXIT
                || in.op == Op.DIV
                || ShiftEmitter.mayExceed(in)
                || in.op == Op.IDIV;
    }
}
