package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R9;

import java.util.ArrayList;
import java.util.List;

/** What is emitted behind a region: the rare ways out of its instructions. */
final class ColdPaths {
    private enum Kind {
        MISS_READ,
        MISS_WRITE,
        FAULT_READ,
        FAULT_WRITE,
        INTERPRET,
        UNALIGNED_READ,
        UNALIGNED_WRITE,
        FLOATING,
        BUDGET,
        SYSTEM,
        TIME
    }

    /** One rare way: the jump that leads to it, and all that must be known then. */
    private record Path(
            Kind kind, int jump, int eip, int refund, int resume, int size, int x87, FlagRecipe owed, int again) {}

    private final Assembler asm;
    private final FlagKeeper flags;
    private final Exits exits;
    private final FloatingCode floating;
    private final PageCrossing crossing;
    private final PageWalk walk;
    private final CodeNeighbours neighbours;
    private final List<Path> paths = new ArrayList<>();
    private long exitCode;
    private int eip;
    private int refund;
    private int resume;
    private int x87;

    ColdPaths(
            Assembler asm,
            FlagKeeper flags,
            Exits exits,
            FloatingCode floating,
            PageCrossing crossing,
            PageWalk walk,
            CodeNeighbours neighbours) {
        this.asm = asm;
        this.flags = flags;
        this.exits = exits;
        this.floating = floating;
        this.crossing = crossing;
        this.walk = walk;
        this.neighbours = neighbours;
    }

    /**
     * A new region.
     *
     * @param commonExit executable address of the code that leaves, with the exit's number in R9
     */
    void start(long commonExit) {
        exitCode = commonExit;
        paths.clear();
    }

    /**
     * A new instruction.
     *
     * @param at its CS offset
     * @param unexecuted instructions paid for from this one on
     */
    void instruction(int at, int unexecuted) {
        eip = at;
        refund = unexecuted;
        resume = -1;
    }

    /** From here on the instruction can be done again: EFLAGS are not needed, nothing is changed. */
    void resumable() {
        if (resume < 0) {
            resume = asm.size();
        }
    }

    /**
     * A jump taken when the TLB has no entry.
     *
     * @param bytes that are written at R8, in a page with code beside it if nothing but the page's end remains to be looked at; or 0
     */
    void miss(int jump, boolean write, int bytes) {
        add(write ? Kind.MISS_WRITE : Kind.MISS_READ, jump, resume, bytes);
    }

    /** The same where nothing else can fault before, and a page fault is that of the address in R8. */
    void missOrFault(int jump, boolean write, int bytes) {
        add(write ? Kind.FAULT_WRITE : Kind.FAULT_READ, jump, resume, bytes);
    }

    /** A jump taken when the instruction is the interpreter's. */
    void interpret(int jump) {
        add(Kind.INTERPRET, jump, 0, 0);
    }

    /** A jump taken when {@link PrivilegeCode} refuses: the instruction is the interpreter's. */
    void system(int jump, int what) {
        add(Kind.SYSTEM, jump, 0, what);
    }

    /** A jump taken when the time is not known: it goes on here, EDX:EAX being the time stamp then. */
    void time(int jump) {
        add(Kind.TIME, jump, asm.size(), 0);
    }

    /** A jump taken when the budget is less than wanted. */
    void budget(int jump, int wanted) {
        add(Kind.BUDGET, jump, 0, wanted);
    }

    /**
     * A jump taken when an access is unaligned: it goes on behind the jump if it stays in its page, or reads both pages.
     */
    void unaligned(int jump, int size, boolean write) {
        add(write ? Kind.UNALIGNED_WRITE : Kind.UNALIGNED_READ, jump, asm.size(), size);
    }

    private void add(Kind kind, int jump, int resumeAt, int size) {
        paths.add(new Path(kind, jump, eip, refund, resumeAt, size, x87, flags.owed(), resume));
    }

