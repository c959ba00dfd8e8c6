package org.jeroboam.cpu.x86.exec;

/**
 * Addition, subtraction and logic with their flags; operands of narrow sizes are zero-extended, results zero-extended.
 */
final class Alu {
    static final int ADD = 0;
    static final int OR = 1;
    static final int ADC = 2;
    static final int SBB = 3;
    static final int AND = 4;
    static final int SUB = 5;
    static final int XOR = 6;
    static final int CMP = 7;

    private Alu() {}

    static int add32(Cpu cpu, int a, int b) {
        int r = a + b;
        cpu.result = r;
        cpu.carries = (a & b | (a | b) & ~r) & Flags.CARRY_MASK;
        return r;
    }

    static int adc32(Cpu cpu, int a, int b) {
        int r = a + b + (cpu.carries >>> 31);
        cpu.result = r;
        cpu.carries = (a & b | (a | b) & ~r) & Flags.CARRY_MASK;
        return r;
    }

    static int sub32(Cpu cpu, int a, int b) {
        int r = a - b;
        cpu.result = r;
        cpu.carries = (~a & b | (~a | b) & r) & Flags.CARRY_MASK;
        return r;
    }

    static int sbb32(Cpu cpu, int a, int b) {
        int r = a - b - (cpu.carries >>> 31);
        cpu.result = r;
        cpu.carries = (~a & b | (~a | b) & r) & Flags.CARRY_MASK;
        return r;
    }

    static int logic32(Cpu cpu, int r) {
        cpu.result = r;
        cpu.carries = 0;
        return r;
    }

    static int inc32(Cpu cpu, int a) {
        int r = a + 1;
        int carry = a & ~r;
        cpu.result = r;
        cpu.carries = keepCarry(cpu, carry);
        return r;
    }

    static int dec32(Cpu cpu, int a) {
        int r = a - 1;
        int borrow = ~a & r;
        cpu.result = r;
        cpu.carries = keepCarry(cpu, borrow);
        return r;
    }

    /** The carries of an increment with the old CF. */
    private static int keepCarry(Cpu cpu, int carry) {
        return cpu.carries >> 31 & 0xC000_0000 ^ (carry ^ carry >>> 1) & 0x4000_0000 | carry & 8;
    }

    static int add8(Cpu cpu, int a, int b) {
        int r = a + b;
        cpu.result = (byte) r;
        int carry = a & b | (a | b) & ~r;
        cpu.carries = carry << 24 & 0xC000_0000 | carry & 8;
        return r & 0xFF;
    }

    static int sub8(Cpu cpu, int a, int b) {
        int r = a - b;
        cpu.result = (byte) r;
        int borrow = ~a & b | (~a | b) & r;
        cpu.carries = borrow << 24 & 0xC000_0000 | borrow & 8;
        return r & 0xFF;
    }

    static int logic8(Cpu cpu, int r) {
        cpu.result = (byte) r;
        cpu.carries = 0;
        return r;
    }

    static int add16(Cpu cpu, int a, int b) {
        int r = a + b;
        cpu.result = (short) r;
        int carry = a & b | (a | b) & ~r;
        cpu.carries = carry << 16 & 0xC000_0000 | carry & 8;
        return r & 0xFFFF;
    }

    static int sub16(Cpu cpu, int a, int b) {
        int r = a - b;
        cpu.result = (short) r;
        int borrow = ~a & b | (~a | b) & r;
        cpu.carries = borrow << 16 & 0xC000_0000 | borrow & 8;
        return r & 0xFFFF;
    }

    static int logic16(Cpu cpu, int r) {
        cpu.result = (short) r;
        cpu.carries = 0;
        return r;
    }

    private static int adc8(Cpu cpu, int a, int b) {
        int r = a + b + (cpu.carries >>> 31);
        cpu.result = (byte) r;
        int carry = a & b | (a | b) & ~r;
        cpu.carries = carry << 24 & 0xC000_0000 | carry & 8;
        return r & 0xFF;
    }

