package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.EFlags;

/**
 * The lazy form of the arithmetic flags, two words that every flag-setting instruction stores:
 *
 * <ul>
 *   <li>{@link Cpu#result}, sign-extended to 32 bits: ZF is set when it is 0; SF is its sign, PF the parity of its low
 * byte;
 *   <li>{@link Cpu#carries}: bit 31 is CF, bit 31 xor bit 30 is OF, bit 3 is AF. These are bits of the carry vector of
 * an
 *       addition or subtraction, moved up for narrow operands. Bit 0 inverts SF, bit 8 inverts PF, for combinations
 * that
 *       no result has (POPF, SAHF).
 * </ul>
 */
final class Flags {
    /** The bits of a carry vector that are flags. */
    static final int CARRY_MASK = 0xC000_0008;

    private Flags() {}

    /** The six flags as EFLAGS bits. */
    static int status(int result, int carries) {
        int flags = carries >>> 31; // CF
        flags |= carries << 1 & EFlags.AF;
        if (result == 0) {
            flags |= EFlags.ZF;
        }
        flags |= (result >>> 31 ^ carries & 1) << 7; // SF
        if (parity(result, carries)) {
            flags |= EFlags.PF;
        }
        return flags | ((carries ^ carries << 1) >>> 31) << 11; // OF
    }

    /** PF. */
    static boolean parity(int result, int carries) {
        int bits = result ^ carries >>> 8 & 1;
        bits ^= bits >>> 4;
        return (0x9669 >>> (bits & 15) & 1) != 0;
    }

    /** A result for the flags given as EFLAGS bits; needs {@link #carriesOf} of the same bits. */
    static int resultOf(int status) {
        return (status & EFlags.ZF) != 0 ? 0 : 1;
    }

    /** The carries for the flags given as EFLAGS bits. */
    static int carriesOf(int status) {
        int carries = (status & EFlags.CF) << 31 | (status & EFlags.AF) >>> 1;
        boolean overflow = (status & EFlags.OF) != 0;
        if (overflow != (carries < 0)) {
            carries |= 1 << 30;
        }
        carries |= status >>> 7 & 1; // both results are positive: bit 0 is SF
        boolean naturalParity = (status & EFlags.ZF) != 0; // 0 has even parity, 1 odd
        if (naturalParity != ((status & EFlags.PF) != 0)) {
            carries |= 1 << 8;
        }
        return carries;
    }
}
