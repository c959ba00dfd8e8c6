package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.jeroboam.hardware.cpu.CpuModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * x87 and MMX instructions in the processor: operands, availability, pending exceptions, images. The arithmetic is
 * tested with Fpu.
 */
class FpuInstructionTest {
    private static final int AT = 0x6000;

    private final SystemBench bench = new SystemBench();

    FpuInstructionTest() {
        reset();
    }

    private void reset() {
        bench.reset(0);
        bench.state.cr0 = 0x31; // NE
        bench.state.gpr[Cpu.EBX] = AT;
        bench.state.fxsave[0] = 0x7F; // FCW 037Fh, empty
        bench.state.fxsave[1] = 3;
        bench.state.fxsave[4] = 0;
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private static int[] bytes(int... values) {
        return values;
    }

    /** FLD double [ebx], the instruction, FSTP double [ebx+20h]. */
    private double evaluate(double st, double operand, int... instruction) {
        return evaluateBits(Double.doubleToLongBits(st), Double.doubleToLongBits(operand), instruction);
    }

    private double evaluateBits(long st, long operand, int... instruction) {
        bench.memory.write(AT, 4, (int) st);
        bench.memory.write(AT + 4, 4, (int) (st >>> 32));
        bench.memory.write(AT + 8, 4, (int) operand);
        bench.memory.write(AT + 12, 4, (int) (operand >>> 32));
        int[] code = Arrays.copyOf(bytes(0xDD, 0x03), 2 + instruction.length + 3);
        System.arraycopy(instruction, 0, code, 2, instruction.length);
        System.arraycopy(bytes(0xDD, 0x5B, 0x20), 0, code, 2 + instruction.length, 3);
        bench.program(code);
        bench.run(3);
        assertEquals("-", bench.outcome());
        return Double.longBitsToDouble(bench.read32(AT + 0x20) & 0xFFFF_FFFFL | (long) bench.read32(AT + 0x24) << 32);
    }

    @Test
    void memoryArithmetic() {
        double[] results = {7 + 2.5, 7 * 2.5, 7, 7, 7 - 2.5, 2.5 - 7, 7 / 2.5, 2.5 / 7};
        for (int op = 0; op < 8; op++) {
            if (op == 2 || op == 3) {
                continue;
            }
            assertEquals(results[op], evaluate(7, 2.5, 0xDC, 0x43 | op << 3, 8), "m64 op " + op);
            long single = Float.floatToIntBits(2.5f);
            assertEquals(
                    results[op],
                    evaluateBits(Double.doubleToLongBits(7), single, 0xD8, 0x43 | op << 3, 8),
                    "m32 op " + op);
        }
        double[] integers = {7 + -3, 7 * -3, 0, 0, 7 - -3, -3 - 7, 7.0 / -3, -3.0 / 7};
        for (int op = 0; op < 8; op++) {
            if (op == 2 || op == 3) {
                continue;
            }
            long seven = Double.doubleToLongBits(7);
            assertEquals(integers[op], evaluateBits(seven, -3 & 0xFFFF, 0xDE, 0x43 | op << 3, 8), "m16 op " + op);
            assertEquals(integers[op], evaluateBits(seven, -3 & 0xFFFF_FFFFL, 0xDA, 0x43 | op << 3, 8), "m32 op " + op);
        }
    }

    /** FLD 7, FLD 2.5, the instruction: registers before the test. */
    private void pair(int... instruction) {
        bench.memory.write(AT, 4, Float.floatToIntBits(7f));
        bench.memory.write(AT + 4, 4, Float.floatToIntBits(2.5f));
        int[] code = {0xD9, 0x03, 0xD9, 0x43, 4, 0, 0, 0x90, 0xD9, 0x5B, 0x20, 0xD9, 0x5B, 0x24};
        System.arraycopy(instruction, 0, code, 5, instruction.length);
        bench.program(code);
        bench.run(6);
        assertEquals("-", bench.outcome());
    }

    private float stored(int index) {
        return Float.intBitsToFloat(bench.read32(AT + 0x20 + 4 * index));
    }

    @Test
    void registerArithmeticInBothDirections() {
        // ST(0) = 2.5, ST(1) = 7
        float[] toTop = {9.5f, 17.5f, 0, 0, 2.5f - 7, 7 - 2.5f, 2.5f / 7, 7 / 2.5f};
        float[] toOther = {9.5f, 17.5f, 0, 0, 2.5f - 7, 7 - 2.5f, 2.5f / 7, 7 / 2.5f}; // DC E0 is reversed subtraction
        for (int op = 0; op < 8; op++) {
            if (op == 2 || op == 3) {
                continue;
            }
            pair(0xD8, 0xC1 | op << 3);
            assertEquals(toTop[op], stored(0), "D8 op " + op);
            assertEquals(7f, stored(1));
            pair(0xDC, 0xC1 | op << 3);
            assertEquals(2.5f, stored(0));
            assertEquals(toOther[op], stored(1), "DC op " + op);
        }
        pair(0xD9, 0xC9); // fxch
        assertEquals(7f, stored(0));
        assertEquals(2.5f, stored(1));
    }

    @Test
    void comparisonToFlags() {
        bench.state.eflags = 0x8D7;
        pair(0xDB, 0xF1); // fcomi st, st(1): 2.5 < 7
        assertEquals(3, bench.after.eflags, "CF alone");
        pair(0xDA, 0xC1); // fcmovb with CF set by eflags 8D7
        assertEquals(7f, stored(0));
    }

    @Test
    void integersAndDecimals() {
        bench.memory.write(AT, 4, 0x1234_5678);
        bench.memory.write(AT + 4, 4, 0x0ABC_DEF0);
        bench.program(0xDF, 0x2B, 0xDF, 0x7B, 0x10); // fild qword, fistp qword: an exact copy
        bench.run(2);
        assertEquals(0x1234_5678, bench.read32(AT + 0x10));
        assertEquals(0x0ABC_DEF0, bench.read32(AT + 0x14));
        bench.memory.write(AT, 4, -12345678);
        bench.program(0xDB, 0x03, 0xDF, 0x73, 0x10, 0x90, 0x90); // fild dword; fbstp
        bench.run(2);
        assertEquals(0x1234_5678, bench.read32(AT + 0x10));
        assertEquals(0x8000, bench.read16(AT + 0x18));
        bench.program(0xDF, 0x63, 0x10, 0xDB, 0x5B, 0x20); // fbld; fistp dword
        bench.run(2);
        assertEquals(-12345678, bench.read32(AT + 0x20));
        bench.program(0xDB, 0x03, 0xDB, 0x7B, 0x10, 0xDB, 0x6B, 0x10, 0xDF, 0x5B, 0x20); // through m80 to fistp word
        bench.run(4);
        assertEquals(0x8000, bench.read16(AT + 0x20), "integer indefinite");
        assertEquals(0xC016, bench.read16(AT + 0x18));
    }

    /** What kernels do to find the unit. */
    @Test
    void detection() {
        bench.memory.write(AT, 4, 0x5A5A_5A5A);
        bench.program(0xDB, 0xE3, 0xDD, 0x3B, 0xD9, 0x7B, 0x02, 0xDF, 0xE0); // fninit; fnstsw; fnstcw; fnstsw ax
        bench.run(4);
        assertEquals(0x037F_0000, bench.read32(AT));
        assertEquals(0x1111_0000, bench.after.gpr[0]);
    }

    @Test
    void availability() {
        int[][] x87 = {{0xD9, 0xE8}, {0xDB, 0xE3}, {0xDD, 0x3B}, {0x0F, 0xAE, 0x03}, {0xD9, 0xD0}};
        for (int[] instruction : x87) {
            for (int bits : new int[] {4, 8, 0xC}) {
                bench.state.cr0 = 0x31 | bits;
                bench.step(instruction);
                assertEquals("7", bench.outcome());
            }
        }
        for (int bits = 0; bits < 16; bits += 2) {
            bench.state.cr0 = 0x31 | bits;
            bench.step(0x9B);
            assertEquals((bits & 0xA) == 0xA ? "7" : "-", bench.outcome(), "FWAIT: MP and TS");
            bench.step(0x0F, 0xFE, 0xC1); // paddd mm0, mm1
            assertEquals((bits & 4) != 0 ? "6" : (bits & 8) != 0 ? "7" : "-", bench.outcome(), "MMX");
        }
    }

    /** FLDCW that unmasks division by zero, 1/0, then a waiting instruction. */
    private void divideByZero(int... then) {
        bench.memory.write(AT, 4, 0x037B);
        int[] code = {0xD9, 0x2B, 0xD9, 0xE8, 0xD9, 0xEE, 0xDE, 0xF9, 0, 0, 0};
        System.arraycopy(then, 0, code, 8, then.length);
        bench.program(code);
    }

    @Test
    void pendingExceptionIsReportedByTheNextWaitingInstruction() {
        int[][] waiting = {{0x9B}, {0xD9, 0xE8}, {0xD9, 0x2B}, {0x0F, 0x77}};
        for (int[] instruction : waiting) {
            divideByZero(instruction);
            bench.run(4);
            assertEquals(SystemBench.CODE + 8, bench.after.eip, "not yet");
            bench.run(5);
            assertEquals("16", bench.outcome());
            assertEquals(SystemBench.CODE + 8, bench.read32(bench.after.gpr[Cpu.ESP]));
            assertEquals(0x1_0002, bench.read32(bench.after.gpr[Cpu.ESP] + 8));
        }
        int[][] quiet = {{0xDB, 0xE2}, {0xDB, 0xE3}, {0xDF, 0xE0}, {0xD9, 0x7B, 4}};
        for (int[] instruction : quiet) {
            divideByZero(instruction);
            bench.run(5);
            assertEquals("-", bench.outcome());
        }
    }

    @Test
    void withoutNativeErrorsThePinReports() {
        bench.state.cr0 = 0x11;
        bench.state.eflags |= 0x200;
        divideByZero(0x9B);
        bench.bus.vector = 0x75;
        bench.run(4);
        assertFalse(bench.bus.ferr);
        bench.core.run(1);
        assertTrue(bench.bus.ferr);
        assertEquals(SystemBench.CODE + 8, bench.core.save().eip, "FWAIT waits");
        bench.memory.write(SystemBench.handler(0x75), 2, 0xE2DB); // fnclex
        bench.core.setInterruptLine(true);
        bench.core.run(1);
        assertFalse(bench.bus.ferr);
        bench.after = bench.core.save();
        assertEquals(SystemBench.handler(0x75) + 2, bench.after.eip);
        assertEquals(SystemBench.CODE + 8, bench.read32(bench.after.gpr[Cpu.ESP]), "FWAIT again afterwards");
    }

    @Test
    void pointersOfTheLastInstruction() {
        bench.memory.write(AT, 4, 0);
        bench.program(
                0xD9, 0x43, 4, 0xD9, 0x3B, 0xD9, 0x73, 0x20); // fld dword [ebx+4]; fnstcw [ebx]; fnstenv [ebx+20h]
        bench.run(3);
        assertEquals(SystemBench.CODE, bench.read32(AT + 0x2C));
        assertEquals(0x0143_0000 | SystemBench.CODE0, bench.read32(AT + 0x30));
        assertEquals(AT + 4, bench.read32(AT + 0x34));
        assertEquals(0xFFFF_0000 | SystemBench.DATA0, bench.read32(AT + 0x38));
    }

    @Test
    void saveAndRestore() {
        for (boolean wide : new boolean[] {true, false}) {
            reset();
            int length = wide ? 108 : 94;
            bench.memory.write(AT + length, 4, 0x1234_5678);
            int prefix = wide ? 0x90 : 0x66;
            // fldpi; fnsave [ebx]; frstor [ebx]; fnsave [ebx+100h]
            bench.program(0xD9, 0xEB, prefix, 0xDD, 0x33, prefix, 0xDD, 0x23, prefix, 0xDD, 0xB3, 0, 1, 0, 0);
            bench.run(wide ? 7 : 4);
            assertEquals("-", bench.outcome());
            assertEquals(0x1234_5678, bench.read32(AT + length));
            for (int i = 0; i < length - 2; i += 2) {
                assertEquals(bench.read16(AT + i), bench.read16(AT + 0x100 + i), "offset " + i);
            }
            assertEquals(0x4000, bench.read16(AT + length - 72), "pi");
            assertEquals(0xC235, bench.read16(AT + length - 80));
        }
    }

    @Test
    void extendedImage() {
        bench.memory.write(AT + 24, 4, 0x5555_5555);
        bench.memory.write(AT + 288, 4, 0x5555_5555);
        bench.program(
                0xD9, 0xEB, 0x0F, 0xAE, 0x03, 0xDB, 0xE3, 0x0F, 0xAE, 0x0B, 0xDB,
                0x3B); // fxsave, fninit, fxrstor, fstp
        bench.run(2);
        assertEquals(0x037F, bench.read16(AT));
        assertEquals(0x3800, bench.read16(AT + 2));
        assertEquals(0x80, bench.read16(AT + 4), "abridged tags");
        assertEquals(0xC90F_DAA2, bench.read32(AT + 36));
        assertEquals(0x5555_5555, bench.read32(AT + 24), "no MXCSR without SSE");
        assertEquals(0x5555_5555, bench.read32(AT + 288));
        bench.core.run(3);
        assertEquals(0xC90F_DAA2, bench.read32(AT + 4));
        bench.state.gpr[Cpu.EBX]++;
        bench.step(0x0F, 0xAE, 0x03);
        assertEquals("13:0", bench.outcome(), "alignment");
        try (SystemBench p3 = new SystemBench(CpuModel.P3)) {
            p3.state.cr4 = 0x200;
            p3.state.gpr[Cpu.EBX] = AT;
            p3.step(0x0F, 0xAE, 0x03);
            assertEquals(0x1F80, p3.read32(AT + 24));
            assertEquals(0xFFBF, p3.read32(AT + 28));
            p3.write32(AT + 24, 0x40);
            p3.step(0x0F, 0xAE, 0x0B);
            assertEquals("13:0", p3.outcome(), "reserved bit of MXCSR");
        }
    }

    @Test
    void stateKeepsEverything() {
        bench.program(0xD9, 0xEB, 0xD9, 0xE8);
        bench.run(2);
        byte[] saved = bench.after.fxsave;
        bench.state = bench.after;
        bench.core.load(bench.state);
        assertArrayEquals(saved, bench.core.save().fxsave);
    }

    @Test
    void storeThatFaultsLeavesTheStack() {
        bench.state.segments[Cpu.DS] = new org.jeroboam.hardware.cpu.SegmentState(SystemBench.DATA0, 0, AT + 8, 0x4093);
        bench.program(0xD9, 0xEB, 0xDB, 0x7B, 0, 0x90); // fstp tbyte [ebx]: ten bytes, nine allowed
        bench.run(2);
        assertEquals("13:0", bench.outcome());
        assertEquals(0x38, bench.after.fxsave[3], "TOP is still 7");
        assertEquals(0, bench.read32(AT));
    }

    @Test
    void misalignedSaveChangesNothing() {
        bench.state = SystemBench.flat(3);
        bench.state.cr0 = 0x4_0031;
        bench.state.eflags |= 1 << 18;
        bench.state.gpr[Cpu.EBX] = AT + 2;
        bench.state.fxsave[0] = 0x7F;
        bench.program(0xDD, 0x33); // fnsave [ebx]
        bench.run(1);
        assertEquals("17:0", bench.outcome());
        assertEquals((byte) 0xFF, bench.after.fxsave[4], "not initialised");
        assertEquals(0, bench.read32(AT));
        bench.program(0x66, 0xDD, 0x33);
        bench.run(1);
        assertEquals("-", bench.outcome(), "words need an even address only");
        assertEquals(0x7F, bench.read16(AT + 2));
    }

    @Test
    void multimedia() {
        bench.memory.write(AT, 4, 0x0001_FFFF);
        bench.memory.write(AT + 4, 4, 0x7FFF_8000);
        // movq mm0, [ebx]; movd mm1, eax; paddw mm0, mm1; psllw mm0, 4; movq [ebx+8], mm0; movd ecx, mm1; emms
        bench.program(
                0x0F, 0x6F, 0x03, 0x0F, 0x6E, 0xC8, 0x0F, 0xFD, 0xC1, 0x0F, 0x71, 0xF0, 4, 0x0F, 0x7F, 0x43, 8, 0x0F,
                0x7E, 0xC9, 0x0F, 0x77);
        bench.run(6);
        assertEquals(0x1111_1111, bench.after.gpr[Cpu.ECX]);
        assertEquals(0x1120_1100, bench.read32(AT + 8));
        assertEquals(0xFFF0_0000, bench.read32(AT + 12));
        assertEquals((byte) 0xFF, bench.after.fxsave[4], "tags valid");
        assertEquals(0, bench.after.fxsave[3] & 0x38, "TOP 0");
        assertEquals((byte) 0xFF, bench.after.fxsave[41], "exponent all ones");
        bench.core.run(1);
        assertEquals(0, bench.core.save().fxsave[4], "EMMS");
    }
}
