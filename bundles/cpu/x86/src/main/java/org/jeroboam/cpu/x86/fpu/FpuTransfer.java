package org.jeroboam.cpu.x86.fpu;

import static org.jeroboam.cpu.x86.fpu.Extended.BEFORE;
import static org.jeroboam.cpu.x86.fpu.Extended.BIAS;
import static org.jeroboam.cpu.x86.fpu.Extended.C1;
import static org.jeroboam.cpu.x86.fpu.Extended.DE;
import static org.jeroboam.cpu.x86.fpu.Extended.INDEFINITE_SE;
import static org.jeroboam.cpu.x86.fpu.Extended.INDEFINITE_SIG;
import static org.jeroboam.cpu.x86.fpu.Extended.INTEGER_BIT;
import static org.jeroboam.cpu.x86.fpu.Extended.NEAREST;
import static org.jeroboam.cpu.x86.fpu.Extended.OE;
import static org.jeroboam.cpu.x86.fpu.Extended.PE;
import static org.jeroboam.cpu.x86.fpu.Extended.UE;
import static org.jeroboam.cpu.x86.fpu.Extended.UP;

/**
 * Loads, stores, constants and moves between registers.
 *
 * <p>A store to memory computes the bits, sets the status word and tells by {@link #mayStore} whether memory takes
 * them. The caller writes them and, for the popping forms, calls {@link #pop}, both only if {@code mayStore()}. A
 * caller whose write can fault checks the destination first.
 */
abstract class FpuTransfer extends FpuState {
    private boolean store;
    private int storeHigh;

    /** Whether the last store instruction may write (and pop): no unmasked exception forbids it. */
    public final boolean mayStore() {
        return store;
    }

    /** Bits 79-64 that go with the result of {@link #fstM80} and {@link #fbstp}. */
    public final int storeHigh() {
        return storeHigh;
    }

    /** FLD m32. */
    public final void fldM32(int bits) {
        if (canPush()) {
            begin();
            ExtendedConversion.widen(x, bits);
            finishLoad(ExtendedConversion.isSubnormal(bits));
        }
    }

    /** FLD m64. */
    public final void fldM64(long bits) {
        if (canPush()) {
            begin();
            ExtendedConversion.widen(x, bits);
            finishLoad(ExtendedConversion.isSubnormal(bits));
        }
    }

    private void finishLoad(boolean subnormal) {
        if (subnormal) {
            x.flags |= DE;
        } else {
            x.special(x.se, x.sig);
        }
        // an unmasked DE is reported, but the value is there
        if (deliver() || subnormal) {
            push(x.se, x.sig);
        }
    }

    /** FLD m80: any bit pattern, no exception but stack overflow. */
    public final void fldM80(int signExponent, long significand) {
        if (canPush()) {
            clearC1();
            push(signExponent & 0xFFFF, significand);
        }
    }

    /** FLD ST(i). */
    public final void fld(int i) {
        if (isEmpty(i)) {
            if (underflow()) {
                pushIndefinite();
            }
        } else if (canPush()) {
            int r = top + i & 7;
            clearC1();
            push(se[r], sig[r]);
        }
    }

    /** FILD m16, m32 and m64, sign-extended. */
    public final void fild(long value) {
        if (canPush()) {
            clearC1();
            ExtendedConversion.fromInteger(x, value);
            push(x.se, x.sig);
        }
    }

    /** FBLD: bits 63-0 and 79-64 of the packed decimal. */
    public final void fbld(long low, int high) {
        if (canPush()) {
            clearC1();
            ExtendedConversion.fromDecimal(x, low, high);
            push(x.se, x.sig);
        }
    }

    /** FST m32 and, with {@link #pop}, FSTP m32. @return the bits to store */
    public final int fstM32() {
        if (isEmpty(0)) {
            store = underflow();
            return 0xFFC0_0000;
        }
        begin();
        int bits = ExtendedConversion.toFloat(x, se[top], sig[top]);
        finishStore();
        return bits;
    }

    /** FST m64 and, with {@link #pop}, FSTP m64. @return the bits to store */
    public final long fstM64() {
        if (isEmpty(0)) {
            store = underflow();
            return 0xFFF8_0000_0000_0000L;
        }
        begin();
        long bits = ExtendedConversion.toDouble(x, se[top], sig[top]);
        finishStore();
        return bits;
    }

    /** FSTP m80 before its {@link #pop}. @return the significand; {@link #storeHigh} has sign and exponent */
    public final long fstM80() {
        if (isEmpty(0)) {
            store = underflow();
            storeHigh = INDEFINITE_SE;
            return INDEFINITE_SIG;
        }
        clearC1();
        store = true;
        storeHigh = se[top];
        return sig[top];
    }

    /** FIST m16 and, with {@link #pop}, FISTP m16. @return the integer to store */
    public final int fistM16() {
        return (int) fist(16, x.rounding);
    }

    /** FIST m32 and, with {@link #pop}, FISTP m32. @return the integer to store */
    public final int fistM32() {
        return (int) fist(32, x.rounding);
    }

