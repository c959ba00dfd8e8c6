package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jeroboam.hardware.cpu.ExitReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Faults during delivery: table 6-5 of Intel SDM volume 3, and shutdown. */
class DoubleFaultTest {
    private static final int[] CONTRIBUTORY = {0, 10, 11, 12, 13};

    private final SystemBench bench = new SystemBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void table() {
        for (int first = 0; first < 32; first++) {
            for (int second = 0; second < 32; second++) {
                boolean expected =
                        contributory(second) && (contributory(first) || first == 14) || first == 14 && second == 14;
                assertEquals(expected, Interrupts.isDouble(first, second), first + " then " + second);
            }
        }
    }

    private static boolean contributory(int vector) {
        for (int c : CONTRIBUTORY) {
            if (c == vector) {
                return true;
            }
        }
        return false;
    }

    @Test
    void benignThenContributoryIsServedInTurn() {
        bench.idt(6, SystemBench.CODE0, 0x0E); // not present
        bench.step(0x0F, 0x0B);
        assertEquals("11:" + Integer.toHexString(6 * 8 + 3), bench.outcome(), "EXT: an earlier exception");
        assertEquals(SystemBench.CODE, bench.read32(bench.after.gpr[Cpu.ESP] + 4));
    }

    @Test
    void twoContributoryMakeADoubleFault() {
        bench.reset(3);
        bench.idt(13, SystemBench.CODE0, 0x0E);
        bench.step(0xF4);
        assertEquals("8:0", bench.outcome());
        assertEquals(SystemBench.CODE, bench.read32(bench.after.gpr[Cpu.ESP] + 4));
        assertEquals(SystemBench.stack(3), bench.read32(bench.after.gpr[Cpu.ESP] + 16));
    }

    @Test
    void divideErrorIsContributory() {
        bench.idt(0, SystemBench.CODE0, 0x0E);
        bench.state.gpr[Cpu.ECX] = 0;
        bench.step(0xF7, 0xF1); // div ecx
        assertEquals("8:0", bench.outcome());
    }

    @Test
    void tripleFaultShutsDown() {
        bench.reset(3);
        bench.idt(13, SystemBench.CODE0, 0x0E);
        bench.idt(8, SystemBench.CODE0, 0x0E);
        bench.step(0xF4);
        assertTrue(bench.after.shutdown);
        assertEquals(SystemBench.CODE, bench.after.eip);
        assertEquals(0, bench.core.run(10));
        assertEquals(ExitReason.SHUTDOWN, bench.core.exitReason());
    }

    @Test
    void emptyTableShutsDown() {
        bench.state.idtLimit = 0;
        bench.step(0x0F, 0x0B);
        assertTrue(bench.after.shutdown, "the way to reboot");
        bench.state = SystemBench.real();
        bench.state.idtLimit = 0;
        bench.step(0xCD, 0x10);
        assertTrue(bench.after.shutdown, "in real mode too");
    }
}
