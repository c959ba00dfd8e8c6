package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.hardware.cpu.CpuState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Results and flags of integer instructions in 32-bit code, in register and memory forms, against {@link ReferenceAlu}.
 */
class IntegerFlagsTest {
    private static final int[] VALUES = {
        0,
        1,
        2,
        0x0F,
        0x10,
        0x7F,
        0x80,
        0xFF,
        0x7FFF,
        0x8000,
        0xFFFF,
        0x1234_5678,
        0x7FFF_FFFF,
        0x8000_0000,
        -1,
        0x0F0F_F0F1
    };
    private static final int DATA = 0x3_0000;

    private SystemBench bench;
    private CpuState after;

    @BeforeEach
    void start() {
        bench = new SystemBench();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    /** Runs one instruction with EAX and ECX, ESI pointing to a memory copy of {@code a}. */
    private void run(int a, int b, int flags, int... code) {
        bench.state = SystemBench.flat(0);
        bench.state.gpr[Cpu.EAX] = a;
        bench.state.gpr[Cpu.ECX] = b;
        bench.state.gpr[Cpu.ESI] = DATA;
        bench.state.eflags = flags | 2;
        bench.write32(DATA, a);
        bench.program(code);
        after = bench.run(1);
        assertEquals(SystemBench.CODE + code.length, after.eip, "EIP behind the instruction");
    }

    private static int cut(int size, int value) {
        return size == 4 ? value : value & (1 << 8 * size) - 1;
    }

    private static long unsigned(int size, int value) {
        return cut(size, value) & 0xFFFF_FFFFL;
    }

    private static int[] sized(int size, int opcode, int... rest) {
        int[] code = new int[rest.length + (size == 2 ? 2 : 1)];
        int at = 0;
        if (size == 2) {
            code[at++] = 0x66;
        }
        code[at++] = size == 1 ? opcode : opcode | 1;
        System.arraycopy(rest, 0, code, at, rest.length);
        return code;
    }

    private void checkFlags(String what, int expected, int mask) {
        assertEquals(expected & mask, after.eflags & EFlags.STATUS & mask, what + ": flags");
    }

    @Test
    void theArithmeticGroupInAllForms() {
        for (int size : new int[] {1, 2, 4}) {
            ReferenceAlu reference = new ReferenceAlu(size);
            for (int operation = 0; operation < 8; operation++) {
                for (int a : VALUES) {
                    for (int b : VALUES) {
                        int carry = (a ^ b) >>> 3 & 1;
                        reference.group(operation, unsigned(size, a), unsigned(size, b), carry != 0);
                        String what = "operation " + operation + " size " + size + " " + Integer.toHexString(a) + " "
                                + Integer.toHexString(b);
                        int result = operation == 7 ? cut(size, a) : (int) reference.value;
                        run(a, b, carry | 0x8D4, sized(size, operation << 3, 0xC8)); // eax, ecx
                        assertEquals(result, cut(size, after.gpr[Cpu.EAX]), what);
                        checkFlags(what, reference.flags, EFlags.STATUS);
                        run(a, b, carry, sized(size, operation << 3, 0x0E)); // [esi], ecx
                        assertEquals(result, cut(size, bench.read32(DATA)), what + " to memory");
                        checkFlags(what + " to memory", reference.flags, EFlags.STATUS);
                        immediate(size, operation, a, b, carry, result, reference.flags, what);
                    }
                }
            }
        }
    }

    private void immediate(int size, int operation, int a, int b, int carry, int result, int flags, String what) {
        int[] value = {b & 0xFF, b >>> 8 & 0xFF, b >>> 16 & 0xFF, b >>> 24};
        int[] register = new int[size + 1];
        register[0] = 0xC0 | operation << 3;
        System.arraycopy(value, 0, register, 1, size);
        run(a, 0, carry, sized(size, 0x80, register));
        assertEquals(result, cut(size, after.gpr[Cpu.EAX]), what + " immediate");
        checkFlags(what + " immediate", flags, EFlags.STATUS);
        register[0] = 0x06 | operation << 3; // [esi]
        run(a, 0, carry, sized(size, 0x80, register));
        assertEquals(result, cut(size, bench.read32(DATA)), what + " immediate to memory");
        checkFlags(what + " immediate to memory", flags, EFlags.STATUS);
    }

    @Test
    void aMemorySourceWorksAsARegisterDoes() {
        for (int size : new int[] {1, 2, 4}) {
            ReferenceAlu reference = new ReferenceAlu(size);
            for (int operation = 0; operation < 8; operation++) {
                for (int a : VALUES) {
                    int b = 0x5A69_F37C;
                    reference.group(operation, unsigned(size, b), unsigned(size, a), true);
                    run(a, b, 1, sized(size, operation << 3 | 2, 0x0E)); // ecx, [esi]
                    int result = operation == 7 ? cut(size, b) : (int) reference.value;
                    assertEquals(result, cut(size, after.gpr[Cpu.ECX]));
                    checkFlags("operation " + operation, reference.flags, EFlags.STATUS);
                    assertEquals(b & ~cut(size, -1), after.gpr[Cpu.ECX] & ~cut(size, -1), "upper part stays");
                }
            }
        }
    }

    @Test
    void shiftsAndRotatesByEveryCount() {
        for (int size : new int[] {1, 2, 4}) {
            ReferenceAlu reference = new ReferenceAlu(size);
            for (int operation = 0; operation < 8; operation++) {
                for (int count = 0; count < 34; count++) {
                    for (int a : VALUES) {
                        int before = (a ^ count) % 2 == 0 ? 0 : EFlags.STATUS;
                        // What is undefined follows the single steps; beyond the width CF of narrow shifts is 0 anyway.
                        reference.shift(operation, unsigned(size, a), count & 31, before);
                        boolean wraps = (count & 31) != 0 && operation < 4 && size < 4;
                        int mask = EFlags.STATUS & ~(wraps && (count & 31) > 8 * size ? EFlags.OF : 0);
                        String what = "shift " + operation + " size " + size + " " + a + " by " + count;
                        run(a, count, before, sized(size, 0xD2, 0xC0 | operation << 3)); // eax, cl
                        assertEquals((int) reference.value, cut(size, after.gpr[Cpu.EAX]), what);
                        checkFlags(what, reference.flags, mask);
                        run(a, 0, before, sized(size, 0xC0, 0xC0 | operation << 3, count)); // eax, imm
                        assertEquals((int) reference.value, cut(size, after.gpr[Cpu.EAX]), what + " immediate");
                        checkFlags(what + " immediate", reference.flags, mask);
                        run(a, 0, before, sized(size, 0xC0, 0x06 | operation << 3, count)); // [esi], imm
                        assertEquals((int) reference.value, cut(size, bench.read32(DATA)), what + " memory");
                    }
                }
            }
        }
    }

    @Test
    void incrementsKeepCarry() {
        for (int size : new int[] {1, 2, 4}) {
            ReferenceAlu reference = new ReferenceAlu(size);
            for (int a : VALUES) {
                for (int carry = 0; carry < 2; carry++) {
                    reference.add(unsigned(size, a), 1, false);
                    run(a, 0, carry, sized(size, 0xFE, 0xC0));
                    assertEquals((int) reference.value, cut(size, after.gpr[Cpu.EAX]));
                    checkFlags("INC", reference.flags & ~1 | carry, EFlags.STATUS);
                    run(a, 0, carry, sized(size, 0xFE, 0x06));
                    checkFlags("INC memory", reference.flags & ~1 | carry, EFlags.STATUS);
                    reference.subtract(unsigned(size, a), 1, false);
                    run(a, 0, carry, sized(size, 0xFE, 0xC8));
                    assertEquals((int) reference.value, cut(size, after.gpr[Cpu.EAX]));
                    checkFlags("DEC", reference.flags & ~1 | carry, EFlags.STATUS);
                    reference.subtract(0, unsigned(size, a), false);
                    run(a, 0, carry, sized(size, 0xF6, 0xD8));
                    assertEquals((int) reference.value, cut(size, after.gpr[Cpu.EAX]));
                    checkFlags("NEG", reference.flags, EFlags.STATUS);
                }
            }
        }
    }

    @Test
    void productsAgainstBigIntegers() {
        for (int size : new int[] {1, 2, 4}) {
            for (int a : VALUES) {
                for (int b : VALUES) {
                    product(size, a, b, false);
                    product(size, a, b, true);
                }
            }
        }
    }

    private static BigInteger number(int size, int value, boolean signed) {
        int cut = cut(size, value);
        return BigInteger.valueOf(signed ? Alu.extend(size, cut) : cut & 0xFFFF_FFFFL);
    }

    private void product(int size, int a, int b, boolean signed) {
        BigInteger expected = number(size, a, signed).multiply(number(size, b, signed));
        run(a, b, 0, sized(size, 0xF6, signed ? 0xE9 : 0xE1));
        int low = cut(size, after.gpr[Cpu.EAX]);
        int high = size == 1 ? after.gpr[Cpu.EAX] >>> 8 & 0xFF : cut(size, after.gpr[Cpu.EDX]);
        assertEquals(cut(size, expected.intValue()), low);
        assertEquals(cut(size, expected.shiftRight(8 * size).intValue()), high);
        boolean fits = expected.equals(number(size, low, signed));
        checkFlags("product", fits ? 0 : EFlags.CF | EFlags.OF, EFlags.CF | EFlags.OF);
        if (signed && size == 4) {
            run(a, b, 0, 0x0F, 0xAF, 0xC1); // imul eax, ecx
            assertEquals(low, after.gpr[Cpu.EAX]);
            checkFlags("IMUL r,r", fits ? 0 : EFlags.CF | EFlags.OF, EFlags.CF | EFlags.OF);
            run(a, b, 0, 0x69, 0x0E, a, a >> 8, a >> 16, a >> 24); // imul ecx, [esi], a
            assertEquals(a * a, after.gpr[Cpu.ECX]);
        }
    }

    @Test
    void quotientsOrDivideErrors() {
        for (int size : new int[] {1, 2, 4}) {
            for (int a : VALUES) {
                for (int high : new int[] {0, 1, -1, 0x40}) {
                    for (int b : VALUES) {
                        quotient(size, a, high, b, false);
                        quotient(size, a, high, b, true);
                    }
                }
            }
        }
    }

    private void quotient(int size, int a, int high, int b, boolean signed) {
        bench.state = SystemBench.flat(0);
        bench.state.gpr[Cpu.EAX] = size == 1 ? a & 0xFF | high << 8 : a;
        bench.state.gpr[Cpu.EDX] = high;
        bench.state.gpr[Cpu.ECX] = b;
        bench.program(sized(size, 0xF6, signed ? 0xF9 : 0xF1));
        after = bench.run(1);
        BigInteger dividend = number(size, high, signed).shiftLeft(8 * size).add(number(size, a, false));
        BigInteger divisor = number(size, b, signed);
        BigInteger[] expected = divisor.signum() == 0 ? null : dividend.divideAndRemainder(divisor);
        boolean fits = expected != null && expected[0].equals(number(size, expected[0].intValue(), signed));
        String what = (signed ? "IDIV " : "DIV ") + dividend + " by " + divisor + " size " + size;
        if (!fits) {
            assertEquals(SystemBench.handler(0), after.eip, what + " raises #DE");
            return;
        }
        int remainder = size == 1 ? after.gpr[Cpu.EAX] >>> 8 & 0xFF : cut(size, after.gpr[Cpu.EDX]);
        assertEquals(cut(size, expected[0].intValue()), cut(size, after.gpr[Cpu.EAX]), what);
        assertEquals(cut(size, expected[1].intValue()), remainder, what);
    }

    @Test
    void conditionsOnEveryCombinationOfFlags() {
        for (int combination = 0; combination < 64; combination++) {
            int flags = (combination & 1)
                    | (combination & 2) << 1
                    | (combination & 4) << 2
                    | (combination & 24) << 3
                    | (combination & 32) << 6;
            run(0, 0, flags, 0x90);
            assertEquals(flags, after.eflags & EFlags.STATUS, "flags survive loading and saving");
            for (int condition = 0; condition < 16; condition++) {
                boolean holds = EFlags.holds(condition, flags);
                run(0, 7, flags, 0x0F, 0x90 | condition, 0xC0); // setcc al
                assertEquals(holds ? 1 : 0, after.gpr[Cpu.EAX], "SETcc " + condition);
                run(3, 7, flags, 0x0F, 0x40 | condition, 0xC1); // cmovcc eax, ecx
                assertEquals(holds ? 7 : 3, after.gpr[Cpu.EAX], "CMOVcc " + condition);
                bench.state.eip = SystemBench.CODE;
                bench.program(0x70 | condition, 0x10);
                after = bench.run(1);
                assertEquals(SystemBench.CODE + (holds ? 0x12 : 2), after.eip, "Jcc " + condition);
            }
        }
    }

    @Test
    void bitTestsReachBeyondTheOperand() {
        int[] opcodes = {0xA3, 0xAB, 0xB3, 0xBB};
        for (int what = 0; what < 4; what++) {
            for (int index : new int[] {0, 5, 31, 32, 67, -1, -33, -64}) {
                bench.write32(DATA - 8, 0x5555_5555);
                bench.write32(DATA - 4, 0x3333_3333);
                bench.write32(DATA + 4, 0x0F0F_0F0F);
                bench.write32(DATA + 8, 0x00FF_00FF);
                int cell = DATA + (index >> 5) * 4;
                int old = cell == DATA ? 0xCAFE_BABE : bench.read32(cell);
                run(0xCAFE_BABE, index, 0x8D4, 0x0F, opcodes[what], 0x0E); // bt [esi], ecx
                int bit = 1 << (index & 31);
                int changed = what == 0 ? old : what == 1 ? old | bit : what == 2 ? old & ~bit : old ^ bit;
                assertEquals(changed, bench.read32(cell), "operation " + what + " bit " + index);
                checkFlags("bit test", ((old & bit) != 0 ? 1 : 0) | 0x8D4, EFlags.STATUS);
            }
        }
    }

    @Test
    void bitScansLeaveTheDestinationWhenThereIsNoBit() {
        run(0x0050_0000, 0x77, 0, 0x0F, 0xBC, 0xC8); // bsf ecx, eax
        assertEquals(20, after.gpr[Cpu.ECX]);
        checkFlags("BSF", 0, EFlags.ZF);
        run(0x0050_0000, 0x77, 0, 0x0F, 0xBD, 0xC8);
        assertEquals(22, after.gpr[Cpu.ECX]);
        run(0, 0x77, 0, 0x0F, 0xBC, 0xC8);
        assertEquals(0x77, after.gpr[Cpu.ECX]);
        checkFlags("BSF of 0", EFlags.ZF, EFlags.ZF);
    }

    @Test
    void doubleShiftsOfDoublewords() {
        for (int a : VALUES) {
            for (int count = 1; count < 32; count++) {
                int fill = 0x9ABC_DEF1;
                bench.state = SystemBench.flat(0);
                run(a, fill, 0, 0x0F, 0xA4, 0xC8, count); // shld eax, ecx, count
                assertEquals(a << count | fill >>> 32 - count, after.gpr[Cpu.EAX]);
                checkFlags("SHLD", a >>> 32 - count & 1, EFlags.CF);
                run(a, fill, 0, 0x0F, 0xAC, 0xC8, count);
                assertEquals(a >>> count | fill << 32 - count, after.gpr[Cpu.EAX]);
                checkFlags("SHRD", a >>> count - 1 & 1, EFlags.CF);
            }
        }
    }

    @Test
    void exchangesThatCompare() {
        run(5, 9, 0, 0x0F, 0xB1, 0x0E); // cmpxchg [esi], ecx; [esi] = eax = 5
        assertEquals(9, bench.read32(DATA));
        checkFlags("equal", EFlags.ZF, EFlags.ZF);
        bench.write32(DATA, 6);
        bench.state.eip = SystemBench.CODE;
        bench.state.gpr[Cpu.EAX] = 5;
        after = bench.run(1);
        assertEquals(6, after.gpr[Cpu.EAX]);
        assertEquals(6, bench.read32(DATA));
        checkFlags("different", 0, EFlags.ZF);
        run(5, 9, 0, 0x0F, 0xC1, 0x0E); // xadd [esi], ecx
        assertEquals(14, bench.read32(DATA));
        assertEquals(5, after.gpr[Cpu.ECX]);
        bench.write32(DATA + 4, 0x3333_3333); // EDX as the bench sets it
        run(5, 9, 0, 0xF0, 0x0F, 0xC7, 0x0E); // lock cmpxchg8b [esi]
        assertEquals(0x4444_4444, bench.read32(DATA), "EBX");
        assertEquals(9, bench.read32(DATA + 4), "ECX");
        checkFlags("equal", EFlags.ZF, EFlags.ZF);
    }

    @Test
    void decimalAdjustments() {
        for (int al = 0; al < 256; al++) {
            for (int bits = 0; bits < 4; bits++) {
                boolean carry = (bits & 1) != 0;
                boolean auxiliary = (bits & 2) != 0;
                int flags = (carry ? EFlags.CF : 0) | (auxiliary ? EFlags.AF : 0);
                boolean low = (al & 15) >= 10 || auxiliary;
                boolean high = al >= 0x9A || carry;
                run(0x0500 | al, 0, flags, 0x27); // DAA
                assertEquals(0x0500 | al + (low ? 6 : 0) + (high ? 0x60 : 0) & 0xFF, after.gpr[Cpu.EAX]);
                checkFlags("DAA", (high ? 1 : 0) | (low ? EFlags.AF : 0), EFlags.CF | EFlags.AF);
                run(0x0500 | al, 0, flags, 0x37); // AAA
                int ah = 5 + (low ? 1 + (al + 6 >> 8) : 0);
                assertEquals(ah << 8 | al + (low ? 6 : 0) & 15, after.gpr[Cpu.EAX]);
                checkFlags("AAA", low ? EFlags.CF | EFlags.AF : 0, EFlags.CF | EFlags.AF);
            }
        }
        run(0x0063, 0, 0, 0xD4, 0x0A); // AAM
        assertEquals(0x0909, after.gpr[Cpu.EAX]);
        run(0x0909, 0, 0, 0xD5, 0x0A); // AAD
        assertEquals(0x0063, after.gpr[Cpu.EAX]);
        bench.state.eip = SystemBench.CODE;
        bench.program(0xD4, 0);
        assertEquals(SystemBench.handler(0), bench.run(1).eip, "AAM 0 divides by zero");
    }
}
