package org.jeroboam.cpu.recompilerx64;

import org.jeroboam.cpu.x86.exec.Engine;

/**
 * How code forms addresses.
 *
 * @param code32 operands and addresses of 32 bits unless a prefix says otherwise
 * @param stack32 the stack pointer is ESP, else SP
 * @param flatData DS, ES and SS have base 0 and no limit
 * @param flatCode so has CS
 * @param paragraphs real or V86 mode
 */
record Addressing(boolean code32, boolean stack32, boolean flatData, boolean flatCode, boolean paragraphs) {
    /** Protected mode with flat segments of 32 bits. */
    static final Addressing FLAT_32 = new Addressing(true, true, true, true, false);

    private static final Addressing[] ALL = new Addressing[Engine.MODES];

    static {
        for (int mode = 0; mode < ALL.length; mode++) {
            ALL[mode] = new Addressing(
                    (mode & Engine.CODE32) != 0,
                    (mode & Engine.STACK32) != 0,
                    (mode & Engine.FLAT) != 0,
                    (mode & Engine.FLAT_CODE) != 0,
                    (mode & Engine.PARAGRAPHS) != 0);
        }
    }

    /** Those of an {@link Engine#mode()}. */
    static Addressing of(int mode) {
        return ALL[mode];
    }

    /** Whether all is as in {@link #FLAT_32}. */
    boolean isFlat32() {
        return code32 && stack32 && flatData && flatCode && !paragraphs;
    }
}
