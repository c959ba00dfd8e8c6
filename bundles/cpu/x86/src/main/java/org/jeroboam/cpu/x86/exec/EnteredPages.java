package org.jeroboam.cpu.x86.exec;

import java.util.Arrays;

/** Linear pages that links lead to under one stamp, and the physical pages that they were. */
final class EnteredPages {
    /** Pages to list; more are known by {@link #filter} alone. */
    private static final int LISTED = 512;
    /** Of the filter, a power of two. */
    private static final int BITS = 1024;

    static final int WORDS = BITS / Long.SIZE;

    /** Beside a linear page: code of CPL 3. */
    private static final int USER = 1 << 20;

    /** Told of everything that is added, and before that everything is forgotten. */
    private final long[] filter = new long[WORDS];

    private final int[] linearPages = new int[LISTED];
    private final int[] physicalPages = new int[LISTED];
    private int count;

    void add(int linear, long physicalPage, boolean user) {
        int page = linear >>> 12;
        int listed = user ? page | USER : page;
        if (mayHave(page) && isListed(listed, -1)) {
            return;
        }
        filter[word(page)] |= 1L << page;
        if (count < LISTED) {
            linearPages[count] = listed;
            physicalPages[count] = (int) physicalPage;
        }
        count++;
    }

    boolean has(int linear) {
        int page = linear >>> 12;
        return mayHave(page) && (count > LISTED || isListed(page, ~USER));
    }

    private boolean mayHave(int page) {
        return (filter[word(page)] & 1L << page) != 0;
    }

    private boolean isListed(int page, int mask) {
        for (int i = 0; i < Math.min(count, LISTED); i++) {
            if ((linearPages[i] & mask) == page) {
                return true;
            }
        }
        return false;
    }

    void forget() {
        Arrays.fill(filter, 0);
        count = 0;
    }

    /** How many pages there are, or -1 when they are too many to be told one by one. */
    int size() {
        return count > LISTED ? -1 : count;
    }

    int linear(int index) {
        return linearPages[index] << 12;
    }

    boolean isUser(int index) {
        return (linearPages[index] & USER) != 0;
    }

    long physicalPage(int index) {
        return physicalPages[index] & 0xFFFF_FFFFL;
    }

    /** Bits for pages that may be in it: bit n stands for all whose number ends like n. */
    long filter(int index) {
        return filter[index];
    }

    private static int word(int page) {
        return (page & BITS - 1) / Long.SIZE;
    }
}
