package org.jeroboam.cpu.x86.fpu;

import static org.jeroboam.cpu.x86.fpu.Extended.BEFORE;
import static org.jeroboam.cpu.x86.fpu.Extended.C0;
import static org.jeroboam.cpu.x86.fpu.Extended.C1;
import static org.jeroboam.cpu.x86.fpu.Extended.C2;
import static org.jeroboam.cpu.x86.fpu.Extended.C3;
import static org.jeroboam.cpu.x86.fpu.Extended.IE;
import static org.jeroboam.cpu.x86.fpu.Extended.INDEFINITE_SE;
import static org.jeroboam.cpu.x86.fpu.Extended.INDEFINITE_SIG;
import static org.jeroboam.cpu.x86.fpu.Extended.SPECIAL;

/** Registers of the unit, the register stack and the delivery of results and exceptions to them. */
abstract class FpuState {
    static final int SF = 0x0040;
    static final int ES = 0x0080;
    static final int BUSY = 0x8000;
    static final int CONDITIONS = C0 | C1 | C2 | C3;

    final Extended x = new Extended();

    /** Sign and exponent of the physical registers R0-R7. */
    final int[] se = new int[8];

    /** Significands of the physical registers. */
    final long[] sig = new long[8];

    /** One bit for each physical register. */
    int empty;

    int top;
    int control;

    /** The status word without TOP. */
    int status;

    int fip;
    int fcs;
    int fdp;
    int fds;
    int fop;

    FpuState() {
        fninit();
    }

    /** FNINIT: control word 037Fh, status 0, all registers empty, pointers zero; contents stay. */
    public final void fninit() {
        setControlWord(0x037F);
        status = 0;
        top = 0;
        empty = 0xFF;
        fip = 0;
        fcs = 0;
        fdp = 0;
        fds = 0;
        fop = 0;
    }

    /** FNSTCW: the control word, bit 6 always set. */
    public final int fnstcw() {
        return control;
    }

    /** FLDCW: the low 16 bits count; an exception that is now unmasked and set becomes pending. */
    public final void fldcw(int value) {
        setControlWord(value);
        summarise();
    }

    /** FNSTSW: the status word with TOP. */
    public final int fnstsw() {
        return status | top << 11;
    }

    /** FNCLEX: clears the exceptions, SF, ES and B. */
    public final void fnclex() {
        status &= CONDITIONS;
    }

    /** True when an unmasked exception waits: the next waiting instruction must report it (#MF or FERR#). */
    public final boolean pendingException() {
        return (status & ES) != 0;
    }

    /** The full tag word: two bits for each physical register, computed from its contents. */
    public final int tagWord() {
        int tags = 0;
        for (int r = 0; r < 8; r++) {
            tags |= tag(r) << 2 * r;
        }
        return tags;
    }

    /** Takes the empty marks of a full tag word; the other tags follow from the contents. */
    public final void setTagWord(int tags) {
        empty = 0;
        for (int r = 0; r < 8; r++) {
            if ((tags >>> 2 * r & 3) == 3) {
                empty |= 1 << r;
            }
        }
    }

    /** Loads a status word, TOP included; ES and B are derived from exceptions and masks. */
    public final void setStatusWord(int value) {
        top = value >>> 11 & 7;
        status = value & (CONDITIONS | SF | 0x3F);
        summarise();
    }

    /** Sign and exponent of ST(i), whatever its tag. */
    public final int stackExponent(int i) {
        return se[top + i & 7];
    }

    /** Significand of ST(i), whatever its tag. */
    public final long stackSignificand(int i) {
        return sig[top + i & 7];
    }

    /** Sets the contents of ST(i) and leaves its tag alone. */
    public final void setStackRegister(int i, int signExponent, long significand) {
        se[top + i & 7] = signExponent & 0xFFFF;
        sig[top + i & 7] = significand;
    }

    /** Remembers the instruction and the place of a non-control instruction: opcode bits 10-0, selector, offset. */
    public final void instructionPointer(int opcode, int selector, int offset) {
        fop = opcode & 0x7FF;
        fcs = selector & 0xFFFF;
        fip = offset;
    }

    /** Remembers the memory operand of a non-control instruction. */
    public final void dataPointer(int selector, int offset) {
        fds = selector & 0xFFFF;
        fdp = offset;
    }

    final void setControlWord(int value) {
        control = value & 0x1F3F | 0x40;
        x.control(control);
    }

    /** Derives ES and B. */
    final void summarise() {
        if ((status & x.unmasked) != 0) {
            status |= ES | BUSY;
        } else {
            status &= ~(ES | BUSY);
        }
    }

    private int tag(int r) {
        if ((empty >>> r & 1) != 0) {
            return 3;
        }
        int exp = se[r] & SPECIAL;
        if (exp == 0) {
            return sig[r] == 0 ? 1 : 2;
        }
        return exp == SPECIAL || sig[r] >= 0 ? 2 : 0;
    }

    final boolean isEmpty(int i) {
        return (empty >>> (top + i & 7) & 1) != 0;
    }

    final void begin() {
        x.flags = 0;
    }

    /**
     * Puts the flags of the operation into the status word.
     *
     * @return false when an exception found before the operation is unmasked, so that nothing else may change
     */
    final boolean deliver() {
        int flags = x.flags;
        status = status & ~C1 | flags;
        if ((flags & x.unmasked) == 0) {
            return true;
        }
        status |= ES | BUSY;
        return (flags & x.unmasked & BEFORE) == 0;
    }

    /** Delivers the result in {@link #x} to physical register r. */
    final boolean deliverTo(int r) {
        if (!deliver()) {
            return false;
        }
        se[r] = x.se;
        sig[r] = x.sig;
        empty &= ~(1 << r);
        return true;
    }

    /** Raises stack underflow. @return true when it is masked */
    final boolean underflow() {
        status = status & ~C1 | IE | SF;
        return maskedInvalid();
    }

    /** Raises stack overflow. @return true when it is masked */
    final boolean overflow() {
        status |= C1 | IE | SF;
        return maskedInvalid();
    }

    private boolean maskedInvalid() {
        if ((x.unmasked & IE) == 0) {
            return true;
        }
        status |= ES | BUSY;
        return false;
    }

    final void setIndefinite(int r) {
        se[r] = INDEFINITE_SE;
        sig[r] = INDEFINITE_SIG;
        empty &= ~(1 << r);
    }

    /** Stack underflow with the indefinite as result. @return true when masked */
    final boolean underflowTo(int r) {
        boolean masked = underflow();
        if (masked) {
            setIndefinite(r);
        }
        return masked;
    }

    /** True when a register is free to push into; else the overflow has been raised and answered. */
    final boolean canPush() {
        if (isEmpty(7)) {
            return true;
        }
        if (overflow()) {
            pushIndefinite();
        }
        return false;
    }

    final void pushIndefinite() {
        top = top - 1 & 7;
        setIndefinite(top);
    }

    final void push(int signExponent, long significand) {
        top = top - 1 & 7;
        se[top] = signExponent;
        sig[top] = significand;
        empty &= ~(1 << top);
    }

    /** Marks ST(0) empty and increments TOP: the second half of popping stores, after memory took the value. */
    public final void pop() {
        empty |= 1 << top;
        top = top + 1 & 7;
    }

    final void clearC1() {
        status &= ~C1;
    }

    final void setConditions(int conditions) {
        status = status & ~CONDITIONS | conditions;
    }
}
