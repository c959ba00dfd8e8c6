package org.jeroboam.cpu.x86.fpu;

import static org.jeroboam.cpu.x86.fpu.Extended.BIAS;
import static org.jeroboam.cpu.x86.fpu.Extended.C2;
import static org.jeroboam.cpu.x86.fpu.Extended.INTEGER_BIT;
import static org.jeroboam.cpu.x86.fpu.Extended.PE;
import static org.jeroboam.cpu.x86.fpu.Extended.SIGN;
import static org.jeroboam.cpu.x86.fpu.Extended.SPECIAL;
import static org.jeroboam.cpu.x86.fpu.Extended.UE;
import static org.jeroboam.cpu.x86.fpu.Extended.ZE;

/**
 * The transcendental instructions, computed with 128-bit intermediates and rounded once, to 64 bits by rounding
 * control. Trigonometric arguments are reduced by the 66-bit pi that the manual documents.
 */
final class Transcendental {
    private static final long SQRT2 = 0xB504_F333_F9DE_6484L;

    /** pi as a multiple of 2^-64: 66 bits, upper part and lower 64 bits. */
    private static final long PI66_HIGH = 3;

    private static final long PI66_LOW = 0x243F_6A88_85A3_08D3L;
    private static final long PI66_TOP = 0xC90F_DAA2_2168_C234L;

    private Transcendental() {}

    /** 2^a - 1 for a from -1 to 1; other finite arguments, whose result is undefined, come back unchanged. */
    static void f2xm1(Extended x, int ase, long asig) {
        if (x.special(ase, asig)) {
            return;
        }
        int sign = ase & SIGN;
        if (Extended.isInfinity(ase, asig)) {
            if (sign != 0) {
                x.set(SIGN | BIAS, INTEGER_BIT);
            } else {
                x.set(ase, asig);
            }
            return;
        }
        x.denormal(ase, asig);
        if (x.blocked()) {
            return;
        }
        int exp = Extended.normalExponent(ase, asig);
        if (asig == 0 || exp >= BIAS) {
            boolean minusOne = sign != 0 && exp == BIAS && asig == INTEGER_BIT;
            x.flags |= asig == 0 ? 0 : PE;
            x.set(minusOne ? SIGN | BIAS - 1 : ase, asig);
            return;
        }
        Wide.set(x, exp, Extended.normalSig(ase, asig), 0);
        Wide.multiply(x, TranscendentalTables.LN2[0], TranscendentalTables.LN2[1]);
        int yexp = x.exponent;
        long yhi = x.hi;
        long ylo = x.lo;
        Wide.toFraction(x);
        Wide.series(x, TranscendentalTables.EXPONENTIAL, 30, x.hi, x.lo, sign != 0);
        x.exponent = yexp + 1;
        Wide.multiply(x, yhi, ylo);
        Wide.roundInexact(x, sign);
    }

    /** y * log2(a). */
    static void fyl2x(Extended x, int ase, long asig, int yse, long ysig) {
        if (x.special(ase, asig, yse, ysig)) {
            return;
        }
        boolean aZero = Extended.isZero(ase, asig);
        boolean yZero = Extended.isZero(yse, ysig);
        boolean aInf = Extended.isInfinity(ase, asig);
        boolean yInf = Extended.isInfinity(yse, ysig);
        boolean one = ase == BIAS && asig == INTEGER_BIT;
        if (!aZero && (ase & SIGN) != 0 || yZero && (aZero || aInf) || one && yInf) {
            x.invalid();
            return;
        }
        if (aZero && !yInf) {
            x.flags |= ZE;
            x.setInfinity(yse & SIGN ^ SIGN);
            return;
        }
        x.denormal(ase, asig);
        x.denormal(yse, ysig);
        if (x.blocked()) {
            return;
        }
        int below = aZero || (ase & SPECIAL) < BIAS ? SIGN : 0;
        int sign = yse & SIGN ^ below;
        if (aZero || aInf || yInf) {
            x.setInfinity(sign);
        } else if (yZero || one) {
            x.setZero(sign);
        } else {
            int exp = Extended.normalExponent(ase, asig);
            boolean exact = logarithm(x, exp - BIAS, Extended.normalSig(ase, asig), 0);
            timesY(x, sign, yse, ysig, exact);
        }
    }

