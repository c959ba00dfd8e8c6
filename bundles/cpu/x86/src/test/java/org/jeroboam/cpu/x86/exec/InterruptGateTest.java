package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jeroboam.hardware.cpu.SegmentState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Delivery through the IDT: gate checks, target checks, frames, inner stacks (Intel SDM volume 2, INT n; volume 3,
 * chapter 6).
 */
class InterruptGateTest {
    private static final int VECTOR = 0x50;
    private static final int IDT_ERROR = VECTOR * 8 + 2;

    private final SystemBench bench = new SystemBench();

    @AfterEach
    void close() {
        bench.close();
    }

    private static String gp(int code) {
        return "13:" + Integer.toHexString(code);
    }

    /** What makes the interrupt happen. */
    private enum How {
        INT_N(0),
        HARDWARE(1);

        final int ext;

        How(int ext) {
            this.ext = ext;
        }
    }

    private void happen(How how) {
        if (how == How.INT_N) {
            bench.state.interruptLine = false;
            bench.program(0xCD, VECTOR);
        } else {
            bench.bus.vector = VECTOR;
            bench.state.interruptLine = true;
            bench.state.eflags |= 0x200;
            bench.program(0x90, 0x90);
        }
        bench.run(1);
    }

    /** The offset of the handler's first instruction, or one NOP behind it after a hardware interrupt. */
    private boolean entered(How how) {
        return bench.after.eip == SystemBench.handler(VECTOR) + how.ext;
    }

    private String result(How how) {
        if (entered(how)) {
            return "-";
        }
        // After a hardware interrupt that faults, one instruction of the fault's handler ran.
        bench.after.eip -= how.ext;
        return bench.outcome();
    }

    @Test
    void gateTypesPrivilegeAndPresence() {
        for (How how : How.values()) {
            for (int cpl = 0; cpl < 4; cpl++) {
                bench.reset(cpl);
                for (int type = 0; type < 32; type++) {
                    if (type == 5) {
                        continue; // task gate: TaskSwitchTest
                    }
                    for (int dpl = 0; dpl < 4; dpl++) {
                        for (int p = 0; p < 2; p++) {
                            bench.idt(VECTOR, SystemBench.CODE0, p << 7 | dpl << 5 | type);
                            happen(how);
                            assertEquals(
                                    expectedGate(how, cpl, type, dpl, p),
                                    result(how),
                                    how + " type " + type + " dpl " + dpl + " cpl " + cpl + " present " + p);
                        }
                    }
                }
            }
        }
    }

    private static String expectedGate(How how, int cpl, int type, int dpl, int p) {
        boolean gate = type == 6 || type == 7 || type == 14 || type == 15;
        if (!gate || how == How.INT_N && dpl < cpl) {
            return gp(IDT_ERROR | how.ext);
        }
        return p == 0 ? "11:" + Integer.toHexString(IDT_ERROR | how.ext) : "-";
    }

    @Test
    void targetSegments() {
        for (How how : How.values()) {
            for (int cpl = 0; cpl < 4; cpl++) {
                bench.reset(cpl);
                for (int access = 0; access < 32; access++) {
                    for (int dpl = 0; dpl < 4; dpl++) {
                        for (int p = 0; p < 2; p++) {
                            bench.descriptor(SystemBench.TEST, 0, 0xF_FFFF, 0xC000 | p << 7 | dpl << 5 | access);
                            bench.idt(VECTOR, SystemBench.TEST | 2, 0xEF);
                            happen(how);
                            String what = how + " access " + access + " dpl " + dpl + " cpl " + cpl + " present " + p;
                            assertEquals(expectedTarget(how, cpl, access, dpl, p), result(how), what);
                            if (entered(how)) {
                                boolean conforming = (access & 4) != 0;
                                int level = conforming ? cpl : dpl;
                                assertEquals(SystemBench.TEST | level, bench.selector(Cpu.CS), what);
                                assertEquals(level, bench.selector(Cpu.SS) & 3, what);
                            }
                        }
                    }
                }
            }
        }
    }

