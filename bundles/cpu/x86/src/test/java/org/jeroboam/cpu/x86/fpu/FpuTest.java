package org.jeroboam.cpu.x86.fpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** State, stack, pending exceptions and images: what single-instruction vectors do not show. */
class FpuTest {
    private static final HexFormat HEX = HexFormat.of();

    /** FRSTOR image (32-bit, protected), read by a real processor; the strings below are what that stored. */
    private static final String REGISTERS = "00070e151c232a310000000000000000000000008c939aa1a8afb6bdc4cbd2d9e0e7eef5"
            + "fc030a11181f262d343b424950575e656c737a81888f969da4abb2b9c0c7ced5dce3eaf1f8ff060d141b2229";

    private static final String IMAGE = "7f03ffff002affff174effff785634122300a305f0debc9a2b00ffff" + REGISTERS;
    private static final String ENVIRONMENT_32 = "7f03ffff002affff0b1effff785634122300a305f0debc9a2b00ffff";
    private static final String ENVIRONMENT_16 = "7f03002a0b1e78562300f0de2b00";

    private final Fpu fpu = new Fpu();
    private final byte[] image = new byte[Fpu.ENVIRONMENT_32 + Fpu.REGISTERS];

    @BeforeEach
    void start() {
        fpu.fninit();
    }

    private String imageText(int length) {
        return HEX.formatHex(image, 0, length);
    }

    private void restore(String text) {
        byte[] bytes = HEX.parseHex(text);
        assertEquals(108, fpu.frstor(bytes, true, false));
    }

    private double st(int i) {
        Fpu copy = new Fpu();
        copy.fldM80(fpu.stackExponent(i), fpu.stackSignificand(i));
        return Double.longBitsToDouble(copy.fstM64());
    }

    private void load(double value) {
        fpu.fldM64(Double.doubleToRawLongBits(value));
    }

    @Test
    void resetAndInitialisation() {
        fpu.reset();
        assertEquals(0x0040, fpu.fnstcw());
        assertEquals(0x5555, fpu.tagWord());
        fpu.fninit();
        assertEquals(0x037F, fpu.fnstcw());
        assertEquals(0, fpu.fnstsw());
        assertEquals(0xFFFF, fpu.tagWord());
        fpu.fldcw(0xFFFF);
        assertEquals(0x1F7F, fpu.fnstcw());
    }

    @Test
    void aSmallCalculation() {
        load(3);
        load(4);
        fpu.fmul(0);
        fpu.fxch(1);
        fpu.fmul(0);
        fpu.arithmeticPop(FpuArithmetic.ADD, 1);
        fpu.fsqrt();
        assertEquals(5.0, st(0));
        assertEquals(0, fpu.fnstsw() & 0x3F);
        assertEquals(7, fpu.fnstsw() >>> 11 & 7);
    }

    @Test
    void tagsFollowTheContents() {
        load(0);
        load(1);
        load(Double.POSITIVE_INFINITY);
        fpu.fldM80(0, 1);
        assertEquals(0b01_00_10_10_11_11_11_11, fpu.tagWord());
        fpu.ffree(1);
        assertEquals(0b01_00_11_10_11_11_11_11, fpu.tagWord());
    }

    @Test
    void stackOverflowMasked() {
        for (int i = 0; i < 8; i++) {
            load(i);
        }
        load(8);
        assertEquals(0x41, fpu.fnstsw() & 0x7F);
        assertTrue((fpu.fnstsw() & 0x0200) != 0);
        assertEquals(0xFFFF, fpu.stackExponent(0));
        assertEquals(0xC000_0000_0000_0000L, fpu.stackSignificand(0));
        assertEquals(7.0, st(1));
    }

    @Test
    void stackUnderflowUnmaskedChangesNothingAndWaits() {
        fpu.fldcw(0x037E);
        fpu.fchs();
        assertTrue(fpu.pendingException());
        assertEquals(0x80C1, fpu.fnstsw());
        assertEquals(0xFFFF, fpu.tagWord());
        fpu.fnclex();
        assertFalse(fpu.pendingException());
        assertEquals(0, fpu.fnstsw());
    }

    @Test
    void unmaskedZeroDivideKeepsOperands() {
        fpu.fldcw(0x037B);
        load(0);
        load(7);
        fpu.arithmetic(FpuArithmetic.DIV, 1);
        assertTrue(fpu.pendingException());
        assertEquals(7.0, st(0));
        fpu.fldcw(0x037F);
        assertFalse(fpu.pendingException());
        assertEquals(0x04, fpu.fnstsw() & 0xFF);
        fpu.fldcw(0x037B);
        assertTrue(fpu.pendingException());
    }

