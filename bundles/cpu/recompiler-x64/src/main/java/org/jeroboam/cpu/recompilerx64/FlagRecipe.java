package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;

/**
 * How the flags of an instruction can be had once more from registers that are still as it left them. So the common case, flags
 * that only a rare exit would show, costs nothing where the code runs.
 *
 * @param kind what was done
 * @param size bytes of the operands
 * @param a host register of the first operand
 * @param b host register of the second operand; or -1: it is {@code immediate}
 * @param immediate the second operand
 * @param carry where CF comes from when the instruction leaves it: null for the flags in memory
 */
record FlagRecipe(Kind kind, int size, int a, int b, int immediate, FlagRecipe carry) {
    /** What an instruction did to its first operand. */
    enum Kind {
        COMPARED,
        TESTED,
        SUBTRACTED,
        ADDED,
        /** The flags tell of the result alone: CF, OF and AF are 0. */
        LOGIC,
        INCREMENTED,
        DECREMENTED
    }

    private static final Address FLAGS = Address.of(R15, StateBlock.FLAGS);

    static FlagRecipe of(Kind kind, int size, int a, int b) {
        return new FlagRecipe(kind, size, a, b, 0, null);
    }

    static FlagRecipe step(Kind kind, int a, FlagRecipe carry) {
        return new FlagRecipe(kind, 4, a, -1, 1, carry);
    }

    boolean isStep() {
        return kind == Kind.INCREMENTED || kind == Kind.DECREMENTED;
    }

    /** The host registers that must stay as they are. */
    int registers() {
        int mask = bit(a) | (b < 0 ? 0 : bit(b));
        return carry == null ? mask : mask | carry.registers();
    }

    private int bit(int register) {
        return 1 << (size == 1 && register < 8 ? register & 3 : register);
    }

    /** Puts the flags into EFLAGS. Uses R10. */
    void emit(Assembler asm) {
        switch (kind) {
            case COMPARED -> again(asm, 7, a);
            case TESTED -> {
                if (b >= 0) {
                    asm.rr(size == 1 ? 0x84 : 0x85, size, b, a);
                } else {
                    asm.rri(size == 1 ? 0xF6 : 0xF7, size, 0, a, immediate);
                }
            }
            case LOGIC -> asm.rr(size == 1 ? 0x84 : 0x85, size, a, a);
            case SUBTRACTED -> {
                if (b >= 0) {
                    asm.lea(R10, new Address(a, b, 0, 0));
                } else {
                    asm.lea(R10, Address.of(a, immediate));
                }
                again(asm, 7, R10);
            }
            case ADDED -> {
                if (b >= 0) {
                    asm.mov(R10, a);
                    asm.rr(0x29, 4, b, R10); // sub; of narrow operands the low part counts
                } else {
                    asm.lea(R10, Address.of(a, -immediate));
                }
                again(asm, 0, R10);
            }
            case INCREMENTED, DECREMENTED -> step(asm);
        }
    }

    private void step(Assembler asm) {
        if (carry != null) {
            carry.emit(asm);
        } else {
            asm.rmi8(0x0FBA, 2, 4, FLAGS, 8); // bt
        }
        boolean up = kind == Kind.INCREMENTED;
        asm.lea(R10, Address.of(a, up ? -1 : 1));
        asm.rr(0xFF, 4, up ? 0 : 1, R10);
    }

    private void again(Assembler asm, int operation, int register) {
        if (b >= 0) {
            asm.rr(operation << 3 | (size == 1 ? 0 : 1), size, b, register);
        } else {
            asm.rri(size == 1 ? 0x80 : 0x81, size, operation, register, immediate);
        }
    }
}
