package org.jeroboam.cpu.x86.sse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The arithmetic against exact mathematics and itself; the core's tests have the vectors of a real processor. */
class SseArithmeticTest {
    private static final int NEAREST = 0x1F80;
    private static final int DOWN = 0x3F80;
    private static final int UP = 0x5F80;
    private static final int TOWARDS_ZERO = 0x7F80;
    private static final int ROUNDS = 15_000;
    private static final double BOUND = 1.5 / 4096;

    private final Random random = new Random(11);
    private final SseEnvironment env = new SseEnvironment();
    private final SseSingle single = new SseSingle(env);
    private final SseDouble binary64 = new SseDouble(env);
    private final SseConversion conversion = new SseConversion(env);
    private final SoftFloat soft32 = SoftFloat.single(env);
    private final SoftFloat soft64 = SoftFloat.binary64(env);

    private interface Operation {
        long apply(long a, long b);
    }

    /** The sign of what a candidate is away from the exact result. */
    private interface Difference {
        int sign(BigDecimal candidate);
    }

    /** Finite, of all magnitudes, with all kinds of fractions, sometimes zero or denormal. */
    private long number() {
        long bits = random.nextLong();
        if (random.nextInt(3) == 0) {
            bits &= -1L << random.nextInt(53);
        }
        int exponent = random.nextInt(4) == 0 ? random.nextInt(0x7FF) : 1003 + random.nextInt(40);
        if (random.nextInt(40) == 0) {
            exponent = 0;
        }
        return bits & 0x800F_FFFF_FFFF_FFFFL | (long) exponent << 52;
    }

    private int number32() {
        int bits = random.nextInt();
        if (random.nextInt(3) == 0) {
            bits &= -1 << random.nextInt(24);
        }
        int exponent = random.nextInt(3) == 0 ? random.nextInt(0xFF) : 117 + random.nextInt(20);
        return bits & 0x807F_FFFF | exponent << 23;
    }

    private static BigDecimal exact(long bits) {
        return new BigDecimal(Double.longBitsToDouble(bits));
    }

    /** Checks that a result is the right neighbour of the exact one. @param difference from the exact result */
    private void assertRounded(String what, int mode, long result, Difference difference) {
        double r = Double.longBitsToDouble(result);
        if (Double.isInfinite(r) || Math.abs(r) == Double.MAX_VALUE) {
            return;
        }
        int here = difference.sign(new BigDecimal(r));
        boolean down = mode == DOWN || mode == TOWARDS_ZERO && (r > 0 || r == 0 && 1 / r > 0);
        assertEquals(here != 0, (env.finish() & SseEnvironment.PE) != 0, what + ": PE");
        if (down) {
            assertTrue(here <= 0 && difference.sign(new BigDecimal(Math.nextUp(r))) > 0, what);
        } else {
            assertTrue(here >= 0 && difference.sign(new BigDecimal(Math.nextDown(r))) < 0, what);
        }
    }

    @Test
    void directedRoundingFindsTheNeighbour() {
        int[] modes = {DOWN, UP, TOWARDS_ZERO};
        for (int i = 0; i < ROUNDS; i++) {
            long a = number();
            long b = number();
            BigDecimal x = exact(a);
            BigDecimal y = exact(b);
            int mode = modes[i % 3];
            String operands = String.format("%X %X mode %X", a, b, mode);
            env.begin(mode);
            long sum = binary64.add(a, b);
            assertRounded("sum " + operands, mode, sum, c -> c.compareTo(x.add(y)));
            env.begin(mode);
            long product = binary64.multiply(a, b);
            assertRounded("product " + operands, mode, product, c -> c.compareTo(x.multiply(y)));
            if (y.signum() != 0) {
                env.begin(mode);
                long quotient = binary64.divide(a, b);
                assertRounded(
                        "quotient " + operands,
                        mode,
                        quotient,
                        c -> c.multiply(y).compareTo(x) * y.signum());
            }
            env.begin(mode);
            long root = binary64.squareRoot(a & Long.MAX_VALUE);
            assertRounded(
                    "root " + operands, mode, root, c -> c.multiply(c.abs()).compareTo(x.abs()));
        }
    }

    @Test
    void fastAndSlowAgree() {
        for (int i = 0; i < ROUNDS; i++) {
            long a = number();
            long b = i % 4 == 0 ? a ^ random.nextInt(8) - 4 : number();
            agree(a, b, binary64::add, soft64::add);
            agree(a, b, binary64::subtract, soft64::subtract);
            agree(a, b, binary64::multiply, soft64::multiply);
            agree(a, b, binary64::divide, soft64::divide);
            agree(a, b, (x, y) -> binary64.squareRoot(x), (x, y) -> soft64.squareRoot(x));
            agree(a, b, binary64::least, (x, y) -> soft64.extreme(x, y, true));
            agree(a, b, (x, y) -> binary64.compare(x, y, true), (x, y) -> soft64.compare(x, y, true));
            int c = number32();
            int d = i % 4 == 0 ? c ^ random.nextInt(8) - 4 : number32();
            agree(c, d, (x, y) -> single.add((int) x, (int) y), (x, y) -> (int) soft32.add(low(x), low(y)));
            agree(c, d, (x, y) -> single.subtract((int) x, (int) y), (x, y) -> (int) soft32.subtract(low(x), low(y)));
            agree(c, d, (x, y) -> single.multiply((int) x, (int) y), (x, y) -> (int) soft32.multiply(low(x), low(y)));
            agree(c, d, (x, y) -> single.divide((int) x, (int) y), (x, y) -> (int) soft32.divide(low(x), low(y)));
            agree(c, d, (x, y) -> single.squareRoot((int) x), (x, y) -> (int) soft32.squareRoot(low(x)));
            agree(c, d, (x, y) -> single.greatest((int) x, (int) y), (x, y) ->
                    (int) soft32.extreme(low(x), low(y), false));
        }
    }

