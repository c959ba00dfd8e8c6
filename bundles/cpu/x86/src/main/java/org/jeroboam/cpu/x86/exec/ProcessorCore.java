package org.jeroboam.cpu.x86.exec;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.hardware.cpu.Breakpoint;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;
import org.jeroboam.hardware.memory.MemoryListener;

/**
 * The core as the machine sees it: the run loop with budget, interrupts, traps and exits. The inner loop executes
 * linked instructions and counts; everything else happens at instruction boundaries between inner loops. An instruction
 * that ends in an exception counts as one, so that a loop of faults uses up its budget.
 */
public final class ProcessorCore implements CpuCore {
    /** Longest inner loop, which bounds the time to honour {@link #requestExit()}. */
    private static final int SLICE = 16_384;

    /** The state and its parts, for tests that go from case to case without {@link #load}. */
    final Cpu cpu;

    private final AtomicBoolean exitRequested = new AtomicBoolean();
    private final MemoryListener listener = new Listener();
    private final Insn resume = new Dispatch(false);
    private ExitReason reason = ExitReason.BUDGET;
    private Breakpoint hit;
    private boolean closed;
    /** Whether the last round ended between branches. */
    private boolean midway;

    /**
     * Makes a core that interprets.
     *
     * @param bus the machine's pins
     * @param model which processor to be
     */
    public ProcessorCore(CpuBus bus, CpuModel model) {
        this(bus, model, null);
    }

    /**
     * Makes a core.
     *
     * @param bus the machine's pins
     * @param model which processor to be
     * @param accelerator makes what runs hot code; null for none
     */
    public ProcessorCore(CpuBus bus, CpuModel model, Function<Engine, Accelerator> accelerator) {
        cpu = new Cpu(bus, model, accelerator);
        load(CpuState.afterReset(model));
        bus.memory().addListener(listener);
    }

    @Override
    public long run(long maxInstructions) {
        if (closed) {
            throw new IllegalStateException("the processor core is closed");
        }
        long start = cpu.retired();
        cpu.timeEpoch++;
        cpu.goal = start + maxInstructions;
        cpu.reserve = maxInstructions;
        cpu.budget = 0;
        while (cpu.reserve > 0) {
            if (cpu.shutdown) {
                return exit(ExitReason.SHUTDOWN, start);
            }
            if (exitRequested.get() && exitRequested.getAndSet(false)) {
                return exit(ExitReason.REQUEST, start);
            }
            if (cpu.breakpoints.pending()) {
                return stop(cpu.breakpoints.takeHit(), start);
            }
            deliverPending();
            if (cpu.shutdown || cpu.breakpoints.pending()) {
                continue;
            }
            if (cpu.halted) {
                return exit(ExitReason.HALT, start);
            }
            if (cpu.breakpoints.codeArmed()) {
                Breakpoint breakpoint = cpu.breakpoints.at(cpu.base[Cpu.CS] + cpu.eip);
                if (breakpoint != null) {
                    return stop(breakpoint, start);
                }
            }
            boolean single = (cpu.systemFlags & (EFlags.TF | EFlags.RF)) != 0 || cpu.debug.codeArmed();
            if (single || cpu.pendingDebug != 0 || pendingShadow()) {
                step();
            } else {
                slice((int) Math.min(cpu.reserve, SLICE));
            }
        }
        if (cpu.breakpoints.pending()) {
            return stop(cpu.breakpoints.takeHit(), start);
        }
        return exit(ExitReason.BUDGET, start); // even if halted or shut down: the next run says so
    }

    private long stop(Breakpoint breakpoint, long start) {
        long count = exit(ExitReason.DEBUG, start);
        hit = breakpoint;
        return count;
    }

    private long exit(ExitReason why, long start) {
        reason = why;
        hit = null;
        long count = cpu.retired() - start;
        cpu.goal = cpu.retired();
        cpu.reserve = 0;
        return count;
    }

    /** Something waits for the end of an interrupt shadow: one instruction, then look again. */
    private boolean pendingShadow() {
        return cpu.shadowed() && (cpu.interruptLine || cpu.nmiPending);
    }

    /** Debug traps, NMI and INTR, in this order (Intel SDM volume 3, 6.9). */
    private void deliverPending() {
        boolean shadow = cpu.shadowed();
        boolean shadowOfSs = shadow && cpu.shadowOfSs;
        if (cpu.pendingDebug != 0 && !shadowOfSs) {
            cpu.interrupts.deliverDebugTrap();
            woken();
        }
        if (cpu.nmiPending && !cpu.nmiBlocked && !shadowOfSs && !cpu.shutdown) {
            cpu.nmiPending = false;
            cpu.interrupts.deliverNmi();
            woken();
        }
        if (cpu.interruptLine && (cpu.systemFlags & EFlags.IF) != 0 && !cpu.shadowed() && !cpu.shutdown) {
            cpu.interrupts.deliverExternal(cpu.bus.acknowledgeInterrupt());
            woken();
        }
        if (cpu.pendingDebug != 0 && !shadowOfSs && !cpu.shutdown) {
            // One of the above entered a task with its T bit set, or pushed to where a breakpoint is.
            cpu.interrupts.deliverDebugTrap();
            woken();
        }
    }

    private void woken() {
        midway = false;
        cpu.halted = false;
        cpu.shadowAt = -1;
    }

    /** Executes one instruction with everything that single-stepping and breakpoints need. */
    private void step() {
        boolean trap = (cpu.systemFlags & EFlags.TF) != 0;
        boolean resume = (cpu.systemFlags & EFlags.RF) != 0;
        cpu.stepSuppressed = false;
        if (cpu.debug.codeArmed() && !breakpoint(resume)) {
            return;
        }
        cpu.systemFlags &= ~EFlags.RF;
        if (trap && (cpu.msrs.debugControl & Msrs.DEBUGCTL_BTF) != 0) {
            stepToBranch();
        } else if (slice(1) && trap && !cpu.stepSuppressed) {
            cpu.pendingDebug |= DebugRegisters.DR6_BS;
        }
    }

