package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;
import org.jeroboam.hardware.cpu.SegmentState;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random instructions in random states: any mode, any privilege, damaged descriptor tables, task states and page
 * tables, breakpoints, single steps, interrupts and NMIs at any time. Nothing throws out of the core, every run ends
 * within its budget, memory outside the guest stays as it is, and one run of many instructions ends like many runs of
 * one.
 */
class HostileStateTest {
    private static final int STEPS = 250;
    private static final int SOME_ROUNDS = 400;
    private static final int MANY_ROUNDS = 150_000;
    private static final int CODE_BYTES = 0x1000;

    private final List<OracleForms.Form> forms = OracleForms.all();

    @Test
    void randomStates() {
        for (CpuModel model : CpuModel.values()) {
            rounds(model, 1_000_000L * (1 + model.ordinal()), SOME_ROUNDS);
        }
    }

    @Test
    @Tag("full")
    void manyRandomStates() {
        for (CpuModel model : CpuModel.values()) {
            rounds(model, 10_000_000L * (1 + model.ordinal()), MANY_ROUNDS);
        }
    }

    /** A CALL whose push faults: its target's page was marked as accessed, but by a run of one instruction. */
    @Test
    void statesThatOnceEndedDifferently() {
        rounds(CpuModel.values()[1], 20_027_737, 1);
    }

    private void rounds(CpuModel model, long seed, int rounds) {
        try (SystemBench bench = new SystemBench(model)) {
            for (int round = 0; round < rounds; round++) {
                round(bench, seed + round);
            }
            assertTrue(bench.memory.isGuardIntact(), "a write outside the guest");
        }
    }

    private void round(SystemBench bench, long seed) {
        fill(bench, seed);
        String whole = run(bench, seed, STEPS);
        fill(bench, seed);
        assertEquals(whole, run(bench, seed, 1), () -> "seed " + seed);
    }

    /** Runs in chunks; what happens at the pins depends on the count of instructions alone. */
    private static String run(SystemBench bench, long seed, int chunk) {
        int[] wrote = {0};
        bench.bus.reader = (port, size) -> (port * 0x9E37_79B1 ^ (int) seed) >>> 32 - 8 * size;
        bench.bus.writer = (port, size, value) -> {
            wrote[0] = 31 * wrote[0] + port + value;
            bench.core.setInterruptLine((value & 1) != 0);
            if ((value & 0xE) == 2) {
                bench.core.raiseNmi();
            }
        };
        bench.bus.vector = (int) seed & 0xFF;
        long done = 0;
        while (done < STEPS) {
            int budget = (int) Math.min(chunk, STEPS - done);
            long ran = bench.core.run(budget);
            assertTrue(ran <= budget, "more than the budget");
            done += ran;
            ExitReason reason = bench.core.exitReason();
            assertEquals(reason == ExitReason.BUDGET, ran == budget, reason + " after " + ran + " of " + budget);
            if (reason != ExitReason.BUDGET) {
                break;
            }
        }
        return picture(bench) + " ports " + wrote[0];
    }

    private void fill(SystemBench bench, long seed) {
        SplittableRandom r = new SplittableRandom(seed);
        bench.reset(0);
        bench.core.setInterruptLine(false);
        bench.core.setA20(true);
        int mode = r.nextInt(8);
        CpuState s =
                switch (mode) {
                    case 0 -> SystemBench.real();
                    case 1 -> SystemBench.v86(r.nextInt(4));
                    default -> SystemBench.flat(r.nextInt(4));
                };
        bench.state = s;
        code(bench, r);
        handlers(bench, r, mode == 0);
        pageTables(bench, r);
        registers(s, r, mode);
        if (mode > 2) {
            segments(s, r);
        }
        if (r.nextInt(3) == 0) {
            damage(bench, r);
        }
        bench.core.load(s);
    }

