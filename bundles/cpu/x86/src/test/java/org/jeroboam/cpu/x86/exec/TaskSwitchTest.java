package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.jeroboam.hardware.cpu.SegmentState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Task switches by JMP, CALL, interrupt and IRET between 32-bit and 16-bit tasks (Intel SDM volume 3, chapter 7). */
class TaskSwitchTest {
    private static final int NEW_EIP = 0x1_8000;
    private static final int NEW_ESP = 0x3_0000;
    private static final int NT = 0x4000;

    private final SystemBench bench = new SystemBench();

    @AfterEach
    void close() {
        bench.close();
    }

    /** A 32-bit task at level 0 in TSS2. */
    private void newTask() {
        int tss = SystemBench.TSS2;
        bench.write32(tss + 4, SystemBench.stack(0) + 0x400);
        bench.write32(tss + 8, SystemBench.DATA0);
        bench.write32(tss + 0x20, NEW_EIP);
        bench.write32(tss + 0x24, 0x202);
        for (int i = 0; i < 8; i++) {
            bench.write32(tss + 0x28 + 4 * i, 0xA0A0_0000 | i);
        }
        bench.write32(tss + 0x28 + 4 * Cpu.ESP, NEW_ESP);
        for (int i = 0; i < 6; i++) {
            bench.write32(tss + 0x48 + 4 * i, i == Cpu.CS ? SystemBench.CODE0 : SystemBench.DATA0);
        }
        bench.write32(tss + 0x60, 0);
    }

    private int busy(int selector) {
        return bench.read8(SystemBench.GDT + (selector & ~7) + 5) & 15;
    }

    private void assertNewTask() {
        assertEquals(NEW_EIP, bench.after.eip);
        for (int i = 0; i < 8; i++) {
            assertEquals(i == Cpu.ESP ? NEW_ESP : 0xA0A0_0000 | i, bench.after.gpr[i]);
        }
        assertEquals(new SegmentState(SystemBench.CODE0, 0, -1, SystemBench.FLAT_CODE), bench.after.segments[Cpu.CS]);
        assertEquals(new SegmentState(SystemBench.DATA0, 0, -1, SystemBench.FLAT_DATA), bench.after.segments[Cpu.GS]);
        assertEquals(SystemBench.TSS2_SELECTOR, bench.selector(Cpu.TR));
        assertEquals(0x8B, bench.after.segments[Cpu.TR].attributes());
        assertEquals(8, bench.after.cr0 & 8, "TS");
    }

    private void assertOldTaskSaved(int eip) {
        int tss = SystemBench.TSS;
        assertEquals(eip, bench.read32(tss + 0x20));
        for (int i = 0; i < 8; i++) {
            assertEquals(bench.state.gpr[i], bench.read32(tss + 0x28 + 4 * i));
        }
        for (int i = 0; i < 6; i++) {
            assertEquals(bench.state.segments[i].selector(), bench.read16(tss + 0x48 + 4 * i));
        }
    }

    private void far(int opcode, int selector) {
        bench.step(opcode, 0, 0, 0, 0, selector & 0xFF, selector >> 8);
    }

    @Test
    void jump() {
        newTask();
        bench.state.dr[7] = 0x400 | 0x155 | 0x2AA;
        bench.state.eflags = 0x246;
        far(0xEA, SystemBench.TSS2_SELECTOR);
        assertNewTask();
        assertOldTaskSaved(SystemBench.CODE + 7);
        assertEquals(0x246, bench.read32(SystemBench.TSS + 0x24));
        assertEquals(9, busy(SystemBench.TSS_SELECTOR), "available again");
        assertEquals(11, busy(SystemBench.TSS2_SELECTOR));
        assertEquals(0x202, bench.after.eflags);
        assertEquals(0, bench.read16(SystemBench.TSS2), "no back link");
        assertEquals(0x400 | 0x2AA, bench.after.dr[7], "local breakpoints go");
        assertEquals(0, bench.selector(Cpu.LDTR));
    }

