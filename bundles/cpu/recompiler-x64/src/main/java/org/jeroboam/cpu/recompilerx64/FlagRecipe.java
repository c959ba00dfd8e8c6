package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;

/**
 * How the flags of an instruction can be had once more from registers that are still as it left them. So the common case, flags
 * that only a rare exit would show, costs nothing where the code runs.
 *
 * @param kind what was done
 * @param size bytes of the operands
 * @param a host register of the first operand, or {@link #KEPT}
 * @param b host register of the second operand, or {@link #KEPT}; or -1: it is {@code immediate}
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
        DECREMENTED,
        /** A shift of {@link #KEPT} by a number. */
        SHIFTED_LEFT,
        SHIFTED_RIGHT,
        SHIFTED_SIGNED
    }

    /** The operand that was kept in {@link StateBlock#KEPT}, for it is not in a register any more or never was. */
    static final int KEPT = -2;

    private static final Address KEPT_AT = Address.of(R15, StateBlock.KEPT);

    private static final Address FLAGS = Address.of(R15, StateBlock.FLAGS);

    static FlagRecipe of(Kind kind, int size, int a, int b) {
        return new FlagRecipe(kind, size, a, b, 0, null);
    }

    static FlagRecipe step(Kind kind, int a, FlagRecipe carry) {
        return new FlagRecipe(kind, 4, a, -1, 1, carry);
    }

    static FlagRecipe shift(int field, int size, int count) {
        Kind kind = field == 4 ? Kind.SHIFTED_LEFT : field == 5 ? Kind.SHIFTED_RIGHT : Kind.SHIFTED_SIGNED;
        return new FlagRecipe(kind, size, KEPT, -1, count, null);
    }

    /** Emits the keeping of a register's value. EFLAGS stay. */
    static void keep(Assembler asm, int register) {
        asm.store(KEPT_AT, register);
    }

    boolean isShift() {
        return kind == Kind.SHIFTED_LEFT || kind == Kind.SHIFTED_RIGHT || kind == Kind.SHIFTED_SIGNED;
    }

    /** Whether OF is 0 whatever the host's shift says. */
    boolean noOverflow() {
        return kind == Kind.SHIFTED_SIGNED || kind == Kind.SHIFTED_RIGHT && immediate != 1;
    }

    boolean isStep() {
        return kind == Kind.INCREMENTED || kind == Kind.DECREMENTED;
    }

    /** The host registers that must stay as they are. */
    int registers() {
        int mask = (a < 0 ? 0 : bit(a)) | (b < 0 ? 0 : bit(b));
        return carry == null ? mask : mask | carry.registers();
    }

    private int bit(int register) {
        return 1 << (size == 1 && register < 8 ? register & 3 : register);
    }

    /** Puts the flags into EFLAGS. Uses R10. */
    void emit(Assembler asm) {
        switch (kind) {
            case COMPARED -> {
                if (a == KEPT) {
                    asm.load(R10, KEPT_AT);
                }
                again(asm, 7, a == KEPT ? R10 : a);
            }
            case TESTED -> {
                if (b >= 0) {
                    asm.rr(size == 1 ? 0x84 : 0x85, size, b, a);
                } else {
                    asm.rri(size == 1 ? 0xF6 : 0xF7, size, 0, a, immediate);
                }
            }
            case LOGIC -> asm.rr(size == 1 ? 0x84 : 0x85, size, a, a);
            case SUBTRACTED -> {
                if (b == KEPT) {
                    asm.mov(R10, a);
                    asm.rm(0x03, 4, R10, KEPT_AT); // add
                } else if (b >= 0) {
                    asm.lea(R10, new Address(a, b, 0, 0));
                } else {
                    asm.lea(R10, Address.of(a, immediate));
                }
                again(asm, 7, R10);
            }
            case ADDED -> {
                if (b == KEPT) {
                    asm.mov(R10, a);
                    asm.rm(0x2B, 4, R10, KEPT_AT); // sub
                } else if (b >= 0) {
                    asm.mov(R10, a);
                    asm.rr(0x29, 4, b, R10); // sub; of narrow operands the low part counts
                } else {
                    asm.lea(R10, Address.of(a, -immediate));
                }
                again(asm, 0, R10);
            }
            case INCREMENTED, DECREMENTED -> step(asm);
            case SHIFTED_LEFT -> shift(asm, 4);
            case SHIFTED_RIGHT -> shift(asm, 5);
            case SHIFTED_SIGNED -> shift(asm, 7);
        }
    }

    private void shift(Assembler asm, int field) {
        asm.load(R10, KEPT_AT);
        asm.rri8(size == 1 ? 0xC0 : 0xC1, size, field, R10, immediate);
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
        if (b == KEPT) {
            asm.rm(operation << 3 | (size == 1 ? 2 : 3), size, register, KEPT_AT);
        } else if (b >= 0) {
            asm.rr(operation << 3 | (size == 1 ? 0 : 1), size, b, register);
        } else {
            asm.rri(size == 1 ? 0x80 : 0x81, size, operation, register, immediate);
        }
    }
}
