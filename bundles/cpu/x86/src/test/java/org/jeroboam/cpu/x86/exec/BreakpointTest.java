package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jeroboam.hardware.cpu.Breakpoint;
import org.jeroboam.hardware.cpu.Breakpoint.Kind;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A debugger's breakpoints, of which the guest sees nothing. */
class BreakpointTest {
    private static final int AREA = 0x3_0000;
    private static final int STEPS = 300;

    private final SystemBench bench = new SystemBench();

    @AfterEach
    void close() {
        bench.close();
    }

    private void load(int... code) {
        bench.program(code);
        bench.core.load(bench.state);
    }

    private static Breakpoint at(int linear) {
        return new Breakpoint(Kind.EXECUTE, linear, 1);
    }

    private void assertStopped(long retired, int eip, Breakpoint hit) {
        assertEquals(retired, bench.core.run(1000));
        assertEquals(ExitReason.DEBUG, bench.core.exitReason());
        assertEquals(hit, bench.core.breakpointHit());
        assertEquals(eip, bench.core.save().eip);
    }

    @Test
    void stopsBeforeTheInstructionAlsoWhenItIsTheFirst() {
        load(0x40, 0x40, 0xEB, 0xFC); // inc, inc, jmp to the start
        Breakpoint second = at(SystemBench.CODE + 1);
        bench.core.setBreakpoints(List.of(second));
        assertStopped(1, SystemBench.CODE + 1, second);
        assertStopped(0, SystemBench.CODE + 1, second);
        bench.core.setBreakpoints(List.of());
        assertEquals(1, bench.core.run(1));
        assertNull(bench.core.breakpointHit());
        bench.core.setBreakpoints(List.of(second));
        assertStopped(2, SystemBench.CODE + 1, second);
        assertEquals(0x1111_1114, bench.core.save().gpr[0]);
        assertEquals(0, bench.core.save().dr[7] & 0xFF);
    }

    @Test
    void stopsInHotCodeThatIsLinkedAlready() {
        load(0x40, 0xEB, 0xFD);
        bench.core.run(1001);
        Breakpoint hot = at(SystemBench.CODE);
        bench.core.setBreakpoints(List.of(hot));
        assertStopped(1, SystemBench.CODE, hot);
    }

    @Test
    void stopsAfterAWriteToAWatchedArea() {
        // mov [AREA+2], ax; nop; mov eax, [AREA]; nop
        load(0x66, 0xA3, 2, 0, 3, 0, 0x90, 0xA1, 0, 0, 3, 0, 0x90);
        Breakpoint write = new Breakpoint(Kind.WRITE, AREA + 3, 1);
        bench.core.setBreakpoints(List.of(write));
        assertStopped(1, SystemBench.CODE + 6, write);
        bench.core.setBreakpoints(List.of(new Breakpoint(Kind.READ, AREA + 3, 1)));
        assertStopped(2, SystemBench.CODE + 12, new Breakpoint(Kind.READ, AREA + 3, 1));
    }

    @Test
    void watchesWhatWasInTheTlbBefore() {
        load(0x66, 0xA3, 2, 0, 3, 0, 0xEB, 0xF8);
        bench.core.run(101);
        Breakpoint access = new Breakpoint(Kind.ACCESS, AREA, 8);
        bench.core.setBreakpoints(List.of(access));
        bench.core.run(1);
        assertStopped(1, SystemBench.CODE + 6, access);
        bench.core.setBreakpoints(List.of());
        assertEquals(1000, bench.core.run(1000));
        assertEquals(ExitReason.BUDGET, bench.core.exitReason());
    }

    @Test
    void aBreakpointOnTheLastInstructionOfABudgetStopsTheNextRun() {
        load(0x40, 0x40, 0x40);
        Breakpoint third = at(SystemBench.CODE + 2);
        bench.core.setBreakpoints(List.of(third));
        assertEquals(2, bench.core.run(2));
        assertEquals(ExitReason.BUDGET, bench.core.exitReason());
        assertStopped(0, SystemBench.CODE + 2, third);
    }

    @Test
    void translatesWithoutATrace() {
        int directory = 0x4_0000;
        int table = 0x4_1000;
        bench.state.cr3 = directory;
        bench.state.cr0 |= 1 << 31;
        load(0x90);
        bench.write32(directory, table | 1);
        bench.write32(table + 4 * 0x10, 0x1_0000 | 1);
        bench.write32(table + 4 * 0x12, 0x3_0000 | 1);
        assertEquals(0x3_0123, bench.core.translate(0x1_2123));
        assertEquals(-1, bench.core.translate(0x1_3000));
        assertEquals(-1, bench.core.translate(0x40_0000));
        assertEquals(0x3_0000 | 1, bench.read32(table + 4 * 0x12));
    }

