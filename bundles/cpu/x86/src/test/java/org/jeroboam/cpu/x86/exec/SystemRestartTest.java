package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.SegmentState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Page faults at every page that a transfer of control or a system instruction touches, descriptor tables, task states
 * and stacks included: each leaves everything as it was, and with all pages there the instruction does what it does
 * without faults.
 */
class SystemRestartTest {
    private static final int DIRECTORY = 0x6_0000;
    private static final int TABLE = 0x6_1000;
    private static final int DATA = 0x3_0000;
    private static final int DATA2 = 0x3_1FFE;
    private static final int VECTOR = 0x50;
    private static final int NT = 0x4000;

    private final SystemBench bench = new SystemBench(CpuModel.PM);

    /** Where an instruction starts. */
    @FunctionalInterface
    private interface Setup {
        void on(CpuState state);
    }

    /**
     * An instruction and where it starts.
     *
     * @param level CPL, or 4 for V86 mode
     * @param pages that must be among those that it touches
     */
    private record Scenario(String name, int level, Setup setup, List<Integer> pages, int... code) {}

    private final List<Scenario> scenarios = new ArrayList<>();

    @AfterEach
    void close() {
        bench.close();
    }

    private void add(String name, int level, Setup setup, List<Integer> pages, int... code) {
        scenarios.add(new Scenario(name, level, setup, pages, code));
    }

    private static int page(int address) {
        return address >>> 12;
    }

    @TestFactory
    Stream<DynamicTest> everySystemInstructionCanBeRestarted() {
        List<Integer> gate = List.of(page(SystemBench.IDT), page(SystemBench.GDT));
        List<Integer> inner = List.of(page(SystemBench.IDT), page(SystemBench.GDT), page(SystemBench.TSS), 0x23, 0x24);
        // The stack of level 0 lies across a page boundary.
        Setup across = s -> bench.write32(SystemBench.TSS + 4, 0x2_4008);
        add("int, same level", 0, s -> {}, gate, 0xCD, VECTOR);
        add("int, inner level", 3, across, inner, 0xCD, VECTOR);
        add(
                "int, 16-bit gate",
                3,
                s -> {
                    across.on(s);
                    bench.idt(VECTOR, SystemBench.CODE0, 0xE6);
                },
                inner,
                0xCD,
                VECTOR);
        add("int3", 3, across, inner, 0xCC);
        add("int, V86", 4, across, inner, 0xCD, VECTOR);
        add(
                "int, V86 redirected",
                4,
                s -> {
                    s.cr4 = 1;
                    bench.write32(4 * VECTOR, 0x1000_0100);
                    s.segments[Cpu.SS] = new SegmentState(0x2400, 0x2_4000, 0xFFFF, 0xF3);
                    s.gpr[Cpu.ESP] = 0x1002;
                },
                List.of(page(SystemBench.TSS), 0, 0x24, 0x25),
                0xCD,
                VECTOR);
        transfers();
        tasks();
        selectors();
        return scenarios.stream().map(s -> DynamicTest.dynamicTest(s.name, () -> restart(s)));
    }

