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

    /** Beside a kind: {@link #exact}. */
    private static final byte EXACT = 0x40;

    private long codeBase;
    private int count;
    // There are some hundred thousand.
    private byte[] kind = new byte[1 << 10];
    private int[] eip = new int[1 << 10];
    private short[] refund = new short[1 << 10];
    private int[] extra = new int[1 << 10];
    private int[] floating = new int[1 << 10];

    /** @param base address below all code */
    void start(long base) {
        codeBase = base;
    }

    int add(byte newKind, int newEip, int newRefund, long newExtra) {
        if (count == kind.length) {
            int more = count + (count >> 1);
            kind = Arrays.copyOf(kind, more);
            eip = Arrays.copyOf(eip, more);
            refund = Arrays.copyOf(refund, more);
            extra = Arrays.copyOf(extra, more);
            floating = Arrays.copyOf(floating, more);
        }
        kind[count] = newKind;
        eip[count] = newEip;
        refund[count] = (short) newRefund;
        floating[count] = 0;
        setExtra(count, newExtra);
        return count++;
    }

    void forget() {
        count = 0;
    }

    byte kind(int exit) {
        return (byte) (kind[exit] & ~EXACT);
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
        return resumes(exit) ? codeBase + extra[exit] : extra[exit];
    }

    void setExtra(int exit, long value) {
        extra[exit] = Math.toIntExact(resumes(exit) ? value - codeBase : value);
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
        return (kind[exit] & EXACT) != 0;
    }

    void setExact(int exit) {
        kind[exit] |= EXACT;
    }

    /** Whether {@link #extra} is an address. */
    private boolean resumes(int exit) {
        return switch (kind(exit)) {
            case MISS_READ, MISS_WRITE, TIME, FLOATING -> true;
            default -> false;
        };
    }
}
