package org.jeroboam.cpu.x86.fpu;

/**
 * Working registers of the soft float unit: the rounding controls, the result of the last operation and the
 * exceptions it raised.
 *
 * <p>A value is a pair: {@code se}, sign (bit 15) and biased exponent (bits 14-0), and {@code sig}, the 64-bit
 * significand with its explicit integer bit. Operations clear nothing: the caller clears {@link #flags} first.
 * Flags stand where the status word has them.
 */
final class Extended {
    static final int IE = 0x01;
    static final int DE = 0x02;
    static final int ZE = 0x04;
    static final int OE = 0x08;
    static final int UE = 0x10;
    static final int PE = 0x20;

    /** Exceptions found before the result is computed: unmasked, they leave the destination alone. */
    static final int BEFORE = IE | DE | ZE;

    static final int C0 = 0x0100;
    static final int C1 = 0x0200;
    static final int C2 = 0x0400;
    static final int C3 = 0x4000;

    static final int SIGN = 0x8000;
    static final int SPECIAL = 0x7FFF;
    static final int BIAS = 0x3FFF;
    static final long INTEGER_BIT = Long.MIN_VALUE;
    static final long QUIET_BIT = 1L << 62;
    static final int INDEFINITE_SE = 0xFFFF;
    static final long INDEFINITE_SIG = 0xC000_0000_0000_0000L;

    static final int NEAREST = 0;
    static final int DOWN = 1;
    static final int UP = 2;
    static final int CHOP = 3;

    /** Exponent adjustment of an overflowed or underflowed result when the exception is unmasked. */
    static final int WRAP = 0x6000;

    /** Discarded significand bits when precision control says 53 or 24 bits. */
    private static final long DISCARD_53 = (1L << 11) - 1;

    private static final long DISCARD_24 = (1L << 40) - 1;

    int se;
    long sig;
    int flags;

    int rounding;
    long discard;
    int unmasked;

    /** A second result, 128 bits wide where an operation says so. */
    long hi;

    long lo;
    int exponent;

    /** Takes rounding control, precision control and exception masks from a control word. */
    void control(int controlWord) {
        rounding = controlWord >>> 10 & 3;
        discard = switch (controlWord >>> 8 & 3) {
            case 0 -> DISCARD_24;
            case 2 -> DISCARD_53;
            default -> 0;
        };
        unmasked = ~controlWord & 0x3F;
    }

    static boolean isUnsupported(int se, long sig) {
        return sig >= 0 && (se & SPECIAL) != 0;
    }

    /** True for any NaN; unsupported encodings must be excluded before. */
    static boolean isNan(int se, long sig) {
        return (se & SPECIAL) == SPECIAL && sig << 1 != 0;
    }

    static boolean isSignalling(int se, long sig) {
        return isNan(se, sig) && (sig & QUIET_BIT) == 0;
    }

    static boolean isInfinity(int se, long sig) {
        return (se & SPECIAL) == SPECIAL && sig == INTEGER_BIT;
    }

    static boolean isDenormal(int se, long sig) {
        return (se & SPECIAL) == 0 && sig != 0;
    }

    static boolean isZero(int se, long sig) {
        return (se & SPECIAL) == 0 && sig == 0;
    }

    void set(int resultSe, long resultSig) {
        se = resultSe;
        sig = resultSig;
    }

    void setZero(int sign) {
        se = sign;
        sig = 0;
    }

    void setInfinity(int sign) {
        se = sign | SPECIAL;
        sig = INTEGER_BIT;
    }

    /** Invalid operation: the result is the real indefinite. */
    void invalid() {
        flags |= IE;
        se = INDEFINITE_SE;
        sig = INDEFINITE_SIG;
    }

    /** True when an exception found so far is unmasked and forbids to go on. */
    boolean blocked() {
        return (flags & unmasked & BEFORE) != 0;
    }

    /**
     * Handles unsupported encodings and NaNs of a single operand.
     *
     * @return true when the result is set and the operation is over
     */
    boolean special(int ase, long asig) {
        if (isUnsupported(ase, asig)) {
            invalid();
            return true;
        }
        if (!isNan(ase, asig)) {
            return false;
        }
        if ((asig & QUIET_BIT) == 0) {
            flags |= IE;
        }
        se = ase;
        sig = asig | QUIET_BIT;
        return true;
    }

