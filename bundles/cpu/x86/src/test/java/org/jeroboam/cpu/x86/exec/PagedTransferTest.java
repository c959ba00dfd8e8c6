package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Page faults at every access of a delivery or transfer: the right fault, and nothing half done. */
class PagedTransferTest {
    private static final int DIRECTORY = 0x6_0000;
    private static final int TABLE = 0x6_1000;
    private static final int VECTOR = 0x50;

    private final SystemBench bench = new SystemBench();

    @AfterEach
    void close() {
        bench.close();
    }

    private void paged(int level) {
        bench.reset(level);
        bench.write32(DIRECTORY, TABLE | 7);
        for (int i = 0; i < 256; i++) {
            bench.write32(TABLE + 4 * i, i << 12 | 0x67);
        }
        bench.state.cr0 = 0x8001_0011;
        bench.state.cr3 = DIRECTORY;
    }

    private void map(int linear, int flags) {
        bench.write32(TABLE + 4 * (linear >> 12), linear & ~0xFFF | flags);
    }

    @Test
    void systemTablesNeedNoUserRights() {
        paged(3);
        for (int linear = 0x1000; linear < 0x9000; linear += 0x1000) {
            map(linear, 3);
        }
        map(SystemBench.stack(0), 3);
        bench.step(0xCD, VECTOR);
        assertEquals(SystemBench.handler(VECTOR), bench.after.eip);
        assertEquals(SystemBench.stack(3), bench.read32(bench.after.gpr[Cpu.ESP] + 12));
    }

    /** The page fault is delivered on another page of the same stack, so the frame shows where it happened. */
    @Test
    void innerStackOverTwoPages() {
        for (int missing = 0; missing < 2; missing++) {
            paged(3);
            int boundary = 0x2_4000;
            bench.write32(SystemBench.TSS + 4, boundary + 8); // five dwords: two above, three below
            map(missing == 0 ? boundary : boundary - 4, 0);
            // #PF through a gate to level 1, whose stack is good.
            bench.descriptor(SystemBench.TEST, 0, 0xF_FFFF, SystemBench.FLAT_CODE | 1 << 5);
            bench.idt(14, SystemBench.TEST, 0x8E);
            bench.step(0xCD, VECTOR);
            assertEquals(SystemBench.handler(14), bench.after.eip, "missing " + missing);
            assertEquals(missing == 0 ? boundary + 4 : boundary - 4, bench.after.cr2, "the first push that fails");
            int esp = bench.after.gpr[Cpu.ESP];
            assertEquals(2, bench.read32(esp), "supervisor write, not present");
            assertEquals(SystemBench.CODE, bench.read32(esp + 4));
            assertEquals(SystemBench.stack(3), bench.read32(esp + 16));
            for (int at = boundary - 16; at < boundary + 8; at += 4) {
                assertEquals(0, bench.read32(at), "nothing pushed");
            }
        }
    }

    @Test
    void tablesMayBeAbsent() {
        paged(3);
        bench.descriptor(SystemBench.TEST, 0, 0xF_FFFF, SystemBench.FLAT_CODE | 3 << 5);
        bench.idt(14, SystemBench.TEST, 0xEE);
        map(SystemBench.TSS, 0);
        bench.step(0xCD, VECTOR);
        assertEquals(SystemBench.handler(14), bench.after.eip);
        assertEquals(SystemBench.TSS + 4, bench.after.cr2);
        assertEquals(0, bench.read32(bench.after.gpr[Cpu.ESP]), "supervisor read");
        assertEquals(3, bench.selector(Cpu.CS) & 3, "delivered at level 3");
        assertEquals(SystemBench.stack(3) - 16, bench.after.gpr[Cpu.ESP]);
        paged(3);
        map(SystemBench.IDT, 0);
        bench.step(0xCD, VECTOR);
        assertTrue(bench.after.shutdown, "no IDT: #PF, #PF, #DF");
    }

