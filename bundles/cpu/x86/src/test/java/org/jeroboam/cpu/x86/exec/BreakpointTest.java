package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.jeroboam.hardware.cpu.Breakpoint;
import org.jeroboam.hardware.cpu.Breakpoint.Kind;
import org.jeroboam.hardware.cpu.ExitReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A debugger's breakpoints, of which the guest sees nothing. */
class BreakpointTest {
    private static final int AREA = 0x3_0000;

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
}
