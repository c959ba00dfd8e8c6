package org.jeroboam.server;

import java.util.Arrays;
import java.util.List;
import org.jeroboam.hardware.cpu.Breakpoint;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.SegmentState;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.ManagementException.Kind;
import org.jeroboam.management.extension.MachineDebugger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A debugger at one run of a machine. */
final class GuestDebugger implements MachineDebugger {
    private static final Logger LOG = LoggerFactory.getLogger(GuestDebugger.class);
    /** ES to GS, the segment registers that a debugger sees. */
    private static final int SEGMENTS = 6;

    private final MachineRun run;
    private final Listener listener;
    private boolean running;

    /** Stops the guest. */
    GuestDebugger(MachineRun run, Listener listener) throws ManagementException {
        this.run = run;
        this.listener = listener;
        run.observe(this::event);
        try {
            run.execute(new MachineCommand.Pause());
        } catch (ManagementException e) {
            run.stopObserving();
            throw e;
        }
    }

    private void event(MachineEvent event) {
        switch (event) {
            case MachineEvent.BreakpointHit(Breakpoint b) ->
                stopped(new Stop.AtBreakpoint(new DebugBreakpoint(
                        DebugBreakpoint.Kind.valueOf(b.kind().name()), b.linear(), b.length())));
            case MachineEvent.StateChanged(MachineState state, var reason)
            when state == MachineState.PAUSED -> stopped(new Stop.Paused());
            case MachineEvent.Stopped stopped -> stopped(new Stop.TurnedOff());
            default -> {
                // says nothing about running
            }
        }
    }

    private void stopped(Stop reason) {
        synchronized (this) {
            if (!running) {
                return;
            }
            running = false;
        }
        listener.stopped(reason);
    }

    @Override
    public ProcessorRegisters registers() throws ManagementException {
        CpuState cpu = processor();
        int[] selectors = new int[SEGMENTS];
        int[] bases = new int[SEGMENTS];
        for (int i = 0; i < SEGMENTS; i++) {
            SegmentState segment = cpu.segments[i];
            selectors[i] = segment.selector();
            bases[i] = segment.base();
        }
        return new ProcessorRegisters(
                cpu.gpr,
                cpu.eip,
                cpu.eflags,
                selectors,
                bases,
                new int[] {cpu.cr0, cpu.cr2, cpu.cr3, cpu.cr4},
                cpu.fxsave);
    }

    @Override
    public void setRegisters(ProcessorRegisters registers) throws ManagementException {
        ProcessorRegisters now = registers();
        if (!Arrays.equals(now.bases(), registers.bases()) || !Arrays.equals(now.control(), registers.control())) {
            throw ManagementException.badRequest("a debugger cannot change segment bases and control registers");
        }
        CpuState cpu = processor();
        for (int i = 0; i < SEGMENTS; i++) {
            SegmentState old = cpu.segments[i];
            // With the old hidden part: the machine loads the descriptor.
            cpu.segments[i] = new SegmentState(registers.selectors()[i], old.base(), old.limit(), old.attributes());
        }
        cpu.gpr = registers.general().clone();
        cpu.eip = registers.eip();
        cpu.eflags = registers.eflags();
        cpu.fxsave = registers.fxsave().clone();
        StateWriter out = new StateWriter();
        cpu.save(out);
        run.execute(new MachineCommand.SetProcessor(out.toBytes()));
    }

    private CpuState processor() throws ManagementException {
        MachineReply.Processor reply = (MachineReply.Processor) run.execute(new MachineCommand.GetProcessor());
        try {
            return CpuState.restore(new StateReader(reply.state()));
        } catch (StateException e) {
            throw new ManagementException(Kind.FAULT, "the processor's state cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public byte[] readMemory(int linear, int length) throws ManagementException {
        return ((MachineReply.Memory) run.execute(new MachineCommand.ReadMemory(linear, length))).data();
    }

    @Override
    public int writeMemory(int linear, byte[] data) throws ManagementException {
        return ((MachineReply.Accepted) run.execute(new MachineCommand.WriteMemory(linear, data))).count();
    }

    @Override
    public void setBreakpoints(List<DebugBreakpoint> breakpoints) throws ManagementException {
        try {
            run.execute(new MachineCommand.SetBreakpoints(breakpoints.stream()
                    .map(b -> new Breakpoint(Breakpoint.Kind.valueOf(b.kind().name()), b.linear(), b.length()))
                    .toList()));
        } catch (IllegalArgumentException e) {
            throw new ManagementException(Kind.BAD_REQUEST, e.getMessage(), e);
        }
    }

    @Override
    public void step() throws ManagementException {
        run.execute(new MachineCommand.Step());
    }

    @Override
    public void resume() throws ManagementException {
        synchronized (this) {
            running = true;
        }
        run.execute(new MachineCommand.Resume());
    }

    @Override
    public void interrupt() throws ManagementException {
        run.execute(new MachineCommand.Pause());
    }

    @Override
    public void close() {
        run.stopObserving();
        if (run.ended()) {
            return;
        }
        try {
            run.execute(new MachineCommand.SetBreakpoints(List.of()));
            run.execute(new MachineCommand.Resume());
        } catch (ManagementException e) {
            LOG.info("the debugger left a machine that does not go on: {}", e.getMessage());
        }
    }
}
