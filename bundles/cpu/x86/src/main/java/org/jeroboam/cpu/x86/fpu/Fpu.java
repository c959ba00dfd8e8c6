package org.jeroboam.cpu.x86.fpu;

import static org.jeroboam.cpu.x86.fpu.Extended.BIAS;
import static org.jeroboam.cpu.x86.fpu.Extended.C2;
import static org.jeroboam.cpu.x86.fpu.Extended.INTEGER_BIT;

import java.util.Arrays;

/**
 * The x87 floating-point unit of a P6: its whole state and one method for each instruction.
 *
 * <p>Memory operands come and go as primitives; the caller decodes, addresses memory, checks CR0.EM and CR0.TS, and
 * before each waiting instruction asks {@link #pendingException}. Register operands are numbers of stack registers,
 * 0 to 7. Results follow the hardware bit by bit: rounding, precision control, masked responses, NaN selection,
 * C1, tags. Condition bits that the manual calls undefined keep their values, C1 is cleared. The class is for one
 * thread and allocates nothing after construction.
 *
 * <p>Not modelled: the undocumented precision loss of particular steppings. Transcendental results are rounded
 * from a 128-bit computation and may differ in the last place from those of a given processor.
 */
public final class Fpu extends FpuArithmetic {
    /** Length of an environment with 16-bit operand size. */
    public static final int ENVIRONMENT_16 = 14;

    /** Length of an environment with 32-bit operand size. */
    public static final int ENVIRONMENT_32 = 28;

    /** Length of the registers that follow an environment in an FNSAVE image. */
    public static final int REGISTERS = 80;

    /** Length of an FXSAVE image. */
    public static final int FXSAVE = 512;

    /** The MXCSR bits that a Pentium III knows: bit 6, denormals-are-zero, is not among them. */
    public static final int MXCSR_MASK = 0xFFBF;

    /** MXCSR, kept here because FXSAVE stores it; nothing in this class uses it. */
    private int mxcsr = 0x1F80;

    /** XMM0-XMM7, two words each, low first: carried through FXSAVE and FXRSTOR. */
    private final long[] xmm = new long[16];

    /** Makes a unit in the state that FNINIT leaves, all registers holding zero. */
    public Fpu() {
        // the fields' initial values and FNINIT are all there is
    }

    /** Power-up or RESET: control word 0040h, registers +0 and valid, MXCSR 1F80h. (INIT leaves the unit alone.) */
    public void reset() {
        fninit();
        setControlWord(0x0040);
        empty = 0;
        for (int r = 0; r < 8; r++) {
            se[r] = 0;
            sig[r] = 0;
        }
        mxcsr = 0x1F80;
        Arrays.fill(xmm, 0);
    }

    /** MXCSR. */
    public int mxcsr() {
        return mxcsr;
    }

    /** Sets MXCSR; the caller has refused reserved bits. */
    public void setMxcsr(int value) {
        mxcsr = value;
    }

    /** The SSE registers, XMMn in elements 2n (bits 63-0) and 2n+1; the array is the state itself. */
    public long[] xmm() {
        return xmm;
    }

    /** F2XM1. */
    public void f2xm1() {
        if (unaryReady()) {
            Transcendental.f2xm1(x, se[top], sig[top]);
            deliverTo(top);
        }
    }

    /** FYL2X: ST(1) = ST(1) * log2 ST(0), then pops. */
    public void fyl2x() {
        int r = top + 1 & 7;
        if (!binaryForPop(r)) {
            return;
        }
        Transcendental.fyl2x(x, se[top], sig[top], se[r], sig[r]);
        if (deliverTo(r)) {
            pop();
        }
    }

    /** FYL2XP1: ST(1) = ST(1) * log2 (ST(0) + 1), then pops. */
    public void fyl2xp1() {
        int r = top + 1 & 7;
        if (!binaryForPop(r)) {
            return;
        }
        Transcendental.fyl2xp1(x, se[top], sig[top], se[r], sig[r]);
        if (deliverTo(r)) {
            pop();
        }
    }

    /** FPATAN: ST(1) = the angle of the point (ST(0), ST(1)), then pops. */
    public void fpatan() {
        int r = top + 1 & 7;
        if (!binaryForPop(r)) {
            return;
        }
        Transcendental.fpatan(x, se[r], sig[r], se[top], sig[top]);
        if (deliverTo(r)) {
            pop();
        }
    }

    private boolean binaryForPop(int r) {
        if ((empty >>> top & 1 | empty >>> r & 1) != 0) {
            if (underflowTo(r)) {
                pop();
            }
            return false;
        }
        begin();
        return true;
    }

