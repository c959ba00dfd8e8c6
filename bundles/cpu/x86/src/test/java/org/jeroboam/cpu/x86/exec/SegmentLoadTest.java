package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.jeroboam.hardware.cpu.SegmentState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Loads of segment registers: every type, DPL, RPL, CPL and present bit (Intel SDM volume 2, MOV; volume 3, 5.6). */
class SegmentLoadTest {
    private final SystemBench bench = new SystemBench();

    @AfterEach
    void close() {
        bench.close();
    }

    private interface Expectation {
        String of(int access, int dpl, int rpl, int cpl, boolean present);
    }

    private void matrix(int modrm, int register, Expectation expectation) {
        for (int cpl = 0; cpl < 4; cpl++) {
            bench.reset(cpl);
            bench.program(0x8E, modrm); // mov sreg, ax
            for (int access = 0; access < 32; access++) {
                for (int dpl = 0; dpl < 4; dpl++) {
                    for (int rpl = 0; rpl < 4; rpl++) {
                        for (int p = 0; p < 2; p++) {
                            one(register, expectation, cpl, access, dpl, rpl, p == 1);
                        }
                    }
                }
            }
        }
    }

    private void one(int register, Expectation expectation, int cpl, int access, int dpl, int rpl, boolean present) {
        String what = "access " + access + " dpl " + dpl + " rpl " + rpl + " cpl " + cpl + " present " + present;
        int attributes = access | dpl << 5 | (present ? 0x80 : 0);
        bench.descriptor(SystemBench.TEST, 0x123456, 0xFFFF, attributes | 0x4000);
        bench.state.gpr[0] = SystemBench.TEST | rpl;
        SegmentState before = bench.state.segments[register];
        bench.run(1);
        String expected = expectation.of(access, dpl, rpl, cpl, present);
        assertEquals(expected, bench.outcome(), what);
        boolean loaded = "-".equals(expected);
        int stored = bench.read8(SystemBench.GDT + SystemBench.TEST + 5);
        assertEquals(loaded ? attributes | 1 : attributes, stored, what + ": accessed bit");
        if (loaded) {
            assertEquals(
                    new SegmentState(SystemBench.TEST | rpl, 0x123456, 0xFFFF, attributes | 1 | 0x4000),
                    bench.after.segments[register],
                    what);
        } else if (register != Cpu.SS) {
            assertEquals(before, bench.after.segments[register], what);
        }
    }

    private static String error(int vector) {
        return vector + ":" + Integer.toHexString(SystemBench.TEST);
    }

    @Test
    void dataRegisters() {
        matrix(0xD8, Cpu.DS, (access, dpl, rpl, cpl, present) -> {
            boolean segment = access >= 16;
            boolean code = segment && (access & 8) != 0;
            boolean readable = segment && (!code || (access & 2) != 0);
            boolean conforming = code && (access & 4) != 0;
            if (!readable || !conforming && Math.max(rpl, cpl) > dpl) {
                return error(13);
            }
            return present ? "-" : error(11);
        });
    }

    @Test
    void everyDataRegisterTakesAReadOnlySegmentAndTheNullSelector() {
        int[][] cases = {{0xC0, Cpu.ES}, {0xD8, Cpu.DS}, {0xE0, Cpu.FS}, {0xE8, Cpu.GS}};
        for (int[] c : cases) {
            bench.reset(3);
            bench.descriptor(SystemBench.TEST, 0x9000, 0x12, 0xC0F0);
            bench.state.gpr[0] = SystemBench.TEST | 3;
            bench.step(0x8E, c[0]);
            assertEquals(
                    new SegmentState(SystemBench.TEST | 3, 0x9000, 0x12FFF, 0xC0F1),
                    bench.after.segments[c[1]],
                    "limit in pages");
            for (int rpl = 0; rpl < 4; rpl++) {
                bench.state.gpr[0] = rpl;
                bench.step(0x8E, c[0]);
                assertEquals("-", bench.outcome());
                assertEquals(rpl, bench.selector(c[1]));
                assertEquals(0, bench.after.segments[c[1]].attributes() & 0x80, "unusable");
            }
        }
    }

    @Test
    void nullDataSegmentFaultsOnUse() {
        bench.state.gpr[0] = 0;
        bench.program(0x8E, 0xD8, 0x8B, 0x03); // mov ds, ax; mov eax, [ebx]
        bench.run(2);
        assertEquals("13:0", bench.outcome());
        assertEquals(SystemBench.CODE + 2, bench.read32(bench.after.gpr[Cpu.ESP] + 4), "return address is the access");
    }

