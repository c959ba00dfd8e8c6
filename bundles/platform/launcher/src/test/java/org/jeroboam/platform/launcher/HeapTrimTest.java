package org.jeroboam.platform.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The heap is collected once after it has grown, when nothing else is going on. */
class HeapTrimTest {
    private static final long SECOND = 1_000_000_000;
    private static final long MEBIBYTE = 1 << 20;

    private long processor = 3 * SECOND;
    private long heap = 32 * MEBIBYTE;
    private int collections;
    private final HeapTrim trim = new HeapTrim(() -> processor, () -> heap, () -> {
        collections++;
        heap -= 20 * MEBIBYTE;
        processor += SECOND;
    });

    private void pass(long busy) {
        processor += busy;
        trim.look(10 * SECOND);
    }

    @Test
    void aHeapThatHasGrownIsCollectedWhenTheProcessIdles() {
        heap = 90 * MEBIBYTE;
        pass(9 * SECOND);
        assertEquals(0, collections, "busy");
        pass(SECOND);
        assertEquals(1, collections);
        pass(SECOND);
        pass(SECOND);
        assertEquals(1, collections, "nothing new");
        heap += 7 * MEBIBYTE;
        pass(SECOND);
        assertEquals(1, collections, "not enough");
        heap += MEBIBYTE;
        pass(SECOND);
        assertEquals(2, collections);
    }

    @Test
    void aSmallHeapStays() {
        pass(0);
        assertEquals(0, collections);
    }
}
