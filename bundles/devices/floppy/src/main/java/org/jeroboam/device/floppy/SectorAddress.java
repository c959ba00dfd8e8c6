package org.jeroboam.device.floppy;

/** The controller's C, H, R and N registers, with the end of the track and the side that the head is on. */
final class SectorAddress {
    /** Sector size code of 512 bytes, the only one that images have. */
    static final int N_512 = 2;

    /**
     * All of it.
     *
     * @param c cylinder
     * @param h head in the ID
     * @param r sector
     * @param n sector size code
     * @param lastSector EOT, or SC of FORMAT TRACK
     * @param head side
     */
    record State(int c, int h, int r, int n, int lastSector, int head) {
        State {
            if (((c | h | r | n | lastSector) & ~0xFF) != 0 || (head & ~1) != 0) {
                throw new IllegalArgumentException("the floppy controller's sector address is out of range");
            }
        }
    }

    int c;
    int h;
    int r;
    int n;
    int lastSector;
    int head;

    void clear() {
        restore(new State(0, 0, 0, 0, 0, 0));
    }

    State save() {
        return new State(c, h, r, n, lastSector, head);
    }

    void restore(State state) {
        c = state.c();
        h = state.h();
        r = state.r();
        n = state.n();
        lastSector = state.lastSector();
        head = state.head();
    }

    /** Whether an ID on a medium is the one looked for; a track's IDs carry its own numbers. */
    boolean matches(DiskLayout layout, int track) {
        return c == track && h == head && n == N_512 && r >= 1 && r <= layout.sectors();
    }

    /** Whether the transfer cannot go beyond this sector. */
    boolean isLast(boolean multiTrack) {
        return r == lastSector && (!multiTrack || head == 1);
    }

    /** Goes to the next sector (data sheet, table 5-6: what the result phase shows, and where a transfer goes on). */
    void next(boolean multiTrack) {
        if (r != lastSector) {
            r = r + 1 & 0xFF;
            return;
        }
        r = 1;
        if (!multiTrack || head == 1) {
            c = c + 1 & 0xFF;
        }
        if (multiTrack) {
            h ^= 1;
            head ^= 1;
        }
    }
}
