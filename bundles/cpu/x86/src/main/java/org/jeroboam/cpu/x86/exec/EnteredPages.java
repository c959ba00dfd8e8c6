package org.jeroboam.cpu.x86.exec;

import java.util.BitSet;

/**
 * Linear pages that links lead to under one of the present stamps, so that an INVLPG of data drops none. A change of the stamp
 * ends them all: code comes to lie nearly everywhere as processes come and go.
 */
final class EnteredPages {
    private static final int LISTED = 512;

    private final BitSet pages = new BitSet(1 << 20);

    /** The same again while it is not too much: stamps change often, and the set is large. */
    private final int[] list = new int[LISTED];

    private int count;

    void add(int linear) {
        int page = linear >>> 12;
        if (!pages.get(page)) {
            pages.set(page);
            if (count < LISTED) {
                list[count] = page;
            }
            count++;
        }
    }

    boolean has(int linear) {
        return pages.get(linear >>> 12);
    }

    void forget() {
        if (count > LISTED) {
            pages.clear();
        } else {
            for (int i = 0; i < count; i++) {
                pages.clear(list[i]);
            }
        }
        count = 0;
    }
}
