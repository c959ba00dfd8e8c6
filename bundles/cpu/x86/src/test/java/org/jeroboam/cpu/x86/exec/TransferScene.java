package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.SegmentState;

/**
 * A transfer of control with everything it looks at as fields, good to begin with, for tests to spoil; runs it on the
 * processor and by {@link ManualTransfers} and compares all registers with their hidden parts and all of memory.
 */
final class TransferScene implements AutoCloseable {
    static final int GATE = SystemBench.TEST;
    static final int TARGET = SystemBench.TEST2;
    static final int INNER = 0x90;
    static final int OUTER = 0x98;
    static final int VECTOR = 0x50;
    static final int ENTRY = 0x8765;
    /** The stack segments begin here; pointers are offsets in them. */
    static final int STACKS = 0x2_0000;
    /** For stack pointers: the middle of a page whose neighbours belong to the same stack. */
    static final int INNER_TOP = 0x3404;

    static final int OUTER_TOP = 0x5804;
    private static final int DIRECTORY = 0x2_E000;
    static final int TABLE = 0x2_F000;
    private static final int END = 0x3_1000;
    /** Begin and end of what transfers access: tables and task states, code, stacks, page tables. */
    private static final int[][] USED = {{0x1000, 0x6000}, {0x1_0000, 0x1_1000}, {STACKS, 0x2_8000}, {DIRECTORY, END}};

    private static final int PAGE_MARKS = 0x60;

    /** The shape of a stack segment. */
    enum Shape {
        UP32(0x4093, 0xFFFF),
        UP16(0x0093, 0xFFFF),
        DOWN32(0x4097, 0xFF);

        final int attributes;
        final int limit;

        Shape(int attributes, int limit) {
            this.attributes = attributes;
            this.limit = limit;
        }
    }

    /** What transfers. */
    enum How {
        CALL,
        JUMP,
        INT_N,
        EXTERNAL,
        EXCEPTION,
        RETURN,
        RETURN_RELEASING,
        INTERRUPT_RETURN;

        boolean far() {
            return this == CALL || this == JUMP;
        }

        boolean interrupt() {
            return this == INT_N || this == EXTERNAL || this == EXCEPTION;
        }
    }

    // What happens, and where from.
    How how;
    int cpl;
    boolean v86;
    /** Operand size of direct CALLs and returns. */
    int size;
    /** 0 for a direct CALL or JMP, else the type of the gate or TSS. */
    int gateType;

    // The gate.
    int gateDpl;
    int gateRpl;
    boolean gatePresent;
    /** What a gate of type {@link #gateType} leads to, the target of a direct transfer, or CS on the stack. */
    int selector;

    int parameters;
    int idtLimit;
    int gdtLimit;
    int ldtAttributes;

    // Where it leads to.
    int targetAccess;
    int targetDpl;
    boolean targetPresent;
    int targetLimit;
    int entry;

    // The stack of the inner or, for returns, the outer level.
    boolean wideTss;
    int tssLimit;
    Shape newShape;
    int newSelector;
    int newAccess;
    int newDpl;
    boolean newPresent;
    int newLimit;
    int newPointer;

    // The current stack.
    Shape oldShape;
    int oldLimit;
    int oldPointer;
    /** EFLAGS that a return pops. */
    int flagsImage;

    int eflags;
    /** CR0.AM and EFLAGS.AC. */
    boolean alignment;

    /** Data segments: selectors of DS, ES, FS, GS. */
    int[] data;
    /** Page table entries to change: linear address and rights. */
    int[][] pages;

    /** The task that a task gate leads to. */
    int taskType;

    int taskLimit;

    private final Arena arena = Arena.ofConfined();
    private final SystemBench bench = new SystemBench();
    private final MemorySegment plain;
    private final MemorySegment expected = arena.allocate(END);

    TransferScene() {
        for (int page = 0; page < 256; page++) {
            bench.write32(TABLE + 4 * page, page << 12 | PAGE_MARKS | 7);
        }
        bench.write32(DIRECTORY, TABLE | PAGE_MARKS | 7);
        for (int at = 0x2_0000; at < 0x2_8000; at += 4) {
            bench.write32(at, 0xA5A5_0000 | at);
        }
        plain = arena.allocate(END);
        plain.copyFrom(bench.memory.ram().asSlice(0, END));
    }

