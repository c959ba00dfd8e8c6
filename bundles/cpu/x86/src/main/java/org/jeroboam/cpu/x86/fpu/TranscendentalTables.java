package org.jeroboam.cpu.x86.fpu;

import java.math.BigInteger;

/**
 * Constants of the transcendental functions as 128-bit fractions, computed once from their definitions. A table holds
 * pairs: upper half, lower half.
 */
final class TranscendentalTables {
    private static final int GUARDED = 192;
    private static final BigInteger ONE = BigInteger.ONE.shiftLeft(GUARDED);

    /** Half of 1/(k+1)!: (e^t - 1) / t. */
    static final long[] EXPONENTIAL = factorials(30, 1, 1);

    /** Half of 1/(2k+1)!: sin(r) / r in r squared. */
    static final long[] SINE = factorials(16, 1, 2);

    /** Half of 1/(2k)!: cos(r) in r squared. */
    static final long[] COSINE = factorials(16, 0, 2);

    /** Half of 1/(2k+1): atan(z) / z and atanh(z) / z in z squared. */
    static final long[] ODD_RECIPROCALS = oddReciprocals(27);

    /** Number of terms of {@link #ODD_RECIPROCALS} that arguments up to 1/32 need. */
    static final int ATAN_TERMS = 14;

    private static final BigInteger PI =
            arctangent(1, 5).shiftLeft(4).subtract(arctangent(1, 239).shiftLeft(2));

    /** pi / 4. */
    static final long[] QUARTER_PI = pair(PI.shiftRight(2));

    /** ln 2. */
    static final long[] LN2 = pair(ln2());

    /** Half of log2 e. */
    static final long[] HALF_LOG2E = pair(ONE.multiply(ONE).shiftRight(1).divide(ln2()));

    /** atan(k / 16), k from 0 to 16. */
    static final long[] ARCTANGENT = arctangents();

    private TranscendentalTables() {}

    private static long[] pair(BigInteger fraction) {
        long[] result = new long[2];
        store(result, 0, fraction);
        return result;
    }

    private static void store(long[] table, int index, BigInteger fraction) {
        BigInteger kept = fraction.shiftRight(GUARDED - 128);
        table[2 * index] = kept.shiftRight(64).longValue();
        table[2 * index + 1] = kept.longValue();
    }

    private static long[] factorials(int terms, int first, int step) {
        long[] table = new long[2 * terms];
        BigInteger factorial = BigInteger.ONE;
        int reached = 1;
        for (int k = 0; k < terms; k++) {
            int wanted = first + k * step;
            while (reached < wanted) {
                factorial = factorial.multiply(BigInteger.valueOf(++reached));
            }
            store(table, k, ONE.shiftRight(1).divide(factorial));
        }
        return table;
    }

    private static long[] oddReciprocals(int terms) {
        long[] table = new long[2 * terms];
        for (int k = 0; k < terms; k++) {
            store(table, k, ONE.shiftRight(1).divide(BigInteger.valueOf(2L * k + 1)));
        }
        return table;
    }

    private static BigInteger ln2() {
        // 2 atanh(1/3)
        BigInteger power = ONE.shiftLeft(1).divide(BigInteger.valueOf(3));
        BigInteger sum = BigInteger.ZERO;
        for (int k = 1; power.signum() != 0; k += 2) {
            sum = sum.add(power.divide(BigInteger.valueOf(k)));
            power = power.divide(BigInteger.valueOf(9));
        }
        return sum;
    }

    private static BigInteger arctangent(int numerator, int denominator) {
        BigInteger up = BigInteger.valueOf((long) numerator * numerator);
        BigInteger down = BigInteger.valueOf((long) denominator * denominator);
        BigInteger power = ONE.multiply(BigInteger.valueOf(numerator)).divide(BigInteger.valueOf(denominator));
        BigInteger sum = BigInteger.ZERO;
        for (int k = 1; power.signum() != 0; k += 2) {
            BigInteger term = power.divide(BigInteger.valueOf(k));
            sum = (k & 2) == 0 ? sum.add(term) : sum.subtract(term);
            power = power.multiply(up).divide(down);
        }
        return sum;
    }

    private static long[] arctangents() {
        long[] table = new long[34];
        for (int k = 1; k < 16; k++) {
            store(table, k, arctangent(k, 16));
        }
        store(table, 16, PI.shiftRight(2));
        return table;
    }
}
