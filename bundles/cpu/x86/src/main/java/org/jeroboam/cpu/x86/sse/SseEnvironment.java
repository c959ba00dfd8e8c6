package org.jeroboam.cpu.x86.sse;

/**
 * MXCSR during one instruction: its modes, its masks, and the exceptions that the elements raise. Between
 * {@link #begin} and {@link #finish} any number of element operations may run. One thread.
 */
public final class SseEnvironment {
    /** Flag: invalid operation. */
    public static final int IE = 1;

    /** Flag: denormal operand. */
    public static final int DE = 1 << 1;

    /** Flag: division by zero. */
    public static final int ZE = 1 << 2;

    /** Flag: overflow. */
    public static final int OE = 1 << 3;

    /** Flag: underflow. */
    public static final int UE = 1 << 4;

    /** Flag: precision, an inexact result. */
    public static final int PE = 1 << 5;

    /** Mode: denormal operands are zeros. */
    public static final int DAZ = 1 << 6;

    /** Mode: denormal results become zeros while underflow is masked. */
    public static final int FTZ = 1 << 15;

    /** MXCSR after reset: everything masked, round to nearest. */
    public static final int DEFAULT = 0x1F80;

    static final int NEAREST = 0;
    static final int DOWN = 1;
    static final int UP = 2;
    static final int ZERO = 3;

    /** Exceptions that are found before a result is computed. */
    private static final int BEFORE = IE | DE | ZE;

    private static final int FLAGS = 0x3F;
    private static final int MASKS_AT = 7;
    private static final int ROUNDING_AT = 13;

    private int mxcsr;
    int rounding;
    boolean denormalsAreZero;
    boolean flushToZero;
    /** Exceptions that are not masked. */
    int unmasked;
    /** An inexact result would change nothing any more: results in the normal range need no exactness test. */
    boolean inexactKnown;
    /** What the elements raised so far. */
    int raised;

    /** Makes an environment with the MXCSR of a reset. */
    public SseEnvironment() {
        decode(DEFAULT);
    }

    /** Starts an instruction. @param control MXCSR; reserved bits are the caller's matter */
    public void begin(int control) {
        raised = 0;
        if (control != mxcsr) {
            decode(control);
        }
    }

    private void decode(int control) {
        mxcsr = control;
        rounding = control >>> ROUNDING_AT & 3;
        unmasked = ~(control >>> MASKS_AT) & FLAGS;
        denormalsAreZero = (control & DAZ) != 0;
        flushToZero = (control & FTZ) != 0 && (unmasked & UE) == 0;
        inexactKnown = (control & PE) != 0 && (unmasked & PE) == 0;
    }

    /** Whether the instruction raised anything so far that {@link #finish} should deal with. */
    public boolean isRaised() {
        return raised != 0;
    }

    /**
     * Ends an instruction that raised something.
     *
     * @return MXCSR with the flags; without those of rounded results when an unmasked exception came before rounding
     */
    public int finish() {
        int flags = (raised & unmasked & BEFORE) != 0 ? raised & BEFORE : raised;
        return mxcsr | flags;
    }

    /** Whether the instruction must not deliver its result but report a SIMD floating-point exception. */
    public boolean isTrapping() {
        return (raised & unmasked) != 0;
    }
}
