package org.jeroboam.device.keyboardmouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.testkit.FakeInputPort;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class I8042Test {
    private static final int DATA = 0x60;
    private static final int COMMAND = 0x64;
    private static final long GAP = 100_000;
    private static final int CCB = 0x60;
    private static final int OBF = 0x01;
    private static final int AUX = 0x20;

    private final FakeMachine machine = new FakeMachine();
    private final FakeInputPort input = machine.inputPort("kbc");

    @BeforeEach
    void powerOn() {
        Device device = new KeyboardMouseFactory().create(new DeviceConfig("kbc", "i8042", Map.of()));
        device.attach(machine.board("kbc"));
        device.reset(ResetKind.POWER_ON);
    }

    private void command(int value, int... data) {
        machine.out(COMMAND, value);
        for (int d : data) {
            machine.out(DATA, d);
        }
    }

    /** All bytes that come within some time, those of the mouse with 100h added. */
    private List<Integer> received() {
        List<Integer> bytes = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            int status = machine.in(COMMAND);
            if ((status & OBF) != 0) {
                bytes.add(machine.in(DATA) | (status & AUX) << 3);
            }
            machine.clock().advance(GAP);
        }
        return bytes;
    }

    private List<Integer> toKeyboard(int... bytes) {
        List<Integer> answers = new ArrayList<>();
        for (int b : bytes) {
            machine.out(DATA, b);
            answers.addAll(received());
        }
        return answers;
    }

    private List<Integer> toMouse(int... bytes) {
        List<Integer> answers = new ArrayList<>();
        for (int b : bytes) {
            command(0xD4, b);
            answers.addAll(received());
        }
        return answers;
    }

    /** The probes of Linux 6.1's i8042, atkbd and psmouse drivers. */
    @Test
    void linuxProbes() {
        assertEquals(0, machine.in(COMMAND) & OBF);
        assertEquals(0x10, machine.in(COMMAND) & 0x10, "keylock open");
        command(0xAA);
        assertEquals(List.of(0x55), received());
        command(0x20);
        assertEquals(List.of(0x65), received(), "translation, keyboard interrupt, system flag");
        command(CCB, 0x74);
        command(0xD3, 0x5A);
        assertEquals(List.of(0x15A), received());
        command(0xD3, 0xF0);
        assertEquals(List.of(0x1F0), received(), "no multiplexer");
        command(0xA9);
        assertEquals(List.of(0x00), received());
        command(0xA7);
        command(0x20);
        assertEquals(0x20, received().getFirst() & 0x20);
        command(0xA8);
        command(0x20);
        assertEquals(0, received().getFirst() & 0x20);
        command(CCB, 0x56);
        machine.forgetEdges();
        command(0xD3, 0xA5);
        assertEquals(1, machine.interrupts(12));
        assertEquals(List.of(0x1A5), received());
        command(CCB, 0x47);
        assertEquals(List.of(0xFA, 0xAB, 0x41), toKeyboard(0xF2));
        assertEquals(List.of(0xFA, 0xFA), toKeyboard(0xED, 0x00));
        assertEquals(List.of(0xFA, 0xFA), toKeyboard(0xF3, 0x00));
        assertEquals(List.of(0xFA), toKeyboard(0xF4));
        assertEquals(List.of(0x1FA, 0x100), toMouse(0xF2));
        assertEquals(List.of(0x1FA, 0x1AA, 0x100), toMouse(0xFF));
        assertEquals(List.of(0x1FE), toMouse(0xE1), "no trackpoint");
        assertEquals(0x103, toMouse(0xF3, 200, 0xF3, 100, 0xF3, 80, 0xF2).getLast(), "a wheel");
        assertEquals(0x103, toMouse(0xF3, 200, 0xF3, 200, 0xF3, 80, 0xF2).getLast(), "no five buttons");
        assertEquals(List.of(0x1FA), toMouse(0xF4));
    }

    @Test
    void interruptComesWithTheByteAndGoesWithTheRead() {
        input.key(0x1E, true);
        input.key(0x1E, false);
        assertFalse(machine.irq(1));
        machine.clock().advance(GAP);
        assertTrue(machine.irq(1));
        assertEquals(0x1E, machine.in(DATA));
        assertFalse(machine.irq(1));
        assertEquals(0x1E, machine.in(DATA), "a second program in the chain reads the same byte");
        machine.clock().advance(2 * GAP);
        assertEquals(0x9E, machine.in(DATA));
        assertEquals(2, machine.interrupts(1));
    }

    @Test
    void scanCodesInAllSets() {
        input.key(0xE048, true);
        input.key(0xE048, false);
        input.key(0x41, true);
        input.key(ScanCodes.PAUSE, true);
        input.key(0xE037, false);
        assertEquals(
                List.of(0xE0, 0x48, 0xE0, 0xC8, 0x41, 0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5, 0xE0, 0xB7, 0xE0, 0xAA),
                received());
        command(CCB, 0x01);
        input.key(0xE048, true);
        input.key(0xE048, false);
        input.key(0x41, false);
        assertEquals(List.of(0xE0, 0x75, 0xE0, 0xF0, 0x75, 0xF0, 0x83), received());
        assertEquals(List.of(0xFA, 0xFA, 0xFA, 0xFA, 0x03), toKeyboard(0xF0, 3, 0xF0, 0));
        input.key(0x1D, true);
        input.key(0x1D, false);
        assertEquals(List.of(0x11, 0xF0, 0x11), received());
        assertEquals(List.of(0xFA, 0xFA), toKeyboard(0xF0, 1));
        input.key(0x1D, false);
        input.key(ScanCodes.PAUSE, true);
        assertEquals(List.of(0x9D, 0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5), received());
        assertEquals(List.of(0xFA, 0xFE), toKeyboard(0xF0, 4), "there are three sets");
    }

    @Test
    void translationGivesBackEverySet1Code() {
        for (int code = 1; code < 0x80; code++) {
            input.key(code, true);
            input.key(code, false);
            assertEquals(List.of(code, code | 0x80), received());
        }
        input.key(0, true);
        input.key(0x80, true);
        input.key(0x1234, true);
        assertEquals(List.of(), received());
    }

    @Test
    void keyboardCommands() {
        assertEquals(List.of(0xEE), toKeyboard(0xEE));
        assertEquals(List.of(0xFA, 0xAA), toKeyboard(0xFF));
        assertEquals(List.of(0xAA), toKeyboard(0xFE), "the last byte again");
        assertEquals(List.of(0xFE), toKeyboard(0x00));
        assertEquals(List.of(0xFA), toKeyboard(0xF5));
        input.key(0x1E, true);
        assertEquals(List.of(), received(), "scanning is off");
        assertEquals(List.of(0xFA), toKeyboard(0xF4));
        input.key(0x1E, true);
        machine.out(DATA, 0xEE);
        assertEquals(List.of(0xEE, 0x1E), received(), "answers go first");
    }

    @Test
    void disabledInterfaceHoldsItsBytes() {
        command(0xAD);
        input.key(0x1E, true);
        assertEquals(List.of(), received());
        command(0xAE);
        assertEquals(List.of(0x1E), received());
    }

    @Test
    void controllersAnswerWaitsForTheBufferButNotForDevices() {
        input.key(0x1E, true);
        input.key(0x1E, false);
        machine.clock().advance(GAP);
        command(0x20);
        assertEquals(0x1E, machine.in(DATA));
        assertEquals(OBF, machine.in(COMMAND) & OBF);
        assertEquals(0x61, machine.in(DATA));
        assertEquals(List.of(0x9E), received());
    }

    @Test
    void resetAndA20() {
        assertTrue(machine.level(LineId.Single.A20));
        command(0xD1, 0xDD);
        assertFalse(machine.level(LineId.Single.A20));
        command(0xD0);
        assertEquals(0xC1, received().getFirst());
        command(0xDF);
        assertTrue(machine.level(LineId.Single.A20));
        command(0xFF);
        assertEquals(List.of(), machine.resets());
        command(0xFE);
        command(0xD1, 0xFE);
        assertEquals(List.of(ResetKind.HARD, ResetKind.HARD), machine.resets());
    }

    @Test
    void mousePackets() {
        command(CCB, 0x47);
        toMouse(0xF4);
        input.pointer(3, 5, 0, 1);
        assertEquals(List.of(0x129, 0x103, 0x1FB), received(), "5 down is -5 up");
        input.pointer(-300, 0, 0, 1);
        assertEquals(List.of(0x119, 0x101, 0x100, 0x119, 0x1D3, 0x100), received(), "too far for one packet");
        input.pointer(0, 0, 0, 1);
        assertEquals(List.of(), received(), "nothing happened");
        input.pointer(0, 0, 0, 4);
        input.pointer(0, 0, 0, 0);
        assertEquals(List.of(0x10C, 0x100, 0x100, 0x108, 0x100, 0x100), received(), "no click is lost");
        toMouse(0xF3, 200, 0xF3, 100, 0xF3, 80, 0xF2);
        input.pointer(0, 0, -1, 0);
        assertEquals(List.of(0x108, 0x100, 0x100, 0x1FF), received());
    }

    @Test
    void movementsAreCollectedWhileTheHostIsSlow() {
        command(CCB, 0x47);
        toMouse(0xF4);
        for (int i = 0; i < 100; i++) {
            input.pointer(1, 0, 0, 0);
        }
        assertEquals(List.of(0x108, 0x101, 0x100, 0x108, 0x163, 0x100), received());
    }

    @Test
    void mouseModes() {
        command(CCB, 0x47);
        assertEquals(List.of(0x1FA, 0x100, 0x102, 0x164), toMouse(0xE9));
        assertEquals(List.of(0x1FA, 0x1FA, 0x1FA), toMouse(0xE8, 3, 0xE7));
        toMouse(0xF0);
        input.pointer(7, 0, 0, 2);
        assertEquals(List.of(), received());
        assertEquals(List.of(0x1FA, 0x10A, 0x107, 0x100), toMouse(0xEB));
        assertEquals(List.of(0x1FA, 0x151, 0x103, 0x164), toMouse(0xE9), "remote, 2:1, right button");
        assertEquals(List.of(0x1FA, 0x1F3, 0x112), toMouse(0xEE, 0xF3, 0x12), "wrap mode echoes");
        assertEquals(List.of(0x1FA), toMouse(0xEC));
        toMouse(0xEA, 0xF4);
        input.pointer(4, 0, 0, 2);
        assertEquals(List.of(0x10A, 0x106, 0x100), received(), "2:1 makes 6 of 4");
    }

    private List<Integer> press(int key) {
        input.key(key, true);
        input.key(key, true);
        input.key(key, false);
        return received();
    }

    /** Only in set 3 have keys types: some repeat, some tell of their release. */
    @Test
    void keyTypesOfSet3() {
        command(CCB, 0x01);
        toKeyboard(0xF0, 3);
        assertEquals(List.of(0x1C, 0x1C), press(0x1E), "A repeats, its release is not told");
        assertEquals(List.of(0x11, 0xF0, 0x11), press(0x1D), "left Ctrl is pressed and released");
        assertEquals(List.of(0x07), press(0x3B), "F1 is only pressed");
        assertEquals(List.of(0x79), press(0xE01C), "so is Enter of the keypad");
        assertEquals(List.of(0x63, 0x63), press(0xE048), "arrows repeat");
        assertEquals(List.of(0xFA), toKeyboard(0xF8));
        assertEquals(List.of(0x1C, 0xF0, 0x1C), press(0x1E), "all make and break");
        assertEquals(List.of(0xFA), toKeyboard(0xFA));
        assertEquals(List.of(0x07, 0x07, 0xF0, 0x07), press(0x3B), "all typematic, make and break");
        assertEquals(List.of(0xFA), toKeyboard(0xF7));
        assertEquals(List.of(0x11, 0x11), press(0x1D), "all typematic");
        assertEquals(List.of(0xFA), toKeyboard(0xF9));
        assertEquals(List.of(0x11), press(0x1D), "all make only");
        assertEquals(List.of(0xFA, 0xFA, 0xFA), toKeyboard(0xFC, 0x1C, 0x32));
        assertEquals(List.of(0x1C, 0xF0, 0x1C), press(0x1E), "A makes and breaks");
        assertEquals(List.of(0x32, 0xF0, 0x32), press(0x30), "and B");
        assertEquals(List.of(0xFA, 0xFA, 0xFA, 0xFA), toKeyboard(0xFB, 0x1C, 0xFD, 0x32));
        assertEquals(List.of(0x1C, 0x1C), press(0x1E), "A repeats");
        assertEquals(List.of(0x32), press(0x30), "B is only pressed");
        assertEquals(List.of(0xFA), toKeyboard(0xF6));
        toKeyboard(0xF0, 3);
        assertEquals(List.of(0x11, 0xF0, 0x11), press(0x1D), "defaults again");
        toKeyboard(0xF0, 2);
        toKeyboard(0xF9);
        assertEquals(List.of(0x1C, 0x1C, 0xF0, 0x1C), press(0x1E), "set 2 has no types");
    }

    @Test
    void translatedAnswerNamesTheSet() {
        assertEquals(List.of(0xFA, 0xFA, 0x41), toKeyboard(0xF0, 0));
        toKeyboard(0xF0, 3);
        assertEquals(List.of(0xFA, 0xFA, 0x3F), toKeyboard(0xF0, 0));
        toKeyboard(0xF0, 1);
        assertEquals(List.of(0xFA, 0xFA, 0x43), toKeyboard(0xF0, 0));
    }

    @Test
    void someKeysDependOnShiftKeys() {
        input.key(0x1D, true);
        received();
        assertEquals(List.of(0xE0, 0x46, 0xE0, 0xC6, 0xE0, 0x46, 0xE0, 0xC6), press(ScanCodes.PAUSE), "Break");
        assertEquals(List.of(0xE0, 0x37, 0xE0, 0x37, 0xE0, 0xB7), press(0xE037), "no fake shift with Ctrl");
        input.key(0x1D, false);
        input.key(0x38, true);
        received();
        assertEquals(List.of(0x54, 0x54, 0xD4), press(0xE037), "SysRq");
        input.key(0x38, false);
        input.key(0x36, true);
        received();
        assertEquals(List.of(0xE0, 0x37, 0xE0, 0x37, 0xE0, 0xB7), press(0xE037), "no fake shift with Shift");
    }

    @Test
    void parametersThatAreCommandsEndTheirCommand() {
        assertEquals(List.of(0xFA, 0xEE), toKeyboard(0xED, 0xEE));
        assertEquals(List.of(0xFA, 0xFA, 0xAB, 0x41), toKeyboard(0xF3, 0xF2));
        assertEquals(List.of(0xFE), toKeyboard(0xEF));
        assertEquals(List.of(0xFE), toKeyboard(0xF1));
    }

    @Test
    void controllerRegisters() {
        command(0xC0);
        assertEquals(List.of(0xB0), received(), "input port: keyboard not locked");
        command(0xE0);
        assertEquals(List.of(0x00), received());
        command(0xA4);
        assertEquals(List.of(0xF1), received(), "no password");
        command(0xAB);
        assertEquals(List.of(0x00), received());
        command(0x7F, 0x5A);
        command(0x3F);
        assertEquals(List.of(0x5A), received(), "the last of 32 bytes");
        command(0xD2, 0x33);
        assertEquals(List.of(0x33), received(), "as if from the keyboard");
        assertEquals(0x18, machine.in(COMMAND) & 0x18 | 0x08, "last write was data");
        assertEquals(0x00, machine.in(COMMAND) & 0x08);
        command(0xAE);
        assertEquals(0x08, machine.in(COMMAND) & 0x08, "last write was a command");
        assertEquals(0x00, machine.in(COMMAND) & 0xC2, "no parity error, no timeout, input buffer empty");
    }

    @Test
    void interruptsFollowTheCommandByte() {
        command(CCB, 0x44);
        machine.forgetEdges();
        command(0xD2, 0x11);
        assertFalse(machine.irq(1));
        command(CCB, 0x47);
        assertTrue(machine.irq(1), "a byte that waits interrupts once it may");
        assertEquals(0x11, machine.in(DATA));
        command(0xD3, 0x22);
        assertTrue(machine.irq(12));
        assertFalse(machine.irq(1));
        machine.in(DATA);
        assertFalse(machine.irq(12));
    }

    @Test
    void outputPortShowsTheWaitingByte() {
        command(0xD2, 0x11);
        command(0xD0);
        assertEquals(0x11, machine.in(DATA));
        assertEquals(0xD3, machine.in(DATA) | 0x10, "read when the answer took the buffer");
        command(0xD1, 0xDF);
        assertEquals(List.of(), machine.resets());
        assertTrue(machine.level(LineId.Single.A20));
    }

    @Test
    void mouseDefaultsAndIds() {
        toMouse(0xE8, 3, 0xE7, 0xF3, 200, 0xF4);
        assertEquals(List.of(0x1FA, 0x130, 0x103, 0x1C8), toMouse(0xE9), "enabled, 2:1, 8 counts, 200 Hz");
        assertEquals(List.of(0x1FA), toMouse(0xF6));
        assertEquals(List.of(0x1FA, 0x100, 0x102, 0x164), toMouse(0xE9), "defaults, and disabled");
        toMouse(0xF3, 200, 0xF3, 100, 0xF3, 80);
        assertEquals(List.of(0x1FA, 0x103), toMouse(0xF2));
        assertEquals(List.of(0x1FA), toMouse(0xF6));
        assertEquals(List.of(0x1FA, 0x103), toMouse(0xF2), "defaults keep the wheel");
        assertEquals(List.of(0x1FA, 0x1AA, 0x100), toMouse(0xFF));
        assertEquals(List.of(0x1FA, 0x100), toMouse(0xF2), "reset does not");
        assertEquals(List.of(0x1FA, 0x155, 0x1FA, 0x1AA, 0x100), toMouse(0xEE, 0x55, 0xFF), "reset ends wrap mode");
    }

    @Test
    void remoteModeWithTheWheel() {
        toMouse(0xF3, 200, 0xF3, 100, 0xF3, 80, 0xF2, 0xF0);
        input.pointer(-1, -2, 2, 3);
        assertEquals(List.of(0x1FA, 0x11B, 0x1FF, 0x102, 0x102), toMouse(0xEB));
        assertEquals(List.of(0x1FA, 0x10B, 0x100, 0x100, 0x100), toMouse(0xEB), "nothing more");
    }

    @Test
    void scaledMovementIsNotCutOff() {
        command(CCB, 0x47);
        toMouse(0xE7, 0xF4);
        input.pointer(200, 0, 0, 0);
        assertEquals(List.of(0x108, 0x1FE, 0x100, 0x108, 0x192, 0x100), received(), "2 x 127 and 2 x 73");
    }

    @Test
    void aCommandDropsThePacketThatIsOnItsWay() {
        command(CCB, 0x47);
        toMouse(0xF4);
        input.pointer(1, 0, 0, 1);
        machine.clock().advance(GAP);
        assertEquals(0x09, machine.in(DATA), "the first byte is read");
        command(0xD4, 0xE6);
        assertEquals(List.of(0x1FA, 0x109, 0x100, 0x100), received(), "then the button is told anew");
    }

    @Test
    void noButtonIsLostWhenTheHostDoesNotRead() {
        command(CCB, 0x47);
        toMouse(0xF4);
        for (int i = 0; i < 200; i++) {
            input.pointer(0, 0, 0, i % 2);
        }
        input.pointer(0, 0, 0, 4);
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.addAll(received());
        }
        assertEquals(List.of(0x10C, 0x100, 0x100), all.subList(all.size() - 3, all.size()));
    }
}
