package org.jeroboam.cpu.x86.exec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/** Operands of every type, with many that are on some edge. */
final class OracleValues {
    private static final int[] EDGES = {
        0,
        1,
        2,
        3,
        7,
        8,
        0xF,
        0x10,
        0x1F,
        0x20,
        0x21,
        0x7F,
        0x80,
        0x81,
        0xFF,
        0x100,
        0x7FFF,
        0x8000,
        0x8001,
        0xFFFF,
        0x1_0000,
        0x7FFF_FFFF,
        0x8000_0000,
        0x8000_0001,
        -1,
        -2,
        -128,
        -129,
        -32768,
        -32769,
        0x5555_5555,
        0xAAAA_AAAA,
        0x99,
        0x9999,
        0x9A,
        0x0F0F_0F0F
    };

    private static final int[] SINGLE = {
        0,
        1,
        0x7F_FFFF,
        0x80_0000,
        0x3F80_0000,
        0x3F80_0001,
        0x3F7F_FFFF,
        0x4000_0000,
        0x3F00_0000,
        0x3EFF_FFFF,
        0x4B00_0000,
        0x4AFF_FFFF,
        0x4F00_0000,
        0x4EFF_FFFF,
        0x5F00_0000,
        0x7F7F_FFFF,
        0x7F80_0000,
        0x7F80_0001,
        0x7FBF_FFFF,
        0x7FC0_0000,
        0x7FFF_FFFF,
        0x40C9_0FDB,
        0x3FC0_0000,
        0x4020_0000
    };

    private static final long[] DOUBLE = {
        0,
        1,
        0xF_FFFF_FFFF_FFFFL,
        0x10_0000_0000_0000L,
        0x3FF0_0000_0000_0000L,
        0x3FF0_0000_0000_0001L,
        0x3FEF_FFFF_FFFF_FFFFL,
        0x4000_0000_0000_0000L,
        0x3FE0_0000_0000_0000L,
        0x41E0_0000_0000_0000L,
        0x41DF_FFFF_FFC0_0000L,
        0x41DF_FFFF_FFE0_0000L,
        0x43E0_0000_0000_0000L,
        0x4330_0000_0000_0000L,
        0x47EF_FFFF_E000_0000L,
        0x47EF_FFFF_F000_0000L,
        0x36A0_0000_0000_0000L,
        0x3690_0000_0000_0000L,
        0x3810_0000_0000_0000L,
        0x7FEF_FFFF_FFFF_FFFFL,
        0x7FF0_0000_0000_0000L,
        0x7FF0_0000_0000_0001L,
        0x7FF8_0000_0000_0000L,
        0x7FFF_FFFF_FFFF_FFFFL,
        0x3FF8_0000_0000_0000L,
        0x4004_0000_0000_0000L
    };

    /** Sign and exponent, then significand, of interesting 80-bit numbers. */
    private static final long[][] EXTENDED = {
        {0, 0},
        {0, 1},
        {0, Long.MAX_VALUE},
        {0, Long.MIN_VALUE},
        {0, -1},
        {1, Long.MIN_VALUE},
        {0x3FFF, Long.MIN_VALUE},
        {0x3FFF, Long.MIN_VALUE + 1},
        {0x3FFE, -1},
        {0x3FFE, Long.MIN_VALUE},
        {0x4000, Long.MIN_VALUE},
        {0x4000, 0xC90F_DAA2_2168_C235L},
        {0x3FFE, 0xC90F_DAA2_2168_C235L},
        {0x3FFE, 0x9504_F333_F9DE_6484L},
        {0x403D, -1},
        {0x403E, Long.MIN_VALUE},
        {0x403E, -1},
        {0x401D, 0xFFFF_FFFF_0000_0000L},
        {0x401E, Long.MIN_VALUE},
        {0x400D, 0xFFFF_0000_0000_0000L},
        {0x400E, Long.MIN_VALUE},
        {0x403A, 0xDE0B_6B3A_763F_FFFFL},
        {0x403A, 0xDE0B_6B3A_7640_0000L},
        {0x3F81, Long.MIN_VALUE},
        {0x3C01, Long.MIN_VALUE},
        {0x407E, -1},
        {0x43FE, -1},
        {0x3F6A, Long.MIN_VALUE},
        {0x3BCD, Long.MIN_VALUE},
        {0x7FFE, -1},
        {0x7FFF, Long.MIN_VALUE},
        {0x7FFF, 0xC000_0000_0000_0000L},
        {0x7FFF, 0xA000_0000_0000_0000L},
        {0x7FFF, 0},
        {0x7FFF, -1},
        {0x3FFF, 0x4000_0000_0000_0000L},
        {0x4001, 0}
    };

    private OracleValues() {}

    /** A number of 32 bits. */
    static int word(SplittableRandom r) {
        return switch (r.nextInt(8)) {
            case 0, 1, 2 -> EDGES[r.nextInt(EDGES.length)];
            case 3 -> EDGES[r.nextInt(EDGES.length)] | r.nextInt() << 16;
            case 4 -> 1 << r.nextInt(32);
            case 5 -> r.nextInt() >> r.nextInt(32);
            default -> r.nextInt();
        };
    }

    static int single(SplittableRandom r) {
        int sign = r.nextInt(2) << 31;
        return switch (r.nextInt(6)) {
            case 0, 1 -> SINGLE[r.nextInt(SINGLE.length)] | sign;
            case 2 -> Float.floatToRawIntBits(word(r) >> r.nextInt(32));
            case 3 -> 0x3F80_0000 + (r.nextInt(20) - 10 << 23) + (r.nextInt() >>> 9 & -1 << r.nextInt(23)) | sign;
            default -> r.nextInt();
        };
    }

