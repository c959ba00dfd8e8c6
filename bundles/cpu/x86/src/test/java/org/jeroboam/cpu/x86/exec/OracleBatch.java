package org.jeroboam.cpu.x86.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Cases that share one contents of memory, in which the code of each has its place. */
final class OracleBatch {
    /** Room for the code of a case; a place may begin anywhere in it, also across a page boundary. */
    static final int SLOT = 64;

    /** Slots begin this many bytes behind a multiple of their size: the last one of a page ends in the next. */
    private static final int CROSSING = SLOT / 2;

    private static final byte INT3 = (byte) 0xCC;

    final List<OracleCase> cases = new ArrayList<>();

    /** First contents of every region, in the order of {@link OracleLayout#REGIONS}. */
    final byte[][] contents = new byte[OracleLayout.REGIONS.size()][];

    private int nextSlot = CROSSING;

    OracleBatch(SplittableRandom random) {
        for (int i = 0; i < contents.length; i++) {
            OracleLayout.Region region = OracleLayout.REGIONS.get(i);
            contents[i] = new byte[region.bytes()];
            if (region.isCode()) {
                Arrays.fill(contents[i], INT3);
            } else {
                OracleValues.fill(random, contents[i]);
            }
        }
    }

    /** Whether there is room for a code of this length. */
    boolean hasRoom(int length) {
        return place(length) + length <= OracleLayout.CODE_SIZE - OracleLayout.BLOCK + OracleLayout.LANDING;
    }

    /** Offset in code memory at which a code of this length would be put. */
    private int place(int length) {
        int slots = (length + SLOT) / SLOT;
        int end = nextSlot + slots * SLOT;
        if ((nextSlot & OracleLayout.BLOCK - 1) + slots * SLOT > OracleLayout.LANDING) {
            return (nextSlot & -OracleLayout.BLOCK) + OracleLayout.BLOCK + CROSSING;
        }
        return end - slots * SLOT;
    }

    /**
     * Reserves the place of a code.
     *
     * @param length of the code in bytes
     * @param shift offset in its slot, at most what is left behind the code
     * @return its linear address
     */
    int reserve(int length, int shift) {
        int at = place(length);
        if (!hasRoom(length)) {
            throw new IllegalStateException("the batch is full");
        }
        nextSlot = at + (length + SLOT) / SLOT * SLOT;
        return OracleLayout.CODE + at + Math.min(shift, SLOT - 1 - length % SLOT);
    }

    /** First linear address of the slot that was reserved for a single instruction. */
    int slot() {
        return OracleLayout.CODE + nextSlot - SLOT;
    }

    /** Puts a code at its place. */
    void store(int linear, byte[] code) {
        System.arraycopy(code, 0, contents[0], linear - OracleLayout.CODE, code.length);
    }

    /** The first contents of a byte, or -1 where there is no memory. */
    int initial(int linear) {
        for (int i = 0; i < contents.length; i++) {
            int offset = linear - OracleLayout.REGIONS.get(i).address();
            if (offset >= 0 && offset < contents[i].length) {
                return contents[i][offset] & 0xFF;
            }
        }
        return -1;
    }
}