    @Test
    void unmaskedOverflowForbidsTheStore() {
        fpu.fldcw(0x0377);
        load(1e300);
        fpu.fstM32();
        assertFalse(fpu.mayStore());
        assertTrue(fpu.pendingException());
        fpu.fnclex();
        load(1.5);
        assertEquals(Float.floatToRawIntBits(1.5f), fpu.fstM32());
        assertTrue(fpu.mayStore());
        assertEquals(2, fpu.fistM32());
    }

    @Test
    void wholeNumbersOf64BitsPassUnchanged() {
        for (long value : new long[] {0, -1, Long.MAX_VALUE, Long.MIN_VALUE, 0x0123_4567_89AB_CDEFL}) {
            fpu.fild(value);
            assertEquals(value, fpu.fistM64());
            assertTrue(fpu.mayStore());
            fpu.pop();
        }
        assertEquals(0, fpu.fnstsw() & 0x3F);
    }

    @Test
    void packedDecimal() {
        fpu.fbld(0x6789_0123_4567_8901L, 0x8023);
        assertEquals(-236789012345678901d, st(0));
        assertEquals(0x6789_0123_4567_8901L, fpu.fbstp());
        assertEquals(0x8023, fpu.storeHigh());
    }

    @Test
    void comparisonSetsProcessorFlags() {
        load(2);
        load(1);
        assertEquals(0x01, fpu.fcomi(1, false));
        fpu.fxch(1);
        assertEquals(0x00, fpu.fcomi(1, false));
        assertEquals(0x40, fpu.fcomi(0, true));
        load(Double.NaN);
        assertEquals(0x45, fpu.fucomi(1, false));
        assertEquals(0, fpu.fnstsw() & 1);
        assertEquals(0x45, fpu.fcomi(1, false));
        assertEquals(1, fpu.fnstsw() & 1);
    }

    @Test
    void constantsFollowRoundingControl() {
        fpu.fldpi();
        assertEquals(0xC90F_DAA2_2168_C235L, fpu.stackSignificand(0));
        fpu.fldcw(0x0F7F);
        fpu.fldpi();
        assertEquals(0xC90F_DAA2_2168_C234L, fpu.stackSignificand(0));
        assertEquals(0, fpu.fnstsw() & 0x3F);
    }

    @Test
    void remainderBySteps() {
        load(3);
        load(0x1p200);
        int steps = 0;
        do {
            fpu.fprem();
            steps++;
        } while ((fpu.fnstsw() & 0x0400) != 0);
        // 2^200 mod 3, and at least 32 bits a step
        assertEquals(1.0, st(0));
        assertTrue(steps > 1 && steps <= 7, () -> "took more than 7 steps");
    }

    @Test
    void trigonometryOutOfRange() {
        load(0x1p63);
        fpu.fsin();
        assertEquals(0x0400, fpu.fnstsw() & 0x0400);
        assertEquals(0x1p63, st(0));
        fpu.fptan();
        assertEquals(0x0400, fpu.fnstsw() & 0x0400);
        assertEquals(7, fpu.fnstsw() >>> 11 & 7);
    }

    @Test
    void mmxAliasesTheRegisters() {
        load(1);
        load(2);
        fpu.enterMmx();
        fpu.setMm(3, 0x1122_3344_5566_7788L);
        assertEquals(0, fpu.fnstsw() >>> 11 & 7);
        assertEquals(0x1122_3344_5566_7788L, fpu.mm(3));
        assertEquals(0xFFFF, fpu.stackExponent(3));
        assertEquals(0x8000_0000_0000_0000L, fpu.mm(7));
        assertEquals(0, fpu.tagWord() & 0xC000);
        fpu.emms();
        assertEquals(0xFFFF, fpu.tagWord());
    }

    @Test
    void protectedModeImages() {
        restore(IMAGE);
        assertEquals(28, fpu.fnstenv(image, true, false));
        assertEquals(ENVIRONMENT_32, imageText(28));
        assertEquals(14, fpu.fnstenv(image, false, false));
        assertEquals(ENVIRONMENT_16, imageText(14));
        assertEquals(94, fpu.fnsave(image, false, false));
        assertEquals(ENVIRONMENT_16 + REGISTERS, imageText(94));
        assertEquals(0xFFFF, fpu.tagWord());
        byte[] saved = image.clone();
        fpu.frstor(saved, false, false);
        assertEquals(94, fpu.fnsave(image, false, false));
        assertArrayEquals(saved, image);
    }