    /** y * log2(a + 1); arguments up to -1, whose result is undefined, are the result. */
    static void fyl2xp1(Extended x, int ase, long asig, int yse, long ysig) {
        if (x.special(ase, asig, yse, ysig)) {
            return;
        }
        boolean aZero = Extended.isZero(ase, asig);
        boolean yZero = Extended.isZero(yse, ysig);
        boolean aInf = Extended.isInfinity(ase, asig);
        boolean yInf = Extended.isInfinity(yse, ysig);
        boolean low = (ase & SIGN) != 0 && (ase & SPECIAL) >= BIAS;
        if (low && aInf || aZero && yInf || yZero && aInf) {
            x.invalid();
            return;
        }
        x.denormal(ase, asig);
        x.denormal(yse, ysig);
        if (x.blocked()) {
            return;
        }
        int sign = (ase ^ yse) & SIGN;
        if (aInf || yInf) {
            x.setInfinity(sign);
        } else if (aZero || yZero) {
            x.setZero(sign);
        } else if (low) {
            x.flags |= PE;
            x.set(ase, asig);
        } else {
            boolean exact =
                    logarithmPlusOne(x, ase & SIGN, Extended.normalExponent(ase, asig), Extended.normalSig(ase, asig));
            timesY(x, sign, yse, ysig, exact);
        }
    }

    /** Rounds the product of the wide number and y. Processors report even an exact one as inexact. */
    private static void timesY(Extended x, int sign, int yse, long ysig, boolean exact) {
        x.exponent += Extended.normalExponent(yse, ysig) - BIAS + 1;
        Wide.multiply(x, Extended.normalSig(yse, ysig), 0);
        if (!exact) {
            Wide.roundInexact(x, sign);
            return;
        }
        x.roundTo64(sign, x.exponent, x.hi, x.lo);
        x.flags |= Extended.isDenormal(x.se, x.sig) ? PE | UE : PE;
    }

    /**
     * Magnitude of log2 of (hi:lo / 2^127) * 2^power, a number other than 1.
     *
     * @return true when it is an integer and so exact
     */
    private static boolean logarithm(Extended x, int power, long hi, long lo) {
        if (hi == INTEGER_BIT && lo == 0) {
            Wide.set(x, BIAS + 63, Math.abs(power), 0);
            Wide.normalise(x);
            return true;
        }
        boolean upper = Long.compareUnsigned(hi, SQRT2) > 0;
        // s = (m - 1) / (m + 1); in the upper half of the octave with m / 2
        long dhi = hi >>> 1 | INTEGER_BIT;
        long dlo = lo >>> 1 | hi << 63;
        if (upper) {
            power++;
            x.lo = -lo;
            x.hi = -hi - (lo != 0 ? 1 : 0);
        } else {
            dhi = (hi & Long.MAX_VALUE) >>> 1 | INTEGER_BIT;
            x.lo = lo;
            x.hi = hi & Long.MAX_VALUE;
        }
        x.exponent = BIAS - 2;
        Wide.normalise(x);
        Wide.divide(x, dhi, dlo);
        logarithmOfQuotient(x);
        if (power != 0) {
            addPower(x, power, upper);
        }
        return false;
    }

    /** From s to log2((1 + s) / (1 - s)). */
    private static void logarithmOfQuotient(Extended x) {
        int sexp = x.exponent;
        long shi = x.hi;
        long slo = x.lo;
        Wide.toFraction(x);
        x.multiply(x.hi, x.lo, x.hi, x.lo);
        Wide.series(x, TranscendentalTables.ODD_RECIPROCALS, 27, x.hi, x.lo, false);
        x.exponent = sexp + 3;
        Wide.multiply(x, shi, slo);
        Wide.multiply(x, TranscendentalTables.HALF_LOG2E[0], TranscendentalTables.HALF_LOG2E[1]);
    }

    /** Magnitude of power plus (or, for a negative logarithm, minus) the wide number below 1. */
    private static void addPower(Extended x, int power, boolean negative) {
        long magnitude = Math.abs(power);
        int zeros = Long.numberOfLeadingZeros(magnitude);
        // one spare bit for the carry
        int exponent = BIAS + 64 - zeros;
        Wide.shiftRight(x, exponent - x.exponent);
        x.exponent = exponent;
        long whole = magnitude << zeros - 1;
        if (negative == power < 0) {
            Wide.add(x, whole, 0);
        } else {
            Wide.subtractFrom(x, whole, 0);
        }
        Wide.normalise(x);
    }

