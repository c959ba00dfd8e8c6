package org.jeroboam.machine;

import static org.jeroboam.machine.ScriptCore.*;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineEvent.StopReason;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineState;
import org.junit.jupiter.api.Test;

class ResetTest {
    /** Counts its boots at 9000h, which a hard reset does not clear; acts until the third boot, then powers off. */
    private static Script thrice(Script act) {
        Script script = new Script();
        script.op(LOAD, 1, 0x9000).op(ADD, 1, 1).op(STORE, 1, 0x9000);
        script.op(LOAD, 2, 0x9000).op(ADD, 2, -3);
        int jump = script.here();
        script.op(JUMP_IF_NOT_ZERO, 2, 0).out(0xF4, 1).op(HALT);
        script.patch(jump);
        return act == null ? script.op(TRIPLE_FAULT) : script.out(0xF4, 2).op(CRASH);
    }

    @Test
    void aResetByPortAndATripleFaultBootAgain() {
        for (Script act : new Script[] {null, new Script()}) {
            Script script = thrice(act);
            try (Rig rig = new Rig(script).build().on()) {
                assertEquals(
                        StopReason.POWERED_OFF_BY_GUEST,
                        rig.await(MachineEvent.Stopped.class).reason());
                assertEquals(3, script.boots);
            }
        }
    }

    @Test
    void underResetPowersOffTheyEndTheMachine() {
        Rig rig = new Rig(thrice(new Script()));
        rig.resetPowersOff = true;
        try (rig) {
            rig.build().on();
            assertEquals(
                    StopReason.RESET_BY_GUEST,
                    rig.await(MachineEvent.Stopped.class).reason());
            assertEquals(MachineState.OFF, rig.status().state());
        }
        Rig second = new Rig(thrice(null));
        second.resetPowersOff = true;
        try (second) {
            second.build().on();
            MachineEvent.Stopped stopped = second.await(MachineEvent.Stopped.class);
            assertEquals(StopReason.CANNOT_GO_ON, stopped.reason());
            assertTrue(stopped.detail().startsWith("the processor shut down after a triple fault at CS:EIP F000:"));
            assertEquals(MachineState.PAUSED, second.status().state());
        }
    }

    @Test
    void theProcessorExecutesNothingAfterItAskedForAReset() {
        Script script = new Script();
        script.op(LOAD, 1, 0x9000);
        int jump = script.here();
        script.op(JUMP_IF_NOT_ZERO, 1, 0)
                .op(SET, 1, 1)
                .op(STORE, 1, 0x9000)
                .out(0xF4, 2)
                .op(CRASH);
        script.patch(jump).out(0xF4, 1).op(CRASH);
        try (Rig rig = new Rig(script).build().on()) {
            assertEquals(
                    StopReason.POWERED_OFF_BY_GUEST,
                    rig.await(MachineEvent.Stopped.class).reason());
        }
    }

    @Test
    void initKeepsTheDevicesAndRunsNoFirmware() {
        // ROM at FFFFFFF0h: powers off. INIT leads there, firmware's start does not.
        Script script = new Script().out(0xF4, 4).op(CRASH);
        script.before(context -> {
            var rom = context.board().backing("rom", 0x1000);
            var bytes = rom.segment();
            int[] code = {SET, 1, OUT, 0xF4};
            for (int i = 0; i < code.length; i++) {
                bytes.set(java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED, 0xFE0 + 4 * i, code[i]);
            }
            bytes.set(java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED, 0xFF0, JUMP);
            bytes.set(java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED, 0xFF4, 0xFE0);
            context.board().mapBacking(0xF000, 0x1000, rom, 0, false);
            context.board().mapBacking(0xF0000, 0x1000, rom, 0, false);
            // The script core knows no segments: EIP FFF0h is physical address FFF0h, which is RAM.
            for (int i = 0; i < 0x20; i += 4) {
                context.board()
                        .memory()
                        .write(0xFFE0 + i, 4, bytes.get(java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED, 0xFE0 + i));
            }
            context.board().memory().write(0xFFF4, 4, 0xFFE0);
        });
        try (Rig rig = new Rig(script).build().on()) {
            assertEquals(
                    StopReason.POWERED_OFF_BY_GUEST,
                    rig.await(MachineEvent.Stopped.class).reason());
            assertEquals(1, script.boots);
        }
    }

    @Test
    void buttonsWork() {
        try (Rig rig = new Rig(Scripts.echo()).build()) {
            assertEquals(
                    "machine rig cannot feel its power button while it is off",
                    rig.refused(new MachineCommand.PressPowerButton()));
            rig.on();
            rig.must(new MachineCommand.Reset());
            rig.must(new MachineCommand.Pause());
            rig.must(new MachineCommand.Reset());
            assertEquals(MachineState.PAUSED, rig.status().state());
            rig.must(new MachineCommand.Resume());
            rig.must(new MachineCommand.PressPowerButton());
            assertEquals(
                    StopReason.POWERED_OFF_BY_GUEST,
                    rig.await(MachineEvent.Stopped.class).reason());
            rig.on();
            String text = assertInstanceOf(MachineReply.Registers.class, rig.tell(new MachineCommand.GetRegisters()))
                    .text();
            assertTrue(text.contains("CS   F000 base=FFFF0000"), text);
        }
    }
}