    @Test
    void environmentMasksExceptions() {
        fpu.fldcw(0x0300);
        fpu.fchs();
        assertTrue(fpu.pendingException());
        fpu.fnstenv(image, true, false);
        assertEquals(0x0340, image[0] & 0xFF | image[1] << 8);
        assertEquals(0x80C1, image[4] & 0xFF | (image[5] & 0xFF) << 8);
        assertEquals(0x037F, fpu.fnstcw());
        assertFalse(fpu.pendingException());
        fpu.fldenv(image, true, false);
        assertTrue(fpu.pendingException());
    }

    @Test
    void realModeImagesHoldLinearAddresses() {
        fpu.instructionPointer(0x5A3, 0xF000, 0x1234);
        fpu.dataPointer(0x1234, 0x5678);
        fpu.fnstenv(image, true, true);
        assertEquals(
                "3412ffff" + "a3f50000" + "b879ffff" + "00100000", imageText(28).substring(24));
        fpu.fnstenv(image, false, true);
        assertEquals("3412" + "a3f5" + "b879" + "0010", imageText(14).substring(12));
        byte[] saved = image.clone();
        fpu.fninit();
        fpu.fldenv(saved, false, true);
        fpu.fnstenv(image, false, true);
        assertArrayEquals(saved, image);
    }

    @Test
    void fxsaveKeepsEverything() {
        restore(IMAGE);
        fpu.setMxcsr(0x1FA5);
        for (int i = 0; i < 16; i++) {
            fpu.xmm()[i] = 0x0101_0101_0101_0101L * (i + 1);
        }
        byte[] area = new byte[Fpu.FXSAVE];
        fpu.fxsave(area, true);
        assertEquals("7f03002ade00a3057856341223000000f0debc9a2b000000a51f0000bfff0000", HEX.formatHex(area, 0, 32));
        assertEquals("8c939aa1a8afb6bdc4cb000000000000", HEX.formatHex(area, 64, 80));
        assertEquals("03".repeat(8) + "04".repeat(8), HEX.formatHex(area, 176, 192));
        Fpu other = new Fpu();
        other.fxrstor(area, true);
        byte[] again = new byte[Fpu.FXSAVE];
        other.fxsave(again, true);
        assertArrayEquals(area, again);
        assertEquals(fpu.tagWord(), other.tagWord());
    }

    @Test
    void undefinedEncodingsAreToldApart() {
        assertEquals(FpuInstructions.UNDEFINED, FpuInstructions.execute(fpu, 0xD9, 0xD1, 0));
        assertEquals(FpuInstructions.UNDEFINED, FpuInstructions.execute(fpu, 0xD9, 0xEF, 0));
        assertEquals(FpuInstructions.UNDEFINED, FpuInstructions.execute(fpu, 0xDA, 0xE8, 0));
        assertEquals(FpuInstructions.UNDEFINED, FpuInstructions.execute(fpu, 0xDE, 0xD8, 0));
        assertEquals(FpuInstructions.UNDEFINED, FpuInstructions.execute(fpu, 0xDF, 0xF8, 0));
        assertEquals(0x202, FpuInstructions.execute(fpu, 0xD9, 0xE8, 0x202));
        assertEquals(1.0, st(0));
    }

    @Test
    void anyOperationOnAnyContentsStaysWithinTheUnit() {
        // a hostile guest: every register form on patterns of every kind must return
        long[] significands = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 0xC000_0000_0000_0000L};
        int[] exponents = {0, 1, 0x3FFE, 0x3FFF, 0x403E, 0x43FF, 0x7FFE, 0x7FFF, 0x8000, 0xBFFF, 0xC03E, 0xFFFE, 0xFFFF
        };
        for (int opcode = 0xD8; opcode <= 0xDF; opcode++) {
            for (int modrm = 0xC0; modrm <= 0xFF; modrm++) {
                for (int n = 0; n < significands.length * exponents.length; n++) {
                    fpu.fldcw(n * 0x49 & 0xF3F);
                    fpu.setStatusWord(n << 11);
                    fpu.setTagWord(n % 5 == 0 ? 0xC0C0 : 0);
                    for (int i = 0; i < 8; i++) {
                        fpu.setStackRegister(i, exponents[(n + i * 5) % exponents.length], significands[(n + i) % 6]);
                    }
                    FpuInstructions.execute(fpu, opcode, modrm, 0);
                    assertEquals(0, fpu.fnstsw() & ~0xFFFF);
                }
            }
        }
    }
}