    /** Magnitude of log2(1 + a) of a non-zero a above -1. */
    private static boolean logarithmPlusOne(Extended x, int sign, int exp, long sig) {
        if (exp >= BIAS - 1 || sign != 0 && exp == BIAS - 2 && Long.compareUnsigned(sig, 0x95F6_1998_0C43_36F7L) > 0) {
            return logarithmOfSum(x, sign, exp, sig);
        }
        // s = a / (2 + a)
        Wide.set(x, exp, sig, 0);
        Wide.shiftRight(x, BIAS + 1 - exp);
        x.exponent = BIAS + 1;
        if (sign != 0) {
            Wide.subtractFrom(x, INTEGER_BIT, 0);
            Wide.normalise(x);
        } else {
            Wide.add(x, INTEGER_BIT, 0);
        }
        long dhi = x.hi;
        long dlo = x.lo;
        int dexp = x.exponent;
        Wide.set(x, exp - dexp + BIAS - 1, sig, 0);
        Wide.divide(x, dhi, dlo);
        logarithmOfQuotient(x);
        return false;
    }

    /** The same outside the documented range, by way of the sum. */
    private static boolean logarithmOfSum(Extended x, int sign, int exp, long sig) {
        Wide.set(x, exp, sig, 0);
        if (exp < BIAS + 127) {
            int common = Math.max(exp, BIAS) + 1;
            Wide.shiftRight(x, common - exp);
            x.exponent = common;
            int place = BIAS + 127 - common;
            long onehi = place >= 64 ? 1L << place - 64 : 0;
            long onelo = place >= 64 ? 0 : 1L << place;
            if (sign != 0) {
                Wide.subtractFrom(x, onehi, onelo);
            } else {
                Wide.add(x, onehi, onelo);
            }
            Wide.normalise(x);
        }
        return logarithm(x, x.exponent - BIAS, x.hi, x.lo);
    }

    /** The angle of the point (b, a): atan(a / b) in the right quadrant. */
    static void fpatan(Extended x, int ase, long asig, int bse, long bsig) {
        if (x.special(ase, asig, bse, bsig)) {
            return;
        }
        x.denormal(ase, asig);
        x.denormal(bse, bsig);
        if (x.blocked()) {
            return;
        }
        int sign = ase & SIGN;
        boolean left = (bse & SIGN) != 0;
        boolean aInf = Extended.isInfinity(ase, asig);
        boolean bInf = Extended.isInfinity(bse, bsig);
        if (aInf && bInf) {
            multipleOfQuarterPi(x, sign, left ? 3 : 1);
        } else if (asig == 0 || bInf) {
            if (left) {
                multipleOfQuarterPi(x, sign, 4);
            } else {
                x.setZero(sign);
            }
        } else if (bsig == 0 || aInf) {
            multipleOfQuarterPi(x, sign, 2);
        } else {
            angle(
                    x,
                    sign,
                    left,
                    Extended.normalExponent(ase, asig),
                    Extended.normalSig(ase, asig),
                    Extended.normalExponent(bse, bsig),
                    Extended.normalSig(bse, bsig));
        }
    }

    private static void multipleOfQuarterPi(Extended x, int sign, int count) {
        Wide.set(x, BIAS - 1, TranscendentalTables.QUARTER_PI[0], TranscendentalTables.QUARTER_PI[1]);
        if (count == 3) {
            x.exponent += 2;
            Wide.shiftRight(x, 2);
            long hi = x.hi;
            long lo = x.lo;
            Wide.add(x, hi, lo);
            Wide.add(x, hi, lo);
            Wide.normalise(x);
        } else {
            x.exponent += count >> 1;
        }
        Wide.roundInexact(x, sign);
    }

    private static void angle(Extended x, int sign, boolean left, int aexp, long a, int bexp, long b) {
        boolean steep = aexp > bexp || aexp == bexp && Long.compareUnsigned(a, b) > 0;
        if (steep) {
            int exp = aexp;
            aexp = bexp;
            bexp = exp;
            long sig = a;
            a = b;
            b = sig;
        }
        boolean exact = arctangent(x, aexp, a, bexp, b);
        if (!steep && !left) {
            if (exact) {
                Wide.nextDown(x);
            }
            Wide.roundInexact(x, sign);
            return;
        }
        // a multiple of pi / 2 in units of 2^-126, plus or minus the small angle
        Wide.shiftRight(x, BIAS + 1 - x.exponent);
        int shift = steep ? 1 : 0;
        long hi = TranscendentalTables.QUARTER_PI[0] >>> shift;
        long lo = TranscendentalTables.QUARTER_PI[1] >>> shift
                | (shift != 0 ? TranscendentalTables.QUARTER_PI[0] << 63 : 0);
        x.exponent = BIAS + 1;
        if (steep && left) {
            Wide.add(x, hi, lo);
        } else {
            Wide.subtractFrom(x, hi, lo);
        }
        Wide.normalise(x);
        Wide.roundInexact(x, sign);
    }