    @Test
    void callAndReturn() {
        newTask();
        bench.program(0x9A, 0, 0, 0, 0, SystemBench.TSS2_SELECTOR, 0);
        bench.memory.write(NEW_EIP, 1, 0xCF); // iret
        bench.run(1);
        assertNewTask();
        assertEquals(11, busy(SystemBench.TSS_SELECTOR), "nested: still busy");
        assertEquals(11, busy(SystemBench.TSS2_SELECTOR));
        assertEquals(SystemBench.TSS_SELECTOR, bench.read16(SystemBench.TSS2));
        assertEquals(0x202 | NT, bench.after.eflags);
        bench.core.run(1);
        bench.after = bench.core.save();
        assertEquals(SystemBench.CODE + 7, bench.after.eip);
        for (int i = 0; i < 8; i++) {
            assertEquals(bench.state.gpr[i], bench.after.gpr[i]);
        }
        assertEquals(SystemBench.TSS_SELECTOR, bench.selector(Cpu.TR));
        assertEquals(11, busy(SystemBench.TSS_SELECTOR));
        assertEquals(9, busy(SystemBench.TSS2_SELECTOR));
        assertEquals(0x202, bench.read32(SystemBench.TSS2 + 0x24), "NT cleared in the task that returned");
        assertEquals(NEW_EIP + 1, bench.read32(SystemBench.TSS2 + 0x20));
        assertEquals(2, bench.after.eflags);
    }

    @Test
    void throughTaskGates() {
        for (int cpl = 0; cpl < 4; cpl++) {
            for (int dpl = 0; dpl < 4; dpl++) {
                for (int rpl = 0; rpl < 4; rpl++) {
                    for (int p = 0; p < 2; p++) {
                        bench.reset(cpl);
                        newTask();
                        bench.gate(
                                SystemBench.GDT + SystemBench.TEST,
                                SystemBench.TSS2_SELECTOR,
                                0,
                                p << 7 | dpl << 5 | 5);
                        far(0xEA, SystemBench.TEST | rpl);
                        if (dpl < Math.max(cpl, rpl)) {
                            assertEquals("13:80", bench.outcome());
                        } else if (p == 0) {
                            assertEquals("11:80", bench.outcome());
                        } else {
                            assertNewTask();
                        }
                    }
                }
            }
        }
    }

    @Test
    void descriptorChecks() {
        Object[][] cases = {
            // attributes, limit, RPL, outcome
            {0x89, 0x67, 0, "-"},
            {0x89, 0x66, 0, "10:58"},
            {0x81, 0x2B, 0, "-"},
            {0x81, 0x2A, 0, "10:58"},
            {0x8B, 0x67, 0, "13:58"},
            {0x83, 0x67, 0, "13:58"},
            {0x09, 0x67, 0, "11:58"},
            {0x89, 0x67, 1, "13:58"},
            {0xE9, 0x67, 3, "-"},
        };
        for (Object[] c : cases) {
            bench.reset(0);
            newTask();
            bench.descriptor(SystemBench.TSS2_SELECTOR, SystemBench.TSS2, (Integer) c[1], (Integer) c[0]);
            if ((Integer) c[0] == 0x81) {
                sixteenBitTask();
            }
            far(0xEA, SystemBench.TSS2_SELECTOR | (Integer) c[2]);
            assertEquals(c[3], bench.outcome(), c[0] + " " + c[1]);
            if (!"-".equals(c[3])) {
                assertEquals(SystemBench.TSS_SELECTOR, bench.selector(Cpu.TR));
                assertEquals(0, bench.read32(SystemBench.TSS + 0x20), "nothing saved");
                assertEquals(SystemBench.CODE, bench.read32(bench.after.gpr[Cpu.ESP] + 4));
            }
        }
        far(0xEA, 0x54);
        assertEquals("13:54", bench.outcome(), "a TSS cannot be in the LDT");
    }

    private void sixteenBitTask() {
        int tss = SystemBench.TSS2;
        for (int i = 0; i < 0x68; i += 4) {
            bench.write32(tss + i, 0);
        }
        bench.write16(tss + 0x0E, 0x9800);
        bench.write16(tss + 0x10, 0x0202);
        for (int i = 0; i < 8; i++) {
            bench.write16(tss + 0x12 + 2 * i, 0xB000 | i);
        }
        for (int i = 0; i < 4; i++) {
            bench.write16(tss + 0x22 + 2 * i, i == Cpu.CS ? SystemBench.CODE0 : SystemBench.DATA0);
        }
    }

    @Test
    void toSixteenBitTaskAndBack() {
        sixteenBitTask();
        bench.descriptor(SystemBench.TSS2_SELECTOR, SystemBench.TSS2, 0x2B, 0x81);
        bench.program(0x9A, 0, 0, 0, 0, SystemBench.TSS2_SELECTOR, 0);
        bench.memory.write(0x9800, 1, 0xCF);
        bench.state.eflags = 0x24_0002;
        bench.run(1);
        assertEquals(0x9800, bench.after.eip);
        for (int i = 0; i < 8; i++) {
            assertEquals(0xFFFF_B000 | i, bench.after.gpr[i], "high halves are ones");
        }
        assertEquals(new SegmentState(0, 0, 0, 0), bench.after.segments[Cpu.FS], "FS and GS are null");
        assertEquals(0x0202 | NT, bench.after.eflags & 0xFFFF);
        assertEquals(3, busy(SystemBench.TSS2_SELECTOR));
        bench.core.run(1);
        bench.after = bench.core.save();
        assertEquals(SystemBench.CODE + 7, bench.after.eip);
        assertEquals(0x24_0002, bench.after.eflags);
        assertEquals(0x9801, bench.read16(SystemBench.TSS2 + 0x0E));
        assertEquals(0xB003, bench.read16(SystemBench.TSS2 + 0x12 + 6));
        assertEquals(1, busy(SystemBench.TSS2_SELECTOR));
    }