    private void transfers() {
        int[] farCall = {0x9A, 0, 0, 0, 0, SystemBench.TEST | 3, 0};
        add(
                "call gate with parameters",
                3,
                s -> {
                    bench.write32(SystemBench.TSS + 4, 0x2_4008);
                    bench.gate(SystemBench.GDT + SystemBench.TEST, SystemBench.CODE0, 0x9000, 0xEC, 4);
                    s.gpr[Cpu.ESP] = 0x2_6FF8;
                },
                List.of(page(SystemBench.GDT), page(SystemBench.TSS), 0x23, 0x24, 0x26, 0x27),
                farCall);
        add(
                "call gate, 16-bit",
                3,
                s -> {
                    bench.write32(SystemBench.TSS + 4, 0x2_4004);
                    bench.gate(SystemBench.GDT + SystemBench.TEST, SystemBench.CODE0, 0x9000, 0xE4, 3);
                    s.gpr[Cpu.ESP] = 0x2_6FFE;
                },
                List.of(page(SystemBench.GDT), page(SystemBench.TSS), 0x23, 0x24, 0x26, 0x27),
                farCall);
        add(
                "call far",
                0,
                s -> s.gpr[Cpu.ESP] = 0x2_4004,
                List.of(page(SystemBench.GDT), 0x23, 0x24),
                0x9A,
                0,
                0x90,
                0,
                0,
                SystemBench.CODE0,
                0);
        add(
                "call far through memory",
                0,
                s -> {
                    s.gpr[Cpu.ESP] = 0x2_4004;
                    pointer(DATA2, 0x9000, SystemBench.CODE0);
                },
                List.of(page(SystemBench.GDT), 0x23, 0x24, 0x31, 0x32),
                0xFF,
                0x1D,
                0xFE,
                0x1F,
                3,
                0);
        add(
                "jmp far through memory",
                0,
                s -> pointer(DATA2, 0x9000, SystemBench.CODE0),
                List.of(page(SystemBench.GDT), 0x31, 0x32),
                0xFF,
                0x2D,
                0xFE,
                0x1F,
                3,
                0);
        add(
                "retf to the same level",
                0,
                s -> {
                    s.gpr[Cpu.ESP] = 0x2_3FFC;
                    pointer(0x2_3FFC, 0x9000, SystemBench.CODE0);
                },
                List.of(page(SystemBench.GDT), 0x23, 0x24),
                0xCB);
        add(
                "retf to an outer level",
                0,
                s -> {
                    s.gpr[Cpu.ESP] = 0x2_3FFC;
                    pointer(0x2_3FFC, 0x9000, SystemBench.code(3));
                    pointer(0x2_4008, 0x2_7000, SystemBench.data(3));
                },
                List.of(page(SystemBench.GDT), 0x23, 0x24),
                0xCA,
                4,
                0);
        add(
                "iret to an outer level",
                0,
                s -> {
                    s.gpr[Cpu.ESP] = 0x2_3FF8;
                    pointer(0x2_3FF8, 0x9000, SystemBench.code(3));
                    bench.write32(0x2_4000, 0x202);
                    pointer(0x2_4004, 0x2_7000, SystemBench.data(3));
                },
                List.of(page(SystemBench.GDT), 0x23, 0x24),
                0xCF);
        add(
                "iret to V86 mode",
                0,
                s -> {
                    s.gpr[Cpu.ESP] = 0x2_3FF0;
                    pointer(0x2_3FF0, 0x100, 0x1000);
                    bench.write32(0x2_3FF8, 0x2_0202);
                    for (int at = 0x2_3FFC; at < 0x2_4014; at += 4) {
                        bench.write32(at, 0x1F00);
                    }
                },
                List.of(0x23, 0x24),
                0xCF);
    }

    private void tasks() {
        int selector = SystemBench.TSS2_SELECTOR;
        // Both task states lie across page boundaries.
        Setup two = s -> {
            bench.descriptor(SystemBench.TSS_SELECTOR, 0x4_0FC0, 0x2FF, 0x8B);
            bench.descriptor(selector, 0x4_2FC0, 0x67, 0x89);
            s.segments[Cpu.TR] = new SegmentState(SystemBench.TSS_SELECTOR, 0x4_0FC0, 0x2FF, 0x8B);
            newTask(0x4_2FC0);
        };
        List<Integer> pages = List.of(page(SystemBench.GDT), 0x40, 0x41, 0x42, 0x43);
        add("jmp to a task", 0, two, pages, 0xEA, 0, 0, 0, 0, selector, 0);
        add("call of a task", 0, two, pages, 0x9A, 0, 0, 0, 0, selector, 0);
        add(
                "int through a task gate",
                0,
                s -> {
                    two.on(s);
                    bench.gate(SystemBench.IDT + 8 * VECTOR, selector, 0, 0xE5);
                },
                List.of(page(SystemBench.IDT), page(SystemBench.GDT), 0x40, 0x41, 0x42, 0x43),
                0xCD,
                VECTOR);
        add(
                "iret to the previous task",
                0,
                s -> {
                    two.on(s);
                    bench.write16(0x4_0FC0, selector);
                    bench.memory.write(SystemBench.GDT + selector + 5, 1, 0x8B);
                    s.eflags |= NT;
                },
                pages,
                0xCF);
    }

