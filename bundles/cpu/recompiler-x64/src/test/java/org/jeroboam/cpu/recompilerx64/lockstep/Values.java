package org.jeroboam.cpu.recompilerx64.lockstep;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/** Random operands of every type, with many that are on some edge. */
final class Values {
    private static final int[] WORDS = {
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

    /** Single precision: zero, denormal, normal, infinite, not a number. */
    private static final int[] SINGLES = {
        0,
        1,
        0x7F_FFFF,
        0x80_0000,
        0x3F80_0000,
        0x3F80_0001,
        0x4000_0000,
        0x3F00_0000,
        0x4B00_0000,
        0x4F00_0000,
        0x4EFF_FFFF,
        0x5F00_0000,
        0x7F7F_FFFF,
        0x7F80_0000,
        0x7F80_0001,
        0x7FC0_0000,
        0x40C9_0FDB,
        0x3FC0_0000
    };

    /** Exponents of 80-bit numbers about which something happens. */
    private static final int[] EXPONENTS = {
        0, 1, 0x3BCD, 0x3C01, 0x3F6A, 0x3F81, 0x3FFD, 0x3FFE, 0x3FFF, 0x4000, 0x400D, 0x400E, 0x401D, 0x401E, 0x403A,
        0x403D, 0x403E, 0x407E, 0x43FE, 0x7FFE, 0x7FFF
    };

    private Values() {}

    /** 32 bits. */
    static int word(SplittableRandom r) {
        return switch (r.nextInt(8)) {
            case 0, 1, 2 -> WORDS[r.nextInt(WORDS.length)];
            case 3 -> WORDS[r.nextInt(WORDS.length)] | r.nextInt() << 16;
            case 4 -> 1 << r.nextInt(32);
            case 5 -> r.nextInt() >> r.nextInt(32);
            default -> r.nextInt();
        };
    }

    private static int single(SplittableRandom r) {
        int sign = r.nextInt(2) << 31;
        return switch (r.nextInt(4)) {
            case 0 -> SINGLES[r.nextInt(SINGLES.length)] | sign;
            case 1 -> Float.floatToRawIntBits(word(r) >> r.nextInt(32));
            case 2 -> 0x3F80_0000 + (r.nextInt(20) - 10 << 23) + (r.nextInt() >>> 9 & -1 << r.nextInt(23)) | sign;
            default -> r.nextInt();
        };
    }

    private static long binary64(SplittableRandom r) {
        return switch (r.nextInt(4)) {
            case 0 -> Double.doubleToRawLongBits(Float.intBitsToFloat(single(r)));
            case 1 -> Double.doubleToRawLongBits(word(r) >> r.nextInt(32));
            case 2 ->
                0x3FF0_0000_0000_0000L
                        + ((long) r.nextInt(24) - 12 << 52)
                        + (r.nextLong() >>> 12 & -1L << r.nextInt(52));
            default -> r.nextLong();
        };
    }

    private static void extended(SplittableRandom r, ByteBuffer to, int at) {
        int exponent =
                switch (r.nextInt(4)) {
                    case 0 -> EXPONENTS[r.nextInt(EXPONENTS.length)];
                    case 1 -> 0x3FFF + r.nextInt(64);
                    case 2 -> r.nextInt(0x8000);
                    default -> 0x3FFF + r.nextInt(70) - 35;
                };
        long significand =
                switch (r.nextInt(5)) {
                    case 0 -> Long.MIN_VALUE;
                    case 1 -> -1L << r.nextInt(64);
                    case 2 -> r.nextLong();
                    case 3 -> Long.MIN_VALUE | 1L << r.nextInt(64);
                    default -> Long.MIN_VALUE | r.nextLong() & -1L << r.nextInt(64);
                };
        to.putLong(at, significand);
        to.putShort(at + 8, (short) (exponent | r.nextInt(2) << 15));
    }

    /** Sixteen bytes of some type. */
    static void sixteen(SplittableRandom r, ByteBuffer to, int at) {
        to.putLong(at, r.nextLong());
        to.putLong(at + 8, r.nextLong());
        switch (r.nextInt(7)) {
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
            case 4 -> to.putLong(at, binary64(r)).putLong(at + 8, binary64(r));
            case 5 -> extended(r, to, at);
            default -> {
                // random as it is
            }
        }
    }

    /** MemoryOperands of all types, each at a multiple of its size. */
    static byte[] bytes(SplittableRandom r, int length) {
        ByteBuffer to = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < length; at += 16) {
            sixteen(r, to, at);
        }
        return to.array();
    }

    /** The state of the floating-point units as FXSAVE writes it: mostly masked, mostly full. */
    static byte[] floatingPoint(SplittableRandom r) {
        byte[] image = new byte[512];
        ByteBuffer to = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        boolean masked = r.nextInt(8) > 0;
        int control = (r.nextInt(3) > 0 ? 3 : r.nextInt(0x10)) << 8 | 0x40 | (masked ? 0x3F : r.nextInt(0x40));
        int status = r.nextInt(8) << 11 | r.nextInt() & 0x4700;
        to.putShort(0, (short) control);
        to.putShort(2, (short) status);
        to.put(4, (byte) (r.nextInt(3) > 0 ? (1 << r.nextInt(8)) - 1 << r.nextInt(4) : 0xFF));
        int mxcsr = (r.nextInt(3) > 0 ? 0 : r.nextInt(4) << 13) | (r.nextInt(8) > 0 ? 0x1F80 : r.nextInt(0x40) << 7);
        if (r.nextInt(4) == 0) {
            mxcsr |= r.nextInt() & 0x8040;
        }
        if (r.nextInt(4) == 0) {
            mxcsr |= r.nextInt(0x40);
        }
        to.putInt(24, mxcsr);
        for (int i = 0; i < 8; i++) {
            sixteen(r, to, 160 + 16 * i);
            if (r.nextInt(3) == 0) {
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
