package org.jeroboam.cpu.x86.fpu;

/**
 * The MMX operations, and the integer operations that the Pentium III added to them, as functions of 64-bit values:
 * the first argument is the destination operand, the second the source. Element 0 is the lowest. Registers, EMMS and
 * the effect on the x87 unit are {@link Fpu}'s; MOVD and MOVQ need no function. Stateless; any thread.
 */
public final class Mmx {
    private static final long BYTE_SIGNS = 0x8080_8080_8080_8080L;
    private static final long WORD_SIGNS = 0x8000_8000_8000_8000L;
    private static final long DWORD_SIGNS = 0x8000_0000_8000_0000L;
    private static final long EVEN_BYTES = 0x00FF_00FF_00FF_00FFL;

    private Mmx() {}

    private static long add(long a, long b, long signs) {
        return (a & ~signs) + (b & ~signs) ^ (a ^ b) & signs;
    }

    private static long subtract(long a, long b, long signs) {
        return (a | signs) - (b & ~signs) ^ (a ^ ~b) & signs;
    }

    /** PADDB. */
    public static long paddb(long a, long b) {
        return add(a, b, BYTE_SIGNS);
    }

    /** PADDW. */
    public static long paddw(long a, long b) {
        return add(a, b, WORD_SIGNS);
    }

    /** PADDD. */
    public static long paddd(long a, long b) {
        return add(a, b, DWORD_SIGNS);
    }

    /** PSUBB. */
    public static long psubb(long a, long b) {
        return subtract(a, b, BYTE_SIGNS);
    }

    /** PSUBW. */
    public static long psubw(long a, long b) {
        return subtract(a, b, WORD_SIGNS);
    }

    /** PSUBD. */
    public static long psubd(long a, long b) {
        return subtract(a, b, DWORD_SIGNS);
    }

    private static int signedByte(long a, int shift) {
        return (byte) (a >>> shift);
    }

    private static int unsignedByte(long a, int shift) {
        return (int) (a >>> shift) & 0xFF;
    }

    private static int signedWord(long a, int shift) {
        return (short) (a >>> shift);
    }

    private static int unsignedWord(long a, int shift) {
        return (int) (a >>> shift) & 0xFFFF;
    }

    private static long toSignedByte(int value) {
        return Math.clamp(value, -0x80, 0x7F) & 0xFF;
    }

    private static long toUnsignedByte(int value) {
        return Math.clamp(value, 0, 0xFF);
    }

    private static long toSignedWord(int value) {
        return Math.clamp(value, -0x8000, 0x7FFF) & 0xFFFF;
    }

    private static long toUnsignedWord(int value) {
        return Math.clamp(value, 0, 0xFFFF);
    }

    /** PADDSB. */
    public static long paddsb(long a, long b) {
        long result = 0;
        for (int s = 0; s < 64; s += 8) {
            result |= toSignedByte(signedByte(a, s) + signedByte(b, s)) << s;
        }
        return result;
    }

    /** PADDSW. */
    public static long paddsw(long a, long b) {
        long result = 0;
        for (int s = 0; s < 64; s += 16) {
            result |= toSignedWord(signedWord(a, s) + signedWord(b, s)) << s;
        }
        return result;
    }

    /** PADDUSB. */
    public static long paddusb(long a, long b) {
        long result = 0;
        for (int s = 0; s < 64; s += 8) {
            result |= toUnsignedByte(unsignedByte(a, s) + unsignedByte(b, s)) << s;
        }
        return result;
    }

    /** PADDUSW. */
    public static long paddusw(long a, long b) {
        long result = 0;
        for (int s = 0; s < 64; s += 16) {
            result |= toUnsignedWord(unsignedWord(a, s) + unsignedWord(b, s)) << s;
        }
        return result;
    }

    /** PSUBSB. */
    public static long psubsb(long a, long b) {
        long result = 0;
        for (int s = 0; s < 64; s += 8) {
            result |= toSignedByte(signedByte(a, s) - signedByte(b, s)) << s;
        }
        return result;
    }

    /** PSUBSW. */
    public static long psubsw(long a, long b) {
        long result = 0;
        for (int s = 0; s < 64; s += 16) {
            result |= toSignedWord(signedWord(a, s) - signedWord(b, s)) << s;
        }
        return result;
    }

    /** PSUBUSB. */
    public static long psubusb(long a, long b) {
        long result = 0;
        for (int s = 0; s < 64; s += 8) {
            result |= toUnsignedByte(unsignedByte(a, s) - unsignedByte(b, s)) << s;
        }
        return result;
    }

    /** PSUBUSW. */
    public static long psubusw(long a, long b) {
        long result = 0;
        for (int s = 0; s < 64; s += 16) {
            result |= toUnsignedWord(unsignedWord(a, s) - unsignedWord(b, s)) << s;
        }
        return result;
    }

    /** PMULHW: upper halves of the signed products. */
    public static long pmulhw(long a, long b) {
        long result = 0;
        for (int s = 0; s < 64; s += 16) {
            result |= (long) (signedWord(a, s) * signedWord(b, s) >>> 16) << s;
        }
        return result;
    }

