package org.jeroboam.cpu.x86.fpu;

import static org.jeroboam.cpu.x86.fpu.Extended.BIAS;
import static org.jeroboam.cpu.x86.fpu.Extended.C0;
import static org.jeroboam.cpu.x86.fpu.Extended.C2;
import static org.jeroboam.cpu.x86.fpu.Extended.C3;
import static org.jeroboam.cpu.x86.fpu.Extended.DOWN;
import static org.jeroboam.cpu.x86.fpu.Extended.IE;
import static org.jeroboam.cpu.x86.fpu.Extended.INTEGER_BIT;
import static org.jeroboam.cpu.x86.fpu.Extended.SIGN;
import static org.jeroboam.cpu.x86.fpu.Extended.SPECIAL;
import static org.jeroboam.cpu.x86.fpu.Extended.ZE;

/** The correctly rounded operations on 80-bit values: results and flags go to the {@link Extended} given. */
final class ExtendedArithmetic {
    private ExtendedArithmetic() {}

    private static boolean bothNormal(int ase, long asig, int bse, long bsig) {
        return (asig & bsig) < 0
                && ((ase & SPECIAL) - 1 & SPECIAL) < SPECIAL - 1
                && ((bse & SPECIAL) - 1 & SPECIAL) < SPECIAL - 1;
    }

    /** a + b. */
    static void add(Extended x, int ase, long asig, int bse, long bsig) {
        if (bothNormal(ase, asig, bse, bsig)) {
            addNormal(x, ase & SIGN, ase & SPECIAL, asig, bse & SIGN, bse & SPECIAL, bsig);
        } else if (!x.special(ase, asig, bse, bsig)) {
            addRare(x, ase, asig, bse, bsig);
        }
    }

    /** a - b. NaN operands keep their signs. */
    static void sub(Extended x, int ase, long asig, int bse, long bsig) {
        if (bothNormal(ase, asig, bse, bsig)) {
            addNormal(x, ase & SIGN, ase & SPECIAL, asig, ~bse & SIGN, bse & SPECIAL, bsig);
        } else if (!x.special(ase, asig, bse, bsig)) {
            addRare(x, ase, asig, bse ^ SIGN, bsig);
        }
    }

    private static void addRare(Extended x, int ase, long asig, int bse, long bsig) {
        boolean aInf = Extended.isInfinity(ase, asig);
        boolean bInf = Extended.isInfinity(bse, bsig);
        if (aInf && bInf && ((ase ^ bse) & SIGN) != 0) {
            x.invalid();
            return;
        }
        x.denormal(ase, asig);
        x.denormal(bse, bsig);
        if (x.blocked()) {
            return;
        }
        if (aInf || bInf) {
            x.setInfinity((aInf ? ase : bse) & SIGN);
            return;
        }
        boolean aZero = asig == 0;
        boolean bZero = bsig == 0;
        if (aZero && bZero) {
            x.setZero(((ase ^ bse) & SIGN) == 0 ? ase & SIGN : x.rounding == DOWN ? SIGN : 0);
        } else if (aZero || bZero) {
            int se = aZero ? bse : ase;
            long sig = aZero ? bsig : asig;
            x.roundToPrecision(se & SIGN, Extended.normalExponent(se, sig), Extended.normalSig(se, sig), 0);
        } else {
            addNormal(
                    x,
                    ase & SIGN,
                    Extended.normalExponent(ase, asig),
                    Extended.normalSig(ase, asig),
                    bse & SIGN,
                    Extended.normalExponent(bse, bsig),
                    Extended.normalSig(bse, bsig));
        }
    }

