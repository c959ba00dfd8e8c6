package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.hardware.memory.HostMemory.getInt;
import static org.jeroboam.hardware.memory.HostMemory.getShort;
import static org.jeroboam.hardware.memory.HostMemory.putInt;
import static org.jeroboam.hardware.memory.HostMemory.putLong;
import static org.jeroboam.hardware.memory.HostMemory.putShort;

import org.jeroboam.cpu.x86.EFlags;
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

    static final int READ_TABLE = 48;
    /** Address of the table of branch targets for the present mode. */
    static final int LOOKUP = 56;
    /** {@link Engine#stamp()} in the high half, 0 below. */
    static final int STAMP = 64;

    static final int GLOBAL_STAMP = 72;
    /** Target of the indirect branch that was not found. */
    static final int TARGET = 80;
    /** Last readable offset of each segment, eight bytes each. */
    static final int READ_TOP = 88;

    static final int WRITE_TOP = 136;
    static final int BASE = 184;
    /** EFLAGS but for the arithmetic ones, as PUSHF shows them. */
    static final int SYSTEM_FLAGS = 208;
    /** Not 0 when IF must not be touched by generated code: an interrupt waits, or CPL is not 0. */
    static final int GUARDED = 212;
    /** The budget at the instruction boundary that is in the shadow of STI, or -1. */
    static final int SHADOW = 216;

    /** CS, FS and GS: the others are flat wherever code is translated. */
    private static final int[] CHECKED = {1, 4, 5};

    // Bytes 1952 to 2543 are those of PageCrossing and FloatingState.

    private static final int CELLS = 4096;
    private static final int SIZE = 32 << 20;
    /** Bytes of a cell: the stamp under which it holds, and where it leads. */
    static final int CELL = 16;

    final long address = NativeTables.allocate(SIZE);
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

    int get(int field) {
        return getInt(address + field);
    }

    void set(int field, int value) {
        putInt(address + field, value);
    }

    void set(int field, long value) {
        putLong(address + field, value);
    }

    void load(Engine engine) {
        int[] registers = engine.registers();
        for (int i = 0; i < 8; i++) {
            putInt(address + REGISTERS + 4 * i, registers[i]);
        }
        int status = engine.status();
        putShort(address + FLAGS, (status & 0xFF) << 8 | status >>> 11 & 1);
        putInt(address + SYSTEM_FLAGS, engine.systemFlags());
        putInt(address + GUARDED, engine.interruptsOpen() ? 0 : 1);
        putInt(address + SHADOW, -1);
        putInt(address + BUDGET, engine.budget());
        putLong(address + STAMP, (long) engine.stamp() << 32);
        putLong(address + GLOBAL_STAMP, (long) engine.globalStamp() << 32);
    }

    void store(Engine engine) {
        int[] registers = engine.registers();
        for (int i = 0; i < 8; i++) {
            registers[i] = getInt(address + REGISTERS + 4 * i);
        }
        int flags = getShort(address + FLAGS);
        engine.setInterruptFlag((getInt(address + SYSTEM_FLAGS) & EFlags.IF) != 0);
        engine.setStatus(flags >>> 8 & EFlags.STATUS | (flags & 1) << 11);
    }

    void loadSegments(Engine engine) {
        for (int i : CHECKED) {
            putLong(address + READ_TOP + 8 * i, engine.readTop(i));
            putLong(address + WRITE_TOP + 8 * i, engine.writeTop(i));
            putInt(address + BASE + 4 * i, engine.segmentBase(i));
        }
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
