package org.jeroboam.cpu.x86.exec;

/**
 * Shifts and rotates with their flags, for operands of 1, 2 or 4 bytes (zero-extended in and out). Counts are cut to
 * five bits and not 0, where flags stay. What the manual leaves undefined: OF of longer counts follows the rule of the
 * last single step, AF is 0.
 */
final class Shifts {
    private static final int CF_OF = 0xC000_0000;

    private Shifts() {}

    static int shl32(Cpu cpu, int a, int count) {
        int r = a << count;
        int carry = a >>> 32 - count;
        cpu.result = r;
        cpu.carries = carry << 31 | r >>> 1 & 0x4000_0000;
        return r;
    }

    static int shr32(Cpu cpu, int a, int count) {
        int r = a >>> count;
        int carry = a >>> count - 1 & 1;
        cpu.result = r;
        cpu.carries = flags(carry, r >>> 31 ^ r >>> 30 & 1);
        return r;
    }

    static int sar32(Cpu cpu, int a, int count) {
        int r = a >> count;
        int carry = a >> count - 1 & 1;
        cpu.result = r;
        cpu.carries = flags(carry, 0);
        return r;
    }

    /** CF and OF as carries. */
    private static int flags(int carry, int overflow) {
        return carry << 31 | (carry ^ overflow) << 30;
    }

    private static void setCarryOverflow(Cpu cpu, int carry, int overflow) {
        cpu.carries = cpu.carries & ~CF_OF | flags(carry & 1, overflow & 1);
    }

    static int shl(Cpu cpu, int size, int a, int count) {
        if (size == 4) {
            return shl32(cpu, a, count);
        }
        int bits = size * 8;
        int r = (int) ((long) a << count);
        int carry = (int) ((long) a << count >>> bits) & 1; // 0 beyond the width
        cpu.result = Alu.extend(size, r);
        cpu.carries = flags(carry, carry ^ r >>> bits - 1 & 1);
        return r & -1 >>> 32 - bits;
    }

    static int shr(Cpu cpu, int size, int a, int count) {
        int bits = size * 8;
        int r = a >>> count;
        int carry = a >>> count - 1 & 1;
        cpu.result = Alu.extend(size, r);
        cpu.carries = flags(carry, (r >>> bits - 1 ^ r >>> bits - 2) & 1);
        return r;
    }

    static int sar(Cpu cpu, int size, int a, int count) {
        int bits = size * 8;
        int wide = Alu.extend(size, a);
        int r = wide >> count;
        cpu.result = r;
        cpu.carries = flags(wide >> count - 1 & 1, 0);
        return r & -1 >>> 32 - bits;
    }

    static int rol(Cpu cpu, int size, int a, int count) {
        int bits = size * 8;
        int n = count & bits - 1;
        int r = n == 0 ? a : (a << n | a >>> bits - n) & -1 >>> 32 - bits;
        setCarryOverflow(cpu, r, r ^ r >>> bits - 1);
        return r;
    }

    static int ror(Cpu cpu, int size, int a, int count) {
        int bits = size * 8;
        int n = count & bits - 1;
        int r = n == 0 ? a : (a >>> n | a << bits - n) & -1 >>> 32 - bits;
        setCarryOverflow(cpu, r >>> bits - 1, r >>> bits - 1 ^ r >>> bits - 2);
        return r;
    }

    static int rcl(Cpu cpu, int size, int a, int count) {
        int bits = size * 8;
        int n = count % (bits + 1);
        if (n == 0) {
            int carry = cpu.carries >>> 31;
            setCarryOverflow(cpu, carry, carry ^ a >>> bits - 1);
            return a;
        }
        long wide = a & 0xFFFF_FFFFL | (long) (cpu.carries >>> 31) << bits;
        long turned = wide << n | wide >>> bits + 1 - n;
        int r = (int) turned & -1 >>> 32 - bits;
        int carry = (int) (turned >>> bits) & 1;
        setCarryOverflow(cpu, carry, carry ^ r >>> bits - 1);
        return r;
    }

    static int rcr(Cpu cpu, int size, int a, int count) {
        int bits = size * 8;
        int n = count % (bits + 1);
        if (n == 0) {
            setCarryOverflow(cpu, cpu.carries >>> 31, a >>> bits - 1 ^ a >>> bits - 2);
            return a;
        }
        long wide = a & 0xFFFF_FFFFL | (long) (cpu.carries >>> 31) << bits;
        long turned = wide >>> n | wide << bits + 1 - n;
        int r = (int) turned & -1 >>> 32 - bits;
        setCarryOverflow(cpu, (int) (turned >>> bits) & 1, r >>> bits - 1 ^ r >>> bits - 2);
        return r;
    }

    /** SHLD on 2 or 4 bytes. A word shifted by more than 16 takes the bits of destination:source:destination. */
    static int shld(Cpu cpu, int size, int a, int fill, int count) {
        int bits = size * 8;
        int r;
        int carry;
        if (size == 4) {
            r = a << count | fill >>> 32 - count;
            carry = a >>> 32 - count & 1;
        } else {
            long wide = (long) a << 32 | (long) fill << 16 | a;
            r = (int) (wide << count >>> 32) & 0xFFFF;
            carry = (int) (wide >>> 48 - count) & 1;
        }
        cpu.result = Alu.extend(size, r);
        cpu.carries = flags(carry, (r ^ a) >>> bits - 1 & 1);
        return r;
    }

    /** SHRD, the mirror image of {@link #shld}. */
    static int shrd(Cpu cpu, int size, int a, int fill, int count) {
        int bits = size * 8;
        int r;
        int carry;
        if (size == 4) {
            r = a >>> count | fill << 32 - count;
            carry = a >>> count - 1 & 1;
        } else {
            long wide = (long) a << 32 | (long) fill << 16 | a;
            r = (int) (wide >>> count) & 0xFFFF;
            carry = (int) (wide >>> count - 1) & 1;
        }
        cpu.result = Alu.extend(size, r);
        cpu.carries = flags(carry, (r ^ a) >>> bits - 1 & 1);
        return r;
    }
}
