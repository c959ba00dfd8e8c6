package org.jeroboam.machine;

import java.util.List;
import org.jeroboam.hardware.cpu.Breakpoint;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.hardware.memory.PhysicalMemory;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.jeroboam.machine.memory.PhysicalMap;

/** What a debugger does to a machine that is on. Machine thread. */
final class Debugging {
    private final Chassis chassis;
    private final GuestRunner runner;

    Debugging(Chassis chassis, GuestRunner runner) {
        this.chassis = chassis;
        this.runner = runner;
    }

    void set(List<Breakpoint> list) throws Refusal {
        core();
        chassis.board.processor().setBreakpoints(list);
    }

    /** Looks whether the last piece of guest code ended at a breakpoint. */
    void look() {
        Breakpoint hit = runner.takeBreakpoint();
        if (hit != null) {
            runner.endSlice();
            chassis.outlet.event(new MachineEvent.BreakpointHit(hit));
            chassis.enter(MachineState.PAUSED, "");
        }
    }

    void step() throws Refusal {
        CpuCore core = core();
        core.setBreakpoints(List.of());
        try {
            runner.step();
        } finally {
            chassis.board.processor().setBreakpoints(chassis.board.processor().breakpoints());
        }
    }

    byte[] read(int linear, int length) throws Refusal {
        byte[] data = new byte[check(length)];
        int done = 0;
        CpuCore core = core();
        PhysicalMap memory = chassis.board.memory();
        while (done < length) {
            int at = linear + done;
            long physical = core.translate(at);
            if (physical < 0) {
                return java.util.Arrays.copyOf(data, done);
            }
            for (int end = Math.min(length, done + toPageEnd(at)); done < end; done++) {
                data[done] = (byte) memory.read(physical++, 1);
            }
        }
        return data;
    }

    int write(int linear, byte[] data) throws Refusal {
        check(data.length);
        int done = 0;
        CpuCore core = core();
        PhysicalMap memory = chassis.board.memory();
        while (done < data.length) {
            int at = linear + done;
            long physical = core.translate(at);
            if (physical < 0) {
                return done;
            }
            for (int end = Math.min(data.length, done + toPageEnd(at)); done < end; done++) {
                memory.write(physical++, 1, data[done]);
            }
        }
        return done;
    }

    private static int toPageEnd(int linear) {
        return PhysicalMemory.PAGE_SIZE - (linear & PhysicalMemory.PAGE_SIZE - 1);
    }

    private static int check(int length) throws Refusal {
        if (length < 0 || length > MachineCommand.LARGEST_MEMORY) {
            throw Refusal.of("at most " + MachineCommand.LARGEST_MEMORY + " bytes of memory at a time, not " + length);
        }
        return length;
    }

    MachineReply processor() throws Refusal {
        StateWriter out = new StateWriter();
        core().save().save(out);
        return new MachineReply.Processor(out.toBytes());
    }

    void setProcessor(byte[] state) throws Refusal {
        try {
            CpuState cpu = CpuState.restore(new StateReader(state));
            SegmentLoad.complete(core(), chassis.board.memory(), cpu);
            chassis.board.processor().load(cpu);
            runner.processorChanged();
        } catch (StateException e) {
            throw Refusal.of("this is no state of a processor: " + e.getMessage());
        }
    }

    private CpuCore core() throws Refusal {
        CpuCore core = chassis.board == null ? null : chassis.board.processor().core();
        if (core == null) {
            throw Refusal.of("machine " + chassis.config.name() + " has no processor now");
        }
        return core;
    }
}
