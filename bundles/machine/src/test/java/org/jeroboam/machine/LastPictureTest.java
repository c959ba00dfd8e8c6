package org.jeroboam.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.Map;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.display.DisplayPort;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.junit.jupiter.api.Test;

/** What a screen showed when the power went can still be asked for. */
class LastPictureTest {
    /** Draws the number of its looks. */
    private static final class Adapter implements Device {
        private int looks;

        @Override
        public void attach(Board board) {
            DisplayPort display = board.displayPort();
            display.setPainter(() -> {
                display.begin(2, 1)[0] = ++looks;
                display.damage(0, 0, 1, 1);
                display.publish("look " + looks);
            });
        }

        @Override
        public void reset(ResetKind kind) {
            // nothing to do
        }

        @Override
        public void save(StateWriter out) {
            out.section("adapter", 1, new State());
        }

        @Override
        public void restore(StateReader in) throws org.jeroboam.hardware.state.StateException {
            in.section("adapter", 1, State.class);
        }

        record State() {}
    }

    private static MachineReply.Screen look(Rig rig) {
        return assertInstanceOf(MachineReply.Screen.class, rig.tell(new MachineCommand.GetScreen(0)));
    }

    @Test
    void thePictureIsDrawnOnceMoreBeforeThePowerGoes() {
        Rig rig = new Rig(Scripts.echo());
        rig.device("adapter", "1.0.0", Adapter::new);
        rig.devices.add(new DeviceConfig("adapter", "adapter", Map.of()));
        try (rig) {
            rig.build();
            String nothing = "machine rig is off and keeps nothing of its last run";
            assertEquals(nothing, rig.refused(new MachineCommand.GetScreen(0)));
            rig.on();
            assertEquals("look 1", look(rig).text());
            rig.must(new MachineCommand.PowerOff());
            assertEquals("look 2", look(rig).text());
            assertEquals(2, look(rig).width());
            rig.on();
            assertEquals("look 1", look(rig).text());
        }
    }
}
