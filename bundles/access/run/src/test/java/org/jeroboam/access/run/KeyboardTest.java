package org.jeroboam.access.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import org.jeroboam.management.extension.SerialConsole;
import org.junit.jupiter.api.Test;

class KeyboardTest {
    private final ByteArrayOutputStream guest = new ByteArrayOutputStream();
    private int left;
    private int helped;

    private void type(boolean escapes, int... keys) {
        byte[] bytes = new byte[keys.length];
        for (int i = 0; i < keys.length; i++) {
            bytes[i] = (byte) keys[i];
        }
        SerialConsole console = new SerialConsole() {
            @Override
            public void send(byte[] data) {
                guest.writeBytes(data);
            }

            @Override
            public void close() {
                left = -1;
            }
        };
        new Keyboard(new ByteArrayInputStream(bytes), console, escapes, () -> left++, () -> helped++).run();
    }

    @Test
    void keysReachTheGuest() {
        type(true, 'l', 's', '\r', 0xFF, 3);
        assertArrayEquals(new byte[] {'l', 's', '\r', (byte) 0xFF, 3}, guest.toByteArray());
        assertEquals(0, left);
    }

    @Test
    void ctrlAXLeavesAndCtrlAASendsCtrlA() {
        type(true, 'a', 1, 'a', 1, 1, 1, '?', 'b', 1, 'x');
        assertArrayEquals(new byte[] {'a', 1, 1, 'b'}, guest.toByteArray());
        assertEquals(1, left);
        assertEquals(1, helped);
    }

    @Test
    void withoutATerminalThereIsNoEscape() {
        type(false, 1, 'x');
        assertArrayEquals(new byte[] {1, 'x'}, guest.toByteArray());
        assertEquals(0, left);
    }

    @Test
    void theEndOfInputLeavesTheMachineRunning() {
        type(true);
        assertEquals(0, left);
    }
}