    private void newTask(int tss) {
        bench.write32(tss + 0x1C, DIRECTORY);
        bench.write32(tss + 0x20, 0x9000);
        bench.write32(tss + 0x24, 2);
        bench.write32(tss + 0x38, 0x2_8000);
        for (int i = 0; i < 6; i++) {
            bench.write32(tss + 0x48 + 4 * i, i == Cpu.CS ? SystemBench.CODE0 : SystemBench.DATA0);
        }
    }

    private void selectors() {
        List<Integer> fromMemory = List.of(page(SystemBench.GDT), 0x31, 0x32);
        Setup fresh = s -> {
            bench.descriptor(SystemBench.TEST, 0, 0xF_FFFF, 0xC092); // not accessed yet
            bench.write32(DATA2, 0x1234_5678);
            pointer(0x3_1FFF, SystemBench.TEST, 0);
            s.gpr[Cpu.EBX] = 0x3_1FFF;
        };
        Setup far = s -> {
            fresh.on(s);
            pointer(DATA2, 0x1234_5678, SystemBench.TEST);
            s.gpr[Cpu.EBX] = DATA2;
        };
        add("mov ds", 0, fresh, fromMemory, 0x8E, 0x1B);
        add("mov ss", 0, fresh, fromMemory, 0x8E, 0x13);
        add("les", 0, far, fromMemory, 0xC4, 0x03);
        add("lss", 0, far, fromMemory, 0x0F, 0xB2, 0x03);
        add(
                "pop fs",
                0,
                s -> {
                    fresh.on(s);
                    s.gpr[Cpu.ESP] = 0x2_3FFE;
                    pointer(0x2_3FFE, SystemBench.TEST, 0);
                },
                List.of(page(SystemBench.GDT), 0x23, 0x24),
                0x0F,
                0xA1);
        add(
                "pop to memory",
                0,
                s -> {
                    s.gpr[Cpu.ESP] = 0x2_3FFE;
                    s.gpr[Cpu.EBX] = DATA2;
                },
                List.of(0x23, 0x24, 0x31, 0x32),
                0x8F,
                0x03);
        add(
                "ltr",
                0,
                s -> {
                    fresh.on(s);
                    pointer(0x3_1FFF, SystemBench.TSS2_SELECTOR, 0);
                },
                fromMemory,
                0x0F,
                0x00,
                0x1B);
        add(
                "lldt",
                0,
                s -> {
                    fresh.on(s);
                    pointer(0x3_1FFF, SystemBench.LDT_SELECTOR, 0);
                },
                fromMemory,
                0x0F,
                0x00,
                0x13);
        add("lar", 0, fresh, fromMemory, 0x0F, 0x02, 0x03);
        add("lsl", 0, fresh, fromMemory, 0x0F, 0x03, 0x03);
        add("verw", 0, fresh, fromMemory, 0x0F, 0x00, 0x2B);
        for (int reg = 0; reg < 4; reg++) {
            add("sgdt, sidt, lgdt, lidt: " + reg, 0, far, List.of(0x31, 0x32), 0x0F, 0x01, reg << 3 | 3);
        }
        List<Integer> port = List.of(page(SystemBench.TSS), 5);
        Setup bitmap = s -> bench.write16(SystemBench.TSS + 0x66, 0x1000 - 0x70 / 8 - 1);
        for (int[] code : new int[][] {{0xEC}, {0xEE}}) {
            add(
                    "port: " + Integer.toHexString(code[0]),
                    3,
                    s -> {
                        bitmap.on(s);
                        s.segments[Cpu.TR] = new SegmentState(SystemBench.TSS_SELECTOR, SystemBench.TSS, 0x2FFF, 0x8B);
                        s.gpr[Cpu.EDX] = 0x77; // the second byte of its bits is on the next page
                    },
                    port,
                    code);
        }
        add("insw", 0, s -> s.gpr[Cpu.EDI] = 0x3_1FFF, List.of(0x31, 0x32), 0x66, 0x6D);
        add("outsw", 0, s -> s.gpr[Cpu.ESI] = 0x3_1FFF, List.of(0x31, 0x32), 0x66, 0x6F);
    }

