package org.jeroboam.cpu.x86.fpu;

import static org.jeroboam.cpu.x86.fpu.Extended.BIAS;
import static org.jeroboam.cpu.x86.fpu.Extended.C1;
import static org.jeroboam.cpu.x86.fpu.Extended.IE;
import static org.jeroboam.cpu.x86.fpu.Extended.INTEGER_BIT;
import static org.jeroboam.cpu.x86.fpu.Extended.OE;
import static org.jeroboam.cpu.x86.fpu.Extended.PE;
import static org.jeroboam.cpu.x86.fpu.Extended.QUIET_BIT;
import static org.jeroboam.cpu.x86.fpu.Extended.SIGN;
import static org.jeroboam.cpu.x86.fpu.Extended.SPECIAL;
import static org.jeroboam.cpu.x86.fpu.Extended.UE;

/** Conversions between the 80-bit format and the memory formats. */
final class ExtendedConversion {
    private static final long BCD_LIMIT = 1_000_000_000_000_000_000L;

    private ExtendedConversion() {}

    /** Widens a single to {@code se}/{@code sig} exactly: a signalling NaN stays one, no flags. */
    static void widen(Extended x, int bits) {
        int exp = bits >>> 23 & 0xFF;
        int sign = bits >>> 16 & SIGN;
        long fraction = (long) bits << 40 & Long.MAX_VALUE;
        if (exp == 0) {
            widenSubnormal(x, sign, 1 - 127, fraction);
        } else {
            x.set(sign | (exp == 0xFF ? SPECIAL : exp - 127 + BIAS), fraction | INTEGER_BIT);
        }
    }

    /** Widens a double to {@code se}/{@code sig} exactly: a signalling NaN stays one, no flags. */
    static void widen(Extended x, long bits) {
        int exp = (int) (bits >>> 52) & 0x7FF;
        int sign = (int) (bits >>> 48) & SIGN;
        long fraction = bits << 11 & Long.MAX_VALUE;
        if (exp == 0) {
            widenSubnormal(x, sign, 1 - 1023, fraction);
        } else {
            x.set(sign | (exp == 0x7FF ? SPECIAL : exp - 1023 + BIAS), fraction | INTEGER_BIT);
        }
    }

    private static void widenSubnormal(Extended x, int sign, int exp, long fraction) {
        if (fraction == 0) {
            x.setZero(sign);
        } else {
            int zeros = Long.numberOfLeadingZeros(fraction);
            x.set(sign | exp + BIAS - zeros, fraction << zeros);
        }
    }

    static boolean isSubnormal(int bits) {
        return (bits & 0x7F80_0000) == 0 && bits << 1 != 0;
    }

    static boolean isSubnormal(long bits) {
        return (bits & 0x7FF0_0000_0000_0000L) == 0 && bits << 1 != 0;
    }

    /** An integer, exactly. */
    static void fromInteger(Extended x, long value) {
        if (value == 0) {
            x.set(0, 0);
        } else {
            long magnitude = Math.abs(value);
            int zeros = Long.numberOfLeadingZeros(magnitude);
            x.set((value < 0 ? SIGN : 0) | BIAS + 63 - zeros, magnitude << zeros);
        }
    }

    /**
     * Narrows to a single.
     *
     * @return the bits to store; meaningless when an unmasked IE, OE or UE is among the flags
     */
    static int toFloat(Extended x, int se, long sig) {
        return (int) narrow(x, se, sig, 40, 8, 23);
    }

    /** Narrows to a double; see {@link #toFloat}. */
    static long toDouble(Extended x, int se, long sig) {
        return narrow(x, se, sig, 11, 11, 52);
    }

    private static long narrow(Extended x, int se, long sig, int drop, int expBits, int fractionBits) {
        long sign = (long) (se >>> 15 & 1) << expBits + fractionBits;
        long infinity = (1L << expBits) - 1 << fractionBits;
        long fractionMask = (1L << fractionBits) - 1;
        if (Extended.isUnsupported(se, sig)) {
            x.flags |= IE;
            return -1L << fractionBits - 1;
        }
        int exp = se & SPECIAL;
        if (exp == SPECIAL) {
            if (sig << 1 == 0) {
                return sign | infinity;
            }
            if ((sig & QUIET_BIT) == 0) {
                x.flags |= IE;
            }
            return sign | infinity | (sig | QUIET_BIT) >>> drop & fractionMask;
        }
        if (sig == 0) {
            return sign;
        }
        int maximum = (1 << expBits) - 1;
        exp = Extended.normalExponent(se, sig) - BIAS + (maximum >> 1);
        sig = Extended.normalSig(se, sig);
        int signBit = se & SIGN;
        if (exp <= 0) {
            return sign | narrowTiny(x, signBit, exp, sig, drop);
        }
        long fraction = sig << -drop;
        long kept = sig >>> drop;
        boolean up = fraction != 0 && x.roundsUp(signBit, kept & 1, fraction);
        if (up && ++kept == 1L << 64 - drop) {
            kept >>>= 1;
            exp++;
        }
        if (exp >= maximum) {
            x.flags |= OE;
            if ((x.unmasked & OE) == 0) {
                x.flags |= PE;
                boolean infinite =
                        x.rounding == Extended.NEAREST || x.rounding == (signBit != 0 ? Extended.DOWN : Extended.UP);
                x.flags |= infinite ? C1 : 0;
                return sign | (infinite ? infinity : infinity - 1);
            }
        }
        if (fraction != 0) {
            x.flags |= up ? PE | C1 : PE;
        }
        return sign | (long) exp << fractionBits | kept & fractionMask;
    }