    private static void addNormal(Extended x, int asign, int aexp, long a, int bsign, int bexp, long b) {
        int distance = aexp - bexp;
        if (distance < 0 || distance == 0 && Long.compareUnsigned(a, b) < 0) {
            int sign = asign;
            asign = bsign;
            bsign = sign;
            aexp = bexp;
            long sig = a;
            a = b;
            b = sig;
            distance = -distance;
        }
        long low;
        if (distance == 0) {
            low = 0;
        } else if (distance < 64) {
            low = b << -distance;
            b >>>= distance;
        } else if (distance < 128) {
            low = distance == 64 ? b : b >>> distance - 64 | (b << -distance != 0 ? 1 : 0);
            b = 0;
        } else {
            low = 1;
            b = 0;
        }
        if (asign == bsign) {
            long high = a + b;
            if (Long.compareUnsigned(high, a) < 0) {
                low = high << 63 | low >>> 1 | low & 1;
                high = high >>> 1 | INTEGER_BIT;
                aexp++;
            }
            x.roundToPrecision(asign, aexp, high, low);
            return;
        }
        long high = a - b - (low != 0 ? 1 : 0);
        low = -low;
        if (high >= 0) {
            if (high == 0) {
                if (low == 0) {
                    x.setZero(x.rounding == DOWN ? SIGN : 0);
                    return;
                }
                high = low;
                low = 0;
                aexp -= 64;
            }
            int shift = Long.numberOfLeadingZeros(high);
            if (shift != 0) {
                high = high << shift | low >>> -shift;
                low <<= shift;
                aexp -= shift;
            }
        }
        x.roundToPrecision(asign, aexp, high, low);
    }

    /** a * b. */
    static void mul(Extended x, int ase, long asig, int bse, long bsig) {
        if (bothNormal(ase, asig, bse, bsig)) {
            mulNormal(x, (ase ^ bse) & SIGN, ase & SPECIAL, asig, bse & SPECIAL, bsig);
        } else if (!x.special(ase, asig, bse, bsig)) {
            mulRare(x, ase, asig, bse, bsig);
        }
    }

    private static void mulRare(Extended x, int ase, long asig, int bse, long bsig) {
        int sign = (ase ^ bse) & SIGN;
        boolean infinite = Extended.isInfinity(ase, asig) || Extended.isInfinity(bse, bsig);
        boolean zero = Extended.isZero(ase, asig) || Extended.isZero(bse, bsig);
        if (infinite && zero) {
            x.invalid();
            return;
        }
        x.denormal(ase, asig);
        x.denormal(bse, bsig);
        if (x.blocked()) {
            return;
        }
        if (infinite) {
            x.setInfinity(sign);
        } else if (zero) {
            x.setZero(sign);
        } else {
            mulNormal(
                    x,
                    sign,
                    Extended.normalExponent(ase, asig),
                    Extended.normalSig(ase, asig),
                    Extended.normalExponent(bse, bsig),
                    Extended.normalSig(bse, bsig));
        }
    }

    private static void mulNormal(Extended x, int sign, int aexp, long a, int bexp, long b) {
        long high = Math.unsignedMultiplyHigh(a, b);
        long low = a * b;
        int exp = aexp + bexp - BIAS + 1;
        if (high >= 0) {
            high = high << 1 | low >>> 63;
            low <<= 1;
            exp--;
        }
        x.roundToPrecision(sign, exp, high, low);
    }

    /** a / b. */
    static void div(Extended x, int ase, long asig, int bse, long bsig) {
        if (bothNormal(ase, asig, bse, bsig)) {
            divNormal(x, (ase ^ bse) & SIGN, ase & SPECIAL, asig, bse & SPECIAL, bsig);
        } else if (!x.special(ase, asig, bse, bsig)) {
            divRare(x, ase, asig, bse, bsig);
        }
    }

    private static void divRare(Extended x, int ase, long asig, int bse, long bsig) {
        int sign = (ase ^ bse) & SIGN;
        boolean aInf = Extended.isInfinity(ase, asig);
        boolean bInf = Extended.isInfinity(bse, bsig);
        boolean aZero = Extended.isZero(ase, asig);
        boolean bZero = Extended.isZero(bse, bsig);
        if (aInf && bInf || aZero && bZero) {
            x.invalid();
            return;
        }
        if (bZero && !aInf) {
            x.flags |= ZE;
            x.setInfinity(sign);
            return;
        }
        x.denormal(ase, asig);
        x.denormal(bse, bsig);
        if (x.blocked()) {
            return;
        }
        if (aInf) {
            x.setInfinity(sign);
        } else if (bInf || aZero) {
            x.setZero(sign);
        } else {
            divNormal(
                    x,
                    sign,
                    Extended.normalExponent(ase, asig),
                    Extended.normalSig(ase, asig),
                    Extended.normalExponent(bse, bsig),
                    Extended.normalSig(bse, bsig));
        }
    }