    private void pointer(int at, int offset, int selector) {
        bench.write32(at, offset);
        bench.write32(at + 4, selector);
    }

    private void prepare(Scenario s) {
        bench.reset(Math.min(s.level, 3));
        if (s.level == 4) {
            bench.state = SystemBench.v86(3);
        }
        bench.write32(DIRECTORY, TABLE | 0x27);
        for (int i = 0; i < 256; i++) {
            map(i, true);
        }
        bench.state.cr0 = 0x8001_0011;
        bench.state.cr3 = DIRECTORY;
        s.setup.on(bench.state);
        bench.program(s.code);
        bench.bus.writes.clear();
    }

    private void map(int page, boolean present) {
        bench.write32(TABLE + 4 * page, page << 12 | (present ? 0x67 : 0x66));
    }

    /** Executes from {@link SystemBench#state}. @return the address of a page fault, or -1 */
    private int execute() {
        bench.core.load(bench.state);
        Cpu cpu = bench.core.cpu;
        cpu.cr2 = 0;
        try {
            Insn to = cpu.code.uncached(cpu.eip).exec(cpu);
            if (to != cpu.dispatch) {
                cpu.eip = to.eip;
            }
            return -1;
        } catch (GuestFault fault) {
            assertEquals(GuestFault.PF, fault.vector);
            return cpu.cr2;
        }
    }

    private void restart(Scenario s) {
        prepare(s);
        assertEquals(-1, execute(), "it must not fault by itself");
        String wanted = picture();
        byte[] memory = bench.memory.snapshot();
        TreeSet<Integer> touched = new TreeSet<>();
        prepare(s);
        byte[] before = bench.memory.snapshot();
        bench.core.load(bench.state);
        bench.core.cpu.cr2 = 0;
        String untouched = picture();
        for (int page = 0; page < 256; page++) {
            map(page, page == page(TABLE) || page == page(DIRECTORY));
        }
        while (true) {
            int address = execute();
            if (address < 0) {
                break;
            }
            assertTrue(touched.add(page(address)), "two faults on page " + Integer.toHexString(page(address)));
            bench.core.cpu.cr2 = 0;
            assertEquals(untouched, picture());
            byte[] now = bench.memory.snapshot();
            Arrays.fill(now, TABLE, TABLE + 0x400, (byte) 0);
            Arrays.fill(before, TABLE, TABLE + 0x400, (byte) 0);
            assertArrayEquals(before, now, "memory");
            assertEquals(List.of(), bench.bus.writes, "ports");
            map(page(address), true);
        }
        assertEquals(wanted, picture());
        byte[] after = bench.memory.snapshot();
        Arrays.fill(after, TABLE, TABLE + 0x400, (byte) 0);
        Arrays.fill(memory, TABLE, TABLE + 0x400, (byte) 0);
        assertArrayEquals(memory, after, "memory in the end");
        assertTrue(touched.containsAll(s.pages), "touched only " + touched + ", not all of " + s.pages);
    }

    private String picture() {
        CpuState s = bench.core.save();
        return Arrays.toString(s.gpr) + " eip " + Integer.toHexString(s.eip) + " flags " + Integer.toHexString(s.eflags)
                + " cr " + s.cr0 + " " + s.cr3 + " tables " + s.gdtBase + " " + s.gdtLimit + " " + s.idtBase + " "
                + s.idtLimit + " segments " + Arrays.toString(s.segments) + " shadow " + s.stiShadow + s.movSsShadow
                + " pending " + s.pendingDebug;
    }
}
