package org.jeroboam.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.SerializingMachine;
import org.jeroboam.management.Keyboard;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.Mouse;
import org.jeroboam.management.MouseButton;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineSettings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keyboard and mouse, on machines that speak in bytes. */
@Timeout(20)
class InputTest {
    @TempDir
    Path directory;

    private final FakeMachines machines = new FakeMachines();
    private VirtualMachine vm;

    @BeforeEach
    void start() throws ManagementException {
        vm = new LocalVirtualServer(directory, SerializingMachine.wrap(machines))
                .createVirtualMachine(
                        "vm",
                        MachineSettings.builder().kernel(Path.of("/boot/k")).build());
    }

    /** Bytes that the last key sent, and those that wait in a keyboard that gives away one each 100 us. */
    private int mostBytesWaiting() {
        int most = 0;
        double waiting = 0;
        long last = 0;
        for (FakeMachines.Input input : machines.last().input) {
            waiting = Math.max(0, waiting - (input.guestNanos() - last) / 100_000.0);
            last = input.guestNanos();
            if (input.command() instanceof MachineCommand.Key key) {
                int code = key.scanCode();
                boolean down = key.down();
                // Set 2: Pause is longest; E0 and F0 are bytes of their own
                waiting += code == 0xE045 ? down ? 8 : 0 : 1 + (code > 0xFF ? 1 : 0) + (down ? 0 : 1);
            }
            most = (int) Math.max(most, Math.ceil(waiting));
        }
        return most;
    }

    @Test
    void aLongTextNeverFillsTheKeyboard() throws ManagementException {
        vm.startup();
        machines.last().guestNanosPerLook = 3_000_000;
        StringBuilder text = new StringBuilder();
        new Random(1).ints(120, ' ', 0x7F).forEach(text::appendCodePoint);
        vm.getKeyboard().typeAsciiText(text.toString());
        List<MachineCommand> expected = KeyStroke.ofText(text.toString()).stream()
                .flatMap(stroke -> stroke.moves().stream())
                .map(move -> (MachineCommand) new MachineCommand.Key(move.code(), move.down()))
                .toList();
        assertEquals(expected, machines.last().commands());
        assertTrue(mostBytesWaiting() <= 16, mostBytesWaiting() + " bytes wait");
        vm.getKeyboard().typeKeySequence("Key_Break, Key_Break, DOWN, Key_RightCtrl, Key_Insert, UP, Key_RightCtrl");
        assertTrue(mostBytesWaiting() <= 16, mostBytesWaiting() + " bytes wait");
    }

    @Test
    void holdWaitsForTheGuestsTime() throws ManagementException {
        vm.startup();
        machines.last().guestNanosPerLook = 10_000_000;
        vm.getKeyboard().typeKeySequence("DOWN, Key_A, HOLD, UP, Key_A");
        List<FakeMachines.Input> input = machines.last().input;
        assertTrue(input.get(1).guestNanos() - input.get(0).guestNanos() >= 200_000_000);
    }

    @Test
    void aGuestWhoseTimeStandsStillGetsItsKeysAllTheSame() throws ManagementException {
        vm.startup();
        machines.last().guestNanosPerLook = 0;
        vm.getKeyboard().pressAndReleaseKey("Key_Enter");
        assertEquals(2, machines.last().input.size());
    }

    @Test
    void keysThatAreHeldAreKnown() throws ManagementException {
        vm.startup();
        machines.last().guestNanosPerLook = 30_000_000;
        Keyboard keyboard = vm.getKeyboard();
        keyboard.pressKey("Key_A");
        assertTrue(keyboard.isPressed("key_a"));
        keyboard.releaseKey("Key_A");
        assertFalse(keyboard.isPressed("Key_A"));
        keyboard.pressKey("Key_B");
        vm.turnOff();
        vm.startup();
        assertFalse(keyboard.isPressed("Key_B"), "a new machine has no key down");
        assertThrows(ManagementException.class, () -> keyboard.isPressed("Key_Any"));
    }

    @Test
    void wrongInputTypesNothing() throws ManagementException {
        vm.startup();
        assertThrows(ManagementException.class, () -> vm.getKeyboard().typeAsciiText("ab\u00E4"));
        assertThrows(ManagementException.class, () -> vm.getKeyboard().typeKeySequence("Key_A, Key_Any"));
        assertTrue(machines.last().input.isEmpty());
    }

    @Test
    void aMachineThatDoesNotRunTakesNoInput() throws ManagementException {
        assertEquals(
                "vm is turned off",
                assertThrows(ManagementException.class, () -> vm.getKeyboard().typeAsciiText("a"))
                        .getMessage());
        assertEquals(
                "vm is turned off",
                assertThrows(ManagementException.class, () -> vm.getMouse().click(MouseButton.LEFT))
                        .getMessage());
        vm.startup();
        vm.pause();
        assertTrue(
                assertThrows(ManagementException.class, () -> vm.getKeyboard().typeAsciiText("a"))
                        .getMessage()
                        .contains("does not run"));
        assertThrows(ManagementException.class, () -> vm.getMouse().click(MouseButton.LEFT));
        assertFalse(vm.getMouse().getButton(MouseButton.LEFT));
    }

    @Test
    void theMouseMovesWithItsButtons() throws ManagementException {
        vm.startup();
        Mouse mouse = vm.getMouse();
        mouse.setHorizontalPosition(5);
        mouse.setButton(MouseButton.RIGHT, true);
        mouse.setVerticalPosition(-3);
        mouse.click(MouseButton.CENTER);
        assertTrue(mouse.getButton(MouseButton.RIGHT));
        mouse.setButton(MouseButton.RIGHT, false);
        mouse.setScrollWheelPosition(1);
        assertEquals(
                List.of(
                        new MachineCommand.Pointer(5, 0, 0, 0),
                        new MachineCommand.Pointer(0, 0, 0, 2),
                        new MachineCommand.Pointer(0, -3, 0, 2),
                        new MachineCommand.Pointer(0, 0, 0, 6),
                        new MachineCommand.Pointer(0, 0, 0, 2),
                        new MachineCommand.Pointer(0, 0, 0, 0),
                        new MachineCommand.Pointer(0, 0, 1, 0)),
                machines.last().commands());
    }
}