    @Test
    void stackRegister() {
        matrix(0xD0, Cpu.SS, (access, dpl, rpl, cpl, present) -> {
            boolean writable = access >= 16 && (access & 8) == 0 && (access & 2) != 0;
            if (!writable || rpl != cpl || dpl != cpl) {
                return error(13);
            }
            return present ? "-" : error(12);
        });
    }

    @Test
    void nullStackSelectorIsRefused() {
        for (int rpl = 0; rpl < 4; rpl++) {
            bench.reset(0);
            bench.state.gpr[0] = rpl;
            bench.step(0x8E, 0xD0);
            assertEquals("13:0", bench.outcome());
        }
    }

    @Test
    void limitsOfTheTables() {
        bench.state.gdtLimit = SystemBench.TEST + 6;
        bench.state.gpr[0] = SystemBench.TEST;
        bench.step(0x8E, 0xD8);
        assertEquals(error(13), bench.outcome());
        bench.state.gdtLimit++;
        bench.descriptor(SystemBench.TEST, 0, 1, 0x92);
        bench.step(0x8E, 0xD8);
        assertEquals("-", bench.outcome());
    }

    @Test
    void localTable() {
        bench.descriptorAt(SystemBench.LDT + 8, 0x7000, 0xFF, 0x92);
        bench.state.gpr[0] = 0x0C;
        bench.step(0x8E, 0xD8);
        assertEquals(new SegmentState(0x0C, 0x7000, 0xFF, 0x93), bench.after.segments[Cpu.DS]);
        bench.state.gpr[0] = 0x104;
        bench.step(0x8E, 0xD8);
        assertEquals("13:104", bench.outcome(), "TI bit in the error code");
        bench.state.segments[Cpu.LDTR] = new SegmentState(0, 0, 0, 0);
        bench.state.gpr[0] = 0x0C;
        bench.step(0x8E, 0xD8);
        assertEquals("13:c", bench.outcome(), "no table");
        bench.descriptorAt(SystemBench.LDT, 0x7000, 0xFF, 0x92);
        bench.state = SystemBench.flat(0);
        bench.state.gpr[0] = 4;
        bench.step(0x8E, 0xD8);
        assertEquals("-", bench.outcome(), "index 0 of the LDT is a selector like any other");
    }

    @Test
    void farPointerLoadsChangeBothOrNothing() {
        bench.state.gpr[Cpu.EBX] = 0x6000;
        bench.write32(0x6000, 0xCAFE_BABE);
        bench.write16(0x6004, SystemBench.data(3));
        bench.step(0xC4, 0x0B); // les ecx, [ebx]
        assertEquals(0xCAFE_BABE, bench.after.gpr[Cpu.ECX]);
        assertEquals(SystemBench.data(3), bench.selector(Cpu.ES));
        bench.write16(0x6004, 0xFF00);
        bench.step(0xC4, 0x0B);
        assertEquals("13:ff00", bench.outcome());
        assertEquals(0x2222_2222, bench.after.gpr[Cpu.ECX]);
        assertNotEquals(0xFF00, bench.selector(Cpu.ES));
    }

    @Test
    void popMovesTheOldStackAndFaultsWithoutMoving() {
        bench.write32(SystemBench.stack(0), 0xFFFF_0000 | SystemBench.data(2));
        bench.step(0x1F); // pop ds
        assertEquals(SystemBench.data(2), bench.selector(Cpu.DS));
        assertEquals(SystemBench.stack(0) + 4, bench.after.gpr[Cpu.ESP]);
        bench.write32(SystemBench.stack(0), 0xFF00);
        bench.step(0x1F);
        assertEquals("13:ff00", bench.outcome());
        assertEquals(SystemBench.stack(0) - 16, bench.after.gpr[Cpu.ESP], "only the frame");
    }

    @Test
    void realModeLoadKeepsLimitAndSize() {
        bench.state = SystemBench.real();
        bench.state.segments[Cpu.DS] = new SegmentState(8, 0, -1, 0xC093); // unreal mode
        bench.state.gpr[0] = 0xB800;
        bench.step(0x8E, 0xD8);
        assertEquals(new SegmentState(0xB800, 0xB8000, -1, 0xC093), bench.after.segments[Cpu.DS]);
        bench.state.segments[Cpu.DS] = new SegmentState(0, 0, 0, 0);
        bench.step(0x8E, 0xD8);
        assertEquals(new SegmentState(0xB800, 0xB8000, 0xFFFF, 0x93), bench.after.segments[Cpu.DS]);
    }

    @Test
    void v86LoadSetsEverything() {
        bench.state = SystemBench.v86(3);
        bench.state.gpr[0] = 0xB800;
        bench.step(0x8E, 0xD8);
        assertEquals(new SegmentState(0xB800, 0xB8000, 0xFFFF, 0xF3), bench.after.segments[Cpu.DS]);
    }
}