    /**
     * Handles unsupported encodings and NaNs of two operands by the x87 rules: a quiet NaN wins over a signalling
     * one, else the larger significand wins, else the positive one.
     *
     * @return true when the result is set and the operation is over
     */
    boolean special(int ase, long asig, int bse, long bsig) {
        if (isUnsupported(ase, asig) || isUnsupported(bse, bsig)) {
            invalid();
            return true;
        }
        boolean aNan = isNan(ase, asig);
        boolean bNan = isNan(bse, bsig);
        if (!aNan && !bNan) {
            return false;
        }
        boolean aSignals = aNan && (asig & QUIET_BIT) == 0;
        boolean bSignals = bNan && (bsig & QUIET_BIT) == 0;
        if (aSignals || bSignals) {
            flags |= IE;
        }
        boolean takeA = aNan;
        if (aNan && bNan) {
            int order = Long.compareUnsigned(asig, bsig);
            if (aSignals != bSignals) {
                takeA = bSignals;
            } else {
                takeA = order > 0 || order == 0 && (ase & SIGN) == 0;
            }
        }
        se = takeA ? ase : bse;
        sig = (takeA ? asig : bsig) | QUIET_BIT;
        return true;
    }

    /** Raises DE when an operand is denormal. */
    void denormal(int ase, long asig) {
        if (isDenormal(ase, asig)) {
            flags |= DE;
        }
    }

    /** Exponent of a finite operand after {@link #normalSig}; at most 0 for a denormal. */
    static int normalExponent(int se, long sig) {
        int exponent = se & SPECIAL;
        return exponent != 0 ? exponent : 1 - Long.numberOfLeadingZeros(sig);
    }

    static long normalSig(int se, long sig) {
        return (se & SPECIAL) != 0 ? sig : sig << Long.numberOfLeadingZeros(sig);
    }

    /** Rounds as {@link #round} to the precision that precision control asks for. */
    void roundToPrecision(int sign, int exp, long high, long low) {
        if (discard == 0 && exp > 0 && exp < SPECIAL - 1) {
            roundNormal(sign, exp, high, low);
        } else {
            round(sign, exp, high, low, discard);
        }
    }

    /** Rounds as {@link #round} to 64 bits. */
    void roundTo64(int sign, int exp, long high, long low) {
        if (exp > 0 && exp < SPECIAL - 1) {
            roundNormal(sign, exp, high, low);
        } else {
            round(sign, exp, high, low, 0);
        }
    }

    /** 64 bits, and no overflow or underflow possible. */
    private void roundNormal(int sign, int exp, long high, long low) {
        if (low != 0) {
            flags |= PE;
            if (roundsUp(sign, high & 1, low)) {
                flags |= C1;
                if (++high == 0) {
                    high = INTEGER_BIT;
                    exp++;
                }
            }
        }
        se = sign | exp;
        sig = high;
    }

    /** Whether a significand with last bit {@code odd} and this non-zero fraction below it is rounded away. */
    boolean roundsUp(int sign, long odd, long fraction) {
        return switch (rounding) {
            case NEAREST -> fraction < 0 && (fraction != INTEGER_BIT || odd != 0);
            case DOWN -> sign != 0;
            case UP -> sign == 0;
            default -> false;
        };
    }

    /** The bits below the kept ones as a fraction of the last kept bit; bit 0 also collects all that is smaller. */
    private static long fraction(long high, long low, long discard) {
        if (discard == 0) {
            return low;
        }
        long rest = high & discard;
        long fraction = rest << Long.numberOfLeadingZeros(discard);
        return low != 0 ? fraction | 1 : fraction;
    }

