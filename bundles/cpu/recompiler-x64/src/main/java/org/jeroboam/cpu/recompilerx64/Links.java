package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R11;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.R8;
import static org.jeroboam.cpu.recompilerx64.Assembler.R9;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jeroboam.cpu.x86.exec.Engine;
import org.jeroboam.cpu.x86.exec.NativeTables;
import org.jeroboam.cpu.x86.exec.Place;
import org.jeroboam.hardware.memory.HostMemory;

/**
 * How regions find one another. A branch with a fixed target goes through a cell: within a page by itself (the page's
 * code comes and goes as a whole), to another page only while the stamp under which it was linked still holds. An indirect
 * branch looks in a table by CS offset and stamp, one table for each mode; a target has its place there or, when another one came
 * later, the one beside.
 */
final class Links implements AutoCloseable {
    /** Entries of a table of targets. */
    static final int TARGETS = 32768;

    private static final int ENTRY = 16;

    /** A cell, and the code that asks for its target. */
    private static final class Cell {
        final int target;
        final int displacement;
        long stub;
        final List<Integer> jumps = new ArrayList<>();
        /** Jumps that are calls, each followed by where it comes back to. */
        final List<Integer> calls = new ArrayList<>();

        Cell(int target, int displacement) {
            this.target = target;
            this.displacement = displacement;
        }
    }

    /** The cells of one view of a page, by target. */
    private static final class Cells {
        final Map<Integer, Cell> byTarget = new HashMap<>();
        /** Code of loops within regions that begin elsewhere. */
        final Map<Integer, Long> loops = new HashMap<>();
    }

    private final Assembler asm;
    private final Exits exits;
    private final StateBlock state;
    private final long[] blocks = new long[Engine.MODES];
    private final long[] tables = new long[Engine.MODES];
    private final List<Cell> fresh = new ArrayList<>();
    private final List<Cell> used = new ArrayList<>();
    private long exitCode;
    private long lookupExit;
    private long userSearch;
    private long search;

    Links(Assembler asm, Exits exits, StateBlock state) {
        this.asm = asm;
        this.exits = exits;
        this.state = state;
    }

    /** Emits what all regions share, behind the common exit. */
    void start(long commonExit) {
        exitCode = commonExit;
        lookupExit = asm.here();
        leave(exits.add(Exits.LOOKUP, 0, 0, 0));
        userSearch = asm.here();
        search(true);
        search = asm.here();
        search(false);
    }

    /** Emits what looks at the other places and stamps: R9 is the first entry, R8 the key that it does not have. */
    private void search(boolean user) {
        beside();
        asm.rm(0x3B, 8, R8, Address.of(R9, 0)); // cmp
        int found = asm.jcc(Assembler.EQUAL);
        asm.mov(R8, R11);
        asm.rm(0x0B, 8, R8, stamp(!user)); // or
        asm.rm(0x3B, 8, R8, Address.of(R9, 0));
        int foundOther = asm.jcc(Assembler.EQUAL);
        beside();
        asm.rm(0x3B, 8, R8, Address.of(R9, 0));
        asm.jccTo(Assembler.NOT_EQUAL, lookupExit);
        asm.bind(found);
        asm.bind(foundOther);
        asm.jmp(Address.of(R9, 8));
    }

    private void beside() {
        asm.rri8(0x83, 8, 6, R9, ENTRY); // xor
    }

    /** The stamp that a target most likely has: the system's pages are global. */
    private static Address stamp(boolean user) {
        return Address.of(R15, user ? StateBlock.STAMP : StateBlock.GLOBAL_STAMP);
    }

    /** Emits the jump to the CS offset in R11, by the table of known targets. Flags must be in memory. */
    void lookup(boolean user) {
        lookup(user, false);
    }

    /**
     * The same where CS has a base, which is part of a target's place in the table; what is found there looks itself whether
     * it is that of the base.
     */
    void lookupBased(boolean user) {
        lookup(user, true);
    }

    /** Emits the exit to the CS offset in R11 that is taken on a condition, as if the table did not have it. */
    void lookupMiss(int condition) {
        asm.jccTo(condition, lookupExit);
    }

    private void lookup(boolean user, boolean based) {
        asm.mov(R8, R11);
        asm.mov(R9, R11);
        if (based) {
            asm.rm(0x03, 4, R9, Address.of(R15, StateBlock.BASE + 4)); // add, CS
        }
        asm.rri(0x81, 4, 4, R9, TARGETS - 1); // and
        asm.rri8(0xC1, 4, 4, R9, 4); // shl
        asm.rm(0x03, 8, R9, Address.of(R15, StateBlock.LOOKUP));
        asm.rm(0x0B, 8, R8, stamp(user)); // or
        asm.rm(0x3B, 8, R8, Address.of(R9, 0));
        asm.jccTo(Assembler.NOT_EQUAL, user ? userSearch : search);
        asm.jmp(Address.of(R9, 8));
    }

