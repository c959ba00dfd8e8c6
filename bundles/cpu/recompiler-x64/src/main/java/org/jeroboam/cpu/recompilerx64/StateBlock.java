package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.hardware.memory.HostMemory.copyIn;
import static org.jeroboam.hardware.memory.HostMemory.copyOut;
import static org.jeroboam.hardware.memory.HostMemory.getInt;
import static org.jeroboam.hardware.memory.HostMemory.putByte;
import static org.jeroboam.hardware.memory.HostMemory.putInt;
import static org.jeroboam.hardware.memory.HostMemory.putLong;

import java.lang.foreign.MemorySegment;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.exec.DescriptorView;
import org.jeroboam.cpu.x86.exec.Engine;
import org.jeroboam.cpu.x86.exec.NativeTables;

/**
 * The part of the processor's state that generated code reaches, through R15. Behind the fields lie the cells by which
 * regions are linked: data, so that no code is ever changed.
 */
final class StateBlock implements AutoCloseable {
    /** EAX ECX EDX EBX ESP EBP ESI EDI. */
    static final int REGISTERS = 0;
    /** The arithmetic flags: OF in bit 0; SF ZF AF PF CF in the high byte as LAHF has them. */
    static final int FLAGS = 32;
    /** The byte of {@link #FLAGS} with SF ZF AF PF CF. */
    static final int FLAGS_LAHF = FLAGS + 1;

    static final int BUDGET = 36;
    /** Number of the exit that was taken. */
    static final int EXIT = 40;
    /** Linear address of the access that missed. */
    static final int LINEAR = 44;
    /** Target of the indirect branch that was not found. */
    static final int TARGET = 48;
    /** EFLAGS but for the arithmetic ones, as PUSHF shows them. */
    static final int SYSTEM_FLAGS = 52;
    /** Not 0 when generated code has changed segment registers or the privilege level. */
    static final int SEGMENTS_CHANGED = 56;
    /** The budget at the instruction boundary that is in the shadow of STI, or -1. */
    static final int SHADOW = 60;
    /** The budget at the instruction boundary where RF is set, or -1. */
    static final int RESUME = 64;
    /** The same as {@link #SHADOW} behind a load of SS. */
    static final int SHADOW_OF_SS = 68;
    /** Bytes that generated code changes and Java looks at after each exit: all up to here. */
    private static final int LEFT = 72;

    /** Not 0 when IF must not be touched by generated code: an interrupt waits, or NMI is blocked until IRET. */
    static final int GUARDED = 72;
    /** CR0 to CR4, four bytes each. */
    static final int CONTROL = 76;
    /** Not 0 when {@link PageWalk} may be used. */
    static final int WALK = 96;
    /** {@link Engine#stamp()} in the high half, 0 below. */
    static final int STAMP = 104;

    static final int GLOBAL_STAMP = 112;
    /** Bytes that are written each time before code is entered: all up to here. */
    private static final int ENTERED = 120;

    static final int READ_TABLE = 120;
    /** Address of the table of branch targets for the present mode. */
    static final int LOOKUP = 128;
    /** Last readable offset of each segment, eight bytes each. */
    static final int READ_TOP = 136;

    static final int WRITE_TOP = 184;
    /** Bases of ES CS SS DS FS GS, four bytes each; so the next three. */
    static final int BASE = 232;

    static final int SELECTOR = 256;
    static final int LIMIT = 280;
    static final int ATTRIBUTES = 304;
    /** A byte for each segment register: 1 when a return to level 3 leaves it as it is. */
    static final int OUTER = 328;
    /** The privilege level, 0 or 3 wherever generated code changes it. */
    static final int LEVEL = 336;
    /** TLB for reads of level 0, and of level 3. */
    static final int SUPERVISOR_TABLE = 344;

    static final int USER_TABLE = 352;
    /** Table of branch targets for level 0, and for level 3. */
    static final int SUPERVISOR_LOOKUP = 360;