    /**
     * Rounds a value and packs it, with overflow and underflow.
     *
     * @param sign 0 or {@link #SIGN}
     * @param exp biased exponent of the normalised significand, any range
     * @param high significand, bit 63 set
     * @param low what follows it; bit 0 is sticky
     * @param discardBits low bits of the significand to give up
     */
    void round(int sign, int exp, long high, long low, long discardBits) {
        long unit = discardBits + 1;
        boolean wrapped = false;
        if (exp <= 0) {
            boolean tiny = exp < 0 || !carriesOut(sign, high, low, discardBits);
            if ((unmasked & UE) == 0) {
                roundDenormal(sign, exp, high, low, discardBits, tiny);
                return;
            }
            if (tiny) {
                flags |= UE;
                exp += WRAP;
                wrapped = true;
                if (exp <= 0) {
                    // too small even so: only FSCALE gets here
                    flags |= PE;
                    setZero(sign);
                    return;
                }
            }
        }
        long fraction = fraction(high, low, discardBits);
        long kept = high & ~discardBits;
        boolean up = false;
        if (fraction != 0) {
            up = roundsUp(sign, kept & unit, fraction);
            if (up) {
                kept += unit;
                if (kept == 0) {
                    kept = INTEGER_BIT;
                    exp++;
                }
            }
        }
        if (exp >= SPECIAL && !wrapped) {
            if ((unmasked & OE) == 0) {
                overflow(sign, discardBits);
                return;
            }
            flags |= OE;
            exp -= WRAP;
            if (exp >= SPECIAL) {
                // too large even so: only FSCALE gets here
                flags |= PE | C1;
                setInfinity(sign);
                return;
            }
        }
        if (fraction != 0) {
            flags |= PE;
            if (up) {
                flags |= C1;
            }
        }
        se = sign | exp;
        sig = kept;
    }

    private boolean carriesOut(int sign, long high, long low, long discardBits) {
        long fraction = fraction(high, low, discardBits);
        return fraction != 0 && (high | discardBits) == -1 && roundsUp(sign, 1, fraction);
    }

    private void roundDenormal(int sign, int exp, long high, long low, long discardBits, boolean tiny) {
        int shift = 1 - exp;
        if (shift < 64) {
            low = high << -shift | (low != 0 ? 1 : 0);
            high >>>= shift;
        } else {
            low = shift > 64 ? 1 : high | (low != 0 ? 1 : 0);
            high = 0;
        }
        long fraction = fraction(high, low, discardBits);
        long unit = discardBits + 1;
        high &= ~discardBits;
        if (fraction != 0) {
            flags |= tiny ? UE | PE : PE;
            if (roundsUp(sign, high & unit, fraction)) {
                flags |= C1;
                high += unit;
            }
        }
        se = sign | (high < 0 ? 1 : 0);
        sig = high;
    }

    private void overflow(int sign, long discardBits) {
        flags |= OE | PE;
        boolean infinite = rounding == NEAREST || rounding == (sign != 0 ? DOWN : UP);
        if (infinite) {
            flags |= C1;
            setInfinity(sign);
        } else {
            se = sign | SPECIAL - 1;
            sig = ~discardBits;
        }
    }

    /**
     * Quotient of a 128-bit number by a normalised divisor larger than the number's upper half; the remainder goes
     * to {@link #hi}.
     */
    long divide(long high, long low, long divisor) {
        long dh = divisor >>> 32;
        long dl = divisor & 0xFFFF_FFFFL;
        long q1 = digit(high, low >>> 32, dh, dl);
        long rest = (high << 32) + (low >>> 32) - q1 * divisor;
        long q0 = digit(rest, low & 0xFFFF_FFFFL, dh, dl);
        hi = (rest << 32) + (low & 0xFFFF_FFFFL) - q0 * divisor;
        return (q1 << 32) + q0;
    }

    private static long digit(long high, long next, long dh, long dl) {
        long q = Long.divideUnsigned(high, dh);
        long rest = high - q * dh;
        while (q >>> 32 != 0 || Long.compareUnsigned(q * dl, rest << 32 | next) > 0) {
            q--;
            rest += dh;
            if (rest >>> 32 != 0) {
                break;
            }
        }
        return q;
    }

    /** Upper 128 bits of the product of two 128-bit fractions into {@link #hi} and {@link #lo}; error under 2 units. */
    void multiply(long ahi, long alo, long bhi, long blo) {
        long high = Math.unsignedMultiplyHigh(ahi, bhi);
        long low = ahi * bhi;
        long cross = Math.unsignedMultiplyHigh(ahi, blo);
        low += cross;
        if (Long.compareUnsigned(low, cross) < 0) {
            high++;
        }
        cross = Math.unsignedMultiplyHigh(alo, bhi);
        low += cross;
        if (Long.compareUnsigned(low, cross) < 0) {
            high++;
        }
        hi = high;
        lo = low;
    }
}