    private static String expectedTarget(How how, int cpl, int access, int dpl, int p) {
        boolean code = (access & 0x18) == 0x18;
        if (!code || dpl > cpl) {
            return gp(SystemBench.TEST | how.ext);
        }
        return p == 0 ? "11:" + Integer.toHexString(SystemBench.TEST | how.ext) : "-";
    }

    @Test
    void nullTargetTableEndAndOffsetLimit() {
        for (How how : How.values()) {
            bench.reset(0);
            bench.idt(VECTOR, 3, 0xEE);
            happen(how);
            assertEquals(gp(how.ext), result(how), "null selector");
            bench.idt(VECTOR, 0xFF00, 0xEE);
            happen(how);
            assertEquals(gp(0xFF00 | how.ext), result(how), "beyond the table");
            bench.descriptor(SystemBench.TEST, 0, SystemBench.handler(VECTOR) - 1, 0x409B);
            bench.idt(VECTOR, SystemBench.TEST, 0xEE);
            happen(how);
            assertEquals(gp(how.ext), result(how), "offset beyond the limit");
            bench.idt(VECTOR, SystemBench.CODE0, 0xEE);
            bench.state.idtLimit = VECTOR * 8 + 6;
            happen(how);
            assertEquals(gp(IDT_ERROR | how.ext), result(how), "beyond the IDT");
            bench.state.idtLimit++;
            happen(how);
            assertTrue(entered(how));
        }
    }

    @Test
    void frameOfTheSameLevel() {
        bench.idt(VECTOR, SystemBench.CODE0, 0x8E);
        bench.state.eflags = 0x4AD7 | 0x200; // NT, OF, DF clear, IF, status
        bench.step(0xCD, VECTOR);
        int esp = SystemBench.stack(0) - 12;
        assertEquals(esp, bench.after.gpr[Cpu.ESP]);
        assertEquals(SystemBench.CODE + 2, bench.read32(esp));
        assertEquals(SystemBench.CODE0, bench.read32(esp + 4));
        assertEquals(0x4AD7 | 0x200, bench.read32(esp + 8));
        assertEquals((0x4AD7 | 0x200) & ~(0x4000 | 0x200), bench.after.eflags, "NT and IF cleared");
        assertEquals(0, bench.read32(esp - 4));
        assertEquals(0, bench.read32(esp + 12));
    }

    @Test
    void trapGateKeepsTheInterruptFlag() {
        bench.idt(VECTOR, SystemBench.CODE0, 0x8F);
        bench.state.eflags = 0x202 | 0x4000 | 0x100;
        bench.step(0xCD, VECTOR);
        assertEquals(0x202, bench.after.eflags, "IF stays, NT and TF go");
        assertEquals(SystemBench.handler(VECTOR), bench.after.eip, "no single-step trap behind INT n");
        assertEquals(0x4302, bench.read32(bench.after.gpr[Cpu.ESP] + 8));
    }

    @Test
    void sixteenBitGatePushesWords() {
        bench.gate(SystemBench.IDT + 8 * VECTOR, SystemBench.CODE0, 0xABCD_0000 | SystemBench.handler(VECTOR), 0x86);
        bench.state.eflags = 0x24_0002;
        bench.step(0xCD, VECTOR);
        int esp = SystemBench.stack(0) - 6;
        assertEquals(SystemBench.handler(VECTOR), bench.after.eip, "16-bit offset");
        assertEquals(esp, bench.after.gpr[Cpu.ESP]);
        assertEquals(SystemBench.CODE + 2 & 0xFFFF, bench.read16(esp));
        assertEquals(SystemBench.CODE0, bench.read16(esp + 2));
        assertEquals(0x0002, bench.read16(esp + 4));
    }

