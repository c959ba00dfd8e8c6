package org.jeroboam.cpu.x86.exec;

import java.util.Arrays;
import java.util.function.IntPredicate;
import org.jeroboam.hardware.memory.HostMemory;

/**
 * What is known of the code in one physical page: byte by byte, for programs have variables right beside their code. A page whose code
 * is written again and again is run without being remembered for a while, and handed to the accelerator later each time.
 */
final class CodePage {
    /** Drops after which a page is no longer cached. */
    private static final int RESTLESS = 32;
    /** Instructions run uncached before another attempt. */
    private static final int PENANCE = 4096;
    /** Times that the accelerator's work may double its price. */
    private static final int MOST_DOUBLINGS = 10;

    final long page;
    /** Views of the page, linked by {@link PageCode#other}. */
    PageCode views;
    /** Host address at which the page can be read and written but for its code, or 0. */
    long host;
    /** {@link CodeBytes} of the page outside the heap, or 0. */
    long record;
    /** Entries before a place of the page is handed to the accelerator. */
    int hot = Entry.HOT;
    /** Whether the accelerator was asked for code. */
    boolean accelerated;

    /** A bit for each byte that was decoded. */
    private final long[] decoded = new long[64];

    private int drops;
    private int penance;

    CodePage(long page) {
        this.page = page;
    }

    /** Notes bytes as decoded. */
    void mark(int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            decoded[i >>> 6] |= 1L << i;
        }
        if (record != 0) {
            copy(offset >>> 6, offset + length - 1 >>> 6);
        }
    }

    /** Whether one of these bytes was decoded. */
    boolean isCode(int offset, int length) {
        for (int i = offset; i < Math.min(offset + length, decoded.length * 64); i++) {
            if ((decoded[i >>> 6] & 1L << i) != 0) {
                return true;
            }
        }
        return false;
    }

    /** Fills a record. */
    void remember(long newRecord) {
        record = newRecord;
        HostMemory.putLong(record + CodeBytes.HOST, host);
        copy(0, decoded.length - 1);
    }

    private void copy(int first, int last) {
        for (int i = first; i <= last; i++) {
            HostMemory.putLong(record + 8L * i, decoded[i]);
        }
    }

    /** Notes that the code was dropped because it was written. */
    void dropped() {
        views = null;
        Arrays.fill(decoded, 0);
        if (record != 0) {
            copy(0, decoded.length - 1);
        }
        if (accelerated) {
            accelerated = false;
            hot = Math.min(2 * hot, Entry.HOT << MOST_DOUBLINGS);
        }
        if (++drops >= RESTLESS) {
            drops = RESTLESS / 2;
            penance = PENANCE;
        }
    }

    /**
     * Drops the views whose stamp does not hold.
     *
     * @return what those that stay count as, in instructions
     */
    int trim(IntPredicate holds) {
        PageCode kept = null;
        int size = 0;
        PageCode view = views;
        while (view != null) {
            PageCode next = view.other;
            if (holds.test(view.stamp)) {
                view.other = kept;
                kept = view;
                size += view.size;
            }
            view = next;
        }
        views = kept;
        return size;
    }

    /** Whether the instruction about to run must not be cached. */
    boolean uncached() {
        if (penance > 0) {
            penance--;
            return true;
        }
        return false;
    }
}
