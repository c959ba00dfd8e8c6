package org.jeroboam.chipset.i440bx.bridge;

import java.util.Arrays;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.PciConfigSpace;

/** Turns the PAM and SMRAM registers into open and closed DRAM, telling the board only what changes. */
final class DramMap {
    static final int PAM0 = 0x59;
    static final int SMRAM = 0x72;

    private static final int REGIONS = 14; // A0000, C0000 to EC000 in steps of 16 KiB, F0000
    private static final int SMRAM_D_OPEN = 0x40;
    private static final int READ = 1;
    private static final int WRITE = 2;
    private static final int UNKNOWN = -1;

    private final Board board;
    private final int[] access = new int[REGIONS];

    DramMap(Board board) {
        this.board = board;
        forget();
    }

    /** Takes nothing for granted: the next {@link #apply} tells the board everything. */
    void forget() {
        Arrays.fill(access, UNKNOWN);
    }

    /**
     * Follows the registers.
     *
     * @param config the bridge's configuration space
     */
    void apply(PciConfigSpace config) {
        boolean open = (config.read(SMRAM, 1) & SMRAM_D_OPEN) != 0;
        set(0, 0xA0000, 0x20000, open ? READ | WRITE : 0);
        for (int i = 0; i < 12; i++) {
            int pam = config.read(PAM0 + 1 + i / 2, 1);
            set(1 + i, 0xC0000 + i * 0x4000, 0x4000, (i % 2 == 0 ? pam : pam >> 4) & (READ | WRITE));
        }
        set(13, 0xF0000, 0x10000, config.read(PAM0, 1) >> 4 & (READ | WRITE));
    }

    private void set(int region, int base, int length, int wanted) {
        if (access[region] != wanted) {
            access[region] = wanted;
            board.setDramAccess(base, length, (wanted & READ) != 0, (wanted & WRITE) != 0);
        }
    }
}