    @Test
    void frameOfAnInnerLevelWithErrorCode() {
        for (int level = 0; level < 3; level++) {
            for (boolean wide : new boolean[] {true, false}) {
                bench.reset(3);
                bench.descriptor(SystemBench.TEST, 0, 0xF_FFFF, SystemBench.FLAT_CODE & ~1 | level << 5);
                bench.idt(13, SystemBench.TEST, wide ? 0x8E : 0x86);
                bench.state.eflags = 0x246;
                bench.step(0xF4); // hlt at CPL 3
                int size = wide ? 4 : 2;
                int top = SystemBench.stack(level) + 0x400;
                int esp = top - 6 * size;
                assertEquals(esp, bench.after.gpr[Cpu.ESP]);
                assertEquals(SystemBench.data(level), bench.selector(Cpu.SS));
                assertEquals(SystemBench.TEST | level, bench.selector(Cpu.CS));
                int[] expected = {
                    0, SystemBench.CODE, SystemBench.code(3), 0x1_0246, SystemBench.stack(3), SystemBench.data(3)
                };
                for (int i = 0; i < 6; i++) {
                    int value = wide ? bench.read32(esp + 4 * i) : bench.read16(esp + 2 * i);
                    assertEquals(
                            wide ? expected[i] : expected[i] & 0xFFFF, value, "item " + i + ", RF set for a fault");
                }
                assertEquals(1, bench.read8(SystemBench.GDT + SystemBench.TEST + 5) & 1, "accessed");
                assertEquals(SystemBench.data(3), bench.selector(Cpu.DS), "data segments stay");
                assertEquals(0x046, bench.after.eflags);
            }
        }
    }

    /** A stack of 16 bits changes only SP, and wraps in it. */
    @Test
    void innerStackOfSixteenBits() {
        bench.reset(3);
        bench.idt(VECTOR, SystemBench.CODE0, 0xEE);
        bench.descriptor(SystemBench.TEST2, 0x2_0000, 0xFFFF, 0x93);
        bench.write32(SystemBench.TSS + 4, 0x1234_0008);
        bench.write32(SystemBench.TSS + 8, SystemBench.TEST2);
        bench.step(0xCD, VECTOR);
        assertTrue(entered(How.INT_N));
        assertEquals(0x1234_FFF4, bench.after.gpr[Cpu.ESP]);
        assertEquals(SystemBench.data(3), bench.read32(0x2_0004));
        assertEquals(SystemBench.stack(3), bench.read32(0x2_0000));
        assertEquals(2, bench.read32(0x2_FFFC), "flags, around the end");
        assertEquals(SystemBench.CODE + 2, bench.read32(0x2_FFF4));
    }

    @Test
    void innerStackFaults() {
        Object[][] cases = {
            {"null", 0, 0, "10:0"},
            {"null with RPL", 0, 3, "10:0"},
            {"beyond the table", 0, 0xFF00, "10:ff00"},
            {"RPL 1", 0, SystemBench.data(0) | 1, "10:10"},
            {"DPL 1", 0x93 | 0x20, SystemBench.TEST2, "10:88"},
            {"read-only", 0x91, SystemBench.TEST2, "10:88"},
            {"code", 0x9B, SystemBench.TEST2, "10:88"},
            {"system", 0x82, SystemBench.TEST2, "10:88"},
            {"not present", 0x13, SystemBench.TEST2, "12:88"},
        };
        for (Object[] c : cases) {
            for (How how : How.values()) {
                prepareInnerStack((Integer) c[1], 0xF_FFFF, (Integer) c[2]);
                happen(how);
                String expected = (String) c[3];
                int colon = expected.indexOf(':');
                int code = Integer.parseInt(expected.substring(colon + 1), 16) | how.ext;
                assertEquals(
                        expected.substring(0, colon + 1) + Integer.toHexString(code),
                        innerResult(how),
                        c[0] + " " + how);
                assertUntouched(how);
            }
        }
    }

    /** The vector goes to level 0 with a bad stack, the faults that follow to level 1 with a good one. */
    private void prepareInnerStack(int attributes, int limit, int stackSelector) {
        bench.reset(3);
        bench.descriptor(SystemBench.TEST, 0, 0xF_FFFF, SystemBench.FLAT_CODE | 1 << 5);
        for (int vector : new int[] {8, 10, 11, 12, 13, 14}) {
            bench.idt(vector, SystemBench.TEST, 0x8E);
        }
        bench.idt(VECTOR, SystemBench.CODE0, 0xEE);
        bench.descriptor(SystemBench.TEST2, 0, limit, 0xC000 | attributes);
        bench.write32(SystemBench.TSS + 8, stackSelector);
    }

