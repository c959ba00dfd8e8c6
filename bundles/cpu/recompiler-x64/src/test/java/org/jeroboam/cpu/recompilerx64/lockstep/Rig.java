package org.jeroboam.cpu.recompilerx64.lockstep;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jeroboam.hardware.cpu.Breakpoint;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;

/** One of the two machines of a lock-step run: a core with memory and pins of its own. */
final class Rig implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final Case c;
    private final boolean single;
    final GuestMemory memory = new GuestMemory(arena, Guest.RAM);
    final Pins pins = new Pins(memory);
    CpuCore core;
    private final CoreUnderTest maker;
    private boolean swapped;
    private List<Breakpoint> breakpoints = List.of();
    private ExitReason reason = ExitReason.BUDGET;
    private BitSet dirty = new BitSet();

    /**
     * A machine about to start a case.
     *
     * @param maker makes its core
     * @param single runs one instruction at a time
     */
    Rig(CoreUnderTest maker, Case c, boolean single) {
        this.c = c;
        this.maker = maker;
        this.single = single;
        c.guest().fill(memory);
        Program program = c.program();
        c.guest().load(memory, program.origin(), program.bytes());
        Guest.Writer writer = new Guest.Writer(memory.ram());
        for (Program.Pointer pointer : program.pointers()) {
            int value = program.address(pointer.target()) + pointer.addend();
            writer.dword(c.guest().physical(pointer.linear()), value);
        }
        for (Case.Data data : c.data()) {
            writer.bytes(c.guest().physical(data.linear()), data.bytes());
        }
        memory.setDevice(Guest.DEVICE >> 12, pins);
        core = maker.create(pins, Forms.MODEL);
        pins.connect(core, c.seed());
        pins.setSlots(
                Arrays.stream(program.slots()).mapToLong(c.guest()::physical).toArray());
        CpuState state = c.guest().start(program.origin());
        state.dr[0] = program.address((int) Math.floorMod(c.seed() >>> 5, (long) program.size()));
        core.load(state);
    }

    /**
     * Runs a number of instructions, or as many as it can. Requests to exit and the debugger's breakpoints only interrupt
     * it; what ends it early is a guest that halts, shuts down or lowers the limit.
     */
    long advance(long instructions) {
        long start = core.retired();
        long done = 0;
        pins.clearLimit();
        while (done < Math.min(instructions, pins.limit() - start)) {
            long left = Math.min(instructions, pins.limit() - start) - done;
            done += run(single ? 1 : left);
            if (reason == ExitReason.DEBUG && done < Math.min(instructions, pins.limit() - start)) {
                pins.noteBreakpoint(core.breakpointHit());
                core.setBreakpoints(List.of());
                done += run(1);
                core.setBreakpoints(breakpoints);
            }
            if (reason == ExitReason.HALT || reason == ExitReason.SHUTDOWN) {
                return done;
            }
        }
        reason = reason == ExitReason.REQUEST ? ExitReason.BUDGET : reason;
        return done;
    }

    private long run(long budget) {
        long before = core.retired();
        long ran = core.run(budget);
        reason = core.exitReason();
        boolean used = ran == budget || core.retired() == pins.limit();
        if (ran > budget || core.retired() != before + ran || reason == ExitReason.BUDGET && !used) {
            throw new AssertionError("ran " + ran + " of " + budget + " instructions until " + reason + ", retired "
                    + before + " became " + core.retired());
        }
        return ran;
    }

    ExitReason reason() {
        return reason;
    }

    /** The pages that were dirty when last asked. */
    BitSet dirty() {
        return dirty;
    }

    void happen(Event event) {
        int a = event.a();
        boolean b = event.b() == 1;
        switch (event.kind()) {
            case LOOK -> {
                // only compared
            }
            case INTERRUPT -> pins.raise(a);
            case WITHDRAW -> core.setInterruptLine(false);
            case NMI -> core.raiseNmi();
            case DMA -> {
                if (c.program().slots().length > 0) {
                    pins.dma(Math.floorMod(a, c.program().slots().length), event.b());
                }
            }
            case DMA_ANYWHERE -> memory.write(c.guest().physical(a), 4, event.b());
            case A20 -> core.setA20(a == 1);
            case READ_ONLY -> memory.setReadOnly((int) (c.guest().physical(a << 12) >> 12), b);
            case SHADOW -> memory.setShadowed((int) (c.guest().physical(a << 12) >> 12), b);
            case DIRTY_LOG -> memory.setDirtyLog(a == 1);
            case TAKE_DIRTY -> dirty = memory.takeDirty();
            case RELOAD -> core.load(core.save());
            case SWAP -> swap();
            case REQUEST -> core.requestExit();
            case BREAKPOINT -> watch(a, b);
            case NO_BREAKPOINTS -> watch(List.of());
        }
    }

    private void swap() {
        CpuState state = core.save();
        core.close();
        swapped = !swapped;
        core = (swapped ? CoreUnderTest.INTERPRETER : maker).create(pins, Forms.MODEL);
        pins.connect(core, c.seed());
        core.load(state);
        core.setBreakpoints(breakpoints);
    }

    private void watch(int a, boolean data) {
        watch(List.of(
                data
                        ? new Breakpoint(Breakpoint.Kind.ACCESS, a, 8)
                        : new Breakpoint(Breakpoint.Kind.EXECUTE, c.program().address(a), 1)));
    }

    private void watch(List<Breakpoint> list) {
        breakpoints = list;
        core.setBreakpoints(list);
    }

    @Override
    public void close() {
        core.close();
        int listeners = memory.listeners();
        arena.close();
        if (listeners != 0) {
            throw new AssertionError("a closed core still listens to the memory");
        }
    }
}