    private static long narrowTiny(Extended x, int signBit, int exp, long sig, int drop) {
        long fraction = sig << -drop;
        long kept = sig >>> drop;
        // tiny unless rounding with unbounded exponent carries into the smallest normal
        boolean tiny = exp < 0 || kept != -1L >>> drop || fraction == 0 || !x.roundsUp(signBit, 1, fraction);
        int shift = drop + 1 - exp;
        if (shift < 64) {
            kept = sig >>> shift;
            fraction = sig << -shift;
        } else {
            kept = 0;
            fraction = shift == 64 ? sig : 1;
        }
        boolean up = fraction != 0 && x.roundsUp(signBit, kept & 1, fraction);
        if (tiny && ((x.unmasked & UE) != 0 || fraction != 0)) {
            x.flags |= UE;
        }
        if (fraction != 0) {
            x.flags |= up ? PE | C1 : PE;
        }
        // a carry into bit 52 (23) is the smallest normal's exponent field
        return up ? kept + 1 : kept;
    }

    /**
     * Rounds to a signed integer of 16, 32 or 64 bits.
     *
     * @param bits width of the destination
     * @param rounding one of the four rounding modes, which FISTTP would override
     * @return the integer; the integer indefinite with IE when it has no place
     */
    static long toInteger(Extended x, int se, long sig, int bits, int rounding) {
        long indefinite = -1L << bits - 1;
        int exp = se & SPECIAL;
        if (Extended.isUnsupported(se, sig) || exp > BIAS + 63) {
            x.flags |= IE;
            return indefinite;
        }
        long whole;
        long fraction;
        int shift = BIAS + 63 - exp;
        if (shift == 0) {
            whole = sig;
            fraction = 0;
        } else if (shift < 64) {
            whole = sig >>> shift;
            fraction = sig << -shift;
        } else {
            whole = 0;
            fraction = shift == 64 ? sig : sig != 0 ? 1 : 0;
        }
        int saved = x.rounding;
        x.rounding = rounding;
        boolean up = fraction != 0 && x.roundsUp(se & SIGN, whole & 1, fraction);
        x.rounding = saved;
        if (up && ++whole == 0) {
            x.flags |= IE;
            return indefinite;
        }
        boolean negative = (se & SIGN) != 0;
        if (Long.compareUnsigned(whole, negative ? -indefinite : -(indefinite + 1)) > 0) {
            x.flags |= IE;
            return indefinite;
        }
        if (fraction != 0) {
            x.flags |= up ? PE | C1 : PE;
        }
        return negative ? -whole : whole;
    }

    /** Packed decimal (FBLD): digits above 9 count with their weight. */
    static void fromDecimal(Extended x, long low, int high) {
        long magnitude = (high >>> 4 & 0xF) * 10L + (high & 0xF);
        for (int shift = 60; shift >= 0; shift -= 4) {
            magnitude = magnitude * 10 + (low >>> shift & 0xF);
        }
        fromInteger(x, magnitude);
        x.se |= high & SIGN;
    }

    /**
     * Packed decimal (FBSTP): digits 0-15 go to {@link Extended#lo}, sign byte and digits 16-17 to
     * {@link Extended#exponent} (16 bits).
     */
    static void toDecimal(Extended x, int se, long sig) {
        long value = toInteger(x, se, sig, 64, x.rounding);
        if ((x.flags & IE) == 0 && (value <= -BCD_LIMIT || value >= BCD_LIMIT)) {
            x.flags = x.flags & ~(PE | C1) | IE;
        }
        if ((x.flags & IE) != 0) {
            x.exponent = 0xFFFF;
            x.lo = 0xC000_0000_0000_0000L;
            return;
        }
        long rest = Math.abs(value);
        long digits = 0;
        for (int shift = 0; shift < 64; shift += 4) {
            digits |= rest % 10 << shift;
            rest /= 10;
        }
        x.lo = digits;
        x.exponent = se & SIGN | (int) (rest / 10) << 4 | (int) (rest % 10);
    }
}