    /** FISTP m64 before its {@link #pop}. @return the integer to store */
    public final long fistM64() {
        return fist(64, x.rounding);
    }

    /** FISTTP (SSE3; no P6 has it) before its {@link #pop}: rounds towards zero. @param bits 16, 32 or 64 */
    public final long fisttp(int bits) {
        return fist(bits, Extended.CHOP);
    }

    private long fist(int bits, int rounding) {
        if (isEmpty(0)) {
            store = underflow();
            return -1L << bits - 1;
        }
        begin();
        long value = ExtendedConversion.toInteger(x, se[top], sig[top], bits, rounding);
        finishStore();
        return value;
    }

    /** FBSTP before its {@link #pop}. @return bits 63-0; {@link #storeHigh} has bits 79-64 */
    public final long fbstp() {
        if (isEmpty(0)) {
            store = underflow();
            storeHigh = 0xFFFF;
            return INDEFINITE_SIG;
        }
        begin();
        ExtendedConversion.toDecimal(x, se[top], sig[top]);
        finishStore();
        storeHigh = x.exponent;
        return x.lo;
    }

    private void finishStore() {
        store = (x.flags & x.unmasked & (BEFORE | OE | UE)) == 0;
        if (!store) {
            // nothing was rounded
            x.flags &= ~(PE | C1);
        }
        deliver();
    }

    /** FST ST(i). */
    public final void fst(int i) {
        moveTo(i);
    }

    /** FSTP ST(i). */
    public final void fstp(int i) {
        if (moveTo(i)) {
            pop();
        }
    }

    /** FSTP ST(i) by the undocumented opcode D9 D8-DF: an empty ST(0) is popped without a store or an exception. */
    public final void fstp1(int i) {
        if (isEmpty(0)) {
            clearC1();
        } else {
            moveTo(i);
        }
        pop();
    }

    private boolean moveTo(int i) {
        int r = top + i & 7;
        if (isEmpty(0)) {
            return underflowTo(r);
        }
        clearC1();
        se[r] = se[top];
        sig[r] = sig[top];
        empty &= ~(1 << r);
        return true;
    }

    /** FXCH ST(i). */
    public final void fxch(int i) {
        int r = top + i & 7;
        if ((empty >>> top & 1 | empty >>> r & 1) != 0) {
            if (!underflow()) {
                return;
            }
            if (isEmpty(0)) {
                setIndefinite(top);
            }
            if (isEmpty(i)) {
                setIndefinite(r);
            }
        } else {
            clearC1();
        }
        int exponent = se[top];
        se[top] = se[r];
        se[r] = exponent;
        long significand = sig[top];
        sig[top] = sig[r];
        sig[r] = significand;
    }

    /** FCMOVcc ST(i): the caller evaluates the condition. */
    public final void fcmov(int i, boolean condition) {
        int r = top + i & 7;
        if ((empty >>> top & 1 | empty >>> r & 1) != 0) {
            underflowTo(top);
            return;
        }
        if (condition) {
            se[top] = se[r];
            sig[top] = sig[r];
        }
    }

    /** FFREE ST(i). */
    public final void ffree(int i) {
        clearC1();
        empty |= 1 << (top + i & 7);
    }

    /** FFREEP ST(i), undocumented: FFREE and a pop. */
    public final void ffreep(int i) {
        ffree(i);
        pop();
    }

    /** FINCSTP. */
    public final void fincstp() {
        clearC1();
        top = top + 1 & 7;
    }

    /** FDECSTP. */
    public final void fdecstp() {
        clearC1();
        top = top - 1 & 7;
    }

    /** FNOP. */
    public final void fnop() {
        // nothing but the pointers, which the caller keeps
    }

    /** FLD1. */
    public final void fld1() {
        fldM80(BIAS, INTEGER_BIT);
    }

    /** FLDZ. */
    public final void fldz() {
        fldM80(0, 0);
    }

    /** FLDL2T: log2 10, rounded by rounding control. */
    public final void fldl2t() {
        constant(BIAS + 1, 0xD49A_784B_CD1B_8AFEL, false);
    }

    /** FLDL2E: log2 e, rounded by rounding control. */
    public final void fldl2e() {
        constant(BIAS, 0xB8AA_3B29_5C17_F0BBL, true);
    }

    /** FLDPI: pi, rounded by rounding control. */
    public final void fldpi() {
        constant(BIAS + 1, 0xC90F_DAA2_2168_C234L, true);
    }

    /** FLDLG2: log10 2, rounded by rounding control. */
    public final void fldlg2() {
        constant(BIAS - 2, 0x9A20_9A84_FBCF_F798L, true);
    }

    /** FLDLN2: ln 2, rounded by rounding control. */
    public final void fldln2() {
        constant(BIAS - 1, 0xB172_17F7_D1CF_79ABL, true);
    }

    private void constant(int exponent, long truncated, boolean nearestIsUp) {
        boolean up = x.rounding == UP || x.rounding == NEAREST && nearestIsUp;
        fldM80(exponent, up ? truncated + 1 : truncated);
    }
}
