package org.jeroboam.cpu.recompilerx64;

import java.util.Arrays;

/** The ways out of generated code, by number: what to do then, and the state that the code itself does not write. */
final class Exits {
    /** The TLB has no entry for a read: look it up and resume. */
    static final byte MISS_READ = 0;

    static final byte MISS_WRITE = 1;
    /** The instruction is the interpreter's. */
    static final byte INTERPRET = 2;
    /** A branch to a fixed target whose cell leads nowhere. */
    static final byte LINK = 3;
    /** A branch to {@link StateBlock#TARGET} that the lookup table does not have. */
    static final byte LOOKUP = 4;

    /** {@link PrivilegeCode} has refused an instruction: see what it wanted; the interpreter executes it. */
    static final byte SYSTEM = 5;
    /** {@link PrivilegeCode} has refused an event from outside. */
    static final byte REFUSED = 6;
    /** RDTSC: put the time stamp into EDX:EAX and resume. */
    static final byte TIME = 7;

    /** Floating-point registers are missing: load them and resume, or leave the instruction over. */
    static final byte FLOATING = 10;

    /** The budget is too small for what comes: end the run loop's round, or leave the instruction over. */
    static final byte BUDGET = 11;

    private int count;
    private byte[] kind = new byte[1 << 10];
    private int[] eip = new int[1 << 10];
    private int[] refund = new int[1 << 10];
    private long[] extra = new long[1 << 10];
    private int[] floating = new int[1 << 10];
    private boolean[] exact = new boolean[1 << 10];

    int add(byte newKind, int newEip, int newRefund, long newExtra) {
        if (count == kind.length) {
            kind = Arrays.copyOf(kind, 2 * count);
            eip = Arrays.copyOf(eip, 2 * count);
            refund = Arrays.copyOf(refund, 2 * count);
            extra = Arrays.copyOf(extra, 2 * count);
            floating = Arrays.copyOf(floating, 2 * count);
            exact = Arrays.copyOf(exact, 2 * count);
        }
        kind[count] = newKind;
        eip[count] = newEip;
        refund[count] = newRefund;
        extra[count] = newExtra;
        floating[count] = 0;
        exact[count] = false;
        return count++;
    }

    void forget() {
        count = 0;
    }

    byte kind(int exit) {
        return kind[exit];
    }

    /** CS offset at which the guest stands; of a LOOKUP without meaning. */
    int eip(int exit) {
        return eip[exit];
    }

    /** Instructions paid for but not executed. */
    int refund(int exit) {
        return refund[exit];
    }

    /** Of a miss or TIME: where to resume. Of a LINK: the cell. Of a SYSTEM: the constant of {@link SystemEmitter}. */
    long extra(int exit) {
        return extra[exit];
    }

    void setExtra(int exit, long value) {
        extra[exit] = value;
    }

    /** The last x87 instruction before it as {@link ColdPaths#floating} knew it, or 0 when memory has it. */
    int floating(int exit) {
        return floating[exit];
    }

    void setFloating(int exit, int value) {
        floating[exit] = value;
    }

    /** Whether a miss that is a page fault is the one that the instruction raises first, at {@link StateBlock#LINEAR}. */
    boolean exact(int exit) {
        return exact[exit];
    }

    void setExact(int exit) {
        exact[exit] = true;
    }
}
