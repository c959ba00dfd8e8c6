package org.jeroboam.benchmarks;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jeroboam.hardware.board.MemoryHandler;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;
import org.jeroboam.hardware.cpu.SegmentState;
import org.jeroboam.hardware.memory.PhysicalMemory;
import org.jeroboam.machine.memory.GuestRam;
import org.jeroboam.machine.memory.PhysicalMap;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A processor with flat segments and paging on, on the machine's own memory map. The first 64 MiB are mapped one to one
 * for every level but one absent page and one that leads to a device. Each benchmark is a subclass that says which
 * endless program runs.
 */
@State(Scope.Thread)
public abstract class Guest {
    static final int MEBIBYTE = 1 << 20;
    static final int PAGE = 4096;
    static final int CODE = MEBIBYTE;
    static final int DATA = 4 * MEBIBYTE;
    /** A page of a device. */
    static final int DEVICE = 3 * MEBIBYTE;
    /** A page that is not present. */
    static final int ABSENT = DEVICE + PAGE;

    static final int EAX = 0;
    static final int ECX = 1;
    static final int EDX = 2;
    static final int EBX = 3;
    static final int ESP = 4;
    static final int ESI = 6;
    static final int EDI = 7;

    private static final int RAM = 64 * MEBIBYTE;
    private static final long DEVICE_PHYSICAL = 0xFD00_0000L;
    private static final int GDT = 0x1000;
    private static final int IDT = 0x2000;
    static final int DIRECTORY = 0x3000;
    private static final int TASK = 0x4000;
    private static final int TABLES = 0x1_0000;
    private static final int STACK = 0x9_0000;
    private static final int HANDLERS = 0x6000;
    private static final int KERNEL_CODE = 0x08;
    private static final int KERNEL_DATA = 0x10;
    private static final int USER_CODE = 0x1B;
    private static final int USER_DATA = 0x23;
    private static final int TASK_SELECTOR = 0x28;
    private static final int USER_PAGE = 7;

    /** Which core: the property {@code cpu.core} of its factory. */
    @Param("interpreter")
    public String core;

    private GuestRam ram;
    PhysicalMap memory;
    CpuCore processor;
    private Pins pins;
    private int handlersUsed;

    /** For JMH. */
    protected Guest() {}

    /** Says the program and where it starts. */
    abstract void prepare(CpuState state);

    /** Builds the machine. */
    @Setup(Level.Trial)
    public void start() throws IOException, ReflectiveOperationException {
        ram = new GuestRam(RAM);
        memory = new PhysicalMap(ram, (part, failure) -> {
            throw new IllegalStateException(part, failure);
        });
        memory.mapDevice("device", DEVICE_PHYSICAL, PAGE, new Cell());
        pins = new Pins(memory);
        processor = Cores.find(core).create(pins, CpuModel.PM);
        pins.connect(processor);
        handlersUsed = 0;
        tables();
        CpuState state = flat();
        prepare(state);
        processor.load(state);
    }

    /** Frees the machine, whose guest must have run on all the time: else something else was measured. */
    @TearDown(Level.Trial)
    public void stop() {
        if (processor.exitReason() != ExitReason.BUDGET || processor.save().shutdown) {
            throw new IllegalStateException("the guest stopped: " + processor.exitReason());
        }
        processor.close();
        ram.close();
    }

    /** A register that remembers. */
    private static final class Cell implements MemoryHandler {
        private int value;

        @Override
        public int readMemory(long offset, int size) {
            return value;
        }

        @Override
        public void writeMemory(long offset, int size, int written) {
            value = written;
        }
    }

    private void tables() {
        for (int page = 0; page < RAM / PAGE; page++) {
            write32(TABLES + 4 * page, page * PAGE | USER_PAGE);
        }
        for (int table = 0; table < RAM / PAGE / 1024; table++) {
            write32(DIRECTORY + 4 * table, TABLES + table * PAGE | USER_PAGE);
        }
        write32(TABLES + DEVICE / PAGE * 4, (int) DEVICE_PHYSICAL | USER_PAGE);
        write32(TABLES + ABSENT / PAGE * 4, 0);
        descriptor(KERNEL_CODE, 0, 0xF_FFFF, 0xC09B);
        descriptor(KERNEL_DATA, 0, 0xF_FFFF, 0xC093);
        descriptor(USER_CODE, 0, 0xF_FFFF, 0xC0FB);
        descriptor(USER_DATA, 0, 0xF_FFFF, 0xC0F3);
        descriptor(TASK_SELECTOR, TASK, 0x67, 0x8B);
        write32(TASK + 4, STACK);
        write32(TASK + 8, KERNEL_DATA);
        write32(TASK + 100, 104 << 16);
    }

    private void descriptor(int selector, int base, int limit, int attributes) {
        int address = GDT + (selector & ~7);
        write32(address, limit & 0xFFFF | base << 16);
        write32(address + 4, base & 0xFF00_0000 | base >>> 16 & 0xFF | limit & 0xF_0000 | (attributes & 0xF0FF) << 8);
    }

    private static CpuState flat() {
        CpuState s = CpuState.afterReset(CpuModel.PM);
        s.cr0 = 0x8001_0033; // PG, WP, NE, ET, MP, PE
        s.cr3 = DIRECTORY;
        s.cr4 = 0x600; // OSFXSR, OSXMMEXCPT
        s.gdtBase = GDT;
        s.gdtLimit = 0x2F;
        s.idtBase = IDT;
        s.idtLimit = 0x7FF;
        SegmentState data = new SegmentState(KERNEL_DATA, 0, -1, 0xC093);
        for (int i = CpuState.ES; i <= CpuState.GS; i++) {
            s.segments[i] = data;
        }
        s.segments[CpuState.CS] = new SegmentState(KERNEL_CODE, 0, -1, 0xC09B);
        s.segments[CpuState.TR] = new SegmentState(TASK_SELECTOR, TASK, 0x67, 0x8B);
        s.gpr[ESP] = STACK;
        s.gpr[ESI] = DATA;
        s.gpr[EDI] = DATA + MEBIBYTE;
        s.eip = CODE;
        return s;
    }

    /** Makes the program run at level 3. */
    static void asUser(CpuState state) {
        SegmentState data = new SegmentState(USER_DATA, 0, -1, 0xC0F3);
        for (int i = CpuState.ES; i <= CpuState.GS; i++) {
            state.segments[i] = data;
        }
        state.segments[CpuState.CS] = new SegmentState(USER_CODE, 0, -1, 0xC0FB);
        state.gpr[ESP] = STACK - 0x8000;
    }

    /** Puts code into memory where it was made for. */
    final void load(int address, Code code) {
        MemorySegment bytes = MemorySegment.ofArray(code.bytes());
        memory.copyIn(address, bytes, 0, bytes.byteSize());
    }

    /** Puts a handler into memory, and a gate to it, open to level 3. */
    final void handler(int vector, int... bytes) {
        int address = HANDLERS + 64 * handlersUsed++;
        load(address, new Code(address).put(bytes));
        write32(IDT + 8 * vector, KERNEL_CODE << 16 | address & 0xFFFF);
        write32(IDT + 8 * vector + 4, address & 0xFFFF_0000 | 0xEE00);
    }

    final void write32(int address, int value) {
        PhysicalMemory target = memory;
        target.write(address, 4, value);
    }
}