    private String innerResult(How how) {
        int vector = (bench.after.eip - how.ext - SystemBench.HANDLERS) / 16;
        assertEquals(SystemBench.TEST | 1, bench.selector(Cpu.CS));
        return vector + ":" + Integer.toHexString(bench.read32(bench.after.gpr[Cpu.ESP]));
    }

    private void assertUntouched(How how) {
        int esp = bench.after.gpr[Cpu.ESP];
        assertEquals(SystemBench.CODE, bench.read32(esp + 4), "the interrupted instruction");
        assertEquals(SystemBench.stack(3), bench.read32(esp + 16), "its ESP");
        assertEquals(SystemBench.data(3), bench.read32(esp + 20), "its SS");
        for (int i = 4; i <= 40; i += 4) {
            assertEquals(0, bench.read32(SystemBench.stack(0) + 0x400 - i), "nothing pushed on the level 0 stack");
        }
        assertEquals(how == How.INT_N ? 0x1_0002 : 0x1_0202, bench.read32(esp + 12));
    }

    @Test
    void innerStackRoom() {
        // Expand-up of 21 bytes: five dwords would need the range 1 to 20.
        for (int top = 16; top <= 24; top++) {
            bench.reset(3);
            prepareInnerStack(0x93, 0, SystemBench.TEST2);
            bench.descriptor(SystemBench.TEST2, 0x2_0000, 0x17, 0x4093);
            bench.write32(SystemBench.TSS + 4, top);
            happen(How.INT_N);
            if (top < 20) {
                assertEquals("12:88", innerResult(How.INT_N), "top " + top);
            } else {
                assertTrue(entered(How.INT_N), "top " + top);
                assertEquals(top - 20, bench.after.gpr[Cpu.ESP]);
            }
        }
        prepareInnerStack(0x93, 0, SystemBench.TEST2);
        bench.descriptor(SystemBench.TEST2, 0x2_0000, 0x17, 0x4093);
        bench.write32(SystemBench.TSS + 4, 25);
        happen(How.HARDWARE);
        assertEquals("12:89", innerResult(How.HARDWARE));
        prepareInnerStack(0x97, 0, SystemBench.TEST2);
        bench.descriptor(SystemBench.TEST2, 0x2_0000, 0xFF, 0x4097); // expand-down: offsets above FFh
        bench.write32(SystemBench.TSS + 4, 0x113);
        happen(How.INT_N);
        assertEquals("12:88", innerResult(How.INT_N), "expand-down");
        prepareInnerStack(0x97, 0, SystemBench.TEST2);
        bench.descriptor(SystemBench.TEST2, 0x2_0000, 0xFF, 0x4097);
        bench.write32(SystemBench.TSS + 4, 0x114);
        happen(How.INT_N);
        assertTrue(entered(How.INT_N), "expand-down");
        assertEquals(0x100, bench.after.gpr[Cpu.ESP]);
    }

    @Test
    void taskStateLimit() {
        for (How how : How.values()) {
            prepareInnerStack(0, 0, SystemBench.data(0));
            bench.descriptor(SystemBench.TEST, 0, 0xF_FFFF, SystemBench.FLAT_CODE | 3 << 5);
            for (int vector : new int[] {10}) {
                bench.idt(vector, SystemBench.TEST, 0x8E);
            }
            bench.state.segments[Cpu.TR] = new SegmentState(SystemBench.TSS_SELECTOR, SystemBench.TSS, 8, 0x8B);
            happen(how);
            int esp = SystemBench.stack(3) - 16;
            assertEquals(SystemBench.handler(10) + how.ext, bench.after.eip);
            assertEquals(SystemBench.TSS_SELECTOR | how.ext, bench.read32(esp), "#TS(TSS)");
        }
    }

    @Test
    void sixteenBitTaskState() {
        bench.reset(3);
        bench.state.segments[Cpu.TR] = new SegmentState(SystemBench.TSS_SELECTOR, SystemBench.TSS, 0x2B, 0x83);
        bench.descriptor(SystemBench.TEST2, 0x2_0000, 0xFFFF, 0x93);
        bench.write16(SystemBench.TSS + 2, 0x0900);
        bench.write16(SystemBench.TSS + 4, SystemBench.TEST2);
        bench.idt(VECTOR, SystemBench.CODE0, 0xEE);
        bench.step(0xCD, VECTOR);
        assertEquals(0x0900 - 20, bench.after.gpr[Cpu.ESP]);
        assertEquals(SystemBench.stack(3), bench.read32(0x2_0900 - 8));
    }

