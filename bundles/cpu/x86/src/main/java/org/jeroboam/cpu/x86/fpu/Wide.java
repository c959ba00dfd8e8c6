package org.jeroboam.cpu.x86.fpu;

import static org.jeroboam.cpu.x86.fpu.Extended.BIAS;
import static org.jeroboam.cpu.x86.fpu.Extended.INTEGER_BIT;

/**
 * Positive numbers with 128-bit significands in {@link Extended#hi}, {@link Extended#lo} and
 * {@link Extended#exponent}, the intermediate format of the transcendental functions. A number is
 * (hi:lo / 2^128) * 2^(exponent - BIAS + 1); normalised, bit 63 of {@code hi} is set. Products and quotients are wrong
 * by a few units of the last of the 128 places at most.
 */
final class Wide {
    private Wide() {}

    static void set(Extended x, int exponent, long hi, long lo) {
        x.exponent = exponent;
        x.hi = hi;
        x.lo = lo;
    }

    /** Shifts the significand up until its first bit is set; a zero stays. */
    static void normalise(Extended x) {
        if (x.hi == 0) {
            x.hi = x.lo;
            x.lo = 0;
            x.exponent -= 64;
        }
        int shift = Long.numberOfLeadingZeros(x.hi);
        if (shift != 0 && shift != 64) {
            x.hi = x.hi << shift | x.lo >>> -shift;
            x.lo <<= shift;
            x.exponent -= shift;
        }
    }

    /** Multiplies by a fraction (0 to 1) or, seen so, by a significand whose exponent the caller adds. */
    static void multiply(Extended x, long hi, long lo) {
        x.multiply(x.hi, x.lo, hi, lo);
        normalise(x);
    }

    /** Makes a number below 1 a plain 128-bit fraction. */
    static void toFraction(Extended x) {
        shiftRight(x, BIAS - 1 - x.exponent);
        x.exponent = BIAS - 1;
    }

    /** Shifts the significand right; what falls out is lost. */
    static void shiftRight(Extended x, int shift) {
        if (shift >= 128) {
            x.hi = 0;
            x.lo = 0;
        } else if (shift >= 64) {
            x.lo = x.hi >>> shift;
            x.hi = 0;
        } else if (shift > 0) {
            x.lo = x.lo >>> shift | x.hi << -shift;
            x.hi >>>= shift;
        }
    }

    /** Adds a significand of the same exponent; the sum must stay below 2^128. */
    static void add(Extended x, long hi, long lo) {
        x.lo += lo;
        x.hi += hi + (Long.compareUnsigned(x.lo, lo) < 0 ? 1 : 0);
    }

    /** Replaces the significand by the given one minus it; the difference must not be negative. */
    static void subtractFrom(Extended x, long hi, long lo) {
        long borrow = Long.compareUnsigned(lo, x.lo) < 0 ? 1 : 0;
        x.lo = lo - x.lo;
        x.hi = hi - x.hi - borrow;
    }

    /** The next smaller number: for results known to lie just below the computed one. */
    static void nextDown(Extended x) {
        if (x.lo-- == 0) {
            x.hi--;
            if (x.hi >= 0) {
                x.hi = -1;
                x.exponent--;
            }
        }
    }

    /** Divides by a normalised significand (as fraction); the exponent is that of the quotient of fractions. */
    static void divide(Extended x, long dhi, long dlo) {
        int order = Long.compareUnsigned(x.hi, dhi);
        if (order > 0 || order == 0 && Long.compareUnsigned(x.lo, dlo) >= 0) {
            x.lo = x.lo >>> 1 | x.hi << 63;
            x.hi >>>= 1;
            x.exponent++;
        }
        long first = digit(x, x.hi, x.lo, dhi, dlo);
        long second = digit(x, x.hi, x.lo, dhi, dlo);
        x.hi = first;
        x.lo = second;
        normalise(x);
    }

    /** One digit, base 2^64, of high:low:0 / dhi:dlo; the remainder is left in hi:lo. */
    private static long digit(Extended x, long high, long low, long dhi, long dlo) {
        long q;
        long rest;
        boolean fits = true;
        if (high == dhi) {
            q = -1;
            rest = low + dhi;
            fits = Long.compareUnsigned(rest, dhi) >= 0;
        } else {
            q = x.divide(high, low, dhi);
            rest = x.hi;
        }
        long productHigh = Math.unsignedMultiplyHigh(q, dlo);
        long productLow = q * dlo;
        while (fits && (Long.compareUnsigned(productHigh, rest) > 0 || productHigh == rest && productLow != 0)) {
            q--;
            rest += dhi;
            fits = Long.compareUnsigned(rest, dhi) >= 0;
            if (Long.compareUnsigned(productLow, dlo) < 0) {
                productHigh--;
            }
            productLow -= dlo;
        }
        x.hi = rest - productHigh - (productLow != 0 ? 1 : 0);
        x.lo = -productLow;
        return q;
    }

    /**
     * Half of a power series: c0 + t (c1 + t (c2 ...)), or with alternating signs, as a fraction in hi:lo.
     *
     * @param table pairs of upper and lower halves of the coefficients, falling
     */
    static void series(Extended x, long[] table, int terms, long thi, long tlo, boolean alternating) {
        long high = table[2 * terms - 2];
        long low = table[2 * terms - 1];
        for (int k = 2 * terms - 4; k >= 0; k -= 2) {
            x.multiply(high, low, thi, tlo);
            long chi = table[k];
            long clo = table[k + 1];
            if (alternating) {
                high = chi - x.hi - (Long.compareUnsigned(clo, x.lo) < 0 ? 1 : 0);
                low = clo - x.lo;
            } else {
                low = clo + x.lo;
                high = chi + x.hi + (Long.compareUnsigned(low, clo) < 0 ? 1 : 0);
            }
        }
        x.hi = high;
        x.lo = low;
    }

    /** Rounds to 64 bits a number that is never exact. */
    static void roundInexact(Extended x, int sign) {
        x.roundTo64(sign, x.exponent, x.hi, x.lo | 1);
    }

    static boolean isHalf(Extended x) {
        return x.hi == INTEGER_BIT && x.lo == 0;
    }
}