    /** FSIN. */
    public void fsin() {
        status &= ~C2;
        if (unaryReady()) {
            Transcendental.fsin(x, se[top], sig[top]);
            deliverTo(top);
        }
    }

    /** FCOS. */
    public void fcos() {
        status &= ~C2;
        if (unaryReady()) {
            Transcendental.fcos(x, se[top], sig[top]);
            deliverTo(top);
        }
    }

    /** FSINCOS: the sine replaces ST(0), the cosine is pushed. */
    public void fsincos() {
        if (!pushingReady()) {
            return;
        }
        int ase = se[top];
        long asig = sig[top];
        Transcendental.fcos(x, ase, asig);
        int cse = x.se;
        long csig = x.sig;
        int cflags = x.flags;
        begin();
        Transcendental.fsin(x, ase, asig);
        x.flags |= cflags;
        finishPushing(cse, csig);
    }

    /** FPTAN: the tangent replaces ST(0), 1.0 is pushed. */
    public void fptan() {
        if (!pushingReady()) {
            return;
        }
        Transcendental.fptan(x, se[top], sig[top]);
        boolean nan = Extended.isNan(x.se, x.sig);
        finishPushing(nan ? x.se : BIAS, nan ? x.sig : INTEGER_BIT);
    }

    private boolean pushingReady() {
        status &= ~C2;
        if (isEmpty(0)) {
            if (underflowTo(top)) {
                pushIndefinite();
            }
            return false;
        }
        if (!isEmpty(7)) {
            if (overflow()) {
                setIndefinite(top);
                pushIndefinite();
            }
            return false;
        }
        begin();
        return true;
    }

    private void finishPushing(int secondSe, long secondSig) {
        if (deliverTo(top) && (x.flags & C2) == 0) {
            push(secondSe, secondSig);
        }
    }

    /**
     * FNSTENV: writes the environment and masks all exceptions.
     *
     * @param image where to write, from index 0; at least {@link #ENVIRONMENT_32} bytes
     * @param wide 32-bit operand size
     * @param real the layout of real and virtual-8086 mode
     * @return the length written: {@link #ENVIRONMENT_32} or {@link #ENVIRONMENT_16}
     */
    public int fnstenv(byte[] image, boolean wide, boolean real) {
        int length = FpuImage.storeEnvironment(this, image, wide, real);
        fldcw(control | 0x3F);
        return length;
    }

    /** FLDENV: reads an environment as {@link #fnstenv} writes it. @return the length read */
    public int fldenv(byte[] image, boolean wide, boolean real) {
        return FpuImage.loadEnvironment(this, image, wide, real);
    }

    /**
     * FNSAVE: writes environment and registers, then initialises the unit.
     *
     * @param image where to write, from index 0; at least {@link #ENVIRONMENT_32} + {@link #REGISTERS} bytes
     * @return the length written: 108 or 94
     */
    public int fnsave(byte[] image, boolean wide, boolean real) {
        int length = FpuImage.storeEnvironment(this, image, wide, real);
        FpuImage.storeRegisters(this, image, length);
        fninit();
        return length + REGISTERS;
    }

    /** FRSTOR: reads what {@link #fnsave} writes. @return the length read */
    public int frstor(byte[] image, boolean wide, boolean real) {
        int length = FpuImage.loadEnvironment(this, image, wide, real);
        FpuImage.loadRegisters(this, image, length);
        return length + REGISTERS;
    }

    /**
     * FXSAVE in its 32-bit layout. Bytes that the layout reserves stay as they are.
     *
     * @param image {@link #FXSAVE} bytes
     * @param sse with MXCSR, its mask and the XMM registers (CR4.OSFXSR, or a processor that always saves them)
     */
    public void fxsave(byte[] image, boolean sse) {
        FpuImage.storeExtended(this, image, sse);
    }

    /** FXRSTOR, the reverse of {@link #fxsave}; the caller has refused reserved bits of MXCSR. */
    public void fxrstor(byte[] image, boolean sse) {
        FpuImage.loadExtended(this, image, sse);
    }

    /**
     * What every MMX instruction but EMMS does first: TOP becomes 0 and all tags valid.
     */
    public void enterMmx() {
        top = 0;
        empty = 0;
    }

    /** MMn. */
    public long mm(int n) {
        return sig[n];
    }

    /** Sets MMn; sign and exponent of the register become all ones. */
    public void setMm(int n, long value) {
        sig[n] = value;
        se[n] = 0xFFFF;
    }

    /** EMMS: all registers empty. */
    public void emms() {
        empty = 0xFF;
        top = 0;
    }
}