    /** Leaves at once: the instruction is the interpreter's. */
    void interpretNow(int at, int unexecuted) {
        leave(exits.add(Exits.INTERPRET, at, unexecuted, 0));
    }

    /** The last x87 instruction and data segment so far as a number, or 0 when memory has them. */
    void floating(int info) {
        x87 = info;
    }

    /** A jump taken when floating-point registers are not loaded: it goes on behind the jump once they are. */
    void floating(int jump, int need) {
        add(Kind.FLOATING, jump, asm.size(), need);
    }

    private void leave(int exit) {
        exits.setFloating(exit, x87);
        asm.movi(R9, exit);
        asm.jmpTo(exitCode);
    }

    private void saveFlags(Path path) {
        if (path.owed != null) {
            FlagKeeper.saveByRecipe(asm, path.owed);
        }
    }

    private void unaligned(Path path) {
        MemoryAccess.withinPage(asm, path.size);
        int inside = asm.jcc(6); // below or equal
        asm.bind(inside, path.resume);
        if (path.kind == Kind.UNALIGNED_WRITE) {
            saveFlags(path);
            interpretNow(path.eip, path.refund);
            return;
        }
        int miss = crossing.emit(path.size);
        asm.bind(asm.jmp(), path.resume);
        asm.bind(miss);
        saveFlags(path);
        walkOrLeave(
                exits.add(Exits.MISS_READ, path.eip, path.refund, asm.here() - asm.size() + path.again),
                false,
                path.again);
    }

    private void miss(Path path, byte kind) {
        long resumeAt = asm.here() - asm.size() + path.resume;
        int exit = exits.add(kind, path.eip, path.refund, resumeAt);
        if (path.kind == Kind.FAULT_READ || path.kind == Kind.FAULT_WRITE) {
            exits.setExact(exit);
        }
        walkOrLeave(exit, kind == Exits.MISS_WRITE, path.resume);
    }

    /** Looks the address in R8 up in the guest's tables and tries again, or leaves. */
    private void walkOrLeave(int exit, boolean write, int resumeAt) {
        exits.setFloating(exit, x87);
        asm.movi(R9, exit);
        walk.call(write);
        asm.bind(asm.jmp(), resumeAt);
    }

    /** Emits everything that was asked for. */
    void emit() {
        for (Path path : paths) {
            asm.bind(path.jump);
            x87 = path.x87;
            if ((path.kind == Kind.MISS_WRITE || path.kind == Kind.FAULT_WRITE) && path.size > 0) {
                asm.bind(neighbours.emit(path.size), path.jump);
            }
            if (path.kind != Kind.UNALIGNED_READ && path.kind != Kind.UNALIGNED_WRITE) {
                saveFlags(path);
            }
            switch (path.kind) {
                case MISS_READ, FAULT_READ -> miss(path, Exits.MISS_READ);
                case MISS_WRITE, FAULT_WRITE -> miss(path, Exits.MISS_WRITE);
                case UNALIGNED_READ, UNALIGNED_WRITE -> unaligned(path);
                case FLOATING -> {
                    long resumeAt = asm.here() - asm.size() + path.resume;
                    int exit = exits.add(Exits.FLOATING, path.eip, path.refund, resumeAt);
                    exits.setFloating(exit, x87);
                    asm.movi(R9, exit);
                    floating.callLoader(path.size);
                    asm.bind(asm.jmp(), path.resume);
                }
                case SYSTEM -> leave(exits.add(Exits.SYSTEM, path.eip, path.refund, path.size));
                case TIME -> {
                    HostTime.left(asm);
                    int exit = exits.add(Exits.TIME, path.eip, path.refund, asm.here());
                    leave(exit);
                    exits.setExtra(exit, asm.here());
                    HostTime.resumed(asm);
                    asm.bind(asm.jmp(), path.resume);
                }
                case BUDGET -> leave(exits.add(Exits.BUDGET, path.eip, 0, path.size));
                default -> interpretNow(path.eip, path.refund);
            }
        }
        paths.clear();
        x87 = 0;
    }
}