    private static void divNormal(Extended x, int sign, int aexp, long a, int bexp, long b) {
        int exp = aexp - bexp + BIAS;
        long quotient;
        if (Long.compareUnsigned(a, b) >= 0) {
            quotient = x.divide(a >>> 1, a << 63, b);
        } else {
            quotient = x.divide(a, 0, b);
            exp--;
        }
        x.roundToPrecision(sign, exp, quotient, remainderFraction(x.hi, b));
    }

    /** A fraction that compares with one half, and with zero, as remainder / divisor does. */
    private static long remainderFraction(long remainder, long divisor) {
        if (remainder == 0) {
            return 0;
        }
        int order = Long.compareUnsigned(remainder, divisor - remainder);
        return order == 0 ? INTEGER_BIT : order < 0 ? 1 : INTEGER_BIT | 1;
    }

    /** Square root. */
    static void sqrt(Extended x, int ase, long asig) {
        if (x.special(ase, asig)) {
            return;
        }
        if (Extended.isZero(ase, asig)) {
            x.set(ase, asig);
            return;
        }
        if ((ase & SIGN) != 0) {
            x.invalid();
            return;
        }
        if (Extended.isInfinity(ase, asig)) {
            x.set(ase, asig);
            return;
        }
        x.denormal(ase, asig);
        if (x.blocked()) {
            return;
        }
        int exp = Extended.normalExponent(ase, asig) - BIAS;
        long sig = Extended.normalSig(ase, asig);
        boolean odd = (exp & 1) != 0;
        long high = odd ? sig : sig >>> 1;
        long low = odd ? 0 : sig << 63;
        long root = root(high, low);
        // remainder = number - root^2, at most 2 * root: one bit more than a long holds
        long square = root * root;
        long restLow = low - square;
        long restHigh = high - Math.unsignedMultiplyHigh(root, root) - (Long.compareUnsigned(low, square) < 0 ? 1 : 0);
        long fraction;
        if ((restHigh | restLow) == 0) {
            fraction = 0;
        } else {
            fraction = restHigh != 0 || Long.compareUnsigned(restLow, root) > 0 ? INTEGER_BIT | 1 : 1;
        }
        x.roundToPrecision(0, (exp >> 1) + BIAS, root, fraction);
    }

    /** Floor of the square root of a 128-bit number that is at least 2^126. */
    private static long root(long high, long low) {
        double value = (high >>> 1) * 0x1p65;
        long root = toUnsigned(Math.sqrt(value));
        for (int i = 0; i < 2; i++) {
            long square = root * root;
            long restLow = low - square;
            long restHigh =
                    high - Math.unsignedMultiplyHigh(root, root) - (Long.compareUnsigned(low, square) < 0 ? 1 : 0);
            double rest = restHigh * 0x1p64 + (restLow >>> 1) * 2.0;
            double step = Math.floor(rest / (2 * ((root >>> 1) * 2.0)));
            long moved = root + (long) step;
            if (step > 0 && moved >= 0) {
                moved = -1;
            }
            root = moved;
        }
        return exactRoot(root, high, low);
    }

    private static long toUnsigned(double value) {
        return value >= 0x1p64 ? -1 : value < 0x1p63 ? (long) value : (long) (value - 0x1p63) ^ INTEGER_BIT;
    }

    /** Moves an estimate that may be wrong in its last place to the floor. */
    private static long exactRoot(long root, long high, long low) {
        while (squareExceeds(root, high, low)) {
            root--;
        }
        while (root != -1 && !squareExceeds(root + 1, high, low)) {
            root++;
        }
        return root;
    }

    private static boolean squareExceeds(long root, long high, long low) {
        int order = Long.compareUnsigned(Math.unsignedMultiplyHigh(root, root), high);
        return order > 0 || order == 0 && Long.compareUnsigned(root * root, low) > 0;
    }

