package org.jeroboam.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.cpu.Breakpoint;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A debugger at a machine. */
class DebuggingTest {
    private static CpuState cpu(Rig rig) throws Exception {
        MachineReply.Processor reply =
                assertInstanceOf(MachineReply.Processor.class, rig.tell(new MachineCommand.GetProcessor()));
        return CpuState.restore(new StateReader(reply.state()));
    }

    private static Script counting() {
        Script script = new Script();
        script.op(ScriptCore.NOP);
        int loop = script.here();
        return script.op(ScriptCore.ADD, 0, 1).op(ScriptCore.NOP).op(ScriptCore.JUMP, 0, loop);
    }

    private static MachineState state(Rig rig) {
        return ((MachineReply.Status) rig.tell(new MachineCommand.GetStatus())).state();
    }

    @ParameterizedTest
    @EnumSource(ClockMode.class)
    void aMachineStartsPausedStepsAndStopsAtABreakpoint(ClockMode clock) throws Exception {
        try (Rig rig = new Rig(counting())) {
            rig.clock = clock;
            rig.build();
            rig.must(new MachineCommand.PowerOn(true));
            assertEquals(MachineState.PAUSED, state(rig));
            CpuState first = cpu(rig);
            assertEquals(0, first.retired);
            rig.must(new MachineCommand.Step());
            CpuState second = cpu(rig);
            assertEquals(1, second.retired);
            assertEquals(MachineState.PAUSED, state(rig));

            Breakpoint there = new Breakpoint(Breakpoint.Kind.EXECUTE, second.eip + 8, 1);
            rig.must(new MachineCommand.SetBreakpoints(List.of(there)));
            rig.must(new MachineCommand.Resume());
            assertEquals(there, rig.await(MachineEvent.BreakpointHit.class).breakpoint());
            assertEquals(MachineState.PAUSED, state(rig));
            assertEquals(there.linear(), cpu(rig).eip);
            rig.must(new MachineCommand.Step());
            assertEquals(3, cpu(rig).retired);

            rig.must(new MachineCommand.Reset());
            rig.must(new MachineCommand.Resume());
            assertEquals(there, rig.await(MachineEvent.BreakpointHit.class).breakpoint());
            rig.must(new MachineCommand.SetBreakpoints(List.of()));
            rig.must(new MachineCommand.Resume());
            assertEquals(MachineState.RUNNING, state(rig));
            assertTrue(rig.refused(new MachineCommand.Step()).contains("while it is running"));
        }
    }

    @Test
    void memoryAndProcessorAreReadAndWritten() throws Exception {
        try (Rig rig = new Rig(counting()).build()) {
            rig.must(new MachineCommand.PowerOn(true));
            byte[] data = new byte[5000];
            data[0] = 1;
            data[4999] = 2;
            assertEquals(new MachineReply.Accepted(5000), rig.tell(new MachineCommand.WriteMemory(0x10_0800, data)));
            MachineReply.Memory memory = (MachineReply.Memory) rig.tell(new MachineCommand.ReadMemory(0x10_0800, 5000));
            assertArrayEquals(data, memory.data());
            assertTrue(rig.refused(new MachineCommand.ReadMemory(0, 1 << 20)).startsWith("at most 65536 bytes"));

            CpuState changed = cpu(rig);
            changed.gpr[5] = 77;
            StateWriter out = new StateWriter();
            changed.save(out);
            rig.must(new MachineCommand.SetProcessor(out.toBytes()));
            assertEquals(77, cpu(rig).gpr[5]);
            String refusal = rig.refused(new MachineCommand.SetProcessor(new byte[3]));
            assertTrue(refusal.startsWith("this is no state of a processor: "), refusal);
            rig.must(new MachineCommand.PowerOff());
            String off = rig.refused(new MachineCommand.ReadMemory(0, 1));
            assertTrue(off.endsWith("has no processor now"), off);
        }
    }
}