    @Test
    void stopsWhereverControlComesFrom() {
        int target = SystemBench.CODE + 0x20;
        int[][] ways = {
            {0xEB, 0x1E}, // jmp
            {0xE8, 0x1B, 0, 0, 0}, // call
            {0xBB, 0x20, 0, 1, 0, 0xFF, 0xE3}, // mov ebx, target; jmp ebx
            {0x68, 0x20, 0, 1, 0, 0xC3}, // push target; ret
            {0x39, 0xC0, 0x74, 0x1C}, // cmp eax, eax; je: joined to one object
            {0xEA, 0x20, 0, 1, 0, SystemBench.CODE0, 0}, // far jmp
            {0x0F, 0x0B} // ud2, and the handler jumps there
        };
        Breakpoint breakpoint = at(target);
        for (int[] code : ways) {
            bench.reset(0);
            bench.memory.write(SystemBench.handler(6), 1, 0xE9);
            bench.write32(SystemBench.handler(6) + 1, target - SystemBench.handler(6) - 5);
            bench.core.setBreakpoints(List.of());
            load(code);
            bench.core.run(10); // so that all is linked
            load(code);
            bench.core.setBreakpoints(List.of(breakpoint));
            bench.core.run(10);
            assertEquals(ExitReason.DEBUG, bench.core.exitReason());
            assertEquals(target, bench.core.save().eip);
            assertStopped(0, target, breakpoint);
        }
    }

    @Test
    void stopsAtAnInstructionInTwoPagesAndAtEachIteration() {
        bench.state.eip = SystemBench.CODE + 0xFFC;
        bench.state.gpr[Cpu.ECX] = 3;
        bench.state.gpr[Cpu.EDI] = AREA;
        load(0x40, 0x40, 0x40, 0xBA, 1, 2, 3, 4, 0xF3, 0xAA, 0x90); // inc, mov edx over the boundary, rep stosb
        Breakpoint crossing = at(SystemBench.CODE + 0xFFF);
        Breakpoint repeated = at(SystemBench.CODE + 0x1004);
        bench.core.setBreakpoints(List.of(crossing, repeated));
        assertStopped(3, SystemBench.CODE + 0xFFF, crossing);
        for (int i = 0; i < 3; i++) {
            bench.core.setBreakpoints(List.of());
            bench.core.run(1);
            bench.core.setBreakpoints(List.of(crossing, repeated));
            assertStopped(0, SystemBench.CODE + 0x1004, repeated);
            assertEquals(3 - i, bench.core.save().gpr[Cpu.ECX]);
        }
        bench.core.setBreakpoints(List.of());
        bench.core.run(1);
        assertEquals(SystemBench.CODE + 0x1006, bench.core.save().eip);
    }

    /** Garbage with breakpoints stops where single instructions show that it comes by, and ends like them. */
    @Test
    void stopsLikeSingleSteps() {
        int total = 0;
        for (int seed = 0; seed < 80; seed++) {
            Set<Integer> places = new HashSet<>();
            Random random = new Random(seed);
            for (int i = 0; i < 150; i++) {
                places.add(SystemBench.CODE + random.nextInt(0xA00));
            }
            garbage(seed);
            List<String> wanted = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                CpuState s = bench.core.save();
                int linear = s.segments[Cpu.CS].base() + s.eip;
                boolean runs = s.pendingDebug == 0 && !s.halted && !s.shutdown;
                if (runs && places.contains(linear)) {
                    wanted.add(step + " at " + Integer.toHexString(linear));
                }
                if (bench.core.run(1) == 0) {
                    break;
                }
            }
            String end = picture();
            garbage(seed);
            assertEquals(wanted, stops(places), "seed " + seed);
            assertEquals(end, picture(), "seed " + seed);
            total += wanted.size();
        }
        assertTrue(total > 300, total + " stops");
    }

    private List<String> stops(Set<Integer> places) {
        List<Breakpoint> breakpoints = places.stream().map(BreakpointTest::at).toList();
        List<String> stops = new ArrayList<>();
        bench.core.setBreakpoints(breakpoints);
        long start = bench.core.retired();
        while (bench.core.retired() - start < STEPS) {
            bench.core.run(STEPS - (bench.core.retired() - start));
            if (bench.core.exitReason() != ExitReason.DEBUG) {
                break;
            }
            stops.add((bench.core.retired() - start) + " at "
                    + Integer.toHexString(bench.core.breakpointHit().linear()));
            bench.core.setBreakpoints(List.of());
            bench.core.run(1);
            bench.core.setBreakpoints(breakpoints);
        }
        bench.core.setBreakpoints(List.of());
        return stops;
    }

    /** Instructions that stay in a page and handlers that lead back to it. */
    private void garbage(int seed) {
        Random random = new Random(seed);
        bench.reset(0);
        for (int i = 0; i < 0x1000; i++) {
            boolean simple = random.nextInt(3) > 0;
            int value = simple ? 0x40 + random.nextInt(0x40) : random.nextInt(256); // inc, dec, push, pop, short jumps
            bench.memory.write(SystemBench.CODE + i, 1, value);
        }
        for (int vector = 0; vector < 256; vector++) {
            int handler = SystemBench.handler(vector);
            bench.memory.write(handler, 1, 0xE9);
            bench.write32(handler + 1, SystemBench.CODE + random.nextInt(0xA00) - handler - 5);
        }
        bench.state.eip += random.nextInt(0x800);
        bench.core.load(bench.state);
    }

    private String picture() {
        CpuState s = bench.core.save();
        return Arrays.toString(s.gpr) + s.eip + " " + s.eflags + Arrays.toString(s.segments) + s.retired
                + bench.memory.hash();
    }
}
