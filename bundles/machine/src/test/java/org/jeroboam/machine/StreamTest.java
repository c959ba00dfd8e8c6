package org.jeroboam.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineState;
import org.junit.jupiter.api.Test;

class StreamTest {
    @Test
    void whatGoesInComesBack() {
        for (ClockMode mode : ClockMode.values()) {
            Rig rig = new Rig(Scripts.echo());
            rig.clock = mode;
            try (rig) {
                rig.build().on();
                for (char c : "hello".toCharArray()) {
                    assertEquals(
                            new MachineReply.Accepted(1),
                            rig.tell(new MachineCommand.Send("com1", new byte[] {(byte) c})));
                    assertEquals(String.valueOf(c), rig.output(1));
                }
            }
        }
    }

    @Test
    void inputIsBounded() {
        try (Rig rig = new Rig(Scripts.echo()).build().on()) {
            rig.must(new MachineCommand.Pause());
            MachineReply reply = rig.tell(new MachineCommand.Send("com1", new byte[100_000]));
            assertEquals(new MachineReply.Accepted(65536), reply);
            assertEquals(new MachineReply.Accepted(0), rig.tell(new MachineCommand.Send("com1", new byte[1])));
            assertEquals(
                    "machine rig has no connected port 'lpt1'; it has: com1",
                    rig.refused(new MachineCommand.Send("lpt1", new byte[1])));
        }
    }

    private static int drain(Rig rig, List<MachineEvent> into) {
        rig.events.drainTo(into);
        int bytes = 0;
        for (MachineEvent event : into) {
            bytes += event instanceof MachineEvent.Output output ? output.data().length : 0;
        }
        return bytes;
    }

    @Test
    void aGuestWhoseOutputNobodyTakesWaits() {
        for (ClockMode mode : ClockMode.values()) {
            Script script = new Script().op(ScriptCore.SET, 1, 'x');
            int loop = script.here();
            script.op(ScriptCore.OUT, 1, 0xF8);
            int wait = script.here();
            script.op(ScriptCore.IN, 2, 0xF9)
                    .op(ScriptCore.JUMP_IF_NOT_ZERO, 2, wait)
                    .op(ScriptCore.JUMP, 0, loop);
            Rig rig = new Rig(script);
            rig.clock = mode;
            rig.acknowledge = false;
            try (rig) {
                rig.build().on();
                int got = 0;
                List<MachineEvent> heard = new java.util.ArrayList<>();
                while (got < 65536) {
                    heard.add(rig.await(MachineEvent.Output.class));
                    got = drain(rig, heard);
                }
                rig.status();
                assertEquals(65536, drain(rig, heard));
                if (mode == ClockMode.DETERMINISTIC) {
                    long time = rig.status().guestNanos();
                    assertEquals(time, rig.status().guestNanos());
                }
                assertEquals(MachineState.RUNNING, rig.status().state());
                rig.must(new MachineCommand.Consumed("com1", 1000));
                while (got < 66536) {
                    heard.add(rig.await(MachineEvent.Output.class));
                    got = drain(rig, heard);
                }
                rig.status();
                assertEquals(66536, drain(rig, heard));
                rig.must(new MachineCommand.Consumed("com1", Integer.MAX_VALUE));
                rig.must(new MachineCommand.Consumed("com1", Integer.MIN_VALUE));
                rig.await(MachineEvent.Output.class);
            }
        }
    }

    @Test
    void talkativePartsAreCutShort() {
        Script script = new Script();
        int loop = script.here();
        script.op(ScriptCore.ADD, 4, 1).out(0xF4, 5).op(ScriptCore.SET, 2, 0).op(ScriptCore.STORE, 4, 0x9000);
        script.op(ScriptCore.LOAD, 2, 0x9000).op(ScriptCore.ADD, 2, -5000);
        script.op(ScriptCore.JUMP_IF_NOT_ZERO, 2, loop).out(0xF4, 1);
        try (Rig rig = new Rig(script).build().on()) {
            int reports = 0;
            while (!(rig.await(MachineEvent.class) instanceof MachineEvent.Stopped stopped)) {
                reports++;
            }
            assertTrue(reports >= 10 && reports < 30, reports + " events");
            assertInstanceOf(MachineReply.Status.class, rig.tell(new MachineCommand.GetStatus()));
        }
    }
}
