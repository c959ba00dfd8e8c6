package org.jeroboam.cpu.x86.exec;

/**
 * An architectural fault of the instruction being executed. One object per processor, thrown by {@link Cpu#fault} and
 * caught by the run loop alone; it carries no stack trace and is overwritten by the next fault.
 */
final class GuestFault extends RuntimeException {
    static final int DE = 0;
    static final int DB = 1;
    static final int BR = 5;
    static final int UD = 6;
    static final int NM = 7;
    static final int DF = 8;
    static final int TS = 10;
    static final int NP = 11;
    static final int SS = 12;
    static final int GP = 13;
    static final int PF = 14;
    static final int MF = 16;
    static final int AC = 17;
    static final int XM = 19;
    /** No fault of the guest: the instruction wants all segment checks, see {@link MmuSlow}. */
    static final int RETRY = 256;

    /** 0 to 31, or {@link #RETRY}. */
    int vector;
    /** Meaningful when {@link #hasErrorCode}. */
    int errorCode;
    /** Whether the vector pushes an error code (in protected mode). */
    boolean hasErrorCode;

    GuestFault() {
        super(null, null, false, false);
    }
}