    @Override
    public void close() {
        bench.close();
        arena.close();
    }

    private static void copy(MemorySegment from, MemorySegment to) {
        for (int[] part : USED) {
            MemorySegment.copy(from, part[0], to, part[0], part[1] - part[0]);
        }
    }

    /** Everything good: to a flat code segment of level 0 with stacks of 32 bits. */
    void begin(How newHow, int newGateType, int level) {
        how = newHow;
        gateType = newGateType;
        cpl = level;
        v86 = false;
        size = 4;
        gateDpl = 3;
        gateRpl = 0;
        gatePresent = true;
        selector = TARGET;
        parameters = 0;
        idtLimit = 0x7FF;
        gdtLimit = SystemBench.GDT_LIMIT;
        ldtAttributes = 0x82;
        targetAccess = 0x1A;
        targetDpl = 0;
        targetPresent = true;
        targetLimit = 0xFFFF;
        entry = ENTRY;
        wideTss = true;
        tssLimit = 0x2FF;
        shapes(Shape.UP32, Shape.UP32);
        newSelector = INNER;
        newDpl = 0;
        newPresent = true;
        newPointer = INNER_TOP;
        oldPointer = OUTER_TOP;
        flagsImage = 0x24_4AD7;
        eflags = newHow == How.INTERRUPT_RETURN ? 0xAD7 : 0x4AD7; // NT would make it a task's end
        alignment = false;
        data = new int[] {SystemBench.data(level), SystemBench.data(3), SystemBench.data(level), 0};
        pages = new int[0][];
        taskType = 9;
        taskLimit = 0x67;
    }

    /** The levels of the code and of the stack that it needs. */
    void target(int dpl, boolean conforming) {
        targetDpl = dpl;
        targetAccess = conforming ? 0x1E : 0x1A;
        newDpl = dpl;
        newSelector = INNER | dpl;
    }

    void shapes(Shape inner, Shape outer) {
        newShape = inner;
        newAccess = inner.attributes & 0x1F & ~1; // not accessed yet
        newLimit = inner.limit;
        oldShape = outer;
        oldLimit = outer.limit;
    }

    void page(int linear, int rights) {
        pages = java.util.Arrays.copyOf(pages, pages.length + 1);
        pages[pages.length - 1] = new int[] {linear, rights};
    }

    private CpuState state() {
        CpuState s = v86 ? SystemBench.v86(3) : SystemBench.flat(cpl);
        s.cr0 = 0x8001_0011;
        s.cr3 = DIRECTORY;
        s.gdtLimit = gdtLimit;
        s.idtLimit = idtLimit;
        s.eflags = v86 ? eflags & ~0x4000 | 0x2_3000 : eflags;
        if (alignment) {
            s.cr0 |= 1 << 18;
            s.eflags |= 1 << 18;
        }
        if (!v86) {
            s.segments[CpuState.SS] = new SegmentState(OUTER | cpl, STACKS, oldLimit, oldShape.attributes | cpl << 5);
            s.gpr[Cpu.ESP] = pointer(oldShape, oldPointer);
            int[] registers = {CpuState.DS, CpuState.ES, CpuState.FS, CpuState.GS};
            for (int i = 0; i < 4; i++) {
                boolean none = (data[i] & 0xFFFC) == 0;
                int high = none ? 0 : bench.read32(SystemBench.GDT + (data[i] & 0xFFF8) + 4);
                s.segments[registers[i]] = new SegmentState(data[i], 0, none ? 0 : -1, high >> 8 & 0xF0FF);
            }
        }
        s.segments[CpuState.TR] =
                new SegmentState(SystemBench.TSS_SELECTOR, SystemBench.TSS, tssLimit, wideTss ? 0x8B : 0x83);
        s.segments[CpuState.LDTR] = new SegmentState(SystemBench.LDT_SELECTOR, SystemBench.LDT, 0xFF, ldtAttributes);
        return s;
    }

    /** A stack of 16 bits uses SP, whatever is above. */
    private static int pointer(Shape shape, int offset) {
        return shape == Shape.UP16 ? 0xDEAD_0000 | offset & 0xFFFF : offset;
    }