    /** Linux's double fault: through a task gate, with a stack that cannot be used. */
    @Test
    void doubleFaultThroughTaskGate() {
        newTask();
        bench.gate(SystemBench.IDT + 8 * 8, SystemBench.TSS2_SELECTOR, 0, 0x85);
        bench.state.segments[Cpu.SS] = new SegmentState(SystemBench.DATA0, 0, 0xFFF, 0x4093);
        bench.state.eflags = 0x202;
        bench.step(0x50); // push eax: #SS, whose delivery fails too
        assertEquals(NEW_EIP, bench.after.eip);
        assertEquals(NEW_ESP - 4, bench.after.gpr[Cpu.ESP]);
        assertEquals(0, bench.read32(NEW_ESP - 4), "error code");
        assertOldTaskSaved(SystemBench.CODE);
        assertEquals(0x1_0202, bench.read32(SystemBench.TSS + 0x24), "RF in the saved flags");
        assertEquals(SystemBench.TSS_SELECTOR, bench.read16(SystemBench.TSS2));
    }

    @Test
    void interruptThroughTaskGate() {
        newTask();
        bench.gate(SystemBench.IDT + 8 * 0x50, SystemBench.TSS2_SELECTOR, 0, 0xE5);
        bench.step(0xCD, 0x50);
        assertNewTask();
        assertOldTaskSaved(SystemBench.CODE + 2);
        assertEquals(0x202 | NT, bench.after.eflags);
        Object[][] bad = {
            {0, "13:0"}, {SystemBench.TSS2_SELECTOR | 4, "13:5c"}, {0xFF00, "13:ff00"}, {SystemBench.DATA0, "13:10"}
        };
        for (Object[] c : bad) {
            bench.reset(0);
            bench.gate(SystemBench.IDT + 8 * 0x50, (Integer) c[0], 0, 0xE5);
            bench.step(0xCD, 0x50);
            assertEquals(c[1], bench.outcome());
        }
        bench.reset(3);
        bench.gate(SystemBench.IDT + 8 * 0x50, SystemBench.TSS2_SELECTOR, 0, 0x85);
        bench.step(0xCD, 0x50);
        assertEquals("13:282", bench.outcome(), "gate DPL");
    }

    /**
     * Faults of the new task's segments are its own: reported with its EIP; #TS goes back to the old task by a gate.
     */
    @Test
    void faultsInTheNewTask() {
        Object[][] cases = {
            // offset in TSS, value, descriptor attributes for TEST, error code
            {0x4C, 0, 0, 0}, // CS
            {0x4C, 0xFF00, 0, 0xFF00},
            {0x4C, SystemBench.TEST, 0x93, SystemBench.TEST},
            {0x4C, SystemBench.TEST, 0xBB, SystemBench.TEST},
            {0x50, 0, 0, 0}, // SS
            {0x50, SystemBench.data(1), 0, SystemBench.data(1) & ~3},
            {0x50, SystemBench.TEST, 0x91, SystemBench.TEST},
            {0x54, SystemBench.TEST, 0x99, SystemBench.TEST}, // DS
            {0x60, SystemBench.TEST, 0x93, SystemBench.TEST}, // LDT
            {0x60, SystemBench.TEST, 0x02, SystemBench.TEST},
            {0x60, 4, 0, 4},
        };
        for (Object[] c : cases) {
            bench.reset(0);
            newTask();
            bench.descriptor(SystemBench.TEST, 0, 0xF_FFFF, 0xC000 | (Integer) c[2]);
            bench.write32(SystemBench.TSS2 + (Integer) c[0], (Integer) c[1]);
            bench.gate(SystemBench.IDT + 8 * 10, SystemBench.TSS_SELECTOR, 0, 0x85);
            far(0xEA, SystemBench.TSS2_SELECTOR);
            String what = Integer.toHexString((Integer) c[0]) + " " + c[1];
            assertEquals(SystemBench.TSS_SELECTOR, bench.selector(Cpu.TR), what);
            assertEquals(c[3], bench.read32(bench.after.gpr[Cpu.ESP]), what);
            assertEquals(NEW_EIP, bench.read32(SystemBench.TSS2 + 0x20), what);
            assertEquals(SystemBench.CODE + 7, bench.after.eip, what);
        }
    }