    /**
     * atan(a / b), a not above b, as a wide number.
     *
     * @return true when the number is the exact quotient, a trifle above the arctangent
     */
    private static boolean arctangent(Extended x, int aexp, long a, int bexp, long b) {
        int distance = bexp - aexp;
        int k = distance > 5 ? 0 : (int) Math.rint(16 * (double) (a >>> 1) / (double) (b >>> 1) / (1 << distance));
        if (k == 0) {
            Wide.set(x, aexp - bexp + BIAS - 1, a, 0);
            Wide.divide(x, b, 0);
            int zexp = x.exponent;
            long zhi = x.hi;
            long zlo = x.lo;
            arctangentSeries(x);
            boolean unchanged = Wide.isHalf(x);
            x.exponent = zexp + 1;
            Wide.multiply(x, zhi, zlo);
            return unchanged;
        }
        // z = (16 a - k b) / (16 b + k a), then atan(a / b) = atan(k / 16) + atan(z)
        long bhi = distance == 0 ? 0 : b >>> -distance;
        long blo = b << distance;
        long kblo = k * blo;
        long numLow = (a << 4) - kblo;
        long numHigh = (a >>> 60)
                - (k * bhi + Math.unsignedMultiplyHigh(k, blo))
                - (Long.compareUnsigned(a << 4, kblo) < 0 ? 1 : 0);
        boolean negative = numHigh < 0;
        if (negative) {
            numLow = -numLow;
            numHigh = -numHigh - (numLow != 0 ? 1 : 0);
        }
        if ((numHigh | numLow) == 0) {
            Wide.set(x, BIAS - 1, TranscendentalTables.ARCTANGENT[2 * k], TranscendentalTables.ARCTANGENT[2 * k + 1]);
            Wide.normalise(x);
            return false;
        }
        Wide.set(x, 0, bhi << 4 | blo >>> 60, blo << 4);
        Wide.add(x, Math.unsignedMultiplyHigh(k, a), k * a);
        Wide.normalise(x);
        long dhi = x.hi;
        long dlo = x.lo;
        int dexp = x.exponent;
        Wide.set(x, 0, numHigh, numLow);
        Wide.normalise(x);
        Wide.divide(x, dhi, dlo);
        x.exponent += BIAS - 1 - dexp;
        long zhi = x.hi;
        long zlo = x.lo;
        int zexp = x.exponent;
        arctangentSeries(x);
        x.exponent = zexp + 1;
        Wide.multiply(x, zhi, zlo);
        Wide.toFraction(x);
        long thi = TranscendentalTables.ARCTANGENT[2 * k];
        long tlo = TranscendentalTables.ARCTANGENT[2 * k + 1];
        if (negative) {
            Wide.subtractFrom(x, thi, tlo);
        } else {
            Wide.add(x, thi, tlo);
        }
        Wide.normalise(x);
        return false;
    }

    /** From z to half of atan(z) / z, as a fraction. */
    private static void arctangentSeries(Extended x) {
        Wide.toFraction(x);
        x.multiply(x.hi, x.lo, x.hi, x.lo);
        Wide.series(x, TranscendentalTables.ODD_RECIPROCALS, TranscendentalTables.ATAN_TERMS, x.hi, x.lo, true);
    }

    /** sin(a); beyond 2^63 sets C2 and returns a. */
    static void fsin(Extended x, int ase, long asig) {
        if (trivial(x, ase, asig)) {
            return;
        }
        if (asig == 0) {
            x.set(ase, asig);
            return;
        }
        int octant = reduce(x, Extended.normalExponent(ase, asig), Extended.normalSig(ase, asig));
        sine(x, octant, ase & SIGN);
    }

    /** cos(a); beyond 2^63 sets C2 and returns a. */
    static void fcos(Extended x, int ase, long asig) {
        if (trivial(x, ase, asig)) {
            return;
        }
        if (asig == 0) {
            x.set(BIAS, INTEGER_BIT);
            return;
        }
        int octant = reduce(x, Extended.normalExponent(ase, asig), Extended.normalSig(ase, asig));
        sine(x, octant + 2, 0);
    }

