package org.jeroboam.device.keyboardmouse;

/**
 * All that the controller and its devices remember.
 *
 * @param ram the controller's 32 bytes; the first is the command byte
 * @param outputBuffer last byte at port 60h
 * @param full OBF
 * @param fromAux the byte came from the mouse
 * @param lastWasCommand the last write went to port 64h
 * @param pendingCommand command whose parameter comes next, or 0
 * @param waitingAnswer byte of the controller that waits for the output buffer, or -1
 * @param waitingAux it will look like the mouse's
 * @param breakPrefix translation has seen F0h
 * @param a20Open the A20 gate
 * @param transfer deadline of the next byte of a device
 * @param keyboard the keyboard
 * @param mouse the mouse
 */
record ControllerState(
        byte[] ram,
        int outputBuffer,
        boolean full,
        boolean fromAux,
        boolean lastWasCommand,
        int pendingCommand,
        int waitingAnswer,
        boolean waitingAux,
        boolean breakPrefix,
        boolean a20Open,
        long transfer,
        Keyboard.State keyboard,
        Mouse.State mouse) {
    ControllerState {
        if (ram == null || ram.length != 32 || keyboard == null || mouse == null) {
            throw new IllegalArgumentException("a part of the keyboard controller is missing");
        }
        if ((outputBuffer | pendingCommand) >> 8 != 0 || waitingAnswer < -1 || waitingAnswer > 0xFF) {
            throw new IllegalArgumentException("a register of the keyboard controller is out of range");
        }
    }
}
