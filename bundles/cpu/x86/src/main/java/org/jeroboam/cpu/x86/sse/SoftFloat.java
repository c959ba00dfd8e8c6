package org.jeroboam.cpu.x86.sse;

import static org.jeroboam.cpu.x86.sse.SseEnvironment.DE;
import static org.jeroboam.cpu.x86.sse.SseEnvironment.DOWN;
import static org.jeroboam.cpu.x86.sse.SseEnvironment.IE;
import static org.jeroboam.cpu.x86.sse.SseEnvironment.NEAREST;
import static org.jeroboam.cpu.x86.sse.SseEnvironment.OE;
import static org.jeroboam.cpu.x86.sse.SseEnvironment.PE;
import static org.jeroboam.cpu.x86.sse.SseEnvironment.UE;
import static org.jeroboam.cpu.x86.sse.SseEnvironment.UP;
import static org.jeroboam.cpu.x86.sse.SseEnvironment.ZE;

/**
 * Binary floating-point arithmetic of one format by integers: every operand, rounding mode and exception. Numbers are
 * the bits of the format in the low end of a long. Tininess is found after rounding.
 *
 * <p>An intermediate result is a significand whose bit {@value #POINT} has weight 1, with the last bit sticky, and a
 * biased exponent that is not bounded.
 */
final class SoftFloat {
    /** Unit bit of intermediate significands; one bit above it takes the carry of a sum. */
    private static final int POINT = 61;

    private static final int DIVISION_STEP = 10;

    private final SseEnvironment env;
    private final int fraction;
    private final int bias;
    private final int special;
    private final long sign;
    private final long fractionMask;
    private final long infinity;
    private final long quiet;
    private final long indefinite;

    /** The operand that {@link #unpack} took apart. */
    private int exponent;

    private long significand;

    private SoftFloat(SseEnvironment env, int fraction, int exponentBits) {
        this.env = env;
        this.fraction = fraction;
        bias = (1 << exponentBits - 1) - 1;
        special = (1 << exponentBits) - 1;
        sign = 1L << fraction + exponentBits;
        fractionMask = (1L << fraction) - 1;
        infinity = (long) special << fraction;
        quiet = 1L << fraction - 1;
        indefinite = sign | infinity | quiet;
    }

    /** The format of 32 bits. */
    static SoftFloat single(SseEnvironment env) {
        return new SoftFloat(env, 23, 8);
    }

    /** The format of 64 bits. */
    static SoftFloat binary64(SseEnvironment env) {
        return new SoftFloat(env, 52, 11);
    }

    private long magnitude(long a) {
        return a & ~sign & (sign | sign - 1);
    }

    private boolean isNan(long a) {
        return magnitude(a) > infinity;
    }

    private boolean isSignalling(long a) {
        return isNan(a) && (a & quiet) == 0;
    }

    private boolean isDenormal(long a) {
        long m = magnitude(a);
        return m != 0 && m <= fractionMask;
    }

    private boolean isInfinite(long a) {
        return magnitude(a) == infinity;
    }

    private long invalid() {
        env.raised |= IE;
        return indefinite;
    }

    /** The result when an operand is no number: the first such operand, quiet. */
    private long nan(long a, long b) {
        if (isSignalling(a) || isSignalling(b)) {
            env.raised |= IE;
        }
        return (isNan(a) ? a : b) | quiet;
    }

    /** An operand as DAZ makes it. */
    private long operand(long a) {
        return env.denormalsAreZero && isDenormal(a) ? a & sign : a;
    }

    private void noteDenormals(long a, long b) {
        if (isDenormal(a) || isDenormal(b)) {
            env.raised |= DE;
        }
    }

    /** Splits a finite number that is not zero; the unit bit of the significand is at {@link #fraction}. */
    private void unpack(long a) {
        exponent = (int) (magnitude(a) >>> fraction);
        significand = a & fractionMask;
        if (exponent == 0) {
            int shift = Long.numberOfLeadingZeros(significand) - (63 - fraction);
            significand <<= shift;
            exponent = 1 - shift;
        } else {
            significand |= 1L << fraction;
        }
    }

    long subtract(long a, long b) {
        return isNan(a) || isNan(b) ? nan(a, b) : add(a, b ^ sign);
    }

