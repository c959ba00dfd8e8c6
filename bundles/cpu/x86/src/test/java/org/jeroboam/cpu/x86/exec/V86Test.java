package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.jeroboam.hardware.cpu.SegmentState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** V86 mode: entry, exit, IOPL-sensitive instructions, and its VME extensions (Intel SDM volume 3, chapter 20). */
class V86Test {
    private static final int VME = 1;
    private static final int IF = 0x200;
    private static final int VIF = 0x8_0000;
    private static final int VIP = 0x10_0000;
    private static final int VM = 0x2_0002;

    private final SystemBench bench = new SystemBench();

    @AfterEach
    void close() {
        bench.close();
    }

    private String outcomeOf(int... instruction) {
        bench.step(instruction);
        return bench.outcome();
    }

    private void v86(int iopl, int flags, int cr4) {
        bench.reset(0);
        bench.state = SystemBench.v86(iopl);
        bench.state.eflags |= flags;
        bench.state.cr4 = cr4;
    }

    @Test
    void interruptsLeaveThroughTheRingZeroStack() {
        v86(3, IF, 0);
        bench.state.gpr[Cpu.ESP] = 0xDEAD_0800;
        assertEquals("80", outcomeOf(0xCD, 0x50));
        int esp = SystemBench.stack(0) + 0x400 - 36;
        assertEquals(esp, bench.after.gpr[Cpu.ESP]);
        int[] frame = {2, 0x1000, VM | 0x3000 | IF, 0xDEAD_0800, 0x2000, 0x1F00, 0x1F01, 0x1F02, 0x1F03};
        for (int i = 0; i < frame.length; i++) {
            assertEquals(frame[i], bench.read32(esp + 4 * i), "item " + i);
        }
        for (int register : new int[] {Cpu.ES, Cpu.DS, Cpu.FS, Cpu.GS}) {
            assertEquals(new SegmentState(0, 0, 0, 0), bench.after.segments[register]);
        }
        assertEquals(new SegmentState(SystemBench.CODE0, 0, -1, SystemBench.FLAT_CODE), bench.after.segments[Cpu.CS]);
        assertEquals(0x3002, bench.after.eflags, "VM and IF cleared");
    }

    @Test
    void faultsLeaveWithErrorCode() {
        v86(0, 0, 0);
        assertEquals("13:0", outcomeOf(0xF4));
        int esp = SystemBench.stack(0) + 0x400 - 40;
        assertEquals(esp, bench.after.gpr[Cpu.ESP]);
        assertEquals(0, bench.read32(esp + 4), "IP");
        assertEquals(VM | 0x1_0000, bench.read32(esp + 12), "RF");
    }

    @Test
    void onlyToLevelZero() {
        for (int access : new int[] {0x9B | 0x20, 0x9B | 0x60, 0x9F, 0x9F | 0x60}) {
            v86(3, 0, 0);
            bench.descriptor(SystemBench.TEST, 0, 0xF_FFFF, 0xC000 | access);
            bench.idt(0x50, SystemBench.TEST, 0xEE);
            assertEquals("13:80", outcomeOf(0xCD, 0x50), Integer.toHexString(access));
        }
    }

    @Test
    void sixteenBitGatePushesWords() {
        v86(3, 0, 0);
        bench.idt(0x50, SystemBench.CODE0, 0xE6);
        assertEquals("80", outcomeOf(0xCD, 0x50));
        int esp = SystemBench.stack(0) + 0x400 - 18;
        assertEquals(esp, bench.after.gpr[Cpu.ESP]);
        assertEquals(0x1F03, bench.read16(esp + 16));
        assertEquals(0x0800, bench.read16(esp + 6));
    }

    @Test
    void entryByIret() {
        int esp = SystemBench.stack(0);
        int[] frame = {0x1234, 0x3000, 0x2_3246, 0xABCD_1000, 0x4000, 0x5000, 0x5001, 0x5002, 0x5003};
        for (int i = 0; i < frame.length; i++) {
            bench.write32(esp + 4 * i, frame[i]);
        }
        bench.step(0xCF);
        assertEquals(0x1234, bench.after.eip);
        assertEquals(0x2_3246, bench.after.eflags);
        assertEquals(0xABCD_1000, bench.after.gpr[Cpu.ESP]);
        int[] selectors = {0x5000, 0x3000, 0x4000, 0x5001, 0x5002, 0x5003};
        for (int i = 0; i < 6; i++) {
            assertEquals(new SegmentState(selectors[i], selectors[i] << 4, 0xFFFF, 0xF3), bench.after.segments[i]);
        }
        bench.write32(esp, 0x1_0000);
        bench.step(0xCF);
        assertEquals("13:0", bench.outcome(), "EIP beyond 64 KiB");
        bench.reset(1);
        bench.write32(SystemBench.stack(1), 0x9000);
        bench.write32(SystemBench.stack(1) + 4, SystemBench.code(1));
        bench.write32(SystemBench.stack(1) + 8, 0x2_0002);
        bench.step(0xCF);
        assertEquals(0x9000, bench.after.eip);
        assertEquals(2, bench.after.eflags, "VM cannot be set outside level 0");
    }

    @Test
    void sensitiveInstructionsNeedIoplThree() {
        int[][] instructions = {
            {0xFA}, {0xFB}, {0x9C}, {0x9D}, {0xCD, 0x50}, {0xCF}, {0x66, 0x9C}, {0x66, 0x9D}, {0x66, 0xCF}
        };
        for (int[] instruction : instructions) {
            for (int iopl = 0; iopl < 3; iopl++) {
                v86(iopl, 0, 0);
                assertEquals("13:0", outcomeOf(instruction), Integer.toHexString(instruction[instruction.length - 1]));
            }
            v86(3, 0, 0);
            assertEquals(instruction[0] == 0xCD ? "80" : "-", outcomeOf(instruction));
        }
    }

