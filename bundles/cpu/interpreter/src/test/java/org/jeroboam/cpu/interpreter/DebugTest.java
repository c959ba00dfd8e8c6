package org.jeroboam.cpu.interpreter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Single-step, breakpoints and debug registers (Intel SDM volume 3, chapter 17). */
class DebugTest {
    private static final int TF = 0x100;
    private static final int BS = 0x4000;

    private final SystemBench bench = new SystemBench();

    @AfterEach
    void close() {
        bench.close();
    }

    private int dr6() {
        return bench.after.dr[6] & 0xE00F;
    }

    private int frame(int index) {
        return bench.read32(bench.after.gpr[Cpu.ESP] + 4 * index);
    }

    /** Asserts that the #DB handler was entered and has executed one of its NOPs. */
    private void assertTrapped(int returnEip, int reason) {
        assertEquals(SystemBench.handler(1) + 1, bench.after.eip);
        assertEquals(returnEip, frame(0));
        assertEquals(reason, dr6());
    }

    @Test
    void singleStepTrapsAfterTheInstruction() {
        bench.state.eflags |= TF;
        bench.program(0x40, 0x40);
        bench.run(2);
        assertTrapped(SystemBench.CODE + 1, BS);
        assertEquals(0x1111_1112, bench.after.gpr[0]);
        assertEquals(TF, frame(2) & TF);
        assertEquals(0, bench.after.eflags & TF);
    }

    @Test
    void popfThatSetsTrapFlagTrapsAfterTheNextInstruction() {
        bench.write32(SystemBench.stack(0), 2 | TF);
        bench.program(0x9D, 0x40, 0x40);
        bench.run(3);
        assertTrapped(SystemBench.CODE + 2, BS);
    }

    @Test
    void popfThatClearsTrapFlagStillTraps() {
        bench.state.eflags |= TF;
        bench.write32(SystemBench.stack(0), 2);
        bench.program(0x9D, 0x40);
        bench.run(2);
        assertTrapped(SystemBench.CODE + 1, BS);
        assertEquals(0, frame(2) & TF);
    }

    @Test
    void movSsIsNotFollowedByATrap() {
        bench.state.eflags |= TF;
        bench.state.gpr[0] = SystemBench.DATA0;
        bench.program(0x8E, 0xD0, 0x90, 0x90);
        bench.run(3);
        assertTrapped(SystemBench.CODE + 3, BS);
    }

    @Test
    void faultsAreNotFollowedByATrap() {
        bench.state.eflags |= TF;
        bench.program(0x0F, 0x0B);
        bench.run(1);
        assertEquals(SystemBench.handler(6), bench.after.eip);
        bench.core.run(1);
        assertEquals(SystemBench.handler(6) + 1, bench.core.save().eip);
    }

    private void breakpoint(int number, int linear, int type, int length) {
        bench.state.dr[number] = linear;
        bench.state.dr[7] |= 2 << 2 * number | (length << 2 | type) << 16 + 4 * number;
    }

    @Test
    void codeBreakpointIsAFaultAndResumeFlagSuppressesIt() {
        breakpoint(2, SystemBench.CODE + 1, 0, 0);
        bench.program(0x40, 0x40, 0x40);
        bench.run(2);
        assertEquals(SystemBench.handler(1), bench.after.eip);
        assertEquals(SystemBench.CODE + 1, frame(0));
        assertEquals(4, dr6());
        assertEquals(0x1111_1112, bench.after.gpr[0]);
        bench.state.eip = SystemBench.CODE + 1;
        bench.state.eflags |= 0x1_0000;
        bench.run(1);
        assertEquals(SystemBench.CODE + 2, bench.after.eip);
        assertEquals(0, bench.after.eflags & 0x1_0000, "RF lasts one instruction");
    }

    @Test
    void iretCarriesTheResumeFlag() {
        breakpoint(0, SystemBench.CODE + 0x100, 0, 0);
        bench.write32(SystemBench.stack(0), SystemBench.CODE + 0x100);
        bench.write32(SystemBench.stack(0) + 4, SystemBench.CODE0);
        bench.write32(SystemBench.stack(0) + 8, 0x1_0002);
        bench.memory.write(SystemBench.CODE + 0x100, 2, 0x4040);
        bench.program(0xCF);
        bench.run(2);
        assertEquals(SystemBench.CODE + 0x101, bench.after.eip);
        assertEquals(0x1111_1112, bench.after.gpr[0]);
    }