    private static int sbb8(Cpu cpu, int a, int b) {
        int r = a - b - (cpu.carries >>> 31);
        cpu.result = (byte) r;
        int borrow = ~a & b | (~a | b) & r;
        cpu.carries = borrow << 24 & 0xC000_0000 | borrow & 8;
        return r & 0xFF;
    }

    private static int adc16(Cpu cpu, int a, int b) {
        int r = a + b + (cpu.carries >>> 31);
        cpu.result = (short) r;
        int carry = a & b | (a | b) & ~r;
        cpu.carries = carry << 16 & 0xC000_0000 | carry & 8;
        return r & 0xFFFF;
    }

    private static int sbb16(Cpu cpu, int a, int b) {
        int r = a - b - (cpu.carries >>> 31);
        cpu.result = (short) r;
        int borrow = ~a & b | (~a | b) & r;
        cpu.carries = borrow << 16 & 0xC000_0000 | borrow & 8;
        return r & 0xFFFF;
    }

    /** An operation of the group ADD to CMP on bytes. CMP returns its first operand. */
    static int group8(Cpu cpu, int op, int a, int b) {
        return switch (op) {
            case ADD -> add8(cpu, a, b);
            case OR -> logic8(cpu, a | b);
            case ADC -> adc8(cpu, a, b);
            case SBB -> sbb8(cpu, a, b);
            case AND -> logic8(cpu, a & b);
            case SUB -> sub8(cpu, a, b);
            case XOR -> logic8(cpu, a ^ b);
            default -> {
                sub8(cpu, a, b);
                yield a;
            }
        };
    }

    /** The same on words. */
    static int group16(Cpu cpu, int op, int a, int b) {
        return switch (op) {
            case ADD -> add16(cpu, a, b);
            case OR -> logic16(cpu, a | b);
            case ADC -> adc16(cpu, a, b);
            case SBB -> sbb16(cpu, a, b);
            case AND -> logic16(cpu, a & b);
            case SUB -> sub16(cpu, a, b);
            case XOR -> logic16(cpu, a ^ b);
            default -> {
                sub16(cpu, a, b);
                yield a;
            }
        };
    }

    /** The same on doublewords. */
    static int group32(Cpu cpu, int op, int a, int b) {
        return switch (op) {
            case ADD -> add32(cpu, a, b);
            case OR -> logic32(cpu, a | b);
            case ADC -> adc32(cpu, a, b);
            case SBB -> sbb32(cpu, a, b);
            case AND -> logic32(cpu, a & b);
            case SUB -> sub32(cpu, a, b);
            case XOR -> logic32(cpu, a ^ b);
            default -> {
                sub32(cpu, a, b);
                yield a;
            }
        };
    }

    /** The same on 1, 2 or 4 bytes. */
    static int group(Cpu cpu, int op, int size, int a, int b) {
        return size == 4 ? group32(cpu, op, a, b) : size == 2 ? group16(cpu, op, a, b) : group8(cpu, op, a, b);
    }

    static void logic(Cpu cpu, int size, int r) {
        cpu.result = extend(size, r);
        cpu.carries = 0;
    }

    static int inc(Cpu cpu, int size, int a) {
        if (size == 4) {
            return inc32(cpu, a);
        }
        int up = 32 - size * 8;
        int r = a + 1;
        int carry = a & ~r;
        cpu.result = r << up >> up;
        cpu.carries = keepCarry(cpu, carry << up & 0xC000_0000 | carry & 8);
        return r & -1 >>> up;
    }

    static int dec(Cpu cpu, int size, int a) {
        if (size == 4) {
            return dec32(cpu, a);
        }
        int up = 32 - size * 8;
        int r = a - 1;
        int borrow = ~a & r;
        cpu.result = r << up >> up;
        cpu.carries = keepCarry(cpu, borrow << up & 0xC000_0000 | borrow & 8);
        return r & -1 >>> up;
    }

    /** Sign-extends a value of 1, 2 or 4 bytes. */
    static int extend(int size, int value) {
        return size == 4 ? value : size == 2 ? (short) value : (byte) value;
    }
}