    @Test
    void hardwareInterruptsWaitForTheFlagAndTheShadow() {
        bench.state.interruptLine = true;
        bench.bus.vector = VECTOR;
        bench.program(0xFB, 0x90, 0x90); // sti; nop; nop
        bench.run(1);
        assertTrue(bench.after.stiShadow);
        bench.run(2);
        assertEquals(SystemBench.CODE + 2, bench.after.eip, "one instruction behind STI");
        bench.run(3);
        assertEquals(SystemBench.handler(VECTOR) + 1, bench.after.eip);
        assertEquals(SystemBench.CODE + 2, bench.read32(bench.after.gpr[Cpu.ESP]));
        assertEquals(0x202, bench.read32(bench.after.gpr[Cpu.ESP] + 8));
        assertFalse(bench.after.stiShadow);
    }

    @Test
    void movSsHoldsOffInterruptsAndTraps() {
        bench.state.interruptLine = true;
        bench.state.eflags |= 0x200;
        bench.state.stiShadow = true;
        bench.bus.vector = VECTOR;
        bench.state.gpr[0] = SystemBench.data(0);
        bench.program(0x8E, 0xD0, 0x90, 0x90); // mov ss, ax; nop
        bench.run(1);
        assertTrue(bench.after.movSsShadow);
        bench.run(2);
        assertEquals(SystemBench.CODE + 3, bench.after.eip);
        bench.run(3);
        assertEquals(SystemBench.handler(VECTOR) + 1, bench.after.eip);
    }

    @Test
    void nonMaskableInterruptsAreBlockedUntilReturn() {
        bench.state.nmiPending = true;
        bench.program(0x90);
        bench.write32(SystemBench.handler(2), 0xCF90); // nop; iret
        bench.run(1);
        assertEquals(SystemBench.handler(2) + 1, bench.after.eip);
        assertTrue(bench.after.nmiBlocked);
        bench.core.raiseNmi();
        bench.core.run(1);
        bench.after = bench.core.save();
        assertEquals(SystemBench.CODE, bench.after.eip, "IRET executed, not the second NMI");
        assertFalse(bench.after.nmiBlocked);
        bench.core.run(1);
        bench.after = bench.core.save();
        assertEquals(SystemBench.handler(2) + 1, bench.after.eip, "then the second NMI");
    }

    @Test
    void haltWakesOnInterrupt() {
        bench.state.eflags |= 0x200;
        bench.bus.vector = VECTOR;
        bench.step(0xF4);
        assertTrue(bench.after.halted);
        assertEquals(0, bench.core.run(10));
        bench.core.setInterruptLine(true);
        bench.core.run(1);
        bench.after = bench.core.save();
        assertFalse(bench.after.halted);
        assertEquals(SystemBench.handler(VECTOR) + 1, bench.after.eip);
        assertEquals(SystemBench.CODE + 1, bench.read32(bench.after.gpr[Cpu.ESP]));
    }

    /** Alignment is checked for the instruction, not for the delivery of the fault, which would never end. */
    @Test
    void alignmentOfPushesAtLevelThree() {
        bench.reset(3);
        bench.descriptor(SystemBench.TEST, 0, 0xF_FFFF, SystemBench.FLAT_CODE | 3 << 5);
        bench.idt(VECTOR, SystemBench.TEST, 0xEE);
        bench.idt(17, SystemBench.TEST, 0xEE);
        bench.state.cr0 |= 1 << 18;
        bench.state.eflags |= 1 << 18;
        bench.state.gpr[Cpu.ESP]--;
        bench.step(0xCD, VECTOR);
        assertEquals(SystemBench.handler(17), bench.after.eip);
        assertEquals(SystemBench.stack(3) - 1 - 16, bench.after.gpr[Cpu.ESP]);
        assertEquals(0, bench.read32(bench.after.gpr[Cpu.ESP]));
        assertEquals(SystemBench.CODE, bench.read32(bench.after.gpr[Cpu.ESP] + 4));
    }
}