    static long binary64(SplittableRandom r) {
        long sign = r.nextLong() & Long.MIN_VALUE;
        return switch (r.nextInt(7)) {
            case 0, 1 -> DOUBLE[r.nextInt(DOUBLE.length)] | sign;
            case 2 -> Double.doubleToRawLongBits(word(r) >> r.nextInt(32));
            case 3 -> Double.doubleToRawLongBits(Float.intBitsToFloat(single(r)));
            case 4 ->
                0x3FF0_0000_0000_0000L
                                + ((long) r.nextInt(24) - 12 << 52)
                                + (r.nextLong() >>> 12 & -1L << r.nextInt(52))
                        | sign;
            default -> r.nextLong();
        };
    }

    /** Writes an 80-bit number. */
    static void extended(SplittableRandom r, ByteBuffer to, int at) {
        int sign = r.nextInt(2) << 15;
        long significand = r.nextLong() | Long.MIN_VALUE;
        int exponent;
        switch (r.nextInt(10)) {
            case 0, 1, 2 -> {
                long[] number = EXTENDED[r.nextInt(EXTENDED.length)];
                exponent = (int) number[0];
                significand = number[1];
            }
            case 3 -> {
                int bits = r.nextInt(64);
                exponent = 0x3FFF + bits;
                significand &= -1L << 63 - bits; // an integer
            }
            case 4 -> {
                exponent = 0x3FFF + r.nextInt(140) - 70;
                significand &= -1L << r.nextInt(64);
            }
            case 5 -> {
                exponent = 0x3FFF + r.nextInt(8) - 4;
                significand = Long.MIN_VALUE | 1L << r.nextInt(64);
            }
            case 6 -> exponent = new int[] {0x3F81, 0x3C01, 0x407E, 0x43FE, 1, 0x7FFE}[r.nextInt(6)] + r.nextInt(9) - 4;
            case 7 -> {
                exponent = r.nextInt(0x8000);
                significand = r.nextLong();
            }
            default -> exponent = 0x3FFF + r.nextInt(70) - 35;
        }
        to.putLong(at, significand);
        to.putShort(at + 8, (short) (exponent & 0x7FFF | sign));
    }

    /** Fills memory with operands of all types, each at a multiple of its size. */
    static void fill(SplittableRandom r, byte[] memory) {
        ByteBuffer to = ByteBuffer.wrap(memory).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < memory.length; at += 16) {
            sixteen(r, to, at);
        }
    }

    /** Sixteen bytes of some type. */
    static void sixteen(SplittableRandom r, ByteBuffer to, int at) {
        int kind = r.nextInt(8);
        to.putLong(at, r.nextLong());
        to.putLong(at + 8, r.nextLong());
        switch (kind) {
            case 0, 1 -> {
                for (int i = 0; i < 16; i += 4) {
                    to.putInt(at + i, word(r));
                }
            }
            case 2 -> {
                for (int i = 0; i < 16; i += 2) {
                    to.putShort(at + i, (short) word(r));
                }
            }
            case 3 -> {
                for (int i = 0; i < 16; i += 4) {
                    to.putInt(at + i, single(r));
                }
            }
            case 4 -> {
                to.putLong(at, binary64(r));
                to.putLong(at + 8, binary64(r));
            }
            case 5 -> extended(r, to, at);
            case 6 -> decimal(r, to, at);
            default -> {
                // random as it is
            }
        }
    }

    /** Packed decimal digits, mostly valid. */
    private static void decimal(SplittableRandom r, ByteBuffer to, int at) {
        for (int i = 0; i < 9; i++) {
            to.put(at + i, (byte) (r.nextInt(10) << 4 | r.nextInt(10)));
        }
        to.put(at + 9, (byte) (r.nextInt(2) << 7));
    }

    /** Floating-point state of all units: mostly masked, mostly full. */
    static byte[] state(SplittableRandom r) {
        byte[] image = new byte[512];
        ByteBuffer to = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        boolean masked = r.nextInt(5) > 0;
        int control = r.nextInt(0x10) << 8 | 0x40 | (masked ? 0x3F : r.nextInt(0x40));
        int status = r.nextInt(8) << 11 | r.nextInt() & 0x4700;
        if (r.nextInt(8) == 0) {
            status |= r.nextInt(0x80);
        }
        if ((status & ~control & 0x3F) != 0) {
            if (r.nextInt(4) > 0) {
                status &= ~0x3F;
            } else {
                status |= 0x8080;
            }
        }
        to.putShort(0, (short) control);
        to.putShort(2, (short) status);
        to.put(4, (byte) (r.nextInt(3) > 0 ? 0xFF : r.nextInt(0x100)));
        boolean simdMasked = r.nextInt(5) > 0;
        int mxcsr = r.nextInt(4) << 13 | (simdMasked ? 0x1F80 : r.nextInt(0x40) << 7);
        if (r.nextInt(4) == 0) {
            mxcsr |= r.nextInt() & 0x8040;
        }
        if (r.nextInt(4) == 0) {
            mxcsr |= r.nextInt(0x40);
        }
        to.putInt(24, mxcsr);
        boolean integers = r.nextInt(3) == 0;
        for (int i = 0; i < 8; i++) {
            sixteen(r, to, 160 + 16 * i);
            if (integers) {
                sixteen(r, to, 32 + 16 * i);
            } else {
                extended(r, to, 32 + 16 * i);
            }
            to.putShort(42 + 16 * i, (short) 0);
            to.putInt(44 + 16 * i, 0);
        }
        return image;
    }
}