    private static long low(long a) {
        return a & 0xFFFF_FFFFL;
    }

    /** Same result and same flags, with and without PE set before. */
    private void agree(long a, long b, Operation fast, Operation slow) {
        for (int control : new int[] {NEAREST, NEAREST | SseEnvironment.PE}) {
            env.begin(control);
            long want = slow.apply(a, b);
            int flags = env.finish();
            env.begin(control);
            long have = fast.apply(a, b);
            assertEquals(Long.toHexString(want), Long.toHexString(have), () -> String.format("%X %X", a, b));
            assertEquals(flags, env.finish(), () -> String.format("flags of %X %X", a, b));
        }
    }

    @Test
    void nearestIsThatOfJava() {
        for (int i = 0; i < ROUNDS; i++) {
            long a = number();
            long b = number();
            double x = Double.longBitsToDouble(a);
            double y = Double.longBitsToDouble(b);
            env.begin(NEAREST);
            assertEquals(Double.doubleToRawLongBits(x + y), soft64.add(a, b));
            assertEquals(Double.doubleToRawLongBits(x * y), soft64.multiply(a, b));
            if (x != 0 || y != 0) {
                assertEquals(Double.doubleToRawLongBits(x / y), soft64.divide(a, b));
            }
            int narrow = conversion.doubleToSingle(a);
            assertEquals(Float.floatToRawIntBits((float) x), narrow);
            assertEquals(Double.doubleToRawLongBits((float) x), conversion.singleToDouble(narrow));
        }
    }

    /** The relative error of RCPSS and RSQRTSS is at most 1.5 * 2^-12 by the manual, and 2^-13 here. */
    @Test
    void approximationsAreNearEnough() {
        double worst = 0;
        for (int exponent = 1; exponent < 0xFF; exponent++) {
            for (int i = 0; i < 2000; i++) {
                int bits = exponent << 23 | (i < 8 ? i : i < 16 ? 0x7F_FFFF - i + 8 : random.nextInt(1 << 23));
                double x = Float.intBitsToFloat(bits);
                float reciprocal = Float.intBitsToFloat(SseSingle.reciprocal(bits));
                if (x >= 0x1p126) {
                    assertEquals(0f, reciprocal);
                } else {
                    worst = Math.max(worst, Math.abs(reciprocal * x - 1));
                }
                assertEquals(-reciprocal, Float.intBitsToFloat(SseSingle.reciprocal(bits | 1 << 31)));
                double root = Float.intBitsToFloat(SseSingle.reciprocalRoot(bits));
                worst = Math.max(worst, Math.abs(root * Math.sqrt(x) - 1));
            }
        }
        assertTrue(worst <= BOUND, worst * 4096 + " * 2^-12");
        assertTrue(worst <= 1.001 / 8192, "as promised in the description: " + worst * 8192 + " * 2^-13");
    }

    @Test
    void approximationsOfSpecialNumbers() {
        assertEquals(0x7F80_0000, SseSingle.reciprocal(0));
        assertEquals(0xFF80_0000, SseSingle.reciprocal(0x8000_0001), "a denormal number counts as zero");
        assertEquals(0x8000_0000, SseSingle.reciprocal(0xFF80_0000));
        assertEquals(0x7FC0_0001, SseSingle.reciprocal(0x7F80_0001));
        assertEquals(0x3F80_0000, SseSingle.reciprocal(0x3F80_0000));
        assertEquals(0xFF80_0000, SseSingle.reciprocalRoot(0x8000_0000));
        assertEquals(0xFF80_0000, SseSingle.reciprocalRoot(0x8000_0001));
        assertEquals(0xFFC0_0000, SseSingle.reciprocalRoot(0xBF80_0000));
        assertEquals(0xFFC0_0000, SseSingle.reciprocalRoot(0xFF80_0000));
        assertEquals(0, SseSingle.reciprocalRoot(0x7F80_0000));
        assertEquals(0x3F00_0000, SseSingle.reciprocalRoot(0x4080_0000));
    }

    @Test
    void byteShifts() {
        long low = 0x8877_6655_4433_2211L;
        long high = 0xFFEE_DDCC_BBAA_9988L;
        for (int n = 0; n < 20; n++) {
            BigInteger whole = new BigInteger(String.format("%016X%016X", high, low), 16);
            BigInteger right = whole.shiftRight(8 * n);
            assertEquals(right.longValue(), SseInteger.shiftRightBytes(low, high, n));
            assertEquals(right.shiftRight(64).longValue(), SseInteger.shiftRightBytes(high, 0, n));
            BigInteger left = whole.shiftLeft(8 * n);
            assertEquals(left.longValue(), SseInteger.shiftLeftBytes(0, low, n));
            assertEquals(left.shiftRight(64).longValue(), SseInteger.shiftLeftBytes(low, high, n));
        }
    }
}
