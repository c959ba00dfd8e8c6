package org.jeroboam.cpu.recompilerx64.lockstep;

import java.util.List;
import org.jeroboam.hardware.cpu.Breakpoint;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;

/** A core that passes everything on to another one; subclasses do something wrong. */
class CoreWrapper implements CpuCore {
    final CpuCore core;

    CoreWrapper(CpuCore core) {
        this.core = core;
    }

    @Override
    public long run(long maxInstructions) {
        return core.run(maxInstructions);
    }

    @Override
    public ExitReason exitReason() {
        return core.exitReason();
    }

    @Override
    public long retired() {
        return core.retired();
    }

    @Override
    public void limitRun(long retired) {
        core.limitRun(retired);
    }

    @Override
    public void requestExit() {
        core.requestExit();
    }

    @Override
    public void setInterruptLine(boolean asserted) {
        core.setInterruptLine(asserted);
    }

    @Override
    public void raiseNmi() {
        core.raiseNmi();
    }

    @Override
    public void setA20(boolean open) {
        core.setA20(open);
    }

    @Override
    public CpuState save() {
        return core.save();
    }

    @Override
    public void load(CpuState state) {
        core.load(state);
    }

    @Override
    public void setBreakpoints(List<Breakpoint> breakpoints) {
        core.setBreakpoints(breakpoints);
    }

    @Override
    public Breakpoint breakpointHit() {
        return core.breakpointHit();
    }

    @Override
    public long translate(int linear) {
        return core.translate(linear);
    }

    @Override
    public void close() {
        core.close();
    }
}