    long add(long first, long second) {
        if (isNan(first) || isNan(second)) {
            return nan(first, second);
        }
        long a = operand(first);
        long b = operand(second);
        if (isInfinite(a) && isInfinite(b) && a != b) {
            return invalid();
        }
        noteDenormals(a, b);
        if (isInfinite(a)) {
            return a;
        }
        if (isInfinite(b)) {
            return b;
        }
        if (magnitude(a) == 0 && magnitude(b) == 0) {
            return a == b ? a : zeroOfDifference();
        }
        if (magnitude(a) == 0 || magnitude(b) == 0) {
            long c = magnitude(a) == 0 ? b : a;
            unpack(c);
            return round(c & sign, exponent, significand << POINT - fraction);
        }
        return magnitude(a) >= magnitude(b) ? sum(a, b) : sum(b, a);
    }

    private long zeroOfDifference() {
        return env.rounding == DOWN ? sign : 0;
    }

    private long sum(long greater, long smaller) {
        unpack(greater);
        int e = exponent;
        long s = significand << POINT - fraction;
        unpack(smaller);
        long t = shiftRight(significand << POINT - fraction, e - exponent);
        s = ((greater ^ smaller) & sign) == 0 ? s + t : s - t;
        return s == 0 ? zeroOfDifference() : round(greater & sign, e, s);
    }

    long multiply(long first, long second) {
        if (isNan(first) || isNan(second)) {
            return nan(first, second);
        }
        long a = operand(first);
        long b = operand(second);
        boolean zero = magnitude(a) == 0 || magnitude(b) == 0;
        boolean infinite = isInfinite(a) || isInfinite(b);
        if (zero && infinite) {
            return invalid();
        }
        noteDenormals(a, b);
        long s = (a ^ b) & sign;
        if (zero || infinite) {
            return infinite ? s | infinity : s;
        }
        unpack(a);
        int e = exponent;
        long m = significand << POINT + 1 - fraction;
        unpack(b);
        long n = significand << POINT + 1 - fraction;
        long high = Math.multiplyHigh(m, n);
        return round(s, e + exponent - bias + 1, m * n == 0 ? high : high | 1);
    }

    long divide(long first, long second) {
        if (isNan(first) || isNan(second)) {
            return nan(first, second);
        }
        long a = operand(first);
        long b = operand(second);
        boolean zeros = magnitude(a) == 0 && magnitude(b) == 0;
        if (zeros || isInfinite(a) && isInfinite(b)) {
            return invalid();
        }
        long s = (a ^ b) & sign;
        if (magnitude(b) == 0 && !isInfinite(a)) {
            env.raised |= ZE;
            return s | infinity;
        }
        noteDenormals(a, b);
        if (isInfinite(a)) {
            return s | infinity;
        }
        if (isInfinite(b) || magnitude(a) == 0) {
            return s;
        }
        unpack(a);
        int e = exponent;
        long rest = significand;
        unpack(b);
        long quotient = rest / significand;
        rest %= significand;
        for (int i = 0; i < POINT - 1; i += DIVISION_STEP) {
            rest <<= DIVISION_STEP;
            quotient = quotient << DIVISION_STEP | rest / significand;
            rest %= significand;
        }
        return round(s, e - exponent + bias + 1, rest == 0 ? quotient : quotient | 1);
    }

    long squareRoot(long argument) {
        if (isNan(argument)) {
            return nan(argument, argument);
        }
        long a = operand(argument);
        if (magnitude(a) == 0) {
            return a;
        }
        if ((a & sign) != 0) {
            return invalid();
        }
        noteDenormals(a, a);
        if (isInfinite(a)) {
            return a;
        }
        unpack(a);
        int e = exponent - bias;
        double radicand = Math.scalb((double) significand, (e & 1) - fraction);
        double root = Math.sqrt(radicand);
        // the sign of what is left over says on which side of the nearest number the exact root lies
        double rest = Math.fma(-root, root, radicand);
        long s = (Double.doubleToRawLongBits(root) & (1L << 52) - 1 | 1L << 52) << POINT - 52;
        if (rest != 0) {
            s += rest > 0 ? 1 : -1;
        }
        return round(0, (e >> 1) + bias, s);
    }