    @Test
    void pageFaultDuringPageFaultIsDouble() {
        paged(3);
        bench.descriptor(SystemBench.TEST, 0, 0xF_FFFF, SystemBench.FLAT_CODE | 1 << 5);
        bench.idt(8, SystemBench.TEST, 0x8E);
        map(SystemBench.stack(0), 0);
        bench.state.gpr[Cpu.EBX] = 0x9_0000;
        map(0x9_0000, 0);
        bench.step(0x8B, 0x03);
        assertEquals(SystemBench.handler(8), bench.after.eip);
        assertEquals(SystemBench.stack(0) + 0x3FF & ~0xFFF, bench.after.cr2 & ~0xFFF);
    }

    @Test
    void accessedBitIsWrittenBeforeAnythingChanges() {
        paged(0);
        map(SystemBench.GDT, 1); // read-only, and CR0.WP is set
        bench.descriptor(SystemBench.TEST, 0, 0xFFFF, 0x92);
        bench.state.gpr[0] = SystemBench.TEST;
        bench.step(0x8E, 0xD8);
        assertEquals("14:3", bench.outcome());
        assertEquals(SystemBench.GDT + SystemBench.TEST + 5, bench.after.cr2);
        assertEquals(SystemBench.DATA0, bench.selector(Cpu.DS));
        bench.descriptor(SystemBench.TEST, 0, 0xFFFF, 0x93);
        bench.step(0x8E, 0xD8);
        assertEquals(SystemBench.TEST, bench.selector(Cpu.DS), "nothing to write");
    }

    @Test
    void farCallPushesAllOrNothing() {
        paged(0);
        bench.state.gpr[Cpu.ESP] = 0x2_4004;
        map(0x2_3000, 0);
        bench.idt(14, SystemBench.CODE0, 0x8E);
        bench.gate(SystemBench.IDT + 8 * 14, SystemBench.TSS2_SELECTOR, 0, 0x85); // a task, since the stack is bad
        bench.write32(SystemBench.TSS2 + 0x1C, DIRECTORY);
        bench.write32(SystemBench.TSS2 + 0x20, 0x1_8000);
        bench.write32(SystemBench.TSS2 + 0x38, 0x3_0000);
        for (int i = 0; i < 6; i++) {
            bench.write32(SystemBench.TSS2 + 0x48 + 4 * i, i == 1 ? SystemBench.CODE0 : SystemBench.DATA0);
        }
        bench.step(0x9A, 0, 0x80, 1, 0, SystemBench.CODE0, 0);
        assertEquals(0x1_8000, bench.after.eip);
        assertEquals(2, bench.read32(0x3_0000 - 4));
        assertEquals(SystemBench.CODE, bench.read32(SystemBench.TSS + 0x20));
        assertEquals(0x2_4004, bench.read32(SystemBench.TSS + 0x38));
        assertEquals(0, bench.read32(0x2_4000));
    }

    @Test
    void interruptReturnReadsBeforeItChanges() {
        paged(0);
        bench.state.gpr[Cpu.ESP] = 0x2_3FF8;
        bench.write32(0x2_3FF8, 0x9000);
        bench.write32(0x2_3FFC, SystemBench.CODE0);
        map(0x2_4000, 0);
        bench.step(0xCF);
        assertEquals("14:0", bench.outcome());
        assertEquals(0x2_4000, bench.after.cr2);
        assertEquals(SystemBench.CODE, bench.read32(bench.after.gpr[Cpu.ESP] + 4));
        assertEquals(0x2_3FF8 - 16, bench.after.gpr[Cpu.ESP]);
    }

    /** CR0.WP must make the kernel's own write fault. */
    @Test
    void writeProtectWorksAtLevelZero() {
        paged(0);
        bench.state.gpr[Cpu.EBX] = 0x9_0000;
        map(0x9_0000, 5);
        bench.step(0x89, 0x03);
        assertEquals("14:3", bench.outcome());
        bench.state.cr0 &= ~0x1_0000;
        bench.step(0x89, 0x03);
        assertEquals("-", bench.outcome());
    }
}
