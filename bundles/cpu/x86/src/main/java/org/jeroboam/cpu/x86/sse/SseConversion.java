package org.jeroboam.cpu.x86.sse;

import static org.jeroboam.cpu.x86.sse.SseEnvironment.DE;
import static org.jeroboam.cpu.x86.sse.SseEnvironment.DOWN;
import static org.jeroboam.cpu.x86.sse.SseEnvironment.IE;
import static org.jeroboam.cpu.x86.sse.SseEnvironment.NEAREST;
import static org.jeroboam.cpu.x86.sse.SseEnvironment.PE;
import static org.jeroboam.cpu.x86.sse.SseEnvironment.UP;
import static org.jeroboam.cpu.x86.sse.SseEnvironment.ZERO;

/** Conversions of SSE and SSE2 between doubleword integers, single and double precision, by element. One thread. */
public final class SseConversion {
    private static final int INTEGER_INDEFINITE = Integer.MIN_VALUE;

    private static final int SINGLE_QUIET = 0x7FC0_0000;
    private static final int SINGLE_FRACTION = 0x007F_FFFF;
    private static final int SINGLE_QUIET_BIT = 0x0040_0000;
    private static final int SINGLE_SIGN = 0x8000_0000;
    private static final long DOUBLE_QUIET = 0x7FF8_0000_0000_0000L;
    private static final long DOUBLE_QUIET_BIT = 1L << 51;
    private static final long DOUBLE_FRACTION = (1L << 52) - 1;

    /** Bits that the fraction of a double has more. */
    private static final int WIDER = 29;

    /** Unit bit of the significands that {@link SoftFloat} rounds. */
    private static final int POINT = 61;

    private final SseEnvironment env;
    private final SoftFloat single;

    /** Makes the conversions that work with an environment. */
    public SseConversion(SseEnvironment env) {
        this.env = env;
        single = SoftFloat.single(env);
    }

    /** CVTSI2SS. */
    public int integerToSingle(int value) {
        float converted = value;
        if (converted == (double) value) {
            return Float.floatToRawIntBits(converted);
        }
        if (env.rounding == NEAREST) {
            env.raised |= PE;
            return Float.floatToRawIntBits(converted);
        }
        long magnitude = Math.abs((long) value);
        int top = 63 - Long.numberOfLeadingZeros(magnitude);
        return (int) single.round(value < 0, top, magnitude << POINT - top);
    }

    /** CVTSS2SI. */
    public int singleToInteger(int bits) {
        return singleToInteger(bits, env.rounding);
    }

    /** CVTTSS2SI. */
    public int singleToIntegerTruncated(int bits) {
        return singleToInteger(bits, ZERO);
    }

    private int singleToInteger(int bits, int rounding) {
        float value = Float.intBitsToFloat(bits);
        boolean vanishes = env.denormalsAreZero && Math.abs(value) < Float.MIN_NORMAL;
        return toInteger(vanishes ? 0 : value, rounding);
    }

    /** CVTSD2SI. */
    public int doubleToInteger(long bits) {
        return doubleToInteger(bits, env.rounding);
    }

    /** CVTTSD2SI. */
    public int doubleToIntegerTruncated(long bits) {
        return doubleToInteger(bits, ZERO);
    }

    private int doubleToInteger(long bits, int rounding) {
        double value = Double.longBitsToDouble(bits);
        boolean vanishes = env.denormalsAreZero && Math.abs(value) < Double.MIN_NORMAL;
        return toInteger(vanishes ? 0 : value, rounding);
    }

    private int toInteger(double value, int rounding) {
        double rounded =
                switch (rounding) {
                    case NEAREST -> Math.rint(value);
                    case DOWN -> Math.floor(value);
                    case UP -> Math.ceil(value);
                    default -> value < 0 ? Math.ceil(value) : Math.floor(value);
                };
        if (!(rounded >= Integer.MIN_VALUE && rounded <= Integer.MAX_VALUE)) {
            env.raised |= IE;
            return INTEGER_INDEFINITE;
        }
        if (rounded != value) {
            env.raised |= PE;
        }
        return (int) rounded;
    }

    /** CVTSI2SD. */
    public static long integerToDouble(int value) {
        return Double.doubleToRawLongBits(value);
    }

    /** CVTSS2SD. */
    public long singleToDouble(int bits) {
        float value = Float.intBitsToFloat(bits);
        if (Float.isNaN(value)) {
            if ((bits & SINGLE_QUIET_BIT) == 0) {
                env.raised |= IE;
            }
            return (long) (bits & SINGLE_SIGN) << 32 | DOUBLE_QUIET | (long) (bits & SINGLE_FRACTION) << WIDER;
        }
        if (value != 0 && Math.abs(value) < Float.MIN_NORMAL) {
            if (env.denormalsAreZero) {
                return (long) (bits & SINGLE_SIGN) << 32;
            }
            env.raised |= DE;
        }
        return Double.doubleToRawLongBits(value);
    }

    /** CVTSD2SS. */
    public int doubleToSingle(long bits) {
        double value = Double.longBitsToDouble(bits);
        if (Double.isNaN(value)) {
            if ((bits & DOUBLE_QUIET_BIT) == 0) {
                env.raised |= IE;
            }
            return sign(bits) | SINGLE_QUIET | (int) ((bits & DOUBLE_FRACTION) >>> WIDER);
        }
        float converted = (float) value;
        if (converted == value) {
            boolean normal = Math.abs(converted) >= Float.MIN_NORMAL;
            if (normal || value == 0) {
                return Float.floatToRawIntBits(converted);
            }
        } else if (env.rounding == NEAREST
                && Math.abs(converted) > Float.MIN_NORMAL
                && Math.abs(converted) <= Float.MAX_VALUE) {
            env.raised |= PE;
            return Float.floatToRawIntBits(converted);
        }
        return roundToSingle(bits, value);
    }

    private int roundToSingle(long bits, double value) {
        double magnitude = Math.abs(value);
        if (magnitude < Double.MIN_NORMAL) {
            if (env.denormalsAreZero) {
                return sign(bits);
            }
            env.raised |= DE;
        }
        int power = Math.getExponent(magnitude);
        long significand = bits & DOUBLE_FRACTION;
        if (power < Double.MIN_EXPONENT) {
            int shift = Long.numberOfLeadingZeros(significand) - 11;
            return (int) single.round(value < 0, Double.MIN_EXPONENT - shift, significand << shift + POINT - 52);
        }
        return (int) single.round(value < 0, power, (significand | 1L << 52) << POINT - 52);
    }

    private static int sign(long bits) {
        return (int) (bits >>> 32) & SINGLE_SIGN;
    }
}