    /** PMULLW: lower halves of the products. */
    public static long pmullw(long a, long b) {
        long result = 0;
        for (int s = 0; s < 64; s += 16) {
            result |= (signedWord(a, s) * signedWord(b, s) & 0xFFFFL) << s;
        }
        return result;
    }

    /** PMADDWD: sums of neighbouring signed products. */
    public static long pmaddwd(long a, long b) {
        int low = signedWord(a, 0) * signedWord(b, 0) + signedWord(a, 16) * signedWord(b, 16);
        int high = signedWord(a, 32) * signedWord(b, 32) + signedWord(a, 48) * signedWord(b, 48);
        return (long) high << 32 | low & 0xFFFF_FFFFL;
    }

    /** The sign bits of the elements that are zero. */
    private static long zeros(long x, long signs) {
        return ~((x & ~signs) + ~signs | x) & signs;
    }

    /** The sign bits of the elements where a is greater than b, signed. */
    private static long greater(long a, long b, long signs) {
        return (b & ~a | ~(a ^ b) & subtract(b, a, signs)) & signs;
    }

    /** PCMPEQB. */
    public static long pcmpeqb(long a, long b) {
        return (zeros(a ^ b, BYTE_SIGNS) >>> 7) * 0xFF;
    }

    /** PCMPEQW. */
    public static long pcmpeqw(long a, long b) {
        return (zeros(a ^ b, WORD_SIGNS) >>> 15) * 0xFFFF;
    }

    /** PCMPEQD. */
    public static long pcmpeqd(long a, long b) {
        return (zeros(a ^ b, DWORD_SIGNS) >>> 31) * 0xFFFF_FFFFL;
    }

    /** PCMPGTB. */
    public static long pcmpgtb(long a, long b) {
        return (greater(a, b, BYTE_SIGNS) >>> 7) * 0xFF;
    }

    /** PCMPGTW. */
    public static long pcmpgtw(long a, long b) {
        return (greater(a, b, WORD_SIGNS) >>> 15) * 0xFFFF;
    }

    /** PCMPGTD. */
    public static long pcmpgtd(long a, long b) {
        return (greater(a, b, DWORD_SIGNS) >>> 31) * 0xFFFF_FFFFL;
    }

    /** PACKSSWB: words to signed bytes, the destination's first. */
    public static long packsswb(long a, long b) {
        long result = 0;
        for (int i = 0; i < 4; i++) {
            result |= toSignedByte(signedWord(a, 16 * i)) << 8 * i | toSignedByte(signedWord(b, 16 * i)) << 8 * i + 32;
        }
        return result;
    }

    /** PACKUSWB: signed words to unsigned bytes. */
    public static long packuswb(long a, long b) {
        long result = 0;
        for (int i = 0; i < 4; i++) {
            result |= toUnsignedByte(signedWord(a, 16 * i)) << 8 * i
                    | toUnsignedByte(signedWord(b, 16 * i)) << 8 * i + 32;
        }
        return result;
    }

    /** PACKSSDW: doublewords to signed words. */
    public static long packssdw(long a, long b) {
        return toSignedWord((int) a)
                | toSignedWord((int) (a >>> 32)) << 16
                | toSignedWord((int) b) << 32
                | toSignedWord((int) (b >>> 32)) << 48;
    }

    /** Moves the low four bytes to the even places. */
    private static long spreadBytes(long a) {
        a = (a | a << 16) & 0x0000_FFFF_0000_FFFFL;
        return (a | a << 8) & EVEN_BYTES;
    }

    /** Moves the low two words to the even places. */
    private static long spreadWords(long a) {
        return (a | a << 16) & 0x0000_FFFF_0000_FFFFL;
    }

    /** PUNPCKLBW. */
    public static long punpcklbw(long a, long b) {
        return spreadBytes(a & 0xFFFF_FFFFL) | spreadBytes(b & 0xFFFF_FFFFL) << 8;
    }

    /** PUNPCKHBW. */
    public static long punpckhbw(long a, long b) {
        return spreadBytes(a >>> 32) | spreadBytes(b >>> 32) << 8;
    }

    /** PUNPCKLWD. */
    public static long punpcklwd(long a, long b) {
        return spreadWords(a & 0xFFFF_FFFFL) | spreadWords(b & 0xFFFF_FFFFL) << 16;
    }

    /** PUNPCKHWD. */
    public static long punpckhwd(long a, long b) {
        return spreadWords(a >>> 32) | spreadWords(b >>> 32) << 16;
    }

    /** PUNPCKLDQ. */
    public static long punpckldq(long a, long b) {
        return a & 0xFFFF_FFFFL | b << 32;
    }

    /** PUNPCKHDQ. */
    public static long punpckhdq(long a, long b) {
        return a >>> 32 | b & 0xFFFF_FFFF_0000_0000L;
    }

    private static boolean beyond(long count, int limit) {
        return Long.compareUnsigned(count, limit) > 0;
    }

    /** PSLLW; the count is a whole 64-bit number. */
    public static long psllw(long a, long count) {
        if (beyond(count, 15)) {
            return 0;
        }
        long kept = (0xFFFFL << count & 0xFFFF) * 0x0001_0001_0001_0001L;
        return a << count & kept;
    }

