package org.jeroboam.cpu.recompilerx64.lockstep;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.SegmentState;

/**
 * The small system in which random programs run: where things lie, its segments, page tables and registers. Code and
 * data lie at fixed linear addresses; under paging their pages are spread over physical memory, and a second set of
 * tables maps some of them elsewhere.
 */
final class Guest {
    static final int GDT = 0x1000;
    static final int IDT = 0x2000;
    static final int TSS = 0x4000;
    /** Variables of the handlers. */
    static final int VARS = 0x5000;

    static final int HANDLERS = 0x8000;
    static final int CODE = 0x1_0000;
    /** A function that is another one under the second page tables. */
    static final int TWO_FACED = 0x1_6000;
    /** Where programs write code to execute. */
    static final int WRITTEN = 0x1_7000;

    static final int CODE_END = 0x1_8000;
    static final int STACK = 0x2_4000;
    static final int KERNEL_STACK = 0x2_8000;
    static final int DATA = 0x3_0000;
    /** Loop counters and jump tables, which random accesses spare. */
    static final int PRIVATE = 0x3_7000;

    /** Control words of the x87 and of SSE, {@link #CONTROLS} of each: all ways to round, mostly all masked. */
    static final int CONTROL_WORDS = PRIVATE + 0xE00;

    static final int MXCSR_WORDS = PRIVATE + 0xE40;
    static final int CONTROLS = 8;
    static final int DATA_END = 0x3_8000;
    static final int DEVICE = 0x3_8000;
    static final int ROM = 0x3_9000;
    /** Code and data that the A20 gate exchanges with those 1 MiB below. */
    static final int HIGH = 0x10_6000;

    static final int RAM = 0x11_0000;
    /** With paging: the linear pages from here on are those from 0 again. */
    static final int ALIAS = 0x20_0000;

    static final int ABSENT_PAGE = 0x34;
    static final int READ_ONLY_PAGE = 0x35;
    static final int SUPERVISOR_PAGE = 0x36;

    static final int FLAT_CODE = 0x08;
    static final int FLAT_DATA = 0x10;
    static final int USER_CODE = 0x1B;
    static final int USER_DATA = 0x23;
    /** Data descriptors that programs change. */
    static final int EXTRA = 0x70;

    static final int EXTRA_COUNT = 6;
    /** Of a thousand seeds, the first whose programs do. */
    static final int TABLES_FROM = 500;
    /** A conforming code segment of level 0. */
    static final int CONFORMING = 0xA0;

    private static final int TSS_SELECTOR = 0x28;
    private static final int TABLE = 0x4_0000;
    private static final int FRAMES = 0x50;
    private static final int FRAME_COUNT = 0x20;

    static final int ES = 0;
    static final int CS = 1;
    static final int SS = 2;
    static final int DS = 3;
    static final int FS = 4;
    static final int GS = 5;

    final Mode mode;
    final SegmentState[] segments = new SegmentState[8];
    final int iopl;
    private final long seed;
    private final int[] frames = new int[0x400];
    private final int[] secondFrames = new int[0x400];

    Guest(Mode mode, long seed) {
        this.mode = mode;
        this.seed = seed;
        SplittableRandom r = new SplittableRandom(seed);
        iopl = mode == Mode.V86 || r.nextBoolean() ? 3 : 0;
        mapPages(r);
        makeSegments(r);
    }

    private void mapPages(SplittableRandom r) {
        for (int page = 0; page < 0x400; page++) {
            frames[page] = page & 0x1FF;
            secondFrames[page] = page & 0x1FF;
        }
        int[] spread = new int[FRAME_COUNT];
        for (int i = 0; i < FRAME_COUNT; i++) {
            int other = r.nextInt(i + 1);
            spread[i] = spread[other];
            spread[other] = FRAMES + i;
        }
        int next = 0;
        for (int page = 0x10; page < 0x38; page++) {
            if (page < 0x18 || page >= 0x30) {
                place(page, spread[next], spread[next]);
                next++;
            }
        }
        for (int page : new int[] {TWO_FACED >> 12, 0x31, 0x32}) {
            place(page, frames[page], spread[next++]);
        }
    }