    @Test
    void absentDataSegmentOfTheNewTask() {
        newTask();
        bench.descriptor(SystemBench.TEST, 0, 0xF_FFFF, 0xC013);
        bench.write32(SystemBench.TSS2 + 0x54, SystemBench.TEST);
        far(0xEA, SystemBench.TSS2_SELECTOR);
        assertEquals("11:80", bench.outcome());
        assertEquals(NEW_EIP, bench.read32(bench.after.gpr[Cpu.ESP] + 4));
        assertEquals(NEW_ESP - 16, bench.after.gpr[Cpu.ESP]);
    }

    @Test
    void returnChecksTheBackLink() {
        int[][] cases = {
            {0, 0}, {4, 4}, {0xFF00, 0xFF00}, {SystemBench.DATA0, SystemBench.DATA0}, {SystemBench.TSS2_SELECTOR, 0x58}
        };
        for (int[] c : cases) {
            bench.reset(0);
            newTask();
            bench.state.eflags = 2 | NT;
            bench.write16(SystemBench.TSS, c[0]);
            bench.step(0xCF);
            assertEquals("10:" + Integer.toHexString(c[1]), bench.outcome(), "not a busy TSS");
        }
    }

    @Test
    void trapBitRaisesDebugTrap() {
        newTask();
        bench.write32(SystemBench.TSS2 + 0x64, 1);
        bench.program(0xEA, 0, 0, 0, 0, SystemBench.TSS2_SELECTOR, 0);
        bench.run(2);
        assertEquals(SystemBench.handler(1) + 1, bench.after.eip);
        assertEquals(0x8000, bench.after.dr[6] & 0xE00F);
        assertEquals(NEW_EIP, bench.read32(bench.after.gpr[Cpu.ESP]));
    }

    @Test
    void pagingChangesWithTheTask() {
        identity(0x6_0000);
        identity(0x7_0000);
        bench.write32(0x7_1000 + 4 * (NEW_EIP >> 12), 0x1_9003); // the new task sees another page there
        newTask();
        bench.write32(SystemBench.TSS2 + 0x1C, 0x7_0000);
        bench.memory.write(0x1_9000, 1, 0x40); // inc eax
        bench.state.cr0 = 0x8000_0011;
        bench.state.cr3 = 0x6_0000;
        bench.program(0xEA, 0, 0, 0, 0, SystemBench.TSS2_SELECTOR, 0);
        bench.run(2);
        assertEquals(0x7_0000, bench.after.cr3);
        assertEquals(NEW_EIP + 1, bench.after.eip);
        assertEquals(0xA0A0_0001, bench.after.gpr[0]);
        // A page of the new task's state that is not there: nothing happens to the old one.
        bench.write32(0x6_1000 + 4 * (SystemBench.TSS2 >> 12), 0);
        bench.descriptor(SystemBench.TSS2_SELECTOR, SystemBench.TSS2, 0x67, 0x89);
        bench.write32(SystemBench.TSS + 0x20, 0);
        bench.run(1);
        assertEquals("14:0", bench.outcome());
        assertEquals(SystemBench.TSS2, bench.after.cr2);
        assertEquals(0, bench.read32(SystemBench.TSS + 0x20));
        assertNotEquals(SystemBench.TSS2_SELECTOR, bench.selector(Cpu.TR));
    }

    @Test
    void directoryPointersOfTheNewTaskAreCheckedFirst() {
        identity(0x6_0000);
        newTask();
        bench.write32(0x7_0000, 0x6_1003);
        bench.write32(SystemBench.TSS2 + 0x1C, 0x7_0000);
        bench.state.cr0 = 0x8000_0011;
        bench.state.cr4 = 0x20;
        bench.state.cr3 = 0x7_1000;
        bench.state.pdpte[0] = 0x7_2001;
        bench.write32(0x7_2000, 0xE3); // 2 MiB from 0
        far(0xEA, SystemBench.TSS2_SELECTOR);
        assertEquals("13:0", bench.outcome());
        assertEquals(SystemBench.TSS_SELECTOR, bench.selector(Cpu.TR));
        assertEquals(0, bench.read32(SystemBench.TSS + 0x20));
    }

    private void identity(int directory) {
        bench.write32(directory, directory + 0x1000 | 7);
        for (int i = 0; i < 256; i++) {
            bench.write32(directory + 0x1000 + 4 * i, i << 12 | 7);
        }
    }
}
