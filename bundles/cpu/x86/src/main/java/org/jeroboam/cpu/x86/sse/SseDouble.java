package org.jeroboam.cpu.x86.sse;

import static org.jeroboam.cpu.x86.sse.SseEnvironment.NEAREST;
import static org.jeroboam.cpu.x86.sse.SseEnvironment.PE;

/** The double-precision operations of SSE2 on one element, as {@link SseSingle} has the single-precision ones. */
public final class SseDouble {
    private static final long MAGNITUDE = Long.MAX_VALUE;
    private static final long LEAST_NORMAL = 1L << 52;
    private static final long INFINITY = 0x7FF0_0000_0000_0000L;

    /** Above this a result is so far from the smallest numbers that its rounding error is a number too. */
    private static final long SAFE_RESULT = 120L << 52;

    private final SseEnvironment env;
    private final SoftFloat soft;

    /** Makes the operations that work with an environment. */
    public SseDouble(SseEnvironment env) {
        this.env = env;
        soft = SoftFloat.binary64(env);
    }

    private static boolean isPlain(long a) {
        long m = a & MAGNITUDE;
        return m >= LEAST_NORMAL ? m < INFINITY : m == 0;
    }

    private boolean plain(long a, long b) {
        return env.rounding == NEAREST && isPlain(a) && isPlain(b);
    }

    private static boolean isNormalResult(long r) {
        long m = r & MAGNITUDE;
        return m > LEAST_NORMAL && m < INFINITY;
    }

    /** Whether the fast result can be taken: no exactness test is due, or one is possible. */
    private boolean isTestable(long r) {
        long m = r & MAGNITUDE;
        return m > (env.inexactKnown ? LEAST_NORMAL : SAFE_RESULT) && m < INFINITY;
    }

    /** ADDSD. */
    public long add(long a, long b) {
        if (plain(a, b)) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double sum = x + y;
            long r = Double.doubleToRawLongBits(sum);
            if (isNormalResult(r) || sum == 0) {
                if (!env.inexactKnown) {
                    noteSum(x, y, sum);
                }
                return r;
            }
        }
        return soft.add(a, b);
    }

    /** SUBSD. */
    public long subtract(long a, long b) {
        if (plain(a, b)) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double difference = x - y;
            long r = Double.doubleToRawLongBits(difference);
            if (isNormalResult(r) || difference == 0) {
                if (!env.inexactKnown) {
                    noteSum(x, -y, difference);
                }
                return r;
            }
        }
        return soft.subtract(a, b);
    }

    /** The rounding error of a sum, which is a number always, by Knuth's TwoSum. */
    private void noteSum(double x, double y, double sum) {
        double part = sum - x;
        if (x - (sum - part) + (y - part) != 0) {
            env.raised |= PE;
        }
    }

    /** MULSD. */
    public long multiply(long a, long b) {
        if (plain(a, b)) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double product = x * y;
            long r = Double.doubleToRawLongBits(product);
            if (isTestable(r)) {
                if (!env.inexactKnown && Math.fma(x, y, -product) != 0) {
                    env.raised |= PE;
                }
                return r;
            }
            if (x == 0 || y == 0) {
                return r;
            }
        }
        return soft.multiply(a, b);
    }

    /** DIVSD. */
    public long divide(long a, long b) {
        if (plain(a, b)) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            double quotient = x / y;
            long r = Double.doubleToRawLongBits(quotient);
            if (isTestable(r) && (env.inexactKnown || isTestable(a))) {
                if (!env.inexactKnown && Math.fma(-quotient, y, x) != 0) {
                    env.raised |= PE;
                }
                return r;
            }
        }
        return soft.divide(a, b);
    }

    /** SQRTSD. */
    public long squareRoot(long a) {
        if (env.rounding == NEAREST && a >= 0 && isPlain(a) && isTestable(a)) {
            double x = Double.longBitsToDouble(a);
            double root = Math.sqrt(x);
            if (!env.inexactKnown && Math.fma(-root, root, x) != 0) {
                env.raised |= PE;
            }
            return Double.doubleToRawLongBits(root);
        }
        return soft.squareRoot(a);
    }

    /** MINSD. */
    public long least(long a, long b) {
        if (isPlain(a) && isPlain(b)) {
            return Double.longBitsToDouble(a) < Double.longBitsToDouble(b) ? a : b;
        }
        return soft.extreme(a, b, true);
    }

    /** MAXSD. */
    public long greatest(long a, long b) {
        if (isPlain(a) && isPlain(b)) {
            return Double.longBitsToDouble(a) > Double.longBitsToDouble(b) ? a : b;
        }
        return soft.extreme(a, b, false);
    }

    /**
     * Compares.
     *
     * @param quietly whether a quiet NaN raises nothing
     * @return -1, 0, 1 or {@link SseSingle#UNORDERED}
     */
    public int compare(long a, long b, boolean quietly) {
        if (isPlain(a) && isPlain(b)) {
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            return x < y ? -1 : x == y ? 0 : 1;
        }
        return soft.compare(a, b, quietly);
    }

    /** CMPSD. @param predicate bits 2-0 count @return all ones or 0 */
    public long compareMask(long a, long b, int predicate) {
        return holds(predicate, compare(a, b, isQuiet(predicate))) ? -1 : 0;
    }

    /** Whether a predicate of CMPxx takes quiet NaNs quietly: EQ, UNORD, NEQ, ORD. */
    static boolean isQuiet(int predicate) {
        return (predicate & 3) == 0 || (predicate & 3) == 3;
    }

    /** Whether a predicate of CMPxx (EQ LT LE UNORD and their negations) holds for an order. */
    static boolean holds(int predicate, int order) {
        boolean basic =
                switch (predicate & 3) {
                    case 0 -> order == 0;
                    case 1 -> order < 0;
                    case 2 -> order <= 0;
                    default -> order == SseSingle.UNORDERED;
                };
        return basic ^ (predicate & 4) != 0;
    }
}