    @Test
    void dataBreakpoints() {
        Object[][] cases = {
            // type, length, address, instruction, hit
            {1, 3, 0x6000, new int[] {0x89, 0x03}, true}, // mov [ebx], eax
            {1, 3, 0x6000, new int[] {0x8B, 0x0B}, false}, // mov ecx, [ebx]
            {3, 3, 0x6000, new int[] {0x8B, 0x0B}, true},
            {3, 0, 0x6004, new int[] {0x8B, 0x0B}, false},
            {3, 0, 0x6003, new int[] {0x8B, 0x0B}, true},
            {3, 1, 0x6003, new int[] {0x8A, 0x4B, 0x02}, true}, // mov cl, [ebx+2]: aligned to 6002h
            {1, 0, 0x6001, new int[] {0xC6, 0x03, 0x55}, false},
            {1, 3, 0x5FFC, new int[] {0x89, 0x43, 0xFE}, true}, // across the page boundary
        };
        for (Object[] c : cases) {
            bench.reset(0);
            bench.state.gpr[Cpu.EBX] = 0x6000;
            breakpoint(3, (Integer) c[2], (Integer) c[0], (Integer) c[1]);
            int[] instruction = (int[]) c[3];
            bench.program(instruction);
            bench.memory.write(SystemBench.CODE + instruction.length, 1, 0x90);
            bench.run(2);
            if ((Boolean) c[4]) {
                assertTrapped(SystemBench.CODE + instruction.length, 8);
            } else {
                assertEquals(SystemBench.CODE + instruction.length + 1, bench.after.eip);
                assertEquals(0, dr6());
            }
        }
    }

    @Test
    void disabledBreakpointsAreReportedWithAnEnabledOne() {
        bench.state.gpr[Cpu.EBX] = 0x6000;
        breakpoint(0, 0x6000, 1, 3);
        breakpoint(1, 0x6000, 1, 3);
        bench.state.dr[7] &= ~8;
        bench.program(0x89, 0x03, 0x90);
        bench.run(2);
        assertTrapped(SystemBench.CODE + 2, 3);
    }

    @Test
    void portBreakpointsNeedDebugExtensions() {
        for (int de = 0; de < 2; de++) {
            bench.reset(0);
            bench.state.cr4 = de << 3;
            breakpoint(1, 0x60, 2, 0);
            bench.program(0xE4, 0x60, 0x90);
            bench.run(2);
            if (de == 1) {
                assertTrapped(SystemBench.CODE + 2, 2);
            } else {
                assertEquals(SystemBench.CODE + 3, bench.after.eip);
            }
        }
    }

    @Test
    void registers() {
        bench.state.gpr[0] = -1;
        bench.step(0x0F, 0x23, 0xF0); // mov dr6, eax
        assertEquals(0xFFFF_EFFF, bench.after.dr[6]);
        bench.state.gpr[0] = 0;
        bench.step(0x0F, 0x23, 0xF0);
        assertEquals(0xFFFF_0FF0, bench.after.dr[6]);
        bench.step(0x0F, 0x23, 0xF8);
        assertEquals(0x400, bench.after.dr[7]);
        bench.step(0x0F, 0x21, 0xE0); // mov eax, dr4: an alias of DR6
        assertEquals(0xFFFF_0FF0, bench.after.gpr[0]);
        bench.state.cr4 = 8;
        bench.step(0x0F, 0x21, 0xE0);
        assertEquals("6", bench.outcome());
    }

    @Test
    void generalDetect() {
        bench.state.dr[7] |= 0x2000;
        bench.step(0x0F, 0x21, 0xC0);
        assertEquals("1", bench.outcome());
        assertEquals(0x2000, dr6());
        assertEquals(SystemBench.CODE, frame(0));
        assertEquals(0, bench.after.dr[7] & 0x2000, "cleared for the handler");
    }
}