    static final int USER_LOOKUP = 368;
    /** SYSENTER_CS without its lowest bits, SYSENTER_ESP, SYSENTER_EIP. */
    static final int SYSENTER = 376;
    /** What {@link PrivilegeCode} was asked for: a selector or an event. */
    static final int WANTED = 388;
    /** Offset to return to from an event. */
    static final int RETURN = 392;
    /** Error code of an event. */
    static final int ERROR = 396;
    /** Scratch of {@link PrivilegeCode}. */
    static final int FRAME = 400;

    static final int NEW_TOP = 408;
    static final int NEW_ATTRIBUTES = 416;
    static final int NEW_STACK = 420;
    /** A byte for each segment register: {@link Engine#isParagraph}. */
    static final int PARAGRAPH = 424;
    /** Where {@link StringEmitter} and {@link ParagraphEmitter} keep a host address or a selector, eight bytes. */
    static final int SOURCE = 432;
    /** Of {@link HostTime}: the host's counter and the guest's at one moment, the first being later. */
    static final int ANCHOR_HOST = 440;

    static final int ANCHOR_GUEST = 448;
    /** For how much of the host's counter from then on the guest's may be computed. */
    static final int TIME_LIMIT = 456;
    /** Guest clocks for each host clock, times 2^32. */
    static final int TIME_RATE = 464;
    /** The host's counter before the last exit for the time. */
    static final int HOST_BEFORE = 472;
    /** Of {@link Returns}: the host's own stack pointer, eight bytes; so the next ones. */
    static final int HOST_STACK = 1088;
    /** The stack pointer of generated code. */
    static final int RETURNS = 1096;
    /** That of level 3 while level 0 runs. */
    static final int OUTER_RETURNS = 1104;

    static final int RETURNS_TOP = 1112;
    /** The lowest with which code is entered. */
    static final int RETURNS_LOWEST = 1120;
    /** The address in the last entry. */
    static final int RETURNS_LOOKUP = 1128;
    /** Where a transfer of {@link PrivilegeCode} comes back to when it refuses, eight bytes. */
    static final int REFUSED = 1136;

    /** IDTR. */
    static final int IDT_BASE = 480;

    static final int IDT_LIMIT = 484;
    /** The operand of a {@link FlagRecipe} that is not in a register. */
    static final int KEPT = 488;
    /** Address of the {@link org.jeroboam.cpu.x86.exec.WalkTables}. */
    static final int WALK_TABLES = 496;

    // Bytes 1952 to 2567 are those of PageCrossing and FloatingState, 4096 to 16383 those of KnownDescriptors.

    private static final int CELLS = 16384;
    private static final int SIZE = 32 << 20;
    /** Bytes of a cell: the stamp under which it holds, and where it leads. */
    static final int CELL = 16;

    final long address = NativeTables.allocate(SIZE);
    /** The first {@link #ENTERED} bytes. */
    private final int[] near = new int[ENTERED >> 2];

    private final MemorySegment segment = MemorySegment.ofArray(near);
    private int used = CELLS;
    private boolean closed;

    /** Makes a cell that leads nowhere yet. @return its displacement from R15 */
    int cell() {
        int cell = used;
        used += CELL;
        putLong(address + cell, 0);
        putLong(address + cell + 8, 0);
        return cell;
    }

    boolean cellsLeft(int wanted) {
        return used + (long) wanted * CELL <= SIZE;
    }

    void forgetCells() {
        used = CELLS;
    }

    void setCell(int cell, int stamp, long target) {
        putLong(address + cell, (long) stamp << 32);
        putLong(address + cell + 8, target);
    }

    /** A field; of those up to {@link #ENTERED} as {@link #pull} found it. */
    int get(int field) {
        return field < ENTERED ? near[field >> 2] : getInt(address + field);
    }

