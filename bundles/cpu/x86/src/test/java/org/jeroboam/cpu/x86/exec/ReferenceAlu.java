package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.EFlags;

/**
 * Integer arithmetic written once more, bit by bit and without any trick of the interpreter: what its results are held
 * against.
 */
final class ReferenceAlu {
    /** Result of the last operation, zero-extended. */
    long value;
    /** The six flags after it. */
    int flags;

    private final int bits;
    private final long mask;

    ReferenceAlu(int size) {
        bits = size * 8;
        mask = (1L << bits) - 1;
    }

    private boolean bit(long v, int n) {
        return (v >>> n & 1) != 0;
    }

    private void result(long v, boolean carry, boolean overflow, boolean auxiliary) {
        value = v & mask;
        flags = carry ? EFlags.CF : 0;
        flags |= overflow ? EFlags.OF : 0;
        flags |= auxiliary ? EFlags.AF : 0;
        flags |= value == 0 ? EFlags.ZF : 0;
        flags |= bit(value, bits - 1) ? EFlags.SF : 0;
        flags |= Long.bitCount(value & 0xFF) % 2 == 0 ? EFlags.PF : 0;
    }

    /** Ripple-carry addition. */
    void add(long a, long b, boolean carryIn) {
        long sum = 0;
        boolean carry = carryIn;
        boolean auxiliary = false;
        boolean intoTop = false;
        for (int i = 0; i < bits; i++) {
            if (i == bits - 1) {
                intoTop = carry;
            }
            int ones = (bit(a, i) ? 1 : 0) + (bit(b, i) ? 1 : 0) + (carry ? 1 : 0);
            sum |= (long) (ones & 1) << i;
            carry = ones > 1;
            if (i == 3) {
                auxiliary = carry;
            }
        }
        result(sum, carry, carry != intoTop, auxiliary);
    }

    /** Subtraction with ripple borrow. */
    void subtract(long a, long b, boolean borrowIn) {
        long difference = 0;
        boolean borrow = borrowIn;
        boolean auxiliary = false;
        boolean intoTop = false;
        for (int i = 0; i < bits; i++) {
            if (i == bits - 1) {
                intoTop = borrow;
            }
            int d = (bit(a, i) ? 1 : 0) - (bit(b, i) ? 1 : 0) - (borrow ? 1 : 0);
            difference |= (long) (d & 1) << i;
            borrow = d < 0;
            if (i == 3) {
                auxiliary = borrow;
            }
        }
        result(difference, borrow, borrow != intoTop, auxiliary);
    }

    void logic(long v) {
        result(v, false, false, false);
    }

    /** Operation 0 to 7 of the group ADD OR ADC SBB AND SUB XOR CMP. */
    void group(int operation, long a, long b, boolean carry) {
        switch (operation) {
            case 0 -> add(a, b, false);
            case 1 -> logic(a | b);
            case 2 -> add(a, b, carry);
            case 3 -> subtract(a, b, carry);
            case 4 -> logic(a & b);
            case 6 -> logic(a ^ b);
            default -> subtract(a, b, false);
        }
    }

    /**
     * A shift or rotate, one step after the other: 0 to 7 are ROL ROR RCL RCR SHL SHR SHL SAR.
     *
     * @param before flags before, of which those that do not change are kept
     */
    void shift(int operation, long a, int count, int before) {
        long v = a;
        boolean carry = (before & EFlags.CF) != 0;
        boolean overflow = (before & EFlags.OF) != 0;
        for (int i = 0; i < count; i++) {
            boolean top = bit(v, bits - 1);
            boolean low = bit(v, 0);
            boolean in =
                    switch (operation) {
                        case 0 -> top;
                        case 1 -> low;
                        case 2, 3 -> carry;
                        case 7 -> top;
                        default -> false;
                    };
            boolean left = operation == 0 || operation == 2 || operation == 4 || operation == 6;
            if (left) {
                v = v << 1 & mask | (in ? 1 : 0);
                carry = top;
                overflow = bit(v, bits - 1) != carry;
            } else {
                v = v >>> 1 | (in ? 1L << bits - 1 : 0);
                carry = low;
                overflow = bit(v, bits - 1) != bit(v, bits - 2);
            }
        }
        if (count == 0) {
            value = v;
            flags = before & EFlags.STATUS;
        } else if (operation < 4) {
            value = v;
            flags = before & EFlags.STATUS & ~(EFlags.CF | EFlags.OF);
            flags |= (carry ? EFlags.CF : 0) | (overflow ? EFlags.OF : 0);
        } else {
            result(v, carry, overflow, false);
        }
    }
}
