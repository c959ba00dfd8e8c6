package org.jeroboam.cpu.interpreter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;
import org.jeroboam.hardware.cpu.SegmentState;
import org.junit.jupiter.api.Test;

/** Garbage in every table, register and instruction: the core goes on, halts or shuts down, and throws nothing. */
class HostileGuestTest {
    private static final int ROUNDS = 1500;
    private static final int INSTRUCTIONS = 40;

    /** Opcodes worth more than chance: far transfers, segment loads, system instructions. */
    private static final int[][] FAVOURITES = {
        {0x9A},
        {0xEA},
        {0xCB},
        {0xCA},
        {0xCF},
        {0xCD},
        {0xCC},
        {0xCE},
        {0xF1},
        {0x8E},
        {0x07},
        {0x17},
        {0x1F},
        {0xC4},
        {0xC5},
        {0x0F, 0xB2},
        {0x0F, 0x00},
        {0x0F, 0x01},
        {0x0F, 0x02},
        {0x0F, 0x03},
        {0x0F, 0x20},
        {0x0F, 0x22},
        {0x0F, 0x21},
        {0x0F, 0x23},
        {0x0F, 0x30},
        {0x0F, 0x32},
        {0x0F, 0x34},
        {0x0F, 0x35},
        {0x9C},
        {0x9D},
        {0xFA},
        {0xFB},
        {0xFF},
        {0x0F, 0xAE},
        {0xDD},
        {0xD9},
        {0xDB},
        {0xDF},
        {0x0F, 0x6F},
        {0xEC},
        {0x6C},
        {0xF3, 0xA5},
    };

    private final Random random = new Random(20260801);

    @Test
    void nothingThrows() {
        int shutdowns = 0;
        for (CpuModel model : CpuModel.values()) {
            try (SystemBench bench = new SystemBench(model)) {
                for (int round = 0; round < ROUNDS / 3; round++) {
                    bench.reset(random.nextInt(4));
                    spoilTables(bench);
                    spoilState(bench.state);
                    spoilCode(bench);
                    bench.core.load(bench.state);
                    if (random.nextInt(4) == 0) {
                        bench.core.raiseNmi();
                    }
                    long retired = bench.core.run(INSTRUCTIONS);
                    assertTrue(retired >= 0 && retired <= INSTRUCTIONS);
                    if (bench.core.exitReason() == ExitReason.BUDGET) {
                        assertEquals(INSTRUCTIONS, retired, "round " + round);
                    }
                    if (bench.core.exitReason() == ExitReason.SHUTDOWN) {
                        shutdowns++;
                    }
                    // What came out can go in again.
                    bench.core.load(bench.core.save());
                    bench.core.run(1);
                }
            }
        }
        assertTrue(shutdowns > 0 && shutdowns < ROUNDS, "the garbage is neither harmless nor hopeless: " + shutdowns);
    }

    /** Most entries stay good, so that execution gets somewhere. */
    private void spoilTables(SystemBench bench) {
        for (int selector = SystemBench.TEST; selector < SystemBench.GDT_LIMIT; selector += 8) {
            randomDescriptor(bench, SystemBench.GDT + selector);
        }
        for (int selector = 0; selector < 0x100; selector += 8) {
            randomDescriptor(bench, SystemBench.LDT + selector);
        }
        for (int i = random.nextInt(12); i > 0; i--) {
            randomDescriptor(bench, SystemBench.GDT + (random.nextInt(SystemBench.GDT_LIMIT) & ~7));
        }
        for (int i = random.nextInt(60); i > 0; i--) {
            int vector = random.nextInt(3) == 0 ? random.nextInt(256) : random.nextInt(18);
            randomDescriptor(bench, SystemBench.IDT + 8 * vector);
        }
        for (int i = random.nextInt(20); i > 0; i--) {
            bench.write32(SystemBench.TSS + 4 * random.nextInt(0x60), word());
            bench.write32(SystemBench.TSS2 + 4 * random.nextInt(0x20), word());
        }
        for (int i = 0; i < 0x400; i += 4) {
            bench.write32(SystemBench.stack(random.nextInt(4)) + i, word());
        }
    }

    private void randomDescriptor(SystemBench bench, int address) {
        bench.write32(address, selector() << 16 | random.nextInt(0x10000));
        bench.write32(address + 4, random.nextInt() & 0x00D0_FF00 | 0x8000 | random.nextInt(3));
    }

    private int selector() {
        return random.nextInt(8) == 0 ? random.nextInt(0x10000) : random.nextInt(SystemBench.GDT_LIMIT + 0x20);
    }

    private int word() {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextInt();
            case 1, 2 -> selector();
            case 3 -> SystemBench.CODE + random.nextInt(0x100);
            default -> random.nextInt(SystemBench.RAM);
        };
    }

    private void spoilState(CpuState s) {
        for (int i = 0; i < 8; i++) {
            if (i != Cpu.ESP || random.nextInt(8) == 0) {
                s.gpr[i] = word();
            }
        }
        s.eflags ^= random.nextInt() & 0x3F_7FD5 & (random.nextBoolean() ? ~0x2_0000 : -1);
        s.cr0 = s.cr0 & ~0x2E | random.nextInt() & 0x5_002E;
        s.cr4 = random.nextInt() & 0x3FF & ~0x30;
        s.cr3 = random.nextInt(SystemBench.RAM) & ~0xFFF;
        for (int i = 0; i < 4; i++) {
            s.dr[i] = word();
        }
        s.dr[7] = random.nextInt(3) == 0 ? random.nextInt() & 0xFFFF_03FF | 0x400 : 0x400;
        if (random.nextInt(4) == 0) {
            int register = random.nextInt(8);
            int attributes = random.nextInt() & 0xF0FF;
            s.segments[register] = new SegmentState(selector(), word(), word(), attributes);
        }
        s.interruptLine = random.nextBoolean();
        s.msrNumbers = new int[] {0x174, 0x175, 0x176, 0x1D9};
        s.msrValues = new long[] {selector(), word(), word(), random.nextInt(128)};
    }

    private void spoilCode(SystemBench bench) {
        int at = SystemBench.CODE;
        while (at < SystemBench.CODE + 0x200) {
            int[] opcode = FAVOURITES[random.nextInt(FAVOURITES.length)];
            if (random.nextInt(6) == 0) {
                bench.memory.write(at++, 1, random.nextBoolean() ? 0x66 : 0x67);
            }
            for (int value : opcode) {
                bench.memory.write(at++, 1, value);
            }
            for (int i = random.nextInt(7); i > 0; i--) {
                bench.memory.write(at++, 1, random.nextInt(256));
            }
        }
    }
}
