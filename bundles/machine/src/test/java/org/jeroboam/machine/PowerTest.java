package org.jeroboam.machine;

import static org.jeroboam.machine.ScriptCore.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineEvent.StopReason;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineState;
import org.junit.jupiter.api.Test;

class PowerTest {
    /** Counts ticks in ECX; says A to Z, one per tick, then powers off. */
    static Script alphabet() {
        Script script = new Script();
        script.op(SET, 1, 'A').op(SET, 0, 1000).op(OUT_LONG, 0, 0x40).op(STI);
        int loop = script.here();
        script.op(HALT).op(JUMP, 0, loop);
        script.handler(32).op(OUT, 1, 0xF8).op(ADD, 1, 1);
        script.op(SET, 2, -('Z' + 1)).op(STORE, 1, 0x9000).op(LOAD, 2, 0x9000).op(ADD, 2, -('Z' + 1));
        int jump = script.here();
        script.op(JUMP_IF_NOT_ZERO, 2, 0).out(0xF4, 1);
        script.patch(jump).op(RETURN);
        return script;
    }

    @Test
    void runsUntilTheGuestPowersOff() {
        for (ClockMode mode : ClockMode.values()) {
            Rig rig = new Rig(alphabet());
            rig.clock = mode;
            try (rig) {
                rig.build().on();
                assertEquals("ABCDEFGHIJKLMNOPQRSTUVWXYZ", rig.output(26));
                assertEquals(
                        StopReason.POWERED_OFF_BY_GUEST,
                        rig.await(MachineEvent.Stopped.class).reason());
                MachineReply.Status status = rig.status();
                assertEquals(MachineState.OFF, status.state());
                assertEquals(26L, status.counters().get("switchboard.bytes"));
            }
        }
    }

    @Test
    void twoDeterministicRunsAreEqual() {
        String[] hashes = new String[2];
        MachineReply.Status[] ends = new MachineReply.Status[2];
        for (int i = 0; i < 2; i++) {
            try (Rig rig = new Rig(alphabet()).build().on()) {
                rig.await(MachineEvent.Stopped.class);
                hashes[i] = rig.hash();
                ends[i] = rig.status();
            }
        }
        assertEquals(hashes[0], hashes[1]);
        assertEquals(ends[0].guestNanos(), ends[1].guestNanos());
        assertEquals(ends[0].retired(), ends[1].retired());
        assertTrue(ends[0].guestNanos() >= 26 * 1000);
    }

    @Test
    void haltWithInterruptsOffCannotGoOn() {
        try (Rig rig = new Rig(new Script().op(HALT)).build().on()) {
            MachineEvent.Stopped stopped = rig.await(MachineEvent.Stopped.class);
            assertEquals(StopReason.CANNOT_GO_ON, stopped.reason());
            assertEquals("the processor halted with interrupts off at CS:EIP F000:00001008", stopped.detail());
            assertEquals(MachineState.PAUSED, rig.status().state());
            rig.must(new MachineCommand.Resume());
            assertEquals(
                    StopReason.CANNOT_GO_ON,
                    rig.await(MachineEvent.Stopped.class).reason());
            rig.must(new MachineCommand.PowerOff());
            assertEquals(
                    StopReason.TURNED_OFF, rig.await(MachineEvent.Stopped.class).reason());
        }
    }
}