    /** Instructions of the table with random operands, and some garbage. */
    private void code(SystemBench bench, SplittableRandom r) {
        int at = SystemBench.CODE;
        int end = at + CODE_BYTES;
        while (at < end) {
            OracleForms.Form form = forms.get(r.nextInt(forms.size()));
            if (r.nextInt(6) == 0) {
                bench.memory.write(at++, 1, r.nextInt(256));
            }
            if (form.prefix() >= 0) {
                bench.memory.write(at++, 1, form.prefix());
            }
            if (form.twoByte()) {
                bench.memory.write(at++, 1, 0x0F);
            }
            bench.memory.write(at++, 1, form.opcode());
            if (form.hasModrm()) {
                int reg = form.reg() < 0 ? r.nextInt(8) : form.reg();
                int rm = form.rm() < 0 ? r.nextInt(8) : form.rm();
                bench.memory.write(at++, 1, (form.memory() ? r.nextInt(3) << 6 : 0xC0) | reg << 3 | rm);
            }
            int tail = r.nextInt(5);
            for (int i = 0; i < tail; i++) {
                bench.memory.write(at++, 1, r.nextInt(4) == 0 ? r.nextInt(256) : 0);
            }
        }
        for (int i = 0x3_0000; i < 0x3_1000; i += 4) {
            bench.write32(i, OracleValues.word(r));
        }
    }

    /** Handlers throw execution back into the code, or return. */
    private static void handlers(SystemBench bench, SplittableRandom r, boolean real) {
        for (int vector = 0; vector < 256; vector++) {
            int target = r.nextInt(0xFF0);
            int handler = SystemBench.handler(vector);
            if (r.nextInt(4) == 0) {
                bench.memory.write(handler, 1, 0xCF);
            } else {
                bench.memory.write(handler, 1, 0xE9);
                bench.write32(handler + 1, SystemBench.CODE + target - handler - 5);
            }
            if (real || r.nextInt(4) == 0) {
                bench.write32(4 * vector, 0x1000_0000 | target);
            }
            if (r.nextInt(40) == 0) {
                bench.gate(SystemBench.IDT + 8 * vector, SystemBench.TSS2_SELECTOR, 0, 0xE5);
            }
        }
        // A task that runs the same code.
        int tss = SystemBench.TSS2;
        bench.write32(tss + 0x1C, 0x6_0000);
        bench.write32(tss + 0x20, SystemBench.CODE + r.nextInt(0x800));
        bench.write32(tss + 0x24, r.nextInt() & 0x7_7FD5 | 2);
        bench.write32(tss + 0x38, 0x3_8000);
        for (int i = 0; i < 6; i++) {
            bench.write32(tss + 0x48 + 4 * i, i == Cpu.CS ? SystemBench.CODE0 : SystemBench.DATA0);
        }
        bench.write32(tss + 0x64, r.nextInt(8) == 0 ? 1 : 0);
    }

    /** 32-bit tables at 6_0000h, PAE tables at 6_2000h, both mostly good. */
    private static void pageTables(SystemBench bench, SplittableRandom r) {
        bench.write32(0x6_0000, 0x6_1007);
        bench.write32(0x6_2000, 0x6_3001);
        bench.write32(0x6_3000, 0x6_4007);
        for (int page = 0; page < 256; page++) {
            int rights = r.nextInt(6) == 0 ? r.nextInt(0x200) : 0x67;
            bench.write32(0x6_1000 + 4 * page, page << 12 | rights & ~0x80);
            bench.write32(0x6_4000 + 8 * page, page << 12 | rights & ~0x80);
        }
    }