    /** Round to integer by rounding control; precision control has no say. */
    static void roundToInteger(Extended x, int ase, long asig) {
        if (x.special(ase, asig)) {
            return;
        }
        x.denormal(ase, asig);
        if (x.blocked()) {
            return;
        }
        int exp = ase & SPECIAL;
        int sign = ase & SIGN;
        if (exp >= BIAS + 63 || asig == 0) {
            x.set(ase, asig);
            return;
        }
        long whole;
        long fraction;
        int shift = BIAS + 63 - exp;
        if (shift < 64) {
            whole = asig >>> shift;
            fraction = asig << -shift;
        } else {
            whole = 0;
            fraction = shift == 64 ? asig : 1;
        }
        if (fraction != 0) {
            x.flags |= Extended.PE;
            if (x.roundsUp(sign, whole & 1, fraction)) {
                x.flags |= Extended.C1;
                whole++;
            }
        }
        if (whole == 0) {
            x.setZero(sign);
        } else {
            int zeros = Long.numberOfLeadingZeros(whole);
            x.set(sign | BIAS + 63 - zeros, whole << zeros);
        }
    }

    /**
     * Compares a with b.
     *
     * @param quiet true for the FUCOM family: only signalling NaNs raise IE
     * @return C3, C2, C0 as the status word has them
     */
    static int compare(Extended x, int ase, long asig, int bse, long bsig, boolean quiet) {
        if (!bothNormal(ase, asig, bse, bsig)) {
            if (Extended.isUnsupported(ase, asig) || Extended.isUnsupported(bse, bsig)) {
                x.flags |= IE;
                return C3 | C2 | C0;
            }
            if (Extended.isNan(ase, asig) || Extended.isNan(bse, bsig)) {
                if (!quiet || Extended.isSignalling(ase, asig) || Extended.isSignalling(bse, bsig)) {
                    x.flags |= IE;
                }
                return C3 | C2 | C0;
            }
            x.denormal(ase, asig);
            x.denormal(bse, bsig);
            if ((asig | bsig) == 0) {
                return C3;
            }
        }
        int order = compareMagnitudes(ase, asig, bse, bsig);
        if (((ase ^ bse) & SIGN) != 0) {
            return (ase & SIGN) != 0 ? C0 : 0;
        }
        if (order == 0) {
            return C3;
        }
        return order < 0 == ((ase & SIGN) == 0) ? C0 : 0;
    }

    /** Orders two supported values without their signs. */
    private static int compareMagnitudes(int ase, long asig, int bse, long bsig) {
        // a pseudo-denormal has exponent field 0 and the value of exponent 1
        int aexp = Math.max(ase & SPECIAL, asig < 0 ? 1 : 0);
        int bexp = Math.max(bse & SPECIAL, bsig < 0 ? 1 : 0);
        return aexp != bexp ? Integer.compare(aexp, bexp) : Long.compareUnsigned(asig, bsig);
    }

    /**
     * Partial remainder of a / b (FPREM, FPREM1): the result's flags carry C0, C3, C1 (quotient bits 2, 1, 0) and C2
     * (reduction incomplete).
     *
     * @param nearest true for the IEEE remainder, false for the truncating one
     * @return true when a remainder was taken and the quotient bits count
     */
    static boolean remainder(Extended x, int ase, long asig, int bse, long bsig, boolean nearest) {
        if (x.special(ase, asig, bse, bsig)) {
            return false;
        }
        if (Extended.isInfinity(ase, asig) || Extended.isZero(bse, bsig)) {
            x.invalid();
            return false;
        }
        x.denormal(ase, asig);
        x.denormal(bse, bsig);
        if (x.blocked()) {
            return false;
        }
        if (Extended.isInfinity(bse, bsig) || asig == 0) {
            roundBack(x, ase, asig);
            return true;
        }
        int sign = ase & SIGN;
        int aexp = Extended.normalExponent(ase, asig);
        int bexp = Extended.normalExponent(bse, bsig);
        long a = Extended.normalSig(ase, asig);
        long b = Extended.normalSig(bse, bsig);
        int distance = aexp - bexp;
        if (distance >= 64) {
            int steps = distance & 31 | 32;
            long high = a >>> -steps;
            x.divide(high, a << steps, b);
            x.flags |= C2;
            pack(x, sign, aexp - steps, x.hi);
            return true;
        }
        long quotient;
        long rest;
        if (distance < 0) {
            quotient = 0;
            rest = a;
        } else if (distance == 0) {
            quotient = Long.compareUnsigned(a, b) >= 0 ? 1 : 0;
            rest = quotient != 0 ? a - b : a;
        } else {
            quotient = x.divide(a >>> -distance, a << distance, b);
            rest = x.hi;
        }
        int exp = distance < 0 ? aexp : bexp;
        if (nearest && distance >= -1 && roundsToNext(rest, b, distance, quotient)) {
            quotient++;
            sign ^= SIGN;
            if (distance < 0) {
                // exponents differ by one: 2b - a in units of a's last place
                rest = (b << 1) - rest;
            } else {
                rest = b - rest;
            }
        }
        x.flags |= ((int) quotient & 1) << 9 | ((int) quotient & 2) << 13 | ((int) quotient & 4) << 6;
        if (rest == 0) {
            x.setZero(ase & SIGN);
        } else {
            pack(x, sign, exp, rest);
        }
        return true;
    }