    /** PSLLD. */
    public static long pslld(long a, long count) {
        if (beyond(count, 31)) {
            return 0;
        }
        long kept = 0xFFFF_FFFFL << count & 0xFFFF_FFFFL;
        return a << count & (kept | kept << 32);
    }

    /** PSLLQ. */
    public static long psllq(long a, long count) {
        return beyond(count, 63) ? 0 : a << count;
    }

    /** PSRLW. */
    public static long psrlw(long a, long count) {
        if (beyond(count, 15)) {
            return 0;
        }
        return a >>> count & (0xFFFFL >>> count) * 0x0001_0001_0001_0001L;
    }

    /** PSRLD. */
    public static long psrld(long a, long count) {
        if (beyond(count, 31)) {
            return 0;
        }
        long kept = 0xFFFF_FFFFL >>> count;
        return a >>> count & (kept | kept << 32);
    }

    /** PSRLQ. */
    public static long psrlq(long a, long count) {
        return beyond(count, 63) ? 0 : a >>> count;
    }

    /** PSRAW. */
    public static long psraw(long a, long count) {
        int n = beyond(count, 15) ? 15 : (int) count;
        long result = 0;
        for (int s = 0; s < 64; s += 16) {
            result |= (signedWord(a, s) >> n & 0xFFFFL) << s;
        }
        return result;
    }

    /** PSRAD. */
    public static long psrad(long a, long count) {
        int n = beyond(count, 31) ? 31 : (int) count;
        return (long) ((int) (a >>> 32) >> n) << 32 | (int) a >> n & 0xFFFF_FFFFL;
    }

    /** PAND. */
    public static long pand(long a, long b) {
        return a & b;
    }

    /** PANDN: not the destination, and the source. */
    public static long pandn(long a, long b) {
        return ~a & b;
    }

    /** POR. */
    public static long por(long a, long b) {
        return a | b;
    }

    /** PXOR. */
    public static long pxor(long a, long b) {
        return a ^ b;
    }

    /** PAVGB (Pentium III): averages of unsigned bytes, rounded up. */
    public static long pavgb(long a, long b) {
        return (a | b) - ((a ^ b) >>> 1 & ~BYTE_SIGNS);
    }

    /** PAVGW (Pentium III): averages of unsigned words, rounded up. */
    public static long pavgw(long a, long b) {
        return (a | b) - ((a ^ b) >>> 1 & ~WORD_SIGNS);
    }

    private static long select(long mask, long a, long b) {
        return a & mask | b & ~mask;
    }

    /** PMAXUB (Pentium III). */
    public static long pmaxub(long a, long b) {
        return select(pcmpgtb(a ^ BYTE_SIGNS, b ^ BYTE_SIGNS), a, b);
    }

    /** PMINUB (Pentium III). */
    public static long pminub(long a, long b) {
        return select(pcmpgtb(a ^ BYTE_SIGNS, b ^ BYTE_SIGNS), b, a);
    }

    /** PMAXSW (Pentium III). */
    public static long pmaxsw(long a, long b) {
        return select(pcmpgtw(a, b), a, b);
    }

    /** PMINSW (Pentium III). */
    public static long pminsw(long a, long b) {
        return select(pcmpgtw(a, b), b, a);
    }

    /** PMULHUW (Pentium III): upper halves of the unsigned products. */
    public static long pmulhuw(long a, long b) {
        long result = 0;
        for (int s = 0; s < 64; s += 16) {
            result |= (long) (unsignedWord(a, s) * unsignedWord(b, s) >>> 16) << s;
        }
        return result;
    }

    /** PSADBW (Pentium III): sum of the absolute differences of the bytes. */
    public static long psadbw(long a, long b) {
        long sum = 0;
        for (int s = 0; s < 64; s += 8) {
            sum += Math.abs(unsignedByte(a, s) - unsignedByte(b, s));
        }
        return sum;
    }

    /** PSHUFW (Pentium III): each two bits of {@code order} choose the source's word for a place, lowest first. */
    public static long pshufw(long source, int order) {
        long result = 0;
        for (int i = 0; i < 4; i++) {
            result |= (long) unsignedWord(source, (order >>> 2 * i & 3) * 16) << 16 * i;
        }
        return result;
    }

    /** PEXTRW (Pentium III): the word that bits 1-0 of {@code index} choose. */
    public static int pextrw(long source, int index) {
        return unsignedWord(source, (index & 3) * 16);
    }

    /** PINSRW (Pentium III): puts a word in the place that bits 1-0 of {@code index} choose. */
    public static long pinsrw(long a, int word, int index) {
        int shift = (index & 3) * 16;
        return a & ~(0xFFFFL << shift) | (word & 0xFFFFL) << shift;
    }

    /** PMOVMSKB (Pentium III): the sign bits of the bytes, lowest byte in bit 0. */
    public static int pmovmskb(long source) {
        return (int) ((source >>> 7 & 0x0101_0101_0101_0101L) * 0x0102_0408_1020_4080L >>> 56);
    }
}