    /** Emits the jump to a fixed target outside the region. Flags must be in memory. */
    void jump(Place from, int target) {
        Cell cell = cell(from, target);
        if (!RegionFinder.samePage(from, target)) {
            cell.jumps.add(unlessHolds(from, cell));
        }
        asm.jmp(Address.of(R15, cell.displacement + 8));
    }

    /** Emits a call of a fixed target outside the region. Flags must be in memory. */
    void call(Place from, int target) {
        Cell cell = cell(from, target);
        if (!RegionFinder.samePage(from, target)) {
            cell.calls.add(unlessHolds(from, cell));
        }
        asm.call(Address.of(R15, cell.displacement + 8));
        if (!RegionFinder.samePage(from, target)) {
            cell.calls.add(asm.size());
        }
    }

    /** Emits the look whether a link to another page holds. @return the jump taken when it does not */
    private int unlessHolds(Place from, Cell cell) {
        asm.load64(R8, Address.of(R15, cell.displacement));
        boolean user = (from.mode() & Engine.USER) != 0;
        asm.rm(0x3B, 8, R8, stamp(user));
        int holds = asm.jccShort(Assembler.EQUAL);
        asm.rm(0x3B, 8, R8, stamp(!user));
        int jump = asm.jcc(Assembler.NOT_EQUAL);
        asm.bindShort(holds);
        used.add(cell);
        return jump;
    }

    private Cell cell(Place from, int target) {
        Cells cells = cells(from);
        Cell cell = cells.byTarget.get(target);
        if (cell == null) {
            cell = new Cell(target, state.cell());
            cells.byTarget.put(target, cell);
            fresh.add(cell);
        }
        return cell;
    }

    private static Cells cells(Place place) {
        Cells cells = (Cells) place.attachment();
        if (cells == null) {
            cells = new Cells();
            place.attach(cells);
        }
        return cells;
    }

    /** Keeps a way into a region of a place's page for the time when it is wanted. */
    void keep(Place region, int eip, long code) {
        cells(region).loops.putIfAbsent(eip, code);
    }

    /** The code that was kept for a place, or 0. */
    long kept(Place place) {
        Cells cells = (Cells) place.attachment();
        Long code = cells == null ? null : cells.loops.get(place.eip());
        return code == null ? 0 : code;
    }

    /** Emits the code that asks for targets, behind the region. */
    void emitCold() {
        for (Cell cell : fresh) {
            cell.stub = asm.here();
            leave(exits.add(Exits.LINK, cell.target, 0, cell.displacement));
            state.setCell(cell.displacement, 0, cell.stub);
        }
        fresh.clear();
        for (Cell cell : used) {
            for (int jump : cell.jumps) {
                asm.bind(jump, (int) (cell.stub - (asm.here() - asm.size())));
            }
            cell.jumps.clear();
            for (int i = 0; i < cell.calls.size(); i += 2) {
                asm.bind(cell.calls.get(i));
                int call = asm.call();
                asm.bind(call, (int) (cell.stub - (asm.here() - asm.size())));
                asm.bind(asm.jmp(), cell.calls.get(i + 1));
            }
            cell.calls.clear();
        }
        used.clear();
    }

    private void leave(int exit) {
        asm.movi(R9, exit);
        asm.jmpTo(exitCode);
    }

    /** The table of targets for a mode. */
    long table(int mode) {
        if (tables[mode] == 0) {
            blocks[mode] = NativeTables.allocate((long) TARGETS * ENTRY + ENTRY);
            tables[mode] = blocks[mode] + ENTRY & -2 * ENTRY; // pairs begin at multiples of their size
        }
        return tables[mode];
    }

    /** Enters a place with code into the table of its mode. */
    void enter(Place place) {
        long entry = table(place.mode()) + (long) (place.eip() + place.codeBase() & TARGETS - 1) * ENTRY;
        long key = (long) place.stamp() << 32 | place.eip() & 0xFFFF_FFFFL;
        long before = HostMemory.getLong(entry);
        if ((int) before != place.eip()) {
            HostMemory.putLong(entry ^ ENTRY, before);
            HostMemory.putLong((entry ^ ENTRY) + 8, HostMemory.getLong(entry + 8));
        }
        HostMemory.putLong(entry, key);
        HostMemory.putLong(entry + 8, place.code());
    }

    /** Empties all tables: their code is gone. */
    void forget() {
        for (long table : tables) {
            if (table != 0) {
                for (int i = 0; i < TARGETS; i++) {
                    HostMemory.putLong(table + (long) i * ENTRY, 0);
                }
            }
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < tables.length; i++) {
            if (tables[i] != 0) {
                NativeTables.free(blocks[i]);
                tables[i] = 0;
            }
        }
    }
}