    @Test
    void breakpointAndOverflowIgnoreIopl() {
        v86(0, 0, 0);
        assertEquals("3", outcomeOf(0xCC));
        v86(0, 0x800, 0);
        assertEquals("4", outcomeOf(0xCE));
        v86(0, 0, 0);
        bench.idt(3, SystemBench.CODE0, 0x8E);
        assertEquals("13:1a", outcomeOf(0xCC), "gate DPL counts");
    }

    @Test
    void popfAndIretKeepVmAndIopl() {
        v86(3, 0, 0);
        bench.write32(0x2_0800, 0xFFFC_CFD7 & ~0x100);
        assertEquals("-", outcomeOf(0x66, 0x9D));
        assertEquals(VM | 0x24_0000 | 0x7ED7 & ~0x100, bench.after.eflags);
        bench.write16(0x2_0800, 0x1234);
        bench.write16(0x2_0802, 0x3000);
        bench.write16(0x2_0804, 0x0202);
        assertEquals("-", outcomeOf(0xCF));
        assertEquals(VM | 0x3202, bench.after.eflags);
        assertEquals(0x1234, bench.after.eip);
        assertEquals(new SegmentState(0x3000, 0x3_0000, 0xFFFF, 0xF3), bench.after.segments[Cpu.CS]);
    }

    // VME

    private void redirect(int vector, boolean on) {
        bench.write16(SystemBench.TSS + 0x66, 0x88);
        int at = SystemBench.TSS + 0x68 + (vector >> 3);
        bench.memory.write(at, 1, on ? 0 : 1 << (vector & 7));
        bench.write32(vector * 4, 0x3000_1234);
    }

    @Test
    void redirectedInterruptWithVirtualFlag() {
        for (int vif = 0; vif < 2; vif++) {
            v86(0, IF | (vif == 1 ? VIF : 0), VME);
            redirect(0x50, true);
            assertEquals("-", outcomeOf(0xCD, 0x50));
            assertEquals(0x1234, bench.after.eip);
            assertEquals(0x3000, bench.selector(Cpu.CS));
            assertEquals(0xDEAD_07FA, bench.after.gpr[Cpu.ESP]);
            assertEquals(2, bench.read16(0x2_07FA));
            assertEquals(0x1000, bench.read16(0x2_07FC));
            assertEquals(0x3002 | (vif == 1 ? IF : 0), bench.read16(0x2_07FE), "IOPL 3 and VIF as IF");
            assertEquals(VM | IF, bench.after.eflags, "IF stays, VIF is cleared");
        }
    }

    @Test
    void redirectedInterruptWithIoplThree() {
        v86(3, IF, VME);
        redirect(0x50, true);
        assertEquals("-", outcomeOf(0xCD, 0x50));
        assertEquals(0x1234, bench.after.eip);
        assertEquals(0x3202, bench.read16(0x2_07FE));
        assertEquals(VM | 0x3000, bench.after.eflags);
    }

    @Test
    void interruptThatIsNotRedirected() {
        v86(0, 0, VME);
        redirect(0x50, false);
        assertEquals("13:0", outcomeOf(0xCD, 0x50));
        v86(3, 0, VME);
        redirect(0x50, false);
        assertEquals("80", outcomeOf(0xCD, 0x50));
    }

    @Test
    void int3IsNeverRedirected() {
        v86(0, 0, VME);
        redirect(3, true);
        assertEquals("3", outcomeOf(0xCC));
        assertEquals("-", outcomeOf(0xCD, 3));
        assertEquals(0x1234, bench.after.eip);
    }

    @Test
    void virtualInterruptFlag() {
        v86(0, IF, VME);
        assertEquals("-", outcomeOf(0xFB));
        assertEquals(VM | IF | VIF, bench.after.eflags);
        v86(0, IF | VIF, VME);
        assertEquals("-", outcomeOf(0xFA));
        assertEquals(VM | IF, bench.after.eflags);
        v86(0, IF | VIP, VME);
        assertEquals("13:0", outcomeOf(0xFB), "STI with VIP");
        v86(0, IF | VIF, VME);
        assertEquals("-", outcomeOf(0x9C));
        assertEquals(0x3202, bench.read16(0x2_07FE));
        v86(0, IF, VME);
        assertEquals("-", outcomeOf(0x9C));
        assertEquals(0x3002, bench.read16(0x2_07FE));
        v86(0, IF, VME);
        assertEquals("13:0", outcomeOf(0x66, 0x9C), "32-bit PUSHF");
    }

    @Test
    void popfAndIretSetTheVirtualFlag() {
        for (boolean iret : new boolean[] {false, true}) {
            int[][] cases = {
                // flags before, image, flags after or -1 for #GP
                {IF, 0x3202, IF | VIF},
                {IF | VIF, 0x3002, IF},
                {VIP, 0x3202, -1},
                {VIP | VIF, 0x3002, VIP},
                {0, 0x0102, -1},
                {0, 0x0ED7, VIF | 0x0CD7},
            };
            for (int[] c : cases) {
                v86(0, c[0], VME);
                bench.write16(0x2_0800, iret ? 0x1234 : c[1]);
                bench.write16(0x2_0802, 0x3000);
                bench.write16(0x2_0804, c[1]);
                assertEquals(c[2] < 0 ? "13:0" : "-", outcomeOf(iret ? 0xCF : 0x9D));
                if (c[2] >= 0) {
                    assertEquals(VM | c[2], bench.after.eflags);
                }
            }
            v86(0, 0, VME);
            assertEquals("13:0", outcomeOf(0x66, iret ? 0xCF : 0x9D));
        }
    }
}
