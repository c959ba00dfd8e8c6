package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;
import org.junit.jupiter.api.Test;

/**
 * Garbage as code, in every mode: nothing throws out of the core, and the same garbage ends in the same state whether it runs
 * at once, instruction by instruction, or with the state moved to a core without TLB and code in between.
 */
class HostileGuestTest {
    private static final int STEPS = 400;
    private static final int ROUNDS = 60;

    @Test
    void garbageInRealMode() {
        garbage(1, ROUNDS, SystemBench::real);
    }

    @Test
    void garbageInVirtual8086Mode() {
        garbage(2, ROUNDS, () -> SystemBench.v86(3));
    }

    @Test
    void garbageInProtectedMode() {
        garbage(3, ROUNDS, () -> SystemBench.flat(0));
    }

    @Test
    void garbageInUserMode() {
        garbage(4, ROUNDS, () -> SystemBench.flat(3));
    }

    @Test
    void garbageUnderPaging() {
        garbage(5, ROUNDS, () -> {
            CpuState s = SystemBench.flat(0);
            s.cr0 |= 1 << 31 | 1 << 16;
            s.cr3 = 0x6_0000;
            return s;
        });
    }

    /** Makes the state to start from. */
    private interface Start {
        CpuState make();
    }

    private static void garbage(int seed, int rounds, Start start) {
        try (SystemBench bench = new SystemBench(CpuModel.PM)) {
            bench.bus.reader = (port, size) -> port * 0x9E37_79B1 >>> 32 - 8 * size;
            bench.bus.writer = (port, size, value) -> bench.core.setInterruptLine((value & 1) != 0);
            for (int round = 0; round < rounds; round++) {
                long base = seed * 100_000L + round;
                fill(bench, start, base);
                bench.core.run(STEPS);
                String whole = picture(bench);
                Random chunks = new Random(base);
                for (int way = 0; way < 2; way++) {
                    fill(bench, start, base);
                    int left = STEPS;
                    while (left > 0) {
                        int chunk = way == 0 ? 1 : Math.min(left, 1 + chunks.nextInt(60));
                        long ran = bench.core.run(chunk);
                        left -= (int) ran;
                        if (bench.core.exitReason() != ExitReason.BUDGET) {
                            break;
                        }
                        assertEquals(chunk, ran);
                        if (way == 1) {
                            bench.core.load(bench.core.save());
                        }
                    }
                    assertEquals(whole, picture(bench), "seed " + base + " way " + way);
                }
                assertTrue(bench.core.retired() <= STEPS);
            }
        }
    }

    /** Tables as the bench makes them, garbage in code and data, page tables with garbage rights for part of memory. */
    private static void fill(SystemBench bench, Start start, long seed) {
        Random random = new Random(seed);
        bench.reset(0);
        bench.state = start.make();
        boolean real = (bench.state.cr0 & 1) == 0;
        for (int vector = 0; vector < 256; vector++) {
            // Handlers throw execution back into the garbage.
            int target = random.nextInt(0xFF0);
            bench.memory.write(SystemBench.handler(vector), 1, 0xE9); // jmp rel32
            bench.write32(SystemBench.handler(vector) + 1, 0x1_0000 + target - SystemBench.handler(vector) - 5);
            if (real) {
                bench.write32(4 * vector, 0x1000_0000 | target);
            }
        }
        for (int at = 0x1_0000; at < 0x1_1000; at += 4) {
            bench.write32(at, random.nextInt());
        }
        for (int at = 0x3_0000; at < 0x3_0400; at += 4) {
            bench.write32(at, random.nextInt());
        }
        for (int page = 0; page < 256; page++) {
            int rights = page < 0x30 ? 7 : random.nextInt(8);
            bench.write32(0x6_1000 + 4 * page, page << 12 | rights);
        }
        bench.write32(0x6_0000, 0x6_1007);
        for (int i = 0; i < 8; i++) {
            if (i != Cpu.ESP) {
                bench.state.gpr[i] = random.nextBoolean() ? 0x3_0000 + random.nextInt(0x400) : random.nextInt();
            }
        }
        bench.state.eip += random.nextInt(0x800);
        bench.state.eflags |= random.nextInt() & 0xCD5;
        bench.core.setInterruptLine(false);
        bench.core.load(bench.state);
    }

    private static String picture(SystemBench bench) {
        CpuState s = bench.core.save();
        return Arrays.toString(s.gpr) + " eip " + Integer.toHexString(s.eip) + " flags " + Integer.toHexString(s.eflags)
                + " cr " + Integer.toHexString(s.cr0) + " " + Integer.toHexString(s.cr2) + " "
                + Integer.toHexString(s.cr3) + " " + Integer.toHexString(s.cr4) + " retired " + s.retired + " segments "
                + Arrays.toString(s.segments) + " dr " + Arrays.toString(s.dr) + " pending " + s.pendingDebug
                + " halted "
                + s.halted + s.shutdown + " shadow " + s.stiShadow + s.movSsShadow + " fpu " + Arrays.hashCode(s.fxsave)
                + " memory " + bench.memory.hash();
    }
}
