package org.jeroboam.cpu.x86.fpu;

import static org.jeroboam.cpu.x86.fpu.Extended.C0;
import static org.jeroboam.cpu.x86.fpu.Extended.C1;
import static org.jeroboam.cpu.x86.fpu.Extended.C2;
import static org.jeroboam.cpu.x86.fpu.Extended.C3;
import static org.jeroboam.cpu.x86.fpu.Extended.DE;
import static org.jeroboam.cpu.x86.fpu.Extended.INTEGER_BIT;
import static org.jeroboam.cpu.x86.fpu.Extended.SIGN;
import static org.jeroboam.cpu.x86.fpu.Extended.SPECIAL;

/**
 * Arithmetic and comparisons. The eight operations that opcodes D8, DA, DC and DE share are numbered as the reg field
 * of ModR/M numbers them: {@link #ADD} to {@link #DIVR}.
 */
abstract class FpuArithmetic extends FpuTransfer {
    /** FADD: destination + source. */
    public static final int ADD = 0;

    /** FMUL: destination * source. */
    public static final int MUL = 1;

    /** FCOM. */
    public static final int COM = 2;

    /** FCOMP. */
    public static final int COMP = 3;

    /** FSUB: destination - source. */
    public static final int SUB = 4;

    /** FSUBR: source - destination. */
    public static final int SUBR = 5;

    /** FDIV: destination / source. */
    public static final int DIV = 6;

    /** FDIVR: source / destination. */
    public static final int DIVR = 7;

    private static final int ZF = 0x40;
    private static final int PF = 0x04;
    private static final int CF = 0x01;

    /** D8 /op m32: ST(0) with a single. */
    public final void arithmeticM32(int op, int bits) {
        if (memoryReady(op)) {
            begin();
            ExtendedConversion.widen(x, bits);
            withMemory(op, ExtendedConversion.isSubnormal(bits));
        }
    }

    /** DC /op m64: ST(0) with a double. */
    public final void arithmeticM64(int op, long bits) {
        if (memoryReady(op)) {
            begin();
            ExtendedConversion.widen(x, bits);
            withMemory(op, ExtendedConversion.isSubnormal(bits));
        }
    }

    /** DA /op m32 and DE /op m16 (FIADD to FIDIVR): ST(0) with a sign-extended integer. */
    public final void arithmeticInteger(int op, int value) {
        if (memoryReady(op)) {
            begin();
            ExtendedConversion.fromInteger(x, value);
            withMemory(op, false);
        }
    }

    private boolean memoryReady(int op) {
        if ((empty >>> top & 1) == 0) {
            return true;
        }
        if (op == COM || op == COMP) {
            compareEmpty(op == COMP ? 1 : 0);
        } else {
            underflowTo(top);
        }
        return false;
    }

    private void withMemory(int op, boolean subnormal) {
        int bse = x.se;
        long bsig = x.sig;
        if (op == COM || op == COMP) {
            int conditions = ExtendedArithmetic.compare(x, se[top], sig[top], bse, bsig, false);
            if (subnormal && conditions != (C3 | C2 | C0)) {
                x.flags |= DE;
            }
            finishCompare(conditions, op == COMP ? 1 : 0);
            return;
        }
        // a NaN in ST(0) hides the denormal, a division by zero too
        if (subnormal && !x.special(se[top], sig[top]) && !(op == DIVR && Extended.isZero(se[top], sig[top]))) {
            x.flags |= DE;
        }
        if (x.blocked()) {
            deliver();
            return;
        }
        compute(op, se[top], sig[top], bse, bsig);
        deliverTo(top);
    }

    private void compute(int op, int ase, long asig, int bse, long bsig) {
        switch (op) {
            case ADD -> ExtendedArithmetic.add(x, ase, asig, bse, bsig);
            case MUL -> ExtendedArithmetic.mul(x, ase, asig, bse, bsig);
            case SUB -> ExtendedArithmetic.sub(x, ase, asig, bse, bsig);
            case SUBR -> ExtendedArithmetic.sub(x, bse, bsig, ase, asig);
            case DIV -> ExtendedArithmetic.div(x, ase, asig, bse, bsig);
            default -> ExtendedArithmetic.div(x, bse, bsig, ase, asig);
        }
    }

