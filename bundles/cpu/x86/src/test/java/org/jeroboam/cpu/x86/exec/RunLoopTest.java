package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Budget, retired count, exits, interrupts, shadows and single-stepping: all at exact instruction boundaries. */
class RunLoopTest {
    private static final int CODE = SystemBench.CODE;

    /** A bit of everything; the listing is in the comments. */
    private static final int[] PROGRAM = {
        0xB9,
        0x28,
        0,
        0,
        0, // mov ecx, 40
        0x51, // l1: push ecx
        0xBE,
        0,
        0,
        3,
        0, // mov esi, 30000h
        0xBF,
        1,
        0x10,
        3,
        0, // mov edi, 31001h
        0xB9,
        0x2C,
        1,
        0,
        0, // mov ecx, 300
        0xF3,
        0xA4, // rep movsb
        0xB9,
        0x0A,
        0,
        0,
        0, // mov ecx, 10
        0x01,
        0xC8, // l2: add eax, ecx
        0x6B,
        0xD0,
        7, // imul edx, eax, 7
        0x31,
        0x15,
        0,
        0x20,
        3,
        0, // xor [32000h], edx
        0x13,
        0x1D,
        0,
        0x20,
        3,
        0, // adc ebx, [32000h]
        0x39,
        0xC3, // cmp ebx, eax
        0x72,
        3, // jb l3
        0xC1,
        0xCB,
        3, // ror ebx, 3
        0xA8,
        4, // l3: test al, 4
        0x75,
        1, // jnz l4
        0x45, // inc ebp
        0xE2,
        0xE1, // l4: loop l2
        0xCD,
        0x40, // int 40h
        0xE6,
        0x80, // out 80h, al
        0xE4,
        0x81, // in al, 81h
        0xE8,
        0x22,
        0,
        0,
        0, // call f
        0x9C, // pushfd
        0x9D, // popfd
        0xFB, // sti
        0x90, // nop
        0xFA, // cli
        0xBF,
        0,
        0,
        3,
        0, // mov edi, 30000h
        0xB9,
        0x14,
        0,
        0,
        0, // mov ecx, 20
        0xF3,
        0xAB, // rep stosd
        0xBE,
        0,
        0x10,
        3,
        0, // mov esi, 31000h
        0xB9,
        0x32,
        0,
        0,
        0, // mov ecx, 50
        0xF2,
        0xAE, // repne scasb
        0x59, // pop ecx
        0x49, // dec ecx
        0x75,
        0x9E, // jnz l1
        0xF4, // hlt
        0xC3 // f: ret
    };

    private SystemBench bench;