    private void tables() {
        copy(plain, bench.memory.ram());
        int granular = targetLimit > 0xF_FFFF ? 0x8000 : 0;
        int limit = granular != 0 ? targetLimit >>> 12 : targetLimit;
        int target = (targetPresent ? 0x80 : 0) | targetDpl << 5 | targetAccess | 0x4000 | granular;
        int inner = (newPresent ? 0x80 : 0) | newDpl << 5 | newAccess | newShape.attributes & 0x4000;
        bench.descriptor(TARGET, 0, limit, target);
        bench.descriptor(INNER, STACKS, newLimit, inner);
        bench.descriptorAt(SystemBench.LDT + 8, 0, limit, target);
        bench.descriptor(SystemBench.TSS2_SELECTOR, SystemBench.TSS2, taskLimit, 0x80 | taskType);
        bench.descriptorAt(SystemBench.LDT + 0x10, SystemBench.TSS2, taskLimit, 0x80 | taskType);
        task();
        int gate = (gatePresent ? 0x80 : 0) | gateDpl << 5 | gateType;
        if (gateType == 1 || gateType == 9) {
            bench.descriptor(GATE, SystemBench.TSS2, taskLimit, gate);
        } else if (how.far() && gateType != 0) {
            bench.gate(SystemBench.GDT + GATE, selector, entry, gate, parameters);
        } else if (how.interrupt()) {
            bench.gate(SystemBench.IDT + 8 * VECTOR, selector, entry, gate);
        }
        for (int level = 0; level < 3; level++) {
            int sp = level == targetDpl ? newPointer : 0;
            int ss = level == targetDpl ? newSelector : 0;
            if (wideTss) {
                bench.write32(SystemBench.TSS + 4 + 8 * level, pointer(newShape, sp));
                bench.write32(SystemBench.TSS + 8 + 8 * level, 0xDEAD_0000 | ss);
            } else {
                bench.write16(SystemBench.TSS + 2 + 4 * level, sp);
                bench.write16(SystemBench.TSS + 4 + 4 * level, ss);
            }
        }
        for (int[] page : pages) {
            bench.write32(TABLE + 4 * (page[0] >>> 12), page[0] & 0xFFFF_F000 | PAGE_MARKS | page[1]);
        }
    }

    /** A task that can run, in either format. */
    private void task() {
        int tss = SystemBench.TSS2;
        if (taskType >= 8) {
            bench.write32(tss + 0x1C, DIRECTORY);
            bench.write32(tss + 0x20, ENTRY);
            bench.write32(tss + 0x38, 0x2_7000);
        } else {
            bench.write16(tss + 0x0E, ENTRY);
            bench.write16(tss + 0x1A, 0x7000);
        }
        for (int i = 0; i < (taskType >= 8 ? 6 : 4); i++) {
            int value = i == CpuState.CS ? SystemBench.CODE0 : SystemBench.DATA0;
            bench.write16(tss + (taskType >= 8 ? 0x48 + 4 * i : 0x22 + 2 * i), value);
        }
    }

    /** What a return finds on the stack. */
    private void frame() {
        if (how.far() || how.interrupt()) {
            return;
        }
        int release = how == How.RETURN_RELEASING ? 8 : 0;
        int[] items = how == How.INTERRUPT_RETURN
                ? new int[] {entry, selector, flagsImage, newPointer, newSelector, 0x1000, 0x2000, 0x3000, 0x4000}
                : new int[] {entry, selector, newPointer, newSelector};
        int offset = oldPointer;
        for (int i = 0; i < items.length; i++) {
            if (i == 2 && how != How.INTERRUPT_RETURN) {
                offset += release;
            }
            int junk = size == 4 && (i == 1 || i == 4 || i > 4) ? 0xBAD0_0000 : 0;
            int linear = STACKS + (oldShape == Shape.UP16 ? offset & 0xFFFF : offset);
            if (linear >= 0 && linear + size <= END) {
                bench.memory.write(linear, size, items[i] | junk);
            }
            offset += size;
        }
    }

