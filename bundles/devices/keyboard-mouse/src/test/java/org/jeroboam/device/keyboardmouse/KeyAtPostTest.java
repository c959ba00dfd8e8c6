package org.jeroboam.device.keyboardmouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.testkit.FakeInputPort;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A key at any moment while firmware initialises the controller: the keyboard works afterwards. */
class KeyAtPostTest {
    private static final int DATA = 0x60;
    private static final int COMMAND = 0x64;
    private static final int OBF = 0x01;
    private static final int ACK = 0xFA;
    private static final int NOTHING = -1;
    private static final int RESET = 0xFF;
    private static final long ACCESS = 1_500;
    /** What it says on its debug port or the screen. */
    private static final long MESSAGE = 300_000;

    private static final long POLL = 50_000;
    private static final int POLLS = 200;
    private static final int MOST = 4000;

    /** How firmware begins. */
    enum Firmware {
        /** Empties the buffer, disables both devices, empties it again. SeaBIOS since 1.12. */
        CAREFUL,
        /** Empties the buffer and has the controller test itself, and takes what comes for the answer. */
        HASTY
    }

    /** What somebody does at the keyboard, by scan code; negative for letting it go. */
    private static final int[][] STROKES = {{0x1E}, {0x1E, -0x1E}, {0xC8, 0x1C, -0x1C}, {0x2A, 0x1E}};

    private FakeMachine machine;
    private FakeInputPort input;
    private int accesses;
    private int when;
    private int[] stroke;

    private void powerOn() {
        machine = new FakeMachine();
        input = machine.inputPort("kbc");
        Device device = new KeyboardMouseFactory().create(new DeviceConfig("kbc", "i8042", Map.of()));
        device.attach(machine.board("kbc"));
        device.reset(ResetKind.POWER_ON);
        accesses = 0;
    }

    private void time(long nanos) {
        machine.clock().advance(nanos);
        if (accesses++ == when) {
            for (int code : stroke) {
                input.key(Math.abs(code), code > 0);
            }
        }
    }

    private int in(int port) {
        time(ACCESS);
        return machine.in(port);
    }

    private void out(int port, int value) {
        time(ACCESS);
        machine.out(port, value);
    }

    /** The next byte of the keyboard or the controller. */
    private int read() {
        for (int i = 0; i < POLLS; i++) {
            if ((in(COMMAND) & OBF) != 0) {
                return in(DATA);
            }
            time(POLL);
        }
        return NOTHING;
    }

    private void flush() {
        for (int i = 0; i < 16 && (in(COMMAND) & OBF) != 0; i++) {
            time(POLL);
            in(DATA);
        }
    }

    private int controller(int command) {
        out(COMMAND, command);
        return read();
    }

    private void commandByte(int value) {
        out(COMMAND, 0x60);
        out(DATA, value);
    }

    /** To the keyboard; what comes before its ACK is thrown away. Answers one more byte if that is wanted. */
    private int keyboard(int commandByte, boolean answers, int... bytes) {
        commandByte(commandByte & ~0x03 | 0x30);
        for (int b : bytes) {
            out(DATA, b);
            int answer;
            do {
                answer = read();
                assertTrue(answer != NOTHING, () -> "no ACK of " + Integer.toHexString(b) + at());
            } while (answer != ACK);
        }
        int value = answers ? read() : NOTHING;
        commandByte(commandByte);
        return value;
    }

    private String at() {
        return ", key at access " + when;
    }

    private void initialise(Firmware firmware) {
        flush();
        if (firmware == Firmware.CAREFUL) {
            out(COMMAND, 0xAD);
            out(COMMAND, 0xA7);
            flush();
        }
        time(MESSAGE);
        assertEquals(0x55, controller(0xAA), () -> "self test" + at());
        assertEquals(0x00, controller(0xAB), () -> "keyboard test" + at());
        assertEquals(0xAA, keyboard(0x30, true, RESET), () -> "self test of the keyboard" + at());
        keyboard(0x30, false, 0xF5);
        keyboard(0x30, false, 0xF0, 0x02);
        keyboard(0x61, false, 0xF4);
    }

    /** What an interrupt handler reads from now on. */
    private List<Integer> typed() {
        List<Integer> bytes = new ArrayList<>();
        for (int value = read(); value != NOTHING; value = read()) {
            bytes.add(value);
        }
        return bytes;
    }

    @ParameterizedTest
    @EnumSource(Firmware.class)
    void theKeyboardWorksAfterwards(Firmware firmware) {
        for (int[] keys : STROKES) {
            stroke = keys;
            boolean more = true;
            for (when = 0; more; when++) {
                powerOn();
                initialise(firmware);
                more = accesses > when;
                assertTrue(when < MOST);
                typed();
                machine.forgetEdges();
                input.key(0x30, true);
                input.key(0x30, false);
                assertEquals(List.of(0x30, 0xB0), typed(), at());
                assertEquals(2, machine.interrupts(1), at());
            }
        }
    }
}
