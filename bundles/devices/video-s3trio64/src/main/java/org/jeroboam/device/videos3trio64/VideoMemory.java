package org.jeroboam.device.videos3trio64;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jeroboam.hardware.board.Backing;

/**
 * 4 MiB of video memory as the chip wires it: a <em>unit</em> of four bytes holds one byte of each plane, plane 0 first,
 * so that linear windows and planar addresses are two views of the same bytes. It remembers which blocks were written since
 * the picture was last drawn; that is no part of the state.
 */
final class VideoMemory {
    static final int SIZE = 4 << 20;
    static final int UNITS = SIZE / 4;
    static final int UNIT_MASK = UNITS - 1;
    private static final int BLOCK_SHIFT = 8;
    private static final int PAGE = 4096;
    private static final ValueLayout.OfInt UNIT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Backing backing;
    private final MemorySegment bytes;
    private final long[] written = new long[UNITS >> BLOCK_SHIFT + 6];
    private boolean exposed;

    VideoMemory(Backing backing) {
        this.backing = backing;
        bytes = backing.segment();
    }

    Backing backing() {
        return backing;
    }

    /** Tells whether guests can write the bytes without this class seeing it, and execute them. */
    void setExposed(boolean newExposed) {
        exposed = newExposed;
    }

    boolean exposed() {
        return exposed;
    }

    int get(int unit) {
        return bytes.get(UNIT, (long) unit << 2);
    }

    void put(int unit, int value) {
        bytes.set(UNIT, (long) unit << 2, value);
        written[unit >> BLOCK_SHIFT + 6] |= 1L << (unit >> BLOCK_SHIFT);
        if (exposed) {
            backing.written((long) unit << 2, 4);
        }
    }

    /** Whether a unit from the first to the last, both included, may have changed since {@link #forgetWritten}. */
    boolean written(int first, int last) {
        for (int block = first >> BLOCK_SHIFT; block <= last >> BLOCK_SHIFT; block++) {
            if ((written[block >> 6] & 1L << block) != 0) {
                return true;
            }
        }
        return false;
    }

    void forgetWritten() {
        Arrays.fill(written, 0);
    }

    /** Makes all bytes zero, without touching host pages that are zero already. */
    void clear() {
        for (long page = 0; page < SIZE; page += PAGE) {
            boolean clean = true;
            for (long at = page; clean && at < page + PAGE; at += 4) {
                clean = bytes.get(UNIT, at) == 0;
            }
            if (!clean) {
                bytes.asSlice(page, PAGE).fill((byte) 0);
                if (exposed) {
                    backing.written(page, PAGE);
                }
            }
        }
    }
}
