package org.jeroboam.cpu.x86.sse;

import static org.jeroboam.cpu.x86.sse.SseEnvironment.NEAREST;
import static org.jeroboam.cpu.x86.sse.SseEnvironment.PE;

/**
 * The single-precision operations of SSE on one element, as bits. The first argument is the destination operand. Flags
 * go to the {@link SseEnvironment}; when it ends up trapping, the result is to be dropped.
 *
 * <p>With operands and results in the normal range, or zero, rounding to nearest is Java's; integers do the rest.
 * One thread.
 */
public final class SseSingle {
    /** Result of {@link #compare} when an operand is not a number. */
    public static final int UNORDERED = 2;

    private static final int MAGNITUDE = 0x7FFF_FFFF;
    private static final int LEAST_NORMAL = 0x0080_0000;
    private static final int INFINITY = 0x7F80_0000;
    private static final int QUIET = 0x0040_0000;
    private static final int SIGN = 0x8000_0000;
    private static final int INDEFINITE = 0xFFC0_0000;
    private static final long ALL = 0xFFFF_FFFFL;

    private final SseEnvironment env;
    private final SoftFloat soft;

    /** Makes the operations that work with an environment. */
    public SseSingle(SseEnvironment env) {
        this.env = env;
        soft = SoftFloat.single(env);
    }

    /** Normal or zero: an operand that raises nothing by itself. */
    private static boolean isPlain(int a) {
        int m = a & MAGNITUDE;
        return m - LEAST_NORMAL >= 0 ? m < INFINITY : m == 0;
    }

    /** A result above the smallest normal number, which might be one that is tiny, and below infinity. */
    private static boolean isNormalResult(int r) {
        int m = r & MAGNITUDE;
        return m > LEAST_NORMAL && m < INFINITY;
    }

    private boolean plain(int a, int b) {
        return env.rounding == NEAREST && isPlain(a) && isPlain(b);
    }

    /** ADDSS. */
    public int add(int a, int b) {
        if (plain(a, b)) {
            float x = Float.intBitsToFloat(a);
            float y = Float.intBitsToFloat(b);
            float sum = x + y;
            int r = Float.floatToRawIntBits(sum);
            if (isNormalResult(r) || sum == 0) {
                if (!env.inexactKnown) {
                    noteSum(x, y, sum);
                }
                return r;
            }
        }
        return (int) soft.add(a & ALL, b & ALL);
    }

    /** SUBSS. */
    public int subtract(int a, int b) {
        if (plain(a, b)) {
            float x = Float.intBitsToFloat(a);
            float y = Float.intBitsToFloat(b);
            float difference = x - y;
            int r = Float.floatToRawIntBits(difference);
            if (isNormalResult(r) || difference == 0) {
                if (!env.inexactKnown) {
                    noteSum(x, -y, difference);
                }
                return r;
            }
        }
        return (int) soft.subtract(a & ALL, b & ALL);
    }

    /** As a double the sum is exact, or the smaller one got lost in it, of which nothing reaches a float then. */
    private void noteSum(double x, double y, double rounded) {
        double sum = x + y;
        if (rounded != sum || sum - x != y || sum - y != x) {
            env.raised |= PE;
        }
    }

    /** MULSS. */
    public int multiply(int a, int b) {
        if (plain(a, b)) {
            double exact = (double) Float.intBitsToFloat(a) * Float.intBitsToFloat(b);
            float product = (float) exact;
            int r = Float.floatToRawIntBits(product);
            if (isNormalResult(r) || exact == 0) {
                if (product != exact) {
                    env.raised |= PE;
                }
                return r;
            }
        }
        return (int) soft.multiply(a & ALL, b & ALL);
    }

    /** DIVSS. */
    public int divide(int a, int b) {
        if (plain(a, b)) {
            float x = Float.intBitsToFloat(a);
            float y = Float.intBitsToFloat(b);
            float quotient = x / y;
            int r = Float.floatToRawIntBits(quotient);
            if (isNormalResult(r)) {
                if (!env.inexactKnown && (double) quotient * y != x) {
                    env.raised |= PE;
                }
                return r;
            }
        }
        return (int) soft.divide(a & ALL, b & ALL);
    }

    /** SQRTSS. */
    public int squareRoot(int a) {
        if (plain(a, a) && a >= 0) {
            float x = Float.intBitsToFloat(a);
            float root = (float) Math.sqrt(x);
            if (!env.inexactKnown && (double) root * root != x) {
                env.raised |= PE;
            }
            return Float.floatToRawIntBits(root);
        }
        return (int) soft.squareRoot(a & ALL);
    }

    /** MINSS. */
    public int least(int a, int b) {
        if (isPlain(a) && isPlain(b)) {
            return Float.intBitsToFloat(a) < Float.intBitsToFloat(b) ? a : b;
        }
        return (int) soft.extreme(a & ALL, b & ALL, true);
    }

    /** MAXSS. */
    public int greatest(int a, int b) {
        if (isPlain(a) && isPlain(b)) {
            return Float.intBitsToFloat(a) > Float.intBitsToFloat(b) ? a : b;
        }
        return (int) soft.extreme(a & ALL, b & ALL, false);
    }

    /**
     * Compares.
     *
     * @param quietly whether a quiet NaN raises nothing
     * @return -1, 0, 1 or {@link #UNORDERED}
     */
    public int compare(int a, int b, boolean quietly) {
        if (isPlain(a) && isPlain(b)) {
            float x = Float.intBitsToFloat(a);
            float y = Float.intBitsToFloat(b);
            return x < y ? -1 : x == y ? 0 : 1;
        }
        return soft.compare(a & ALL, b & ALL, quietly);
    }

    /** CMPSS. @param predicate bits 2-0 count @return all ones or 0 */
    public int compareMask(int a, int b, int predicate) {
        return SseDouble.holds(predicate, compare(a, b, SseDouble.isQuiet(predicate))) ? -1 : 0;
    }

    /**
     * RCPSS: one over the operand, rounded to 12 fraction bits, so that the relative error is below 1.5 * 2^-12 as the
     * manual asks (it is 2^-13). Denormal numbers count as zeros, tiny results become zeros. Raises nothing.
     */
    public static int reciprocal(int a) {
        int m = a & MAGNITUDE;
        if (m > INFINITY) {
            return a | QUIET;
        }
        if (m < LEAST_NORMAL) {
            return a & SIGN | INFINITY;
        }
        float quotient = 1 / Float.intBitsToFloat(m);
        return a & SIGN | (quotient <= Float.MIN_NORMAL ? 0 : shortened(quotient));
    }

    /** RSQRTSS: one over the square root, as {@link #reciprocal}; the default NaN for negative numbers. */
    public static int reciprocalRoot(int a) {
        int m = a & MAGNITUDE;
        if (m > INFINITY) {
            return a | QUIET;
        }
        if (m < LEAST_NORMAL) {
            return a & SIGN | INFINITY;
        }
        if (a < 0) {
            return INDEFINITE;
        }
        return m == INFINITY ? 0 : shortened((float) (1 / Math.sqrt(Float.intBitsToFloat(a))));
    }

    private static int shortened(float value) {
        return Float.floatToRawIntBits(value) + 0x400 & ~0x7FF;
    }
}
