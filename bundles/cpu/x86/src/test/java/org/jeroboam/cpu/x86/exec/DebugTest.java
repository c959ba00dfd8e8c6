package org.jeroboam.cpu.x86.exec;

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

    /** Sets DEBUGCTL.BTF in the state to start from. */
    private void stepOnBranches() {
        bench.state.eflags |= TF;
        bench.state.msrNumbers = new int[] {0x1D9};
        bench.state.msrValues = new long[] {2};
    }

    private long debugControl() {
        for (int i = 0; i < bench.after.msrNumbers.length; i++) {
            if (bench.after.msrNumbers[i] == 0x1D9) {
                return bench.after.msrValues[i];
            }
        }
        throw new AssertionError("DEBUGCTL is not saved");
    }

    @Test
    void singleStepOnBranches() {
        int code = SystemBench.CODE;
        Object[][] cases = {
            // instruction, where the trap is
            {new int[] {0xEB, 0x10}, code + 3 + 0x10}, // jmp
            {new int[] {0xE8, 0x10, 0, 0, 0}, code + 6 + 0x10}, // call
            {new int[] {0x74, 0x10}, code + 3 + 0x10}, // jz, taken
            {new int[] {0x75, 0x10}, -1}, // jnz, not taken
            {new int[] {0xE2, 0x10}, code + 3 + 0x10}, // loop
            {new int[] {0xFF, 0xE0}, 0x1_1000}, // jmp eax
            {new int[] {0xEA, 0, 0x10, 1, 0, SystemBench.CODE0, 0}, 0x1_1000}, // jmp far
            {new int[] {0xC3}, 0x1_2000}, // ret
            {new int[] {0xF3, 0xA4}, -1}, // rep movsb
            {new int[] {0x90}, -1},
        };
        for (Object[] c : cases) {
            bench.reset(0);
            stepOnBranches();
            bench.state.eflags |= 0x40;
            bench.state.gpr[0] = 0x1_1000;
            bench.state.gpr[Cpu.ECX] = 3;
            bench.state.gpr[Cpu.ESI] = 0x3_0000;
            bench.state.gpr[Cpu.EDI] = 0x3_0010;
            bench.write32(SystemBench.stack(0), 0x1_2000);
            int[] instruction = (int[]) c[0];
            int[] program = new int[1 + instruction.length];
            program[0] = 0x90; // is no branch
            System.arraycopy(instruction, 0, program, 1, instruction.length);
            bench.program(program);
            for (int at = code + program.length; at < code + 0x40; at++) {
                bench.memory.write(at, 1, 0x90);
            }
            bench.run(5);
            int target = (Integer) c[1];
            if (target < 0) {
                assertEquals(0, dr6(), "no trap after " + Integer.toHexString(instruction[0]));
                assertEquals(2, debugControl());
            } else {
                assertEquals(target, frame(0), "after " + Integer.toHexString(instruction[0]));
                assertEquals(BS, dr6());
                assertEquals(0, debugControl(), "the handler steps on instructions");
            }
        }
    }

    /** The T bit of a task that a debug trap enters is not lost. */
    @Test
    void debugTrapThroughATaskGateReportsTheTaskToo() {
        int tss = SystemBench.TSS2;
        bench.write32(tss + 0x20, 0x1_8000);
        bench.write32(tss + 0x24, 2);
        bench.write32(tss + 0x38, 0x3_0000);
        for (int i = 0; i < 6; i++) {
            bench.write32(tss + 0x48 + 4 * i, i == Cpu.CS ? SystemBench.CODE0 : SystemBench.DATA0);
        }
        bench.memory.write(tss + 0x64, 2, 1);
        bench.gate(SystemBench.IDT + 8, SystemBench.TSS2_SELECTOR, 0, 0x85);
        bench.state.eflags |= TF;
        bench.program(0x90, 0x90);
        bench.run(1);
        // From here the gate leads to a handler of the same task.
        bench.core.run(1);
        bench.after = bench.core.save();
        assertEquals(BS | 0x8000, dr6());
    }

    /** The frame of an interrupt hits a data breakpoint: the trap comes before the handler's first instruction. */
    @Test
    void dataBreakpointOnTheFrameOfAnInterrupt() {
        bench.state.eflags |= 0x200;
        breakpoint(0, SystemBench.stack(0) - 8, 1, 3);
        bench.program(0x90);
        bench.bus.vector = 0x60;
        bench.core.load(bench.state);
        bench.core.setInterruptLine(true);
        bench.core.run(10);
        bench.after = bench.core.save();
        assertEquals(SystemBench.handler(1) + 10, bench.after.eip);
        assertEquals(SystemBench.handler(0x60), frame(0));
        assertEquals(1, dr6());
    }

    /** What user programs cannot execute; {@link OracleTest} steps through the rest. */
    @Test
    void privilegedInstructionsAreFollowedByTheTrapToo() {
        int[][] instructions = {
            {0x0F, 0x06}, // clts
            {0x0F, 0x08}, // invd
            {0x0F, 0x09}, // wbinvd
            {0x0F, 0x20, 0xC0}, // mov eax, cr0
            {0x0F, 0x22, 0xC0}, // mov cr0, eax
            {0x0F, 0x21, 0xC0}, // mov eax, dr0
            {0x0F, 0x23, 0xC0},
            {0x0F, 0x01, 0x13}, // lgdt [ebx]
            {0x0F, 0x01, 0x1B}, // lidt [ebx]
            {0x0F, 0x01, 0xF0}, // lmsw ax
            {0x0F, 0x01, 0x3B}, // invlpg [ebx]
            {0x0F, 0x00, 0xD1}, // lldt cx
            {0x0F, 0x00, 0xDA}, // ltr dx
            {0x0F, 0x32}, // rdmsr
            {0x0F, 0x30}, // wrmsr
            {0x0F, 0xA2}, // cpuid
            {0x0F, 0x31}, // rdtsc
            {0xF4}, // hlt: the trap wakes it
            {0xE4, 0x60}, // in al, 60h
            {0xE6, 0x60},
            {0xFA}, // cli
            {0xFB}, // sti: no shadow for traps
            {0x6C}, // insb
            {0x6E}, // outsb
        };
        for (int[] instruction : instructions) {
            bench.reset(0);
            bench.state.eflags |= TF;
            bench.state.gpr[Cpu.EAX] = 0x11;
            bench.state.gpr[Cpu.EBX] = 0x3_0000;
            bench.state.gpr[Cpu.ECX] = instruction[instruction.length - 1] == 0xD1 ? SystemBench.LDT_SELECTOR : 0x174;
            bench.state.gpr[Cpu.EDX] = SystemBench.TSS2_SELECTOR;
            bench.state.gpr[Cpu.ESI] = 0x3_1000;
            bench.state.gpr[Cpu.EDI] = 0x3_1000;
            boolean gdt = instruction.length == 3 && instruction[2] == 0x13;
            bench.write16(0x3_0000, gdt ? SystemBench.GDT_LIMIT : 0x7FF);
            bench.write32(0x3_0002, gdt ? SystemBench.GDT : SystemBench.IDT);
            bench.program(instruction);
            bench.run(2);
            assertTrapped(SystemBench.CODE + instruction.length, BS);
        }
    }
}
