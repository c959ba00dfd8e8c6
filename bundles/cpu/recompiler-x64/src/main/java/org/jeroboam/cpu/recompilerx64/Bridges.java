package org.jeroboam.cpu.recompilerx64;

import org.jeroboam.cpu.x86.Trait;

/**
 * Where a block that several others lead to does not need the flags any more. Its first instructions may leave the region and
 * show them, so that they would have to be in memory; emitted once more for a predecessor they know how to get them.
 */
class Bridges {
    private static final int LONGEST = 8;

    /** The index of the first instruction before which no flag matters, if it is near; else -1. */
    final int middle(Block block) {
        int[] live = Liveness.behind(block);
        int first = Liveness.atFirst(block, live);
        if (first == 0) {
            return 0;
        }
        int i = 0;
        while (i < Math.min(LONGEST, block.size() - 1)) {
            if (block.instructions.get(i).op.has(Trait.BRANCH)) {
                return -1;
            }
            i += Math.max(TransferEmitter.runLength(block, i), 1);
            if (i < block.size() && live[i - 1] == 0) {
                return i;
            }
        }
        return -1;
    }

    /** The flags as the copy finds them. */
    FlagState carried(FlagState state) {
        return state;
    }
}
