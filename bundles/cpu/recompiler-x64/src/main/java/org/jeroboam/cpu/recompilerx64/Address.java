package org.jeroboam.cpu.recompilerx64;

/**
 * A memory operand of host code.
 *
 * @param base host register, or -1
 * @param index host register other than RSP, or -1
 * @param scale the index is shifted left by 0 to 3
 * @param displacement signed
 */
record Address(int base, int index, int scale, int displacement) {
    static Address of(int base, int displacement) {
        return new Address(base, -1, 0, displacement);
    }

    /** Whether the address is what a register holds. Not by equals: the JVM's method for that holds on to the class. */
    boolean isAt(int register) {
        return base == register && index < 0 && displacement == 0;
    }
}