    /** D8 /op with a register: ST(0) = ST(0) op ST(i), or compares ST(0) with ST(i). */
    public final void arithmetic(int op, int i) {
        if (op == COM) {
            fcom(i);
        } else if (op == COMP) {
            fcomp(i);
        } else {
            registers(op, top, top + i & 7);
        }
    }

    /**
     * DC with a register: ST(i) = ST(i) op ST(0). {@code op} names the operation done: opcode DC /4 (E0-E7) is
     * {@link #SUBR}, DC /5 {@link #SUB}, DC /6 {@link #DIVR}, DC /7 {@link #DIV}. COM and COMP are not allowed.
     */
    public final void arithmeticTo(int op, int i) {
        registers(op, top + i & 7, top);
    }

    /** DE with a register: as {@link #arithmeticTo}, then pops. */
    public final void arithmeticPop(int op, int i) {
        if (registers(op, top + i & 7, top)) {
            pop();
        }
    }

    private boolean registers(int op, int destination, int source) {
        if ((empty >>> destination & 1 | empty >>> source & 1) != 0) {
            return underflowTo(destination);
        }
        begin();
        compute(op, se[destination], sig[destination], se[source], sig[source]);
        return deliverTo(destination);
    }

    /** FADD ST(0), ST(i). */
    public final void fadd(int i) {
        registers(ADD, top, top + i & 7);
    }

    /** FMUL ST(0), ST(i). */
    public final void fmul(int i) {
        registers(MUL, top, top + i & 7);
    }

    /** FCOM ST(i). */
    public final void fcom(int i) {
        compareRegister(i, false, 0);
    }

    /** FCOMP ST(i). */
    public final void fcomp(int i) {
        compareRegister(i, false, 1);
    }

    /** FCOMPP. */
    public final void fcompp() {
        compareRegister(1, false, 2);
    }

    /** FUCOM ST(i). */
    public final void fucom(int i) {
        compareRegister(i, true, 0);
    }

    /** FUCOMP ST(i). */
    public final void fucomp(int i) {
        compareRegister(i, true, 1);
    }

    /** FUCOMPP. */
    public final void fucompp() {
        compareRegister(1, true, 2);
    }

    private void compareRegister(int i, boolean quiet, int pops) {
        int r = top + i & 7;
        if ((empty >>> top & 1 | empty >>> r & 1) != 0) {
            compareEmpty(pops);
            return;
        }
        begin();
        finishCompare(ExtendedArithmetic.compare(x, se[top], sig[top], se[r], sig[r], quiet), pops);
    }

    private void compareEmpty(int pops) {
        boolean masked = underflow();
        setConditions(C3 | C2 | C0);
        if (masked) {
            pops(pops);
        }
    }

    private void finishCompare(int conditions, int pops) {
        boolean done = deliver();
        setConditions(conditions);
        if (done) {
            pops(pops);
        }
    }

    private void pops(int count) {
        for (int n = 0; n < count; n++) {
            pop();
        }
    }

    /**
     * FCOMI ST(i) (and FCOMIP, with {@code pop}).
     *
     * @return ZF, PF and CF as EFLAGS has them (all others clear)
     */
    public final int fcomi(int i, boolean pop) {
        return compareToFlags(i, pop, false);
    }

    /** FUCOMI ST(i) (and FUCOMIP, with {@code pop}); see {@link #fcomi}. */
    public final int fucomi(int i, boolean pop) {
        return compareToFlags(i, pop, true);
    }

    private int compareToFlags(int i, boolean pop, boolean quiet) {
        int r = top + i & 7;
        int conditions;
        boolean done;
        if ((empty >>> top & 1 | empty >>> r & 1) != 0) {
            conditions = C3 | C2 | C0;
            done = underflow();
        } else {
            begin();
            conditions = ExtendedArithmetic.compare(x, se[top], sig[top], se[r], sig[r], quiet);
            done = deliver();
        }
        if (done && pop) {
            pop();
        }
        return ((conditions & C3) != 0 ? ZF : 0)
                | ((conditions & C2) != 0 ? PF : 0)
                | ((conditions & C0) != 0 ? CF : 0);
    }