    private void place(int page, int frame, int secondFrame) {
        for (int alias = 0; alias <= ALIAS >> 12; alias += ALIAS >> 12) {
            frames[page + alias] = frame;
            secondFrames[page + alias] = secondFrame;
        }
    }

    private void makeSegments(SplittableRandom r) {
        int data = (mode.level << 5) + 0xC093;
        int code = (mode.level << 5) + 0xC09B;
        if (mode.isFlat()) {
            set(CS, 0, -1, code);
            set(SS, 0, -1, data);
            set(DS, 0, -1, data);
            set(ES, 0, -1, data);
            set(FS, DATA, r.nextBoolean() ? -1 : 0x6FFF, data);
            set(GS, 0xFFFF_F000, -1, data);
        } else if (mode.code32) {
            set(CS, 0x8000, 0xFFFF, code & ~0x8000);
            set(SS, 0x2_0000, 0x7FFF, data & ~0x8000);
            set(DS, DATA, 0x7FFF, data & ~0x8000);
            set(ES, r.nextBoolean() ? 0 : DATA, 0x3_6FFF, data & ~0x8000);
            set(FS, 0, -1, data);
            set(GS, 0x2_F000, 0xFFF, data & ~0x8000 | 4); // expand-down
        } else {
            boolean paragraphs = mode.hasParagraphs();
            int rights = mode == Mode.V86 ? 0xF3 : 0x93 | mode.level << 5;
            set(CS, CODE, 0xFFFF, paragraphs ? rights : rights | 8);
            set(SS, 0x2_0000, 0xFFFF, rights);
            set(DS, DATA, 0xFFFF, rights);
            set(ES, DATA, 0xFFFF, rights);
            set(FS, CODE, 0xFFFF, rights);
            set(GS, 0x2_0000, 0xFFFF, rights);
        }
        segments[CpuState.LDTR] = new SegmentState(0, 0, 0, 0x82);
        segments[CpuState.TR] = new SegmentState(TSS_SELECTOR, TSS, 0x2FF, 0x8B);
    }

    private void set(int segment, int base, int limit, int attributes) {
        int selector = mode.hasParagraphs() ? base >>> 4 : 0x38 + 8 * segment | mode.level;
        segments[segment] = new SegmentState(selector, base, limit, attributes);
    }

    /** Whether the program changes the tables of the system. */
    boolean changesTables() {
        return mode.isFlat() && Math.floorMod(seed, 1000L) >= TABLES_FROM;
    }

    int base(int segment) {
        return segments[segment].base();
    }

    int selector(int segment) {
        return segments[segment].selector();
    }

    /** The physical address of a linear one under the first page tables. */
    long physical(int linear) {
        return mode.isPaged() ? (long) frames[linear >>> 12] << 12 | linear & 0xFFF : linear;
    }

    /** The physical address of a linear one under the second page tables. */
    long secondPhysical(int linear) {
        return mode.isPaged() ? (long) secondFrames[linear >>> 12] << 12 | linear & 0xFFF : linear;
    }

    /** Linear address of the page table of the first or the second set. */
    int pageTable(boolean second) {
        int at = TABLE + (second ? 0x4000 : 0) + (mode.paging == Mode.Paging.PAE ? 0x2000 : 0x1000);
        return at;
    }

    int directory(boolean second) {
        return TABLE + (second ? 0x4000 : 0);
    }