    void set(int field, int value) {
        putInt(address + field, value);
        if (field < ENTERED) {
            near[field >> 2] = value;
        }
    }

    void set(int field, long value) {
        putLong(address + field, value);
    }

    /** After an exit: fetches what generated code may have changed, in one go, for single accesses are dear. */
    void pull() {
        copyOut(address, segment, 0, LEFT);
    }

    void load(Engine engine) {
        System.arraycopy(engine.registers(), 0, near, REGISTERS >> 2, 8);
        int status = engine.status();
        near[FLAGS >> 2] = (status & 0xFF) << 8 | status >>> 11 & 1;
        near[BUDGET >> 2] = engine.budget();
        near[SYSTEM_FLAGS >> 2] = engine.systemFlags();
        near[SEGMENTS_CHANGED >> 2] = 0;
        near[SHADOW >> 2] = -1;
        near[SHADOW_OF_SS >> 2] = -1;
        near[RESUME >> 2] = -1;
        int level = engine.level();
        near[GUARDED >> 2] = engine.interruptsOpen() && (level == 0 || level == 3) ? 0 : 1;
        for (int i = 0; i < 5; i++) {
            near[(CONTROL >> 2) + i] = engine.control(i);
        }
        near[WALK >> 2] = engine.mayWalk() ? 1 : 0;
        near[(STAMP >> 2) + 1] = engine.stamp();
        near[(GLOBAL_STAMP >> 2) + 1] = engine.globalStamp();
        copyIn(address, segment, 0, ENTERED);
    }

    void store(Engine engine) {
        System.arraycopy(near, REGISTERS >> 2, engine.registers(), 0, 8);
        int flags = near[FLAGS >> 2];
        engine.setFlags(near[SYSTEM_FLAGS >> 2]);
        engine.setStatus(flags >>> 8 & EFlags.STATUS | (flags & 1) << 11);
    }

    void loadSegments(Engine engine) {
        for (int i = 0; i < 6; i++) {
            putLong(address + READ_TOP + 8 * i, engine.readTop(i));
            putLong(address + WRITE_TOP + 8 * i, engine.writeTop(i));
            putInt(address + BASE + 4 * i, engine.segmentBase(i));
            putInt(address + SELECTOR + 4 * i, engine.selector(i));
            putInt(address + LIMIT + 4 * i, engine.segmentLimit(i));
            int attributes = engine.segmentAttributes(i);
            putInt(address + ATTRIBUTES + 4 * i, attributes);
            putByte(address + PARAGRAPH + i, engine.isParagraph(i) ? 1 : 0);
            putByte(address + OUTER + i, DescriptorView.outer(engine.selector(i), attributes) ? 1 : 0);
        }
        putInt(address + LEVEL, engine.level());
        putInt(address + IDT_BASE, engine.interruptTable());
        putInt(address + IDT_LIMIT, engine.interruptTableLimit());
        set(SEGMENTS_CHANGED, 0);
        putLong(address + READ_TABLE, engine.readTable());
        putLong(address + SUPERVISOR_TABLE, engine.readTable(false));
        putLong(address + USER_TABLE, engine.readTable(true));
        for (int i = 0; i < 3; i++) {
            putInt(address + SYSENTER + 4 * i, engine.sysenter(i));
        }
    }

    /** Brings home what generated code did to segment registers and the privilege level. */
    void storeSegments(Engine engine) {
        for (int i = 0; i < 6; i++) {
            engine.setSegment(
                    i,
                    getInt(address + SELECTOR + 4 * i),
                    getInt(address + BASE + 4 * i),
                    getInt(address + LIMIT + 4 * i),
                    getInt(address + ATTRIBUTES + 4 * i));
        }
        engine.setLevel(getInt(address + LEVEL));
        set(SEGMENTS_CHANGED, 0);
        putLong(address + READ_TABLE, engine.readTable());
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            NativeTables.free(address);
        }
    }
}
