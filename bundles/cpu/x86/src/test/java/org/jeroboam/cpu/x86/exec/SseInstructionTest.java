package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.SegmentState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** SSE and SSE2 in their processor: availability, alignment, page faults, exceptions, the x87 unit beside them. */
class SseInstructionTest {
    private static final int OSFXSR = 1 << 9;
    private static final int OSXMMEXCPT = 1 << 10;
    private static final int CR0_EM = 4;
    private static final int CR0_TS = 8;
    private static final int CR0_NE = 0x20;
    private static final int MXCSR_AT = 24;
    private static final int XMM_AT = 160;
    private static final int DATA = 0x3_0000;
    private static final long ONE = 0x3FF0_0000_0000_0000L;

    private SystemBench bench;

    @BeforeEach
    void start() {
        use(CpuModel.PM);
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    private void use(CpuModel model) {
        if (bench != null) {
            bench.close();
        }
        bench = new SystemBench(model);
        fresh();
    }

    private void fresh() {
        bench.state = SystemBench.flat(0);
        bench.state.cr4 = OSFXSR | OSXMMEXCPT;
        bench.state.gpr[Cpu.ECX] = DATA;
        image(bench.state).putShort(0, (short) 0x37F).putInt(MXCSR_AT, 0x1F80);
    }

    private static ByteBuffer image(CpuState state) {
        return ByteBuffer.wrap(state.fxsave).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void xmm(int number, long low, long high) {
        image(bench.state).putLong(XMM_AT + 16 * number, low).putLong(XMM_AT + 8 + 16 * number, high);
    }

    private String xmm(int number) {
        ByteBuffer image = image(bench.after);
        return Long.toHexString(image.getLong(XMM_AT + 8 + 16 * number)) + " "
                + Long.toHexString(image.getLong(XMM_AT + 16 * number));
    }

    private void mxcsr(int value) {
        image(bench.state).putInt(MXCSR_AT, value);
    }

    private int mxcsr() {
        return image(bench.after).getInt(MXCSR_AT);
    }

    private String outcome(int... code) {
        bench.step(code);
        return bench.outcome();
    }

    private static final int[][] SSE = {
        {0x0F, 0x28, 0x01}, // movaps xmm0, [ecx]
        {0x0F, 0x11, 0x01}, // movups [ecx], xmm0
        {0xF3, 0x0F, 0x10, 0x01}, // movss xmm0, [ecx]
        {0x0F, 0x12, 0x01}, // movlps
        {0x0F, 0x16, 0xC1}, // movlhps
        {0x0F, 0x57, 0xC0}, // xorps
        {0x0F, 0x58, 0xC1}, // addps
        {0xF3, 0x0F, 0x59, 0xC1}, // mulss
        {0x0F, 0x2F, 0xC1}, // comiss
        {0x0F, 0x50, 0xC1}, // movmskps
        {0xF3, 0x0F, 0x2A, 0xC1}, // cvtsi2ss
        {0xF3, 0x0F, 0x2C, 0xC1}, // cvttss2si
        {0x0F, 0x2A, 0xC1}, // cvtpi2ps
        {0x0F, 0x2D, 0xC1}, // cvtps2pi
        {0x0F, 0xC6, 0xC1, 0x1B}, // shufps
        {0x0F, 0x53, 0xC1}, // rcpps
        {0x0F, 0xAE, 0x11}, // ldmxcsr
        {0x0F, 0xAE, 0x19}, // stmxcsr
    };

    private static final int[][] SSE2 = {
        {0x66, 0x0F, 0x58, 0xC1}, // addpd
        {0xF2, 0x0F, 0x10, 0x01}, // movsd
        {0x66, 0x0F, 0x6F, 0x01}, // movdqa
        {0x66, 0x0F, 0xFE, 0xC1}, // paddd xmm
        {0x66, 0x0F, 0x6E, 0xC1}, // movd xmm
        {0x66, 0x0F, 0x73, 0xD8, 0x04}, // psrldq
        {0x66, 0x0F, 0xC4, 0xC1, 0x01}, // pinsrw
        {0x66, 0x0F, 0xC5, 0xC1, 0x01}, // pextrw
        {0x66, 0x0F, 0xD7, 0xC1}, // pmovmskb
        {0x66, 0x0F, 0x2F, 0xC1}, // comisd
        {0xF2, 0x0F, 0x2D, 0xC1}, // cvtsd2si
        {0x66, 0x0F, 0x2A, 0x01}, // cvtpi2pd
        {0xF3, 0x0F, 0xE6, 0xC1}, // cvtdq2pd
        {0xF2, 0x0F, 0xD6, 0xC1}, // movdq2q
        {0xF3, 0x0F, 0xD6, 0xC1}, // movq2dq
    };

    /** SSE and SSE2 that no control register withholds. */
    private static final int[][] FREE = {
        {0x0F, 0xAE, 0xF8}, // sfence
        {0x0F, 0x18, 0x09}, // prefetcht0
    };

    private static final int[][] FREE2 = {
        {0x0F, 0xAE, 0xE8}, // lfence
        {0x0F, 0xAE, 0xF0}, // mfence
        {0x0F, 0xAE, 0x39}, // clflush
        {0x0F, 0xC3, 0x01}, // movnti
    };

    @Test
    void availability() {
        for (int[][] set : new int[][][] {SSE, SSE2}) {
            for (int[] code : set) {
                String name = java.util.HexFormat.of().formatHex(toBytes(code));
                fresh();
                bench.write32(DATA, 0x1F80);
                assertEquals("-", outcome(code), name);
                bench.state.cr4 = OSXMMEXCPT;
                assertEquals("6", outcome(code), name + " without OSFXSR");
                fresh();
                bench.state.cr0 |= CR0_TS;
                assertEquals("7", outcome(code), name + " with TS");
                bench.state.cr0 |= CR0_EM;
                assertEquals("6", outcome(code), name + " with EM");
            }
        }
        for (int[][] set : new int[][][] {FREE, FREE2}) {
            for (int[] code : set) {
                fresh();
                bench.state.cr4 = 0;
                bench.state.cr0 |= CR0_TS | CR0_EM;
                assertEquals("-", outcome(code));
            }
        }
    }

    private static byte[] toBytes(int[] code) {
        byte[] bytes = new byte[code.length];
        for (int i = 0; i < code.length; i++) {
            bytes[i] = (byte) code[i];
        }
        return bytes;
    }

    @Test
    void modelsHaveTheirOwn() {
        use(CpuModel.P3);
        for (int[] code : SSE) {
            bench.write32(DATA, 0x1F80);
            assertEquals("-", outcome(code));
        }
        for (int[][] set : new int[][][] {SSE2, FREE2}) {
            for (int[] code : set) {
                assertEquals("6", outcome(code));
            }
        }
        use(CpuModel.P2);
        for (int[] code : SSE) {
            assertEquals("6", outcome(code));
        }
    }

    @Test
    void sixteenByteOperandsMustBeAligned() {
        int[][] aligned = {
            {0x0F, 0x28, 0x01}, // movaps
            {0x0F, 0x29, 0x01},
            {0x66, 0x0F, 0x28, 0x01}, // movapd
            {0x66, 0x0F, 0x29, 0x01},
            {0x66, 0x0F, 0x6F, 0x01}, // movdqa
            {0x66, 0x0F, 0x7F, 0x01},
            {0x0F, 0x2B, 0x01}, // movntps
            {0x66, 0x0F, 0x2B, 0x01},
            {0x66, 0x0F, 0xE7, 0x01},
            {0x0F, 0x58, 0x01}, // addps
            {0x66, 0x0F, 0x51, 0x01}, // sqrtpd
            {0x66, 0x0F, 0xEF, 0x01}, // pxor
            {0x66, 0x0F, 0x60, 0x01}, // punpcklbw
            {0x66, 0x0F, 0xF3, 0x01}, // psllq
            {0x66, 0x0F, 0x70, 0x01, 0x00}, // pshufd
            {0x66, 0x0F, 0x2C, 0x01}, // cvttpd2pi
        };
        for (int[] code : aligned) {
            for (int offset = 1; offset < 16; offset++) {
                bench.state.gpr[Cpu.ECX] = DATA + offset;
                assertEquals("13:0", outcome(code), java.util.HexFormat.of().formatHex(toBytes(code)));
            }
            bench.state.gpr[Cpu.ECX] = DATA + 16;
            assertEquals("-", outcome(code));
        }
        int[][] free = {
            {0x0F, 0x10, 0x01}, // movups
            {0x0F, 0x11, 0x01},
            {0x66, 0x0F, 0x10, 0x01}, // movupd
            {0xF3, 0x0F, 0x6F, 0x01}, // movdqu
            {0xF3, 0x0F, 0x7F, 0x01},
            {0xF3, 0x0F, 0x58, 0x01}, // addss
            {0xF2, 0x0F, 0x58, 0x01}, // addsd
            {0x0F, 0x12, 0x01}, // movlps
            {0x66, 0x0F, 0xD6, 0x01}, // movq
            {0x0F, 0x5A, 0x01}, // cvtps2pd
            {0xF3, 0x0F, 0xE6, 0x01}, // cvtdq2pd
        };
        bench.state.gpr[Cpu.ECX] = DATA + 3;
        for (int[] code : free) {
            assertEquals("-", outcome(code));
        }
    }

    @Test
    void stackSegmentFaultsAsItself() {
        SegmentState flat = bench.state.segments[Cpu.SS];
        bench.state.segments[Cpu.SS] = new SegmentState(flat.selector(), flat.base(), 0x2_FFFF, flat.attributes());
        bench.state.gpr[Cpu.EBP] = DATA - 16;
        assertEquals("-", outcome(0x0F, 0x28, 0x45, 0x00));
        bench.state.gpr[Cpu.EBP] = DATA - 15;
        assertEquals("12:0", outcome(0x0F, 0x10, 0x45, 0x00));
        assertEquals("12:0", outcome(0x0F, 0x11, 0x45, 0x00));
    }

    @Test
    void controlRegister() {
        assertEquals("-", outcome(0x0F, 0xAE, 0x19));
        assertEquals(0x1F80, bench.read32(DATA));
        bench.write32(DATA, 0xFFFF);
        assertEquals("-", outcome(0x0F, 0xAE, 0x11));
        assertEquals(0xFFFF, mxcsr(), "a Pentium M has DAZ");
        for (int bit = 16; bit < 32; bit++) {
            bench.write32(DATA, 1 << bit);
            assertEquals("13:0", outcome(0x0F, 0xAE, 0x11));
            assertEquals(0x1F80, mxcsr());
        }
        use(CpuModel.P3);
        bench.write32(DATA, 0xFFBF);
        assertEquals("-", outcome(0x0F, 0xAE, 0x11));
        assertEquals(0xFFBF, mxcsr());
        bench.write32(DATA, 0x1FC0);
        assertEquals("13:0", outcome(0x0F, 0xAE, 0x11), "a Pentium III has no DAZ");
    }

    @Test
    void unmaskedExceptionsTrap() {
        int[] divpd = {0x66, 0x0F, 0x5E, 0xC1};
        xmm(0, ONE, ONE);
        xmm(1, 0, 0x4008_0000_0000_0000L); // 1 / 0 and 1 / 3
        assertEquals("-", outcome(divpd));
        assertEquals(0x1FA4, mxcsr());
        assertEquals("3fd5555555555555 7ff0000000000000", xmm(0));
        mxcsr(0x1D80);
        assertEquals("19", outcome(divpd));
        assertEquals(0x1D84, mxcsr(), "ZE comes before rounding, so no PE");
        assertEquals("3ff0000000000000 3ff0000000000000", xmm(0), "no result");
        assertEquals(SystemBench.CODE, bench.read32(bench.after.gpr[Cpu.ESP]), "a fault");
        mxcsr(0x0F80);
        assertEquals("19", outcome(divpd));
        assertEquals(0x0FA4, mxcsr(), "PE comes after ZE");
        bench.state.cr4 = OSFXSR;
        assertEquals("6", outcome(divpd), "without OSXMMEXCPT");
        assertEquals(0x0FA4, mxcsr());
        mxcsr(0x1DA4);
        xmm(1, ONE, ONE);
        assertEquals("-", outcome(divpd), "old flags do not trap");
        assertEquals(0x1DA4, mxcsr());
        xmm(1, 0x7FF0_0000_0000_0001L, 0);
        mxcsr(0x1F00);
        bench.state.cr4 = OSFXSR | OSXMMEXCPT;
        bench.state.eflags = 0x8D7;
        assertEquals("19", outcome(0x66, 0x0F, 0x2F, 0xC1), "comisd");
        assertEquals(0x8D7, bench.after.eflags & 0x8D7, "flags stay");
        bench.state.gpr[Cpu.EAX] = 7;
        assertEquals("19", outcome(0xF2, 0x0F, 0x2D, 0xC1), "cvtsd2si");
        assertEquals(7, bench.after.gpr[Cpu.EAX]);
    }

    /** Page 30h is there, page 31h is not, through tables at 60000h. */
    private void page() {
        for (int i = 0; i < 256; i++) {
            bench.write32(0x6_1000 + 4 * i, i == 0x31 ? 0 : i << 12 | 3);
        }
        bench.write32(0x6_0000, 0x6_1003);
        bench.state.cr0 |= 0x8001_0000;
        bench.state.cr3 = 0x6_0000;
    }

    @Test
    void pageFaultsChangeNothing() {
        page();
        xmm(0, 0x1111_1111_1111_1111L, 0x2222_2222_2222_2222L);
        bench.state.gpr[Cpu.ECX] = DATA + 0xFF8;
        bench.write32(DATA + 0xFF8, 0x1234);
        assertEquals("14:2", outcome(0x0F, 0x11, 0x01), "movups");
        assertEquals(DATA + 0x1000, bench.after.cr2);
        assertEquals(0x1234, bench.read32(DATA + 0xFF8));
        assertEquals("14:0", outcome(0x0F, 0x10, 0x01));
        assertEquals("2222222222222222 1111111111111111", xmm(0));
        bench.state.gpr[Cpu.ECX] = DATA + 0x1000;
        for (int[] code :
                new int[][] {{0x0F, 0x28, 0x01}, {0x0F, 0x58, 0x01}, {0xF3, 0x0F, 0x58, 0x01}, {0x66, 0x0F, 0xEF, 0x01}
                }) {
            assertEquals("14:0", outcome(code));
            assertEquals("2222222222222222 1111111111111111", xmm(0));
            assertEquals(0x1F80, mxcsr());
        }
        assertEquals("14:2", outcome(0x0F, 0x2B, 0x01), "movntps");
        bench.state.gpr[Cpu.EDI] = DATA + 0xFF8;
        xmm(1, -1, -1);
        assertEquals("14:2", outcome(0x66, 0x0F, 0xF7, 0xC1), "maskmovdqu");
        assertEquals(0x1234, bench.read32(DATA + 0xFF8));
        bench.write32(0x6_1000 + 4 * 0x31, 0x3_2003);
        assertEquals("-", outcome(0x66, 0x0F, 0xF7, 0xC1));
        assertEquals(0x1111_1111, bench.read32(DATA + 0xFF8));
        assertEquals(0x2222_2222, bench.read32(DATA + 0x2000));
    }

    @Test
    void maskedMoveHonoursSegmentAndAddressSize() {
        xmm(0, 0x8877_6655_4433_2211L, 0);
        xmm(1, 0x0080_0000_0000_0080L, 0);
        bench.state.gpr[Cpu.EDI] = 0x1_3000;
        SegmentState flat = bench.state.segments[Cpu.ES];
        bench.state.segments[Cpu.ES] = new SegmentState(flat.selector(), DATA - 0x3000, -1, flat.attributes());
        assertEquals("-", outcome(0x26, 0x67, 0x66, 0x0F, 0xF7, 0xC1));
        assertEquals(0x11, bench.read32(DATA));
        assertEquals(0x0077_0000, bench.read32(DATA + 4));
    }

    @Test
    void besideThex87Unit() {
        int[] movdq2q = {0xF2, 0x0F, 0xD6, 0xC1};
        image(bench.state).putShort(2, (short) (5 << 11)); // TOP 5, all empty
        xmm(1, 0x4000_0000_4040_0000L, 0);
        bench.state.cr0 |= CR0_NE;
        for (int[] code : new int[][] {
            movdq2q,
            {0xF3, 0x0F, 0xD6, 0xC1},
            {0x0F, 0x2D, 0xC1},
            {0x0F, 0x2A, 0xC1},
            {0x0F, 0x2A, 0x01},
            {0x66, 0x0F, 0x2A, 0xC1}
        }) {
            assertEquals("-", outcome(code));
            assertEquals(0, image(bench.after).getShort(2) >> 11 & 7, "TOP");
            assertEquals((byte) 0xFF, image(bench.after).get(4), "tags");
        }
        outcome(0x0F, 0x2D, 0xC1);
        assertEquals(0x0000_0002_0000_0003L, image(bench.after).getLong(32));
        assertEquals((short) 0xFFFF, image(bench.after).getShort(40));
        assertEquals("-", outcome(0x66, 0x0F, 0x2A, 0x01), "cvtpi2pd from memory");
        assertEquals(5, image(bench.after).getShort(2) >> 11 & 7);
        image(bench.state).putShort(0, (short) 0x37E).putShort(2, (short) 0x8081);
        assertEquals("16", outcome(movdq2q));
        assertEquals("16", outcome(0x0F, 0x2A, 0xC1), "cvtpi2ps");
        assertEquals("-", outcome(0x66, 0x0F, 0x2A, 0x01), "cvtpi2pd from memory");
        assertEquals("-", outcome(0x0F, 0x58, 0xC1), "addps");
    }

    @Test
    void imagesKeepTheRegisters() {
        for (int i = 0; i < 8; i++) {
            xmm(i, 0x1111_1111_1111_1111L * i, ~i);
        }
        mxcsr(0x9FC3);
        assertEquals("-", outcome(0x0F, 0xAE, 0x01)); // fxsave [ecx]
        assertEquals(0x9FC3, bench.read32(DATA + MXCSR_AT));
        assertEquals(0xFFFF, bench.read32(DATA + MXCSR_AT + 4), "mask");
        assertEquals(0x7777_7777, bench.read32(DATA + XMM_AT + 16 * 7));
        fresh();
        assertEquals("-", outcome(0x0F, 0xAE, 0x09)); // fxrstor [ecx]
        assertEquals(0x9FC3, mxcsr());
        for (int i = 0; i < 8; i++) {
            assertEquals(Long.toHexString(~i) + " " + Long.toHexString(0x1111_1111_1111_1111L * i), xmm(i));
        }
    }

    @Test
    void realModeHasThemToo() {
        bench.state = SystemBench.real();
        bench.state.cr4 = OSFXSR;
        bench.state.gpr[Cpu.EBX] = 0x3000;
        image(bench.state).putInt(MXCSR_AT, 0x1F80);
        xmm(0, ONE, 0);
        bench.step(0x0F, 0x29, 0x07); // movaps [bx], xmm0
        assertEquals(3, bench.after.eip);
        assertEquals(0x3FF0_0000, bench.read32(0x3004));
    }

    @Test
    void ordersOfComparison() {
        long[][] cases = {
            {ONE, 0, 0x000},
            {0, ONE, 0x001},
            {ONE, ONE, 0x040},
            {0, Long.MIN_VALUE, 0x040},
            {0x7FF8_0000_0000_0000L, ONE, 0x045},
        };
        for (long[] c : cases) {
            xmm(0, c[0], 0);
            xmm(1, c[1], 0);
            bench.state.eflags = 0x8D7;
            outcome(0x66, 0x0F, 0x2E, 0xC1); // ucomisd
            assertEquals(c[2], bench.after.eflags & 0x8D5);
            assertEquals(0x1F80, mxcsr());
        }
    }
}