    /** Fills memory: tables, handlers, data. */
    void fill(GuestMemory memory) {
        SplittableRandom r = new SplittableRandom(seed ^ 0x5EED);
        Writer w = new Writer(memory.ram());
        for (int page = DATA; page < DATA_END; page += 0x1000) {
            w.bytes(physical(page), Values.bytes(r, 0x1000));
            if (secondPhysical(page) != physical(page)) {
                w.bytes(secondPhysical(page), Values.bytes(r, 0x1000));
            }
        }
        for (int i = 0; i < CONTROLS; i++) {
            int unmasked = i < CONTROLS - 2 ? 0 : r.nextInt(0x40);
            int control = i < 3 ? 0x37F - (i << 8) : 0x7F | r.nextInt(0x10) << 8;
            w.put(physical(CONTROL_WORDS + 2 * i), control & ~unmasked);
            w.put(physical(CONTROL_WORDS + 2 * i + 1), control >> 8);
            w.dword(physical(MXCSR_WORDS + 4 * i), 0x1F80 & ~(unmasked << 7) | (i < 3 ? 0 : r.nextInt() & 0xE040));
        }
        w.bytes(ROM, Values.bytes(r, 0x1000));
        tables(w);
        Handlers handlers = new Handlers(this);
        handlers.write(w);
        if (mode.isPaged()) {
            pageTables(w, r);
        }
        routine(w, physical(TWO_FACED), r);
        routine(w, secondPhysical(TWO_FACED), r);
        routine(w, HIGH, r);
        routine(w, HIGH - 0x10_0000, r);
        routine(w, physical(WRITTEN), r);
        // What the pages of code read as while they are shadowed: the same, but other routines.
        for (int page = 0; page < 0x100; page++) {
            MemorySegment.copy(memory.ram(), (long) page << 12, memory.secondBank(), (long) page << 12, 0x1000);
        }
        Writer second = new Writer(memory.secondBank());
        routine(second, physical(TWO_FACED), r);
        routine(second, physical(WRITTEN), r);
        memory.setReadOnly(ROM >> 12, true);
    }

    /** {@code add al, n; xor bh, n; ret}: the same bytes in 16-bit and 32-bit code. */
    private static void routine(Writer w, long physical, SplittableRandom r) {
        w.bytes(physical, new byte[] {
            4, (byte) r.nextInt(), (byte) 0x80, (byte) 0xF7, (byte) r.nextInt(), (byte) 0x90, (byte) 0xC3
        });
    }

    private void tables(Writer w) {
        descriptor(w, FLAT_CODE, new SegmentState(0, 0, -1, 0xC09B));
        descriptor(w, FLAT_DATA, new SegmentState(0, 0, -1, 0xC093));
        descriptor(w, USER_CODE, new SegmentState(0, 0, -1, 0xC0FB));
        descriptor(w, USER_DATA, new SegmentState(0, 0, -1, 0xC0F3));
        descriptor(w, TSS_SELECTOR, segments[CpuState.TR]);
        for (int i = 0; i < 6; i++) {
            descriptor(w, 0x38 + 8 * i, segments[i]);
        }
        for (int i = 0; i < EXTRA_COUNT; i++) {
            int attributes = new int[] {0xC0F3, 0xC093, 0x40F3, 0xC0F7, 0xC0FB, 0xC09F}[i];
            descriptor(w, EXTRA + 8 * i, new SegmentState(0, i < 2 ? 0 : DATA, i < 2 ? -1 : 0xF_FFFF, attributes));
        }
        descriptor(w, CONFORMING, new SegmentState(0, 0, -1, 0xC09F));
        w.dword(TSS + 4, KERNEL_STACK);
        w.dword(TSS + 8, FLAT_DATA);
        w.dword(TSS + 0x64, 0x68 << 16);
    }

    private static void descriptor(Writer w, int selector, SegmentState s) {
        boolean pages = (s.attributes() & 0x8000) != 0;
        int limit = pages ? s.limit() >>> 12 : s.limit();
        int at = GDT + (selector & ~7);
        w.dword(at, limit & 0xFFFF | s.base() << 16);
        w.dword(
                at + 4,
                s.base() & 0xFF00_0000 | s.base() >>> 16 & 0xFF | limit & 0xF_0000 | (s.attributes() & 0xF0FF) << 8);
    }