    /** tan(a); beyond 2^63 sets C2 and returns a. */
    static void fptan(Extended x, int ase, long asig) {
        if (trivial(x, ase, asig)) {
            return;
        }
        if (asig == 0) {
            x.set(ase, asig);
            return;
        }
        int octant = reduce(x, Extended.normalExponent(ase, asig), Extended.normalSig(ase, asig));
        int rexp = x.exponent;
        long rhi = x.hi;
        long rlo = x.lo;
        if (octant == 0 && rexp < BIAS - 64) {
            // just above the argument
            Wide.roundInexact(x, ase & SIGN);
            return;
        }
        cosineOf(x);
        long chi = x.hi;
        long clo = x.lo;
        int cexp = x.exponent;
        Wide.set(x, rexp, rhi, rlo);
        sineOf(x);
        boolean odd = (octant & 2) != 0;
        int sign = ase & SIGN ^ ((octant & 1) != 0 ? SIGN : 0) ^ (odd ? SIGN : 0);
        if (odd) {
            long shi = x.hi;
            long slo = x.lo;
            int sexp = x.exponent;
            Wide.set(x, cexp, chi, clo);
            chi = shi;
            clo = slo;
            cexp = sexp;
        }
        x.exponent += BIAS - 1 - cexp;
        Wide.divide(x, chi, clo);
        Wide.roundInexact(x, sign);
    }

    /** NaNs, infinities, denormals unmasked, arguments out of range. */
    private static boolean trivial(Extended x, int ase, long asig) {
        if (x.special(ase, asig)) {
            return true;
        }
        if (Extended.isInfinity(ase, asig)) {
            x.invalid();
            return true;
        }
        x.denormal(ase, asig);
        if (x.blocked()) {
            return true;
        }
        if ((ase & SPECIAL) >= BIAS + 63) {
            x.flags |= C2;
            x.set(ase, asig);
            return true;
        }
        return false;
    }

    /**
     * Brings a magnitude into -pi/4 .. pi/4: the wide number becomes the magnitude of the rest.
     *
     * @return twice the number of right angles taken off, modulo 8, plus 1 when the rest is negative
     */
    private static int reduce(Extended x, int exp, long sig) {
        if (exp < BIAS - 1 || exp == BIAS - 1 && Long.compareUnsigned(sig, PI66_TOP) <= 0) {
            Wide.set(x, exp, sig, 0);
            return 0;
        }
        // in units of 2^-65, of which a right angle has exactly PI66
        int shift = exp - BIAS + 2;
        long high = shift == 64 ? sig : sig >>> -shift;
        long low = shift == 64 ? 0 : sig << shift;
        long count = x.divide(high >>> 2, low >>> 2 | high << 62, PI66_TOP);
        long product = count * PI66_LOW;
        long restHigh = high
                - Math.unsignedMultiplyHigh(count, PI66_LOW)
                - count * PI66_HIGH
                - (Long.compareUnsigned(low, product) < 0 ? 1 : 0);
        long restLow = low - product;
        if (restHigh < 0) {
            count--;
            restLow += PI66_LOW;
            restHigh += PI66_HIGH + (Long.compareUnsigned(restLow, PI66_LOW) < 0 ? 1 : 0);
        }
        long otherLow = PI66_LOW - restLow;
        long otherHigh = PI66_HIGH - restHigh - (Long.compareUnsigned(PI66_LOW, restLow) < 0 ? 1 : 0);
        int negative = 0;
        if (otherHigh < restHigh || otherHigh == restHigh && Long.compareUnsigned(otherLow, restLow) < 0) {
            count++;
            negative = 1;
            restHigh = otherHigh;
            restLow = otherLow;
        }
        Wide.set(x, BIAS + 62, restHigh, restLow);
        Wide.normalise(x);
        return (int) (count & 3) << 1 | negative;
    }

    /** Sine of the rest plus the right angles of {@code octant}; sign is the argument's. */
    private static void sine(Extended x, int octant, int sign) {
        boolean odd = (octant & 2) != 0;
        if (odd) {
            cosineOf(x);
        } else {
            sineOf(x);
            sign ^= (octant & 1) != 0 ? SIGN : 0;
        }
        sign ^= (octant & 4) != 0 ? SIGN : 0;
        Wide.roundInexact(x, sign);
    }

    private static void sineOf(Extended x) {
        int rexp = x.exponent;
        long rhi = x.hi;
        long rlo = x.lo;
        Wide.toFraction(x);
        x.multiply(x.hi, x.lo, x.hi, x.lo);
        Wide.series(x, TranscendentalTables.SINE, 15, x.hi, x.lo, true);
        boolean unchanged = Wide.isHalf(x);
        x.exponent = rexp + 1;
        Wide.multiply(x, rhi, rlo);
        if (unchanged) {
            Wide.nextDown(x);
        }
    }

    private static void cosineOf(Extended x) {
        Wide.toFraction(x);
        x.multiply(x.hi, x.lo, x.hi, x.lo);
        Wide.series(x, TranscendentalTables.COSINE, 16, x.hi, x.lo, true);
        x.exponent = BIAS;
        Wide.normalise(x);
        if (Wide.isHalf(x)) {
            Wide.nextDown(x);
        }
    }
}
