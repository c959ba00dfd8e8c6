package org.jeroboam.cpu.x86.sse;

/**
 * What integer and move operations on XMM registers need besides two MMX operations side by side
 * ({@link org.jeroboam.cpu.x86.fpu.Mmx}). A register is two words, low and high. Stateless; any thread.
 */
public final class SseInteger {
    private static final long DWORD = 0xFFFF_FFFFL;

    private SseInteger() {}

    /**
     * Two doublewords of a register: half of SHUFPS and PSHUFD.
     *
     * @param order bits 1-0 choose the lower one, bits 3-2 the upper one
     */
    public static long pair(long low, long high, int order) {
        return dword(low, high, order) | dword(low, high, order >> 2) << 32;
    }

    private static long dword(long low, long high, int index) {
        return ((index & 2) == 0 ? low : high) >>> ((index & 1) << 5) & DWORD;
    }

    /** PMULUDQ: the product of the low doublewords. */
    public static long multiplyUnsigned(long a, long b) {
        return (a & DWORD) * (b & DWORD);
    }

    /** PSRLDQ: the low word of the result. The high one is that for a high word of 0. @param bytes 0 to 255 */
    public static long shiftRightBytes(long low, long high, int bytes) {
        if (bytes == 0) {
            return low;
        }
        if (bytes < 8) {
            return low >>> 8 * bytes | high << 64 - 8 * bytes;
        }
        return bytes < 16 ? high >>> 8 * (bytes - 8) : 0;
    }

    /** PSLLDQ: the high word of the result. The low one is that for a low word of 0. @param bytes 0 to 255 */
    public static long shiftLeftBytes(long low, long high, int bytes) {
        if (bytes == 0) {
            return high;
        }
        if (bytes < 8) {
            return high << 8 * bytes | low >>> 64 - 8 * bytes;
        }
        return bytes < 16 ? low << 8 * (bytes - 8) : 0;
    }

    /** MOVMSKPS: four signs. */
    public static int signsOfSingles(long low, long high) {
        return (int) (low >>> 31 & 1 | low >>> 62 & 2 | high >>> 29 & 4 | high >>> 60 & 8);
    }
}