    private void pageTables(Writer w, SplittableRandom r) {
        boolean pae = mode.paging == Mode.Paging.PAE;
        for (boolean second : new boolean[] {false, true}) {
            int table = pageTable(second);
            int top = directory(second);
            if (pae) {
                w.dword(top, top + 0x1000 | 1);
                w.dword(top + 0x1000, table | 7);
                w.dword(top + 0x1008, table + 0x1000 | 7);
            } else {
                w.dword(top, table | 7);
            }
            for (int page = 0; page < 0x400; page++) {
                int frame = (second ? secondFrames : frames)[page];
                int rights =
                        switch (page) {
                            case ABSENT_PAGE -> 6;
                            case READ_ONLY_PAGE -> 5;
                            case SUPERVISOR_PAGE -> 3;
                            default -> 7;
                        };
                boolean changes = page >= 0x10 && page < 0x38;
                int global = !changes && r.nextBoolean() ? 0x100 : 0;
                w.dword(table + page * mode.entrySize(), frame << 12 | rights | global);
            }
        }
    }

    /** Writes a program's bytes to where its linear addresses lead, and to where they lead without paging. */
    void load(GuestMemory memory, int linear, byte[] bytes) {
        Writer w = new Writer(memory.ram());
        Writer second = new Writer(memory.secondBank());
        for (int i = 0; i < bytes.length; i++) {
            w.put(physical(linear + i), bytes[i]);
            w.put(secondPhysical(linear + i), bytes[i]);
            w.put(linear + i, bytes[i]);
            second.put(physical(linear + i), bytes[i]);
        }
    }

    /** The state at the first instruction. */
    CpuState start(int linear) {
        SplittableRandom r = new SplittableRandom(seed ^ 0x57A7E);
        CpuState s = CpuState.afterReset(Forms.MODEL);
        System.arraycopy(segments, 0, s.segments, 0, 8);
        s.eip = linear - base(CS);
        for (int i = 0; i < 8; i++) {
            s.gpr[i] = Values.word(r);
        }
        s.gpr[4] = STACK - base(SS);
        s.eflags = 0x202 | iopl << 12 | (mode == Mode.V86 ? 1 << 17 : 0);
        s.gdtBase = GDT;
        s.gdtLimit = 0xFF;
        s.idtBase = mode.isProtected() ? IDT : 0;
        s.idtLimit = mode.isProtected() ? 0x7FF : 0x3FF;
        s.cr0 = 0x30 | (mode.isProtected() ? 1 : 0) | (mode.isPaged() ? 0x8000_0000 : 0) | r.nextInt(2) << 16;
        s.cr0 |= mode.level == 3 && r.nextInt(4) == 0 ? 1 << 18 : 0; // AM
        s.cr3 = directory(false);
        s.cr4 = 0x610 | r.nextInt(2) << 7 | (mode.paging == Mode.Paging.PAE ? 0x20 : 0);
        if (mode.paging == Mode.Paging.PAE) {
            s.pdpte[0] = directory(false) + 0x1000 | 1;
        }
        s.fxsave = Values.floatingPoint(r);
        s.dr[1] = DATA + r.nextInt(0x200) * 4;
        s.dr[7] = 0x400 | (r.nextBoolean() ? 0xD : 0xF) << 20;
        s.msrNumbers = new int[] {0x174, 0x175, 0x176};
        s.msrValues = new long[] {FLAT_CODE, KERNEL_STACK, new Handlers(this).systemEntry()};
        return s;
    }

    /** Stores to physical memory before the machine starts. */
    record Writer(MemorySegment memory) {
        void put(long at, int value) {
            memory.set(ValueLayout.JAVA_BYTE, at, (byte) value);
        }

        void dword(long at, int value) {
            for (int i = 0; i < 4; i++) {
                put(at + i, value >> 8 * i);
            }
        }

        void bytes(long at, byte[] bytes) {
            MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, at, bytes.length);
        }
    }
}