    /** DEBUGCTL.BTF makes TF trap only behind a branch that was taken (Intel SDM volume 3, 17.4.3). */
    private void stepToBranch() {
        int sequential = cpu.code.behindBranch(cpu.eip);
        boolean branch = sequential != cpu.eip;
        if (slice(1) && branch && cpu.eip != sequential && !cpu.stepSuppressed) {
            cpu.pendingDebug |= DebugRegisters.DR6_BS;
        }
    }

    /** Whether execution may go on; otherwise the breakpoint's fault was delivered. */
    private boolean breakpoint(boolean resume) {
        int hits = resume ? 0 : cpu.debug.codeBreakpoint(cpu.base[Cpu.CS] + cpu.eip);
        if (hits == 0) {
            return true;
        }
        cpu.reserve--;
        cpu.interrupts.deliverFault(cpu.debug.debugFault(hits));
        woken();
        return false;
    }

    /**
     * The inner loop.
     *
     * @return false when it ended in a fault, which was delivered
     */
    private boolean slice(int instructions) {
        cpu.reserve -= instructions;
        cpu.budget = instructions;
        Cpu c = cpu;
        Insn insn = midway ? resume : c.dispatch;
        midway = false;
        try {
            do {
                c.at = insn.eip;
                insn = insn.exec(c);
            } while (--c.budget > 0);
            if (insn != c.dispatch) {
                c.eip = insn.eip;
                midway = true;
            }
            return true;
        } catch (GuestFault fault) {
            c.eip = insn.faultEip(c);
            c.reserve += c.budget - 1;
            c.budget = 0;
            if (fault.vector == GuestFault.RETRY) {
                return retry();
            }
            c.interrupts.deliverFault(fault);
            woken();
            return false;
        }
    }

    /**
     * Executes an instruction, counted already, that only the general path can: as if no segment were flat.
     *
     * @return false when it ended in a fault, which was delivered
     */
    private boolean retry() {
        Cpu c = cpu;
        c.budget = 1;
        c.mode &= ~Cpu.MODE_FLAT;
        Insn insn = c.dispatch;
        try {
            insn = c.code.uncached(c.eip);
            c.at = insn.eip;
            Insn to = insn.exec(c);
            if (to != c.dispatch) {
                c.eip = to.eip;
            }
            return true;
        } catch (GuestFault fault) {
            c.eip = insn.faultEip(c);
            c.budget = 0;
            c.interrupts.deliverFault(fault.vector == GuestFault.RETRY ? c.fault(GuestFault.GP, 0) : fault);
            woken();
            return false;
        } finally {
            c.budget = 0;
            c.modeChanged();
        }
    }

    @Override
    public ExitReason exitReason() {
        return reason;
    }

    @Override
    public long retired() {
        return cpu.retired();
    }

    @Override
    public void limitRun(long retired) {
        long left = cpu.reserve + cpu.budget;
        long allowed = Math.max(retired - cpu.retired(), cpu.budget > 0 ? 1 : 0);
        if (allowed < left) {
            cpu.goal -= left - allowed;
            cpu.budget = (int) Math.min(cpu.budget, allowed);
            cpu.reserve = allowed - cpu.budget;
        }
    }

    @Override
    public void requestExit() {
        exitRequested.set(true);
    }

    @Override
    public void setInterruptLine(boolean asserted) {
        cpu.interruptLine = asserted;
        if (asserted && (cpu.systemFlags & EFlags.IF) != 0) {
            cpu.attention();
        }
    }

    @Override
    public void raiseNmi() {
        cpu.nmiPending = true;
        cpu.attention();
    }

    @Override
    public void setA20(boolean open) {
        if (cpu.a20 != open) {
            cpu.a20 = open;
            cpu.mmu.flushAll();
        }
    }

    @Override
    public CpuState save() {
        CpuState s = new CpuState();
        StateTransfer.save(cpu, s);
        return s;
    }

    /** What an instruction does before its last access leaves it restartable, as a fault there would need it. */
    @Override
    public CpuState saveAtAccess() {
        CpuState s = save();
        if (cpu.budget > 0) { // else between two instructions, in an interrupt acknowledge cycle
            s.eip = cpu.at;
        }
        return s;
    }

    @Override
    public void load(CpuState state) {
        if (closed) {
            throw new IllegalStateException("the processor core is closed");
        }
        StateTransfer.load(cpu, state);
        cpu.code.flush();
        cpu.mmu.flushAll();
        cpu.modeChanged();
        midway = false;
        reason = ExitReason.BUDGET;
    }

    @Override
    public void setBreakpoints(List<Breakpoint> breakpoints) {
        cpu.breakpoints.set(breakpoints);
    }

    @Override
    public Breakpoint breakpointHit() {
        return hit;
    }

    @Override
    public long translate(int linear) {
        return cpu.mmu.peek(linear);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            cpu.bus.memory().removeListener(listener);
            cpu.code.flush();
            if (cpu.accelerator != null) {
                cpu.accelerator.close();
            }
            cpu.mmu.close();
            cpu.code.close();
        }
    }

    private final class Listener implements MemoryListener {
        @Override
        public void pagesChanged(long firstPage, long count) {
            cpu.mmu.dropPhysical(firstPage, count);
            cpu.code.pagesChanged(firstPage, count);
        }

        @Override
        public void codeWritten(long physical, int length) {
            cpu.code.written(physical, length);
        }
    }
}