    @BeforeEach
    void start() {
        bench = new SystemBench();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    private void loadProgram() {
        bench.reset(0);
        bench.memory.write(SystemBench.handler(0x40), 1, 0xCF); // iretd
        bench.program(PROGRAM);
        bench.core.load(bench.state);
    }

    private String picture() {
        CpuState s = bench.core.save();
        return Arrays.toString(s.gpr) + " eip " + s.eip + " flags " + s.eflags + " retired " + s.retired + " halted "
                + s.halted + " shadow " + s.stiShadow + s.movSsShadow + " segments " + Arrays.toString(s.segments)
                + " memory " + bench.memory.hash();
    }

    @Test
    void chunksOfAnySizeGiveTheSameStates() {
        bench.bus.reader = (port, size) -> (int) bench.core.retired() & 0xFF;
        loadProgram();
        long total = bench.core.run(1_000_000);
        assertEquals(ExitReason.HALT, bench.core.exitReason());
        String end = picture();
        Random random = new Random(286);
        for (int round = 0; round < 12; round++) {
            loadProgram();
            int bound = 1 << random.nextInt(12);
            long count = 0;
            while (count < total - 1) {
                int chunk = (int) Math.min(1 + random.nextInt(bound), total - 1 - count);
                assertEquals(chunk, bench.core.run(chunk));
                assertEquals(ExitReason.BUDGET, bench.core.exitReason());
                count += chunk;
                assertEquals(count, bench.core.retired());
            }
            bench.core.run(10);
            assertEquals(ExitReason.HALT, bench.core.exitReason());
            assertEquals(end, picture());
        }
    }

    @Test
    void joinedInstructionsCanBeEnteredInTheirMiddle() {
        // Four pushes, four pops, compare and jump, each also the target of a jump of its own.
        int[] code = {0x50, 0x51, 0x52, 0x53, 0x5F, 0x5E, 0x5D, 0x58, 0x39, 0xC8, 0x75, 0x00, 0x90};
        int[] starts = {0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12};
        bench.program(code);
        bench.core.load(bench.state);
        bench.core.run(11); // joins
        for (int first = 0; first < starts.length; first++) {
            CpuState s = bench.state;
            s.eip = CODE + starts[first];
            for (int count = 1; first + count < starts.length; count++) {
                bench.core.load(s);
                bench.core.run(count);
                String together = picture();
                bench.core.load(s);
                for (int i = 0; i < count; i++) {
                    bench.core.run(1);
                }
                assertEquals(together, picture());
                assertEquals(CODE + starts[first + count], bench.core.save().eip);
            }
        }
    }

    @Test
    void aStateMovedToAnotherCoreContinuesTheSame() {
        loadProgram();
        bench.core.run(1_000_000);
        String end = picture();
        Random random = new Random(1);
        loadProgram();
        while (bench.core.exitReason() != ExitReason.HALT) {
            bench.core.run(1 + random.nextInt(300));
            if (bench.core.exitReason() == ExitReason.BUDGET) {
                bench.core.load(bench.core.save()); // drops TLB, code and links
            }
        }
        assertEquals(end, picture());
    }

    @Test
    void retiredIsExactInPortCallbacks() {
        List<Long> counts = new ArrayList<>();
        bench.bus.writer = (port, size, value) -> counts.add(bench.core.retired());
        // nop; nop; out; rep stosb of 5; out; cmp; jz; out
        bench.program(0x90, 0x90, 0xE6, 1, 0xF3, 0xAA, 0xE6, 1, 0x39, 0xC0, 0x74, 0, 0xE6, 1);
        bench.state.gpr[Cpu.ECX] = 5;
        bench.state.gpr[Cpu.EDI] = 0x3_0000;
        bench.run(12);
        assertEquals(List.of(2L, 8L, 11L), counts);
        assertEquals(12, bench.after.retired);
    }

    @Test
    void aLimitSetByACallbackEndsTheRun() {
        bench.bus.writer = (port, size, value) -> bench.core.limitRun(value);
        bench.program(0x90, 0xE6, 1, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90);
        bench.state.gpr[Cpu.EAX] = 4;
        bench.core.load(bench.state);
        assertEquals(4, bench.core.run(1000));
        assertEquals(ExitReason.BUDGET, bench.core.exitReason());
        assertEquals(CODE + 5, bench.core.save().eip);
        bench.state.gpr[Cpu.EAX] = 1; // already reached: ends after the instruction
        bench.core.load(bench.state);
        assertEquals(2, bench.core.run(1000));
        bench.state.gpr[Cpu.EAX] = 200; // beyond the budget: changes nothing
        bench.core.load(bench.state);
        assertEquals(5, bench.core.run(5));
    }

    @Test
    void aLimitWithinARepeatedInstructionStopsIt() {
        bench.bus.writer = (port, size, value) -> bench.core.limitRun(3);
        bench.program(0xF3, 0x6E); // rep outsb
        bench.state.gpr[Cpu.ECX] = 10;
        bench.core.load(bench.state);
        assertEquals(3, bench.core.run(1000));
        CpuState s = bench.core.save();
        assertEquals(7, s.gpr[Cpu.ECX]);
        assertEquals(CODE, s.eip);
    }

    @Test
    void anInterruptIsTakenAtAnyBoundary() {
        // In a straight line of eight instructions of different kinds, after each.
        int[] code = {0x40, 0x01, 0xD8, 0x50, 0x58, 0x39, 0xC0, 0x74, 0x00, 0x90, 0x43};
        int[] ends = {0, 1, 3, 4, 5, 7, 9, 10};
        for (int boundary = 0; boundary < ends.length; boundary++) {
            bench.reset(0);
            bench.program(code);
            bench.state.eflags |= EFlags.IF;
            bench.core.load(bench.state);
            if (boundary > 0) {
                bench.core.run(boundary);
            }
            bench.core.setInterruptLine(true);
            bench.core.run(1);
            bench.core.setInterruptLine(false);
            CpuState s = bench.core.save();
            assertEquals(SystemBench.handler(0x20) + 1, s.eip, "one NOP of the handler");
            assertEquals(CODE + ends[boundary], bench.read32(s.gpr[Cpu.ESP]), "boundary " + boundary);
        }
    }

    @Test
    void aDeviceThatRaisesTheLineIsServedAfterTheInstruction() {
        bench.bus.writer = (port, size, value) -> bench.core.setInterruptLine(true);
        bench.program(0x90, 0xE6, 1, 0x90, 0x90);
        bench.state.eflags |= EFlags.IF;
        bench.run(3);
        assertEquals(SystemBench.handler(0x20) + 1, bench.after.eip);
        assertEquals(CODE + 3, bench.read32(bench.after.gpr[Cpu.ESP]));
        assertEquals(1, bench.bus.acknowledged);
    }

    @Test
    void stiHoldsInterruptsOffForOneInstruction() {
        bench.program(0xFB, 0x90, 0x90); // sti; nop; nop
        bench.core.load(bench.state);
        bench.core.setInterruptLine(true);
        bench.core.run(1);
        assertTrue(bench.core.save().stiShadow);
        bench.core.load(bench.core.save()); // the shadow is state
        bench.core.run(1);
        CpuState s = bench.core.save();
        assertEquals(CODE + 2, s.eip);
        assertFalse(s.stiShadow);
        bench.core.run(1);
        s = bench.core.save();
        assertEquals(CODE + 2, bench.read32(s.gpr[Cpu.ESP]));
    }

    @Test
    void stiAndCliInARowLetNothingIn() {
        bench.program(0xFB, 0xFA, 0xFB, 0xFA, 0x90);
        bench.core.load(bench.state);
        bench.core.setInterruptLine(true);
        bench.core.run(5);
        assertEquals(CODE + 5, bench.core.save().eip);
        assertEquals(0, bench.bus.acknowledged);
    }

    @Test
    void movSsHoldsEverythingOffForOneInstruction() {
        bench.program(0x8E, 0xD0, 0x90, 0x90); // mov ss, ax; nop; nop
        bench.state.gpr[Cpu.EAX] = SystemBench.data(0);
        bench.state.eflags |= EFlags.IF;
        bench.core.load(bench.state);
        bench.core.run(1);
        bench.core.setInterruptLine(true);
        bench.core.raiseNmi();
        bench.core.run(1);
        assertEquals(CODE + 3, bench.core.save().eip);
        bench.core.run(1);
        CpuState s = bench.core.save();
        assertEquals(SystemBench.handler(2) + 1, s.eip, "the NMI goes first, and its gate closes IF");
        assertEquals(CODE + 3, bench.read32(s.gpr[Cpu.ESP]));
        assertTrue(s.nmiBlocked);
    }

    @Test
    void popfOpensTheGateAtOnce() {
        bench.program(0x9D, 0x90);
        bench.write32(SystemBench.stack(0), 0x202);
        bench.core.load(bench.state);
        bench.core.setInterruptLine(true);
        bench.core.run(2);
        CpuState s = bench.core.save();
        assertEquals(CODE + 1, bench.read32(s.gpr[Cpu.ESP]));
    }

    @Test
    void singleStepTrapsAfterEachInstructionAndIteration() {
        bench.memory.write(SystemBench.handler(1), 1, 0xCF); // iretd
        bench.program(0x40, 0xF3, 0xAA, 0x43, 0x90); // inc eax; rep stosb; inc ebx; nop
        bench.state.gpr[Cpu.ECX] = 3;
        bench.state.gpr[Cpu.EDI] = 0x3_0000;
        bench.state.eflags |= EFlags.TF;
        bench.core.load(bench.state);
        int[] returns = {CODE + 1, CODE + 1, CODE + 1, CODE + 3, CODE + 4};
        for (int expected : returns) {
            bench.core.run(1);
            assertEquals(1 << 14, bench.core.save().pendingDebug);
            bench.core.run(1); // delivers, and executes the IRET
            CpuState s = bench.core.save();
            assertEquals(expected, s.eip);
            assertEquals(0, s.pendingDebug);
            assertEquals(1 << 14, s.dr[6] & 1 << 14);
        }
    }

    @Test
    void haltWaitsForAnInterrupt() {
        bench.program(0xF4, 0x90);
        bench.state.eflags |= EFlags.IF;
        bench.core.load(bench.state);
        assertEquals(1, bench.core.run(1000));
        assertEquals(ExitReason.HALT, bench.core.exitReason());
        assertEquals(0, bench.core.run(1000));
        assertTrue(bench.core.save().halted);
        bench.core.setInterruptLine(true);
        bench.core.run(1);
        CpuState s = bench.core.save();
        assertFalse(s.halted);
        assertEquals(CODE + 1, bench.read32(s.gpr[Cpu.ESP]));
    }

    @Test
    void aRequestEndsTheRunSoon() throws InterruptedException {
        bench.program(0xEB, 0xFE); // jmp to itself
        bench.core.load(bench.state);
        bench.core.requestExit();
        assertEquals(0, bench.core.run(Long.MAX_VALUE / 2));
        assertEquals(ExitReason.REQUEST, bench.core.exitReason());
        Thread other = new Thread(bench.core::requestExit);
        bench.bus.writer = (port, size, value) -> other.start();
        bench.program(0xE6, 1, 0xEB, 0xFE);
        bench.core.load(bench.state);
        assertTrue(bench.core.run(Long.MAX_VALUE / 2) > 0);
        assertEquals(ExitReason.REQUEST, bench.core.exitReason());
        other.join();
    }

    @Test
    void aLoopOfFaultsUsesUpItsBudget() {
        bench.program(0x0F, 0x0B); // ud2
        bench.gate(SystemBench.IDT + 8 * 6, SystemBench.CODE0, CODE, 0x8E); // the handler is the instruction itself
        bench.state.segments[Cpu.SS] = SystemBench.flat(0).segments[Cpu.SS];
        bench.core.load(bench.state);
        assertEquals(1000, bench.core.run(1000));
        assertEquals(ExitReason.BUDGET, bench.core.exitReason());
    }

    @Test
    void shutdownIsReportedAndStays() {
        bench.state.idtLimit = 0;
        bench.program(0x0F, 0x0B);
        bench.core.load(bench.state);
        bench.core.run(1000);
        assertEquals(ExitReason.SHUTDOWN, bench.core.exitReason());
        assertEquals(0, bench.core.run(1000));
        assertEquals(ExitReason.SHUTDOWN, bench.core.exitReason());
    }

    /** A budget that is used up is the reason, whatever its last instruction did; the next run tells. */
    @Test
    void shutdownOrHaltWithTheLastInstructionOfTheBudget() {
        bench.state.idtLimit = 0;
        bench.program(0x90, 0x0F, 0x0B);
        bench.core.load(bench.state);
        assertEquals(2, bench.core.run(2));
        assertEquals(ExitReason.BUDGET, bench.core.exitReason());
        assertEquals(0, bench.core.run(1));
        assertEquals(ExitReason.SHUTDOWN, bench.core.exitReason());
        bench.reset(0);
        bench.program(0x90, 0xF4);
        bench.core.load(bench.state);
        assertEquals(2, bench.core.run(2));
        assertEquals(ExitReason.BUDGET, bench.core.exitReason());
        assertEquals(0, bench.core.run(1));
        assertEquals(ExitReason.HALT, bench.core.exitReason());
    }

    @Test
    void theA20GateFoldsAddresses() {
        bench.write32(0x3_0000, 0x1234);
        bench.state.a20 = false;
        bench.state.gpr[Cpu.ESI] = 0x13_0000;
        bench.step(0x8B, 0x06); // mov eax, [esi]
        assertEquals(0x1234, bench.after.gpr[Cpu.EAX]);
        bench.core.setA20(true);
        CpuState s = bench.core.save();
        assertTrue(s.a20);
        s.eip = CODE;
        bench.core.load(s);
        bench.core.run(1);
        assertEquals(-1, bench.core.save().gpr[Cpu.EAX], "nothing is above the RAM");
    }
}