    /**
     * Rounds a number of another kind to this format.
     *
     * @param negative its sign
     * @param power exponent without bias
     * @param s significand, not zero, its unit bit at 61
     */
    long round(boolean negative, int power, long s) {
        return round(negative ? sign : 0, power + bias, s);
    }

    /** Rounds an intermediate result, which is not zero. */
    private long round(long s, int e, long significandAtPoint) {
        int shift = Long.numberOfLeadingZeros(significandAtPoint) - 1;
        long m = significandAtPoint << shift;
        int exp = e + 1 - shift;
        if (exp <= 0) {
            return roundTiny(s, exp, m);
        }
        long q = rounded(s, m);
        boolean inexact = isInexact(m);
        if (q >>> fraction + 1 != 0) {
            q >>>= 1;
            exp++;
        }
        if (exp >= special) {
            return overflow(s, inexact);
        }
        if (inexact) {
            env.raised |= PE;
        }
        return s | (long) exp << fraction | q & fractionMask;
    }

    private long overflow(long s, boolean inexact) {
        if ((env.unmasked & OE) != 0) {
            env.raised |= inexact ? OE | PE : OE;
            return s;
        }
        env.raised |= OE | PE;
        boolean away = env.rounding == NEAREST || env.rounding == (s == 0 ? UP : DOWN);
        return s | (away ? infinity : infinity - 1);
    }

    /** @param m significand with its unit bit at 62 */
    private long roundTiny(long s, int exp, long m) {
        boolean tiny = exp < 0 || rounded(s, m) >>> fraction + 1 == 0;
        if (tiny && (env.unmasked & UE) != 0) {
            env.raised |= isInexact(m) ? UE | PE : UE;
            return s;
        }
        if (tiny && env.flushToZero) {
            env.raised |= UE | PE;
            return s;
        }
        long shifted = shiftRight(m, 1 - exp);
        if (isInexact(shifted)) {
            env.raised |= tiny ? UE | PE : PE;
        }
        return s | rounded(s, shifted); // a carry makes it the smallest normal number
    }

    private boolean isInexact(long m) {
        return (m & (1L << POINT + 1 - fraction) - 1) != 0;
    }

    /** The significand with its unit bit at {@link #fraction}, or a carry above. */
    private long rounded(long s, long m) {
        int drop = POINT + 1 - fraction;
        long mask = (1L << drop) - 1;
        switch (env.rounding) {
            case NEAREST:
                long half = 1L << drop - 1;
                long q = m + half >>> drop;
                return (m & mask) == half ? q & ~1L : q;
            case DOWN:
                return m + (s != 0 ? mask : 0) >>> drop;
            case UP:
                return m + (s == 0 ? mask : 0) >>> drop;
            default:
                return m >>> drop;
        }
    }

    /** Shifts right; the last bit tells whether ones were lost. */
    private static long shiftRight(long m, int count) {
        if (count == 0) {
            return m;
        }
        if (count > 63) {
            return m == 0 ? 0 : 1;
        }
        return m >>> count | ((m & (1L << count) - 1) == 0 ? 0 : 1);
    }

    /** MIN and MAX: the second operand when any is not a number, or both are zeros. */
    long extreme(long first, long second, boolean least) {
        long a = operand(first);
        long b = operand(second);
        if (isNan(a) || isNan(b)) {
            env.raised |= IE;
            return b;
        }
        noteDenormals(a, b);
        int order = order(a, b);
        return (least ? order < 0 : order > 0) ? a : b;
    }

    /**
     * Compares.
     *
     * @param quietly whether a quiet NaN is no exception
     * @return -1, 0, 1, or {@link SseSingle#UNORDERED}
     */
    int compare(long first, long second, boolean quietly) {
        if (isNan(first) || isNan(second)) {
            if (!quietly || isSignalling(first) || isSignalling(second)) {
                env.raised |= IE;
            }
            return SseSingle.UNORDERED;
        }
        long a = operand(first);
        long b = operand(second);
        noteDenormals(a, b);
        return order(a, b);
    }

    private int order(long a, long b) {
        long x = (a & sign) == 0 ? magnitude(a) : -magnitude(a);
        long y = (b & sign) == 0 ? magnitude(b) : -magnitude(b);
        return Long.compare(x, y);
    }
}
