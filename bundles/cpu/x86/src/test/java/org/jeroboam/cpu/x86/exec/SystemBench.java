package org.jeroboam.cpu.x86.exec;

import java.lang.foreign.Arena;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.SegmentState;

/**
 * A processor in protected mode with tables in low memory: GDT with flat segments for every level, an interrupt gate
 * for every vector to a place of its own, a 32-bit TSS with stacks for levels 0 to 2. Paging is off unless a test
 * turns it on.
 */
final class SystemBench implements AutoCloseable {
    static final int GDT = 0x1000;
    static final int IDT = 0x2000;
    static final int LDT = 0x3000;
    static final int TSS = 0x4000;
    static final int TSS2 = 0x5000;
    static final int HANDLERS = 0x8000;
    static final int CODE = 0x1_0000;
    static final int RAM = 1 << 20;

    /** Selectors: code and data of level n are CODE0 + 16 n and DATA0 + 16 n, with RPL n. */
    static final int CODE0 = 0x08;

    static final int DATA0 = 0x10;
    static final int TSS_SELECTOR = 0x48;
    static final int LDT_SELECTOR = 0x50;
    static final int TSS2_SELECTOR = 0x58;
    /** GDT entries for tests to fill. */
    static final int TEST = 0x80;

    static final int TEST2 = 0x88;
    static final int GDT_LIMIT = 0xFF;

    static final int FLAT_CODE = 0xC09B;
    static final int FLAT_DATA = 0xC093;

    private final Arena arena = Arena.ofConfined();
    final TestMemory memory = new TestMemory(arena, RAM);
    final TestBus bus = new TestBus(memory);
    final ProcessorCore core;
    /** The state to start from; {@link #run} loads it and {@link #after} is what came out. */
    CpuState state;

    CpuState after;

    SystemBench() {
        this(CpuModel.P2);
    }

    SystemBench(CpuModel model) {
        core = new ProcessorCore(bus, model);
        reset(0);
    }

    @Override
    public void close() {
        core.close();
        arena.close();
    }

    static int code(int level) {
        return CODE0 + 16 * level | level;
    }

    static int data(int level) {
        return DATA0 + 16 * level | level;
    }

    static int stack(int level) {
        return 0x2_0000 + 0x1000 * level + 0x800;
    }

    /** Tables, handlers and state anew. */
    void reset(int level) {
        memory.clear();
        for (int i = 0; i < 4; i++) {
            descriptor(CODE0 + 16 * i, 0, 0xF_FFFF, FLAT_CODE | i << 5);
            descriptor(DATA0 + 16 * i, 0, 0xF_FFFF, FLAT_DATA | i << 5);
        }
        descriptor(TSS_SELECTOR, TSS, 0x2FF, 0x8B);
        descriptor(LDT_SELECTOR, LDT, 0xFF, 0x82);
        descriptor(TSS2_SELECTOR, TSS2, 0x67, 0x89);
        for (int vector = 0; vector < 256; vector++) {
            gate(IDT + 8 * vector, CODE0, handler(vector), 0x8E | 0x60);
        }
        for (int at = HANDLERS; at < HANDLERS + 0x1000; at += 4) {
            write32(at, 0x9090_9090); // a hardware interrupt is followed by an instruction of its handler
        }
        for (int i = 0; i < 3; i++) {
            write32(TSS + 4 + 8 * i, stack(i) + 0x400);
            write32(TSS + 8 + 8 * i, data(i));
        }
        write16(TSS + 0x66, 0x300);
        state = flat(level);
    }

    static int handler(int vector) {
        return HANDLERS + 16 * vector;
    }

    /** Protected mode with flat segments. */
    static CpuState flat(int level) {
        CpuState s = CpuState.afterReset(CpuModel.P2);
        s.cr0 = 0x11;
        s.gdtBase = GDT;
        s.gdtLimit = GDT_LIMIT;
        s.idtBase = IDT;
        s.idtLimit = 0x7FF;
        SegmentState data = new SegmentState(data(level), 0, -1, FLAT_DATA | level << 5);
        for (int i = 0; i < 6; i++) {
            s.segments[i] = data;
        }
        s.segments[Cpu.CS] = new SegmentState(code(level), 0, -1, FLAT_CODE | level << 5);
        s.segments[Cpu.LDTR] = new SegmentState(LDT_SELECTOR, LDT, 0xFF, 0x82);
        s.segments[Cpu.TR] = new SegmentState(TSS_SELECTOR, TSS, 0x2FF, 0x8B);
        s.eip = CODE;
        s.gpr = new int[] {
            0x1111_1111, 0x2222_2222, 0x3333_3333, 0x4444_4444, stack(level), 0x5555_5555, 0x6666_6666, 0x7777_7777
        };
        return s;
    }