    private static boolean roundsToNext(long rest, long b, int distance, long quotient) {
        // rest/b against 1/2; at distance -1 the rest counts half
        if (distance < 0) {
            return Long.compareUnsigned(rest, b) > 0;
        }
        int order = Long.compareUnsigned(rest, b - rest);
        return order > 0 || order == 0 && (quotient & 1) != 0;
    }

    private static void pack(Extended x, int sign, int exp, long sig) {
        if (sig == 0) {
            x.setZero(sign);
            return;
        }
        int zeros = Long.numberOfLeadingZeros(sig);
        x.roundTo64(sign, exp - zeros, sig << zeros, 0);
    }

    /** Delivers an operand as the exact result it is: a denormal one still underflows when UE is unmasked. */
    private static void roundBack(Extended x, int se, long sig) {
        if (Extended.isDenormal(se, sig)) {
            pack(x, se & SIGN, 1, sig);
        } else {
            x.set(se, sig);
        }
    }

    /** a * 2^trunc(b) (FSCALE). */
    static void scale(Extended x, int ase, long asig, int bse, long bsig) {
        if (x.special(ase, asig, bse, bsig)) {
            return;
        }
        boolean down = (bse & SIGN) != 0;
        if (Extended.isInfinity(bse, bsig)) {
            if (Extended.isInfinity(ase, asig) ? down : Extended.isZero(ase, asig) && !down) {
                x.invalid();
                return;
            }
            x.denormal(ase, asig);
            if (x.blocked()) {
                return;
            }
            if (down) {
                x.setZero(ase & SIGN);
            } else {
                x.setInfinity(ase & SIGN);
            }
            return;
        }
        x.denormal(ase, asig);
        x.denormal(bse, bsig);
        if (x.blocked()) {
            return;
        }
        if (Extended.isInfinity(ase, asig) || asig == 0) {
            x.set(ase, asig);
            return;
        }
        int shift = BIAS + 63 - (bse & SPECIAL);
        // beyond 2^16 every number over- or underflows
        int power = shift > 63 ? 0 : shift < 47 ? 0x10000 : (int) (bsig >>> shift);
        if (down) {
            power = -power;
        }
        int exp = Extended.normalExponent(ase, asig) + power;
        x.roundTo64(ase & SIGN, exp, Extended.normalSig(ase, asig), 0);
    }

    /**
     * Splits a value (FXTRACT): the significand becomes the result, the unbiased exponent as an integer-valued number
     * goes to {@link Extended#exponent} (sign and exponent) and {@link Extended#lo} (significand).
     */
    static void extract(Extended x, int ase, long asig) {
        if (x.special(ase, asig)) {
            x.exponent = x.se;
            x.lo = x.sig;
            return;
        }
        if (Extended.isInfinity(ase, asig)) {
            x.set(ase, asig);
            x.exponent = SPECIAL;
            x.lo = INTEGER_BIT;
            return;
        }
        if (asig == 0) {
            x.flags |= ZE;
            x.set(ase, asig);
            x.exponent = SIGN | SPECIAL;
            x.lo = INTEGER_BIT;
            return;
        }
        x.denormal(ase, asig);
        int power = Extended.normalExponent(ase, asig) - BIAS;
        x.set(ase & SIGN | BIAS, Extended.normalSig(ase, asig));
        if (power == 0) {
            x.exponent = 0;
            x.lo = 0;
        } else {
            long magnitude = Math.abs(power);
            int zeros = Long.numberOfLeadingZeros(magnitude);
            x.exponent = (power < 0 ? SIGN : 0) | BIAS + 63 - zeros;
            x.lo = magnitude << zeros;
        }
    }
}
