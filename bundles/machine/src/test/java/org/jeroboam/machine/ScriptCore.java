package org.jeroboam.machine;

import java.util.List;
import org.jeroboam.hardware.cpu.Breakpoint;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;
import org.jeroboam.hardware.memory.MemoryListener;

/**
 * A core for tests with an instruction set of its own: 8 bytes per instruction, {@code op, register, 0, 0, int32}. An
 * interrupt saves EIP in EDI, clears IF and goes to the handler at {@code 0x800 + 4 * vector}.
 */
final class ScriptCore implements CpuCore, MemoryListener {
    static final int NOP = 0;
    static final int SET = 1;
    static final int ADD = 2;
    static final int OUT = 3;
    static final int IN = 4;
    static final int STORE = 5;
    static final int LOAD = 6;
    static final int JUMP = 7;
    static final int JUMP_IF_NOT_ZERO = 8;
    static final int HALT = 9;
    static final int STI = 10;
    static final int CLI = 11;
    static final int RETURN = 12;
    static final int TRIPLE_FAULT = 13;
    static final int CRASH = 14;
    /** Stores a register at the address in EBX, then adds 4 to EBX. */
    static final int PUSH = 15;
    /** OUT of 4 bytes. */
    static final int OUT_LONG = 16;
    /** Never comes back, whoever asks. */
    static final int SPIN = 17;

    static final int HANDLERS = 0x800;
    private static final int IF = 0x200;

    /** Ends {@link #SPIN}. */
    static volatile boolean released;

    private final CpuBus bus;
    private CpuState s;
    private ExitReason exit = ExitReason.BUDGET;
    private volatile boolean request;
    private long limit;
    private List<Breakpoint> breakpoints = List.of();
    private Breakpoint hit;
    private boolean executing;
    volatile boolean closed;

    ScriptCore(CpuBus bus, CpuModel model) {
        this.bus = bus;
        s = CpuState.afterReset(model);
        bus.memory().addListener(this);
    }

    static CpuCoreFactory factory(int rank) {
        return new CpuCoreFactory() {
            @Override
            public Probe probe() {
                return new Probe(true, rank, "for tests");
            }

            @Override
            public CpuCore create(CpuBus bus, CpuModel model) {
                return new ScriptCore(bus, model);
            }
        };
    }

    @Override
    public long run(long max) {
        long start = s.retired;
        limit = start + max;
        exit = ExitReason.BUDGET;
        hit = null;
        while (s.retired < limit) {
            if (request) {
                request = false;
                exit = ExitReason.REQUEST;
                break;
            }
            if (s.shutdown) {
                exit = ExitReason.SHUTDOWN;
                break;
            }
            if (s.nmiPending) {
                s.nmiPending = false;
                interrupt(2);
            } else if (s.interruptLine && (s.eflags & IF) != 0) {
                interrupt(bus.acknowledgeInterrupt());
            }
            if (s.halted) {
                exit = ExitReason.HALT;
                break;
            }
            for (Breakpoint breakpoint : breakpoints) {
                if (breakpoint.kind() == Breakpoint.Kind.EXECUTE && breakpoint.linear() == s.eip) {
                    hit = breakpoint;
                    exit = ExitReason.DEBUG;
                    return s.retired - start;
                }
            }
            executing = true;
            step();
            executing = false;
            s.retired++;
        }
        return s.retired - start;
    }

    private void interrupt(int vector) {
        s.halted = false;
        s.gpr[7] = s.eip;
        s.eflags &= ~IF;
        s.eip = bus.memory().read(HANDLERS + 4 * vector, 4);
    }

    private void step() {
        int at = s.eip;
        int head = bus.memory().read(at, 4);
        int operand = bus.memory().read(at + 4L, 4);
        s.eip = at + 8;
        int r = head >> 8 & 7;
        switch (head & 0xFF) {
            case NOP -> {}
            case SET -> s.gpr[r] = operand;
            case ADD -> s.gpr[r] += operand;
            case OUT -> bus.writePort(operand, 1, s.gpr[r] & 0xFF);
            case OUT_LONG -> bus.writePort(operand, 4, s.gpr[r]);
            case IN -> s.gpr[r] = bus.readPort(operand, 1);
            case STORE -> bus.memory().write(operand & 0xFFFFFFFFL, 4, s.gpr[r]);
            case LOAD -> s.gpr[r] = bus.memory().read(operand & 0xFFFFFFFFL, 4);
            case JUMP -> s.eip = operand;
            case JUMP_IF_NOT_ZERO -> s.eip = s.gpr[r] == 0 ? s.eip : operand;
            case HALT -> s.halted = true;
            case STI -> s.eflags |= IF;
            case CLI -> s.eflags &= ~IF;
            case RETURN -> {
                s.eip = s.gpr[7];
                s.eflags |= IF;
            }
            case TRIPLE_FAULT -> s.shutdown = true;
            case PUSH -> {
                bus.memory().write(s.gpr[3] & 0xFFFFFFFFL, 4, s.gpr[r]);
                s.gpr[3] += 4;
            }
            case SPIN -> {
                while (!released) {
                    Thread.onSpinWait();
                }
            }
            default -> throw new IllegalStateException("the script core met instruction " + head);
        }
    }

    @Override
    public ExitReason exitReason() {
        return exit;
    }

    @Override
    public long retired() {
        return s.retired;
    }

    @Override
    public void limitRun(long retired) {
        // Within a call-back the present instruction is not counted yet.
        limit = Math.min(limit, Math.max(retired, s.retired + 1));
    }

    @Override
    public void requestExit() {
        request = true;
    }

    @Override
    public void setInterruptLine(boolean asserted) {
        s.interruptLine = asserted;
    }

    @Override
    public void raiseNmi() {
        s.nmiPending = true;
    }

    @Override
    public void setA20(boolean open) {
        s.a20 = open;
    }

    @Override
    public CpuState save() {
        CpuState copy = new CpuState();
        copy(s, copy);
        return copy;
    }

    @Override
    public CpuState saveAtAccess() {
        CpuState copy = save();
        copy.eip = executing ? copy.eip - 8 : copy.eip;
        return copy;
    }

    @Override
    public void load(CpuState state) {
        s = new CpuState();
        copy(state, s);
    }

    private static void copy(CpuState from, CpuState to) {
        to.gpr = from.gpr.clone();
        to.eip = from.eip;
        to.eflags = from.eflags;
        to.segments = from.segments.clone();
        to.cr0 = from.cr0;
        to.fxsave = from.fxsave.clone();
        to.tscOffset = from.tscOffset;
        to.retired = from.retired;
        to.halted = from.halted;
        to.shutdown = from.shutdown;
        to.nmiPending = from.nmiPending;
        to.a20 = from.a20;
        to.interruptLine = from.interruptLine;
        to.ferr = from.ferr;
    }

    @Override
    public void setBreakpoints(List<Breakpoint> list) {
        breakpoints = list;
    }

    @Override
    public Breakpoint breakpointHit() {
        return hit;
    }

    @Override
    public long translate(int linear) {
        return linear & 0xFFFF_FFFFL;
    }

    @Override
    public void close() {
        closed = true;
        bus.memory().removeListener(this);
    }

    @Override
    public void pagesChanged(long firstPage, long count) {
        // nothing is cached
    }

    @Override
    public void codeWritten(long physical, int length) {
        // nothing is cached
    }
}