    /** V86 mode with the given IOPL: CS 1000h, data segments at 1F00h to 1F04h, stack in 2000h. */
    static CpuState v86(int iopl) {
        CpuState s = flat(3);
        int[] selectors = {0x1F00, 0x1000, 0x2000, 0x1F01, 0x1F02, 0x1F03};
        for (int i = 0; i < 6; i++) {
            s.segments[i] = new SegmentState(selectors[i], selectors[i] << 4, 0xFFFF, 0xF3);
        }
        s.eflags = 0x2_0002 | iopl << 12;
        s.eip = 0;
        s.gpr[Cpu.ESP] = 0xDEAD_0800;
        return s;
    }

    /** Real mode with CS 1000h and stack 2000:0800. */
    static CpuState real() {
        CpuState s = CpuState.afterReset(CpuModel.P2);
        s.segments[Cpu.CS] = new SegmentState(0x1000, 0x1_0000, 0xFFFF, 0x93);
        s.segments[Cpu.SS] = new SegmentState(0x2000, 0x2_0000, 0xFFFF, 0x93);
        s.eip = 0;
        s.gpr[Cpu.ESP] = 0x800;
        return s;
    }

    /** Writes a descriptor. @param attributes as SegmentState; limit as stored */
    void descriptor(int selector, int base, int limit, int attributes) {
        descriptorAt(GDT + (selector & ~7), base, limit, attributes);
    }

    void descriptorAt(int address, int base, int limit, int attributes) {
        write32(address, limit & 0xFFFF | base << 16);
        int high = base & 0xFF00_0000 | base >>> 16 & 0xFF | limit & 0xF_0000 | (attributes & 0xF0FF) << 8;
        write32(address + 4, high);
    }

    /** Writes a gate. @param access byte 5 @param count byte 4, for call gates */
    void gate(int address, int selector, int offset, int access, int count) {
        write32(address, selector << 16 | offset & 0xFFFF);
        write32(address + 4, offset & 0xFFFF_0000 | access << 8 | count);
    }

    void gate(int address, int selector, int offset, int access) {
        gate(address, selector, offset, access, 0);
    }

    void idt(int vector, int selector, int access) {
        gate(IDT + 8 * vector, selector, handler(vector), access);
    }

    int read32(int address) {
        return memory.read(address, 4);
    }

    int read16(int address) {
        return memory.read(address, 2);
    }

    int read8(int address) {
        return memory.read(address, 1);
    }

    void write32(int address, int value) {
        memory.write(address, 4, value);
    }

    void write16(int address, int value) {
        memory.write(address, 2, value);
    }

    /** Puts code at CS:EIP. */
    void program(int... bytes) {
        int at = state.segments[Cpu.CS].base() + state.eip;
        for (int i = 0; i < bytes.length; i++) {
            memory.write(at + i, 1, bytes[i]);
        }
    }

    /** Loads {@link #state}, executes and saves to {@link #after}. */
    CpuState run(int instructions) {
        core.load(state);
        core.run(instructions);
        after = core.save();
        return after;
    }

    /** Executes one instruction with these bytes. */
    CpuState step(int... bytes) {
        program(bytes);
        return run(1);
    }

    /** The vector whose handler execution stands at, or -1. */
    int vector() {
        int offset = after.eip - HANDLERS;
        return (after.segments[Cpu.CS].selector() & ~3) == CODE0 && offset >= 0 && offset < 0x1000 && offset % 16 == 0
                ? offset / 16
                : -1;
    }

    /** "13:50" for #GP with error code 50h, "6" for #UD, "-" when no handler was entered. */
    String outcome() {
        if (after.shutdown) {
            return "shutdown";
        }
        int vector = vector();
        if (vector < 0) {
            return "-";
        }
        boolean hasCode = vector == 8 || vector >= 10 && vector <= 14 || vector == 17;
        return hasCode ? vector + ":" + Integer.toHexString(read32(after.gpr[Cpu.ESP])) : Integer.toString(vector);
    }

    int selector(int register) {
        return after.segments[register].selector();
    }
}