    private int[] code() {
        int[] prefix = size == 2 && !v86 ? new int[] {0x66} : new int[0];
        int[] code =
                switch (how) {
                    case CALL, JUMP -> {
                        int to = gateType == 0 ? selector : GATE | gateRpl;
                        int opcode = how == How.CALL ? 0x9A : 0xEA;
                        int[] wide = {opcode, entry, entry >> 8, entry >> 16, entry >> 24, to, to >> 8};
                        yield size == 2 ? new int[] {opcode, entry, entry >> 8, to, to >> 8} : wide;
                    }
                    case INT_N -> new int[] {0xCD, VECTOR};
                    case RETURN -> new int[] {0xCB};
                    case RETURN_RELEASING -> new int[] {0xCA, 8, 0};
                    case INTERRUPT_RETURN -> new int[] {0xCF};
                    default -> new int[] {0x90};
                };
        int[] all = java.util.Arrays.copyOf(prefix, prefix.length + code.length);
        System.arraycopy(code, 0, all, prefix.length, code.length);
        return all;
    }

    /** Runs and compares. @return "ok" with the change of level, "task", or the vector of a fault */
    String compare(String what) {
        tables();
        bench.state = state();
        frame();
        int[] code = code();
        bench.program(code);
        bench.core.load(bench.state);
        copy(bench.memory.ram(), expected);
        ManualTransfers manual = new ManualTransfers(bench.core.save(), expected, TABLE);
        String wanted = byTheManual(manual, bench.state.eip + code.length);
        String have = byTheProcessor();
        assertEquals(wanted, have, what);
        if (manual.task != 0) {
            assertEquals(manual.task, bench.core.save().segments[CpuState.TR].selector(), what);
            return wanted;
        }
        assertSame(manual, what);
        return wanted;
    }

    private String byTheManual(ManualTransfers manual, int next) {
        int from = manual.cpl;
        try {
            int flags = manual.s.eflags;
            switch (how) {
                case CALL, JUMP ->
                    manual.far(how == How.CALL, gateType == 0 ? selector : GATE | gateRpl, entry, size, next);
                case INT_N -> manual.interrupt(VECTOR, true, next, flags, -1);
                case EXTERNAL -> manual.interrupt(VECTOR, false, bench.state.eip, flags, -1);
                case EXCEPTION -> manual.interrupt(VECTOR, false, bench.state.eip, flags | ManualTransfers.RF, 0x1234);
                case RETURN -> manual.farReturn(size, 0);
                case RETURN_RELEASING -> manual.farReturn(size, 8);
                default -> manual.interruptReturn(size);
            }
            return manual.task != 0 ? "task" : "ok " + (manual.cpl - from);
        } catch (ManualTransfers.Fault fault) {
            if (fault.vector == 14) {
                manual.s.cr2 = fault.address;
            }
            return fault.getMessage();
        }
    }

    private String byTheProcessor() {
        Cpu cpu = bench.core.cpu;
        int from = cpu.cpl;
        int tr = cpu.selector[Cpu.TR];
        try {
            switch (how) {
                case EXTERNAL -> cpu.interrupts.event(VECTOR, cpu.eip, cpu.eflags(), 0, false);
                case EXCEPTION ->
                    cpu.interrupts.event(VECTOR, cpu.eip, cpu.eflags() | ManualTransfers.RF, 0x1234, true);
                default -> cpu.code.uncached(cpu.eip).exec(cpu);
            }
            return tr != cpu.selector[Cpu.TR] ? "task" : "ok " + (cpu.cpl - from);
        } catch (GuestFault fault) {
            boolean inNewTask = tr != cpu.selector[Cpu.TR];
            return inNewTask ? "task" : fault.vector + ":" + Integer.toHexString(fault.errorCode);
        }
    }

    private void assertSame(ManualTransfers manual, String what) {
        CpuState have = bench.core.save();
        CpuState want = manual.s;
        assertEquals(want.eip, have.eip, what + ": EIP");
        assertEquals(manual.cpl, bench.core.cpu.cpl, what + ": CPL");
        assertEquals(Integer.toHexString(want.eflags), Integer.toHexString(have.eflags), what + ": EFLAGS");
        assertArrayEquals(want.gpr, have.gpr, what + ": registers");
        assertArrayEquals(want.segments, have.segments, what + ": segments");
        assertEquals(want.cr2, have.cr2, what + ": CR2");
        for (int[] part : USED) {
            MemorySegment ram = bench.memory.ram();
            long differs = MemorySegment.mismatch(expected, part[0], part[1], ram, part[0], part[1]);
            assertEquals(-1, differs, () -> what + ": memory at " + Long.toHexString(part[0] + differs));
        }
    }
}
