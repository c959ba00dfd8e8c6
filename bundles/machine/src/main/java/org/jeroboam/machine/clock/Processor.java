package org.jeroboam.machine.clock;

import java.util.List;
import org.jeroboam.hardware.cpu.Breakpoint;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;

/** The socket: holds the core of the moment, so that nothing else does. Machine thread, except {@link #requestExit}. */
public final class Processor {
    private volatile CpuCore core;
    private boolean running;
    private boolean wake;
    private List<Breakpoint> breakpoints = List.of();
    private long retiredWithoutCore;

    /** Puts a core in, which has its state already; null takes it out. */
    public void insert(CpuCore next) {
        if (core != null && next == null) {
            retiredWithoutCore = core.retired();
        }
        core = next;
        wake = true;
        if (next != null) {
            next.setBreakpoints(breakpoints);
        }
    }

    /** The core, or null. */
    public CpuCore core() {
        return core;
    }

    /** Instructions since power on. */
    public long retired() {
        CpuCore current = core;
        return current == null ? retiredWithoutCore : current.retired();
    }

    /** Sets {@link #retired} for the time without a core. */
    public void setRetired(long retired) {
        retiredWithoutCore = retired;
    }

    /** Gives the core a state. */
    public void load(CpuState state) {
        core.load(state);
        wake = true;
    }

    /** Sets a debugger's breakpoints, for this core and those that come after it. */
    public void setBreakpoints(List<Breakpoint> list) {
        breakpoints = list;
        if (core != null) {
            core.setBreakpoints(list);
        }
    }

    /** What a debugger has set. */
    public List<Breakpoint> breakpoints() {
        return breakpoints;
    }

    /** Runs guest code; see {@link CpuCore#run}. */
    public long run(long budget) {
        wake = false;
        running = true;
        long retired = core.run(budget);
        running = false;
        return retired;
    }

    /** The run ended otherwise: the core threw, or its thread is abandoned. */
    public void stopped() {
        running = false;
    }

    /** Why it stopped. */
    public ExitReason exitReason() {
        return core.exitReason();
    }

    /** Whether something happened since the last run that a halted core must look at. */
    public boolean mustWake() {
        return wake;
    }

    /** Ends the current run when so many instructions are retired. */
    public void limitRun(long retired) {
        if (running) {
            core.limitRun(retired);
        }
    }

    /** Whether guest code runs now, which means: this is a call-back of it. */
    public boolean running() {
        return running;
    }

    /** Ends the current run after the present instruction. */
    public void stopSoon() {
        if (running) {
            core.limitRun(core.retired());
        }
    }

    /** Ends the current or next run soon; any thread. */
    public void requestExit() {
        CpuCore current = core;
        if (current != null) {
            current.requestExit();
        }
    }

    /** The level of INTR. */
    public void setInterruptLine(boolean level) {
        if (core != null) {
            core.setInterruptLine(level);
            wake |= level;
        }
    }

    /** An edge of NMI. */
    public void raiseNmi() {
        if (core != null) {
            core.raiseNmi();
            wake = true;
        }
    }

    /** The A20 gate. */
    public void setA20(boolean open) {
        if (core != null) {
            core.setA20(open);
        }
    }
}