    private static void registers(CpuState s, SplittableRandom r, int mode) {
        for (int i = 0; i < 8; i++) {
            if (i != Cpu.ESP || r.nextInt(8) == 0) {
                s.gpr[i] = r.nextInt(3) == 0 ? OracleValues.word(r) : 0x3_0000 + r.nextInt(0x1000);
            }
        }
        if (mode < 2) {
            for (int i = 0; i < 8; i++) {
                s.gpr[i] &= 0xFFFF;
            }
        }
        s.eip += r.nextInt(0x800);
        s.eflags |= r.nextInt() & (EFlags.STATUS | EFlags.DF | EFlags.IF | EFlags.AC | EFlags.ID);
        if (r.nextInt(6) == 0) {
            s.eflags |= r.nextInt() & (EFlags.TF | EFlags.RF | EFlags.NT | EFlags.VIF | EFlags.VIP | EFlags.IOPL);
        }
        if (mode != 0) {
            s.cr0 |= r.nextInt() & (Cpu.CR0_MP | Cpu.CR0_NE | Cpu.CR0_WP | Cpu.CR0_AM);
            if (r.nextInt(8) == 0) {
                s.cr0 |= r.nextInt() & (Cpu.CR0_EM | Cpu.CR0_TS);
            }
        }
        s.cr4 = r.nextInt() & 0x7DF; // all that a Pentium M has, but PAE
        if (mode != 0 && r.nextInt(3) > 0) {
            s.cr0 |= Cpu.CR0_PG;
            s.cr3 = 0x6_0000;
            if (r.nextBoolean()) {
                s.cr4 |= Cpu.CR4_PAE;
                s.cr3 = 0x6_2000;
                s.pdpte = new long[] {0x6_3001, 0, 0, 0};
            }
        }
        if (r.nextInt(4) == 0) {
            for (int i = 0; i < 4; i++) {
                s.dr[i] = r.nextBoolean() ? SystemBench.CODE + r.nextInt(CODE_BYTES) : 0x3_0000 + r.nextInt(0x1000);
            }
            s.dr[7] = r.nextInt() & 0xFFFF_23FF | 0x400;
        }
        System.arraycopy(OracleValues.state(r), 0, s.fxsave, 0, 288);
        s.nmiPending = r.nextInt(30) == 0;
        s.nmiBlocked = r.nextInt(30) == 0;
        s.a20 = r.nextInt(30) > 0;
    }

    /** Other bases, limits and types, which still let code run. */
    private static void segments(CpuState s, SplittableRandom r) {
        for (int i = 0; i < 6; i++) {
            if (r.nextInt(3) != 0) {
                continue;
            }
            SegmentState old = s.segments[i];
            int base = i == Cpu.CS || r.nextBoolean() ? 0 : OracleValues.word(r);
            int limit = r.nextInt(3) == 0 ? OracleValues.word(r) : -1;
            int attributes = old.attributes() ^ (r.nextInt(3) == 0 ? 1 << 14 : 0);
            if (i != Cpu.CS && i != Cpu.SS && r.nextInt(3) == 0) {
                attributes = attributes & ~0xF | r.nextInt(16);
            } else if (i != Cpu.CS && r.nextInt(3) == 0) {
                attributes ^= 4; // expand-down
            }
            s.segments[i] = new SegmentState(old.selector(), base, limit, attributes);
        }
    }

    /** Some bytes of descriptor tables, task state and page tables. */
    private static void damage(SystemBench bench, SplittableRandom r) {
        int[] tables = {
            SystemBench.GDT, SystemBench.IDT, SystemBench.LDT, SystemBench.TSS, SystemBench.TSS2, 0x6_0000, 0x6_1000
        };
        int count = 1 + r.nextInt(20);
        for (int i = 0; i < count; i++) {
            bench.memory.write(tables[r.nextInt(tables.length)] + r.nextInt(0x100), 1, r.nextInt(256));
        }
    }

    private static String picture(SystemBench bench) {
        CpuState s = bench.core.save();
        return Arrays.toString(s.gpr) + " eip " + Integer.toHexString(s.eip) + " flags " + Integer.toHexString(s.eflags)
                + " cr " + Integer.toHexString(s.cr0) + " " + Integer.toHexString(s.cr2) + " "
                + Integer.toHexString(s.cr3) + " " + Integer.toHexString(s.cr4) + " retired " + s.retired + " segments "
                + Arrays.toString(s.segments) + " dr " + Arrays.toString(s.dr) + " pending " + s.pendingDebug
                + " halted " + s.halted + s.shutdown + " shadow " + s.stiShadow + s.movSsShadow + " nmi " + s.nmiPending
                + s.nmiBlocked + " msr " + Arrays.hashCode(s.msrValues) + " fpu " + Arrays.hashCode(s.fxsave)
                + " memory " + bench.memory.hash();
    }
}