    /** FTST. */
    public final void ftst() {
        if (isEmpty(0)) {
            compareEmpty(0);
            return;
        }
        begin();
        finishCompare(ExtendedArithmetic.compare(x, se[top], sig[top], 0, 0, false), 0);
    }

    /** FXAM: class in C3, C2, C0, sign in C1, an empty register's too. */
    public final void fxam() {
        int signExponent = se[top];
        long significand = sig[top];
        int sign = (signExponent & SIGN) != 0 ? C1 : 0;
        int exp = signExponent & SPECIAL;
        int kind;
        if (isEmpty(0)) {
            kind = C3 | C0;
        } else if (exp == 0) {
            kind = significand == 0 ? C3 : C3 | C2;
        } else if (significand >= 0) {
            kind = 0;
        } else if (exp == SPECIAL) {
            kind = significand == INTEGER_BIT ? C2 | C0 : C0;
        } else {
            kind = C2;
        }
        setConditions(kind | sign);
    }

    /** FCHS. */
    public final void fchs() {
        if (isEmpty(0)) {
            underflowTo(top);
        } else {
            clearC1();
            se[top] ^= SIGN;
        }
    }

    /** FABS. */
    public final void fabs() {
        if (isEmpty(0)) {
            underflowTo(top);
        } else {
            clearC1();
            se[top] &= SPECIAL;
        }
    }

    /** FSQRT. */
    public final void fsqrt() {
        if (unaryReady()) {
            ExtendedArithmetic.sqrt(x, se[top], sig[top]);
            deliverTo(top);
        }
    }

    /** FRNDINT. */
    public final void frndint() {
        if (unaryReady()) {
            ExtendedArithmetic.roundToInteger(x, se[top], sig[top]);
            deliverTo(top);
        }
    }

    /** FSCALE: ST(0) times 2 to the power of ST(1) rounded towards zero. */
    public final void fscale() {
        if (binaryReady(top)) {
            int r = top + 1 & 7;
            ExtendedArithmetic.scale(x, se[top], sig[top], se[r], sig[r]);
            deliverTo(top);
        }
    }

    /** FPREM. */
    public final void fprem() {
        remainder(false);
    }

    /** FPREM1. */
    public final void fprem1() {
        remainder(true);
    }

    private void remainder(boolean nearest) {
        status &= ~C2;
        if (binaryReady(top)) {
            int r = top + 1 & 7;
            if (ExtendedArithmetic.remainder(x, se[top], sig[top], se[r], sig[r], nearest)) {
                status &= ~(C0 | C3);
            }
            deliverTo(top);
        }
    }

    /** FXTRACT: exponent replaces ST(0), the significand is pushed. */
    public final void fxtract() {
        if (isEmpty(0)) {
            if (underflowTo(top)) {
                pushIndefinite();
            }
        } else if (!isEmpty(7)) {
            if (overflow()) {
                setIndefinite(top);
                pushIndefinite();
            }
        } else {
            begin();
            ExtendedArithmetic.extract(x, se[top], sig[top]);
            if (deliver()) {
                se[top] = x.exponent;
                sig[top] = x.lo;
                push(x.se, x.sig);
            }
        }
    }

    /** Starts an operation on ST(0), or answers an empty one. */
    final boolean unaryReady() {
        if ((empty >>> top & 1) != 0) {
            underflowTo(top);
            return false;
        }
        begin();
        return true;
    }

    /** Starts an operation on ST(0) and ST(1), or answers an empty one with the indefinite in register r. */
    final boolean binaryReady(int r) {
        if ((empty >>> top & 1 | empty >>> (top + 1 & 7) & 1) != 0) {
            underflowTo(r);
            return false;
        }
        begin();
        return true;
    }
}
