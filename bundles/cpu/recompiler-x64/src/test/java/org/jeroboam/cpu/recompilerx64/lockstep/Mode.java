package org.jeroboam.cpu.recompilerx64.lockstep;

/** What the processor of a lock-step run is in when it starts. */
enum Mode {
    /** Flat segments, level 0, no paging. */
    FLAT(32, 0, Paging.OFF),
    /** Flat segments, level 0, two-level page tables. */
    PAGED_KERNEL(32, 0, Paging.TWO_LEVEL),
    /** Flat segments, level 3, two-level page tables. */
    PAGED_USER(32, 3, Paging.TWO_LEVEL),
    /** Flat segments, level 3, three-level page tables. */
    PAE_USER(32, 3, Paging.PAE),
    /** Flat segments, level 0, three-level page tables. */
    PAE_KERNEL(32, 0, Paging.PAE),
    /** 32-bit segments with bases and limits, level 0. */
    SEGMENTED_KERNEL(32, 0, Paging.OFF),
    /** 32-bit segments with bases and limits, level 3, two-level page tables. */
    SEGMENTED_USER(32, 3, Paging.TWO_LEVEL),
    /** 16-bit segments in protected mode, level 0. */
    PROTECTED_16(16, 0, Paging.TWO_LEVEL),
    /** Virtual-8086 mode under paging. */
    V86(16, 3, Paging.TWO_LEVEL),
    /** Real mode. */
    REAL(16, 0, Paging.OFF);

    /** How linear addresses become physical ones. */
    enum Paging {
        /** They are the same. */
        OFF,
        /** Tables of 1024 entries of 4 bytes. */
        TWO_LEVEL,
        /** Tables of 512 entries of 8 bytes. */
        PAE
    }

    final boolean code32;
    final int level;
    final Paging paging;

    Mode(int bits, int level, Paging paging) {
        this.code32 = bits == 32;
        this.level = level;
        this.paging = paging;
    }

    boolean isFlat() {
        return code32 && this != SEGMENTED_KERNEL && this != SEGMENTED_USER;
    }

    boolean isPaged() {
        return paging != Paging.OFF;
    }

    boolean isProtected() {
        return this != REAL;
    }

    /** Real or virtual-8086 mode, where a selector is a base. */
    boolean hasParagraphs() {
        return this == REAL || this == V86;
    }

    int entrySize() {
        return paging == Paging.PAE ? 8 : 4;
    }
}
