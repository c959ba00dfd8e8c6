package org.jeroboam.hardware.testkit;

import org.jeroboam.hardware.input.InputPort;

/** Keys and pointer of a test. */
public final class FakeInputPort {
    private InputPort.Listener listener;

    FakeInputPort() {}

    /**
     * Moves a key.
     *
     * @param scanCode set 1 make code, with E000h added for extended keys
     * @param down whether it is pressed
     */
    public void key(int scanCode, boolean down) {
        if (listener != null) {
            listener.key(scanCode, down);
        }
    }

    /**
     * Moves the pointer.
     *
     * @param dx to the right, in counts
     * @param dy downwards, in counts
     * @param wheel notches towards the user
     * @param buttons bit 0 left, 1 right, 2 middle
     */
    public void pointer(int dx, int dy, int wheel, int buttons) {
        if (listener != null) {
            listener.pointer(dx, dy, wheel, buttons);
        }
    }

    InputPort scoped(Scope scope) {
        scope.add("input port", () -> listener = null);
        return newListener -> {
            if (!scope.late()) {
                listener = newListener;
            }
        };
    }
}
