package org.jeroboam.management;

/**
 * The keyboard of a virtual machine, a US one (SDK: {@code IVMKeyboard}). Keys are named by the SDK's identifiers, such as
 * {@code Key_A}, {@code Key_Enter} or {@code KeyPad_7}; case does not matter. {@code Key_CapsLock} is an addition.
 * Thread-safe; what two callers type is not mixed. Each method returns when the guest has had time for what was typed.
 */
public interface Keyboard {
    /**
     * Types text.
     *
     * @param text printable ASCII, line ends for Enter, tabs, backspaces and escapes
     * @throws ManagementException when the machine does not run, or a character is not on a US keyboard: then nothing was
     *     typed
     */
    void typeAsciiText(String text) throws ManagementException;

    /**
     * Types keys.
     *
     * @param keySequence identifiers, separated by commas; each is pressed and released. Before an identifier, {@code DOWN}
     *     only presses and {@code UP} only releases it; {@code HOLD} waits 200 ms of guest time
     * @throws ManagementException when the machine does not run, or the sequence makes no sense: then nothing was typed
     */
    void typeKeySequence(String keySequence) throws ManagementException;

    /**
     * Presses a key.
     *
     * @param key its identifier
     * @throws ManagementException when the machine does not run or there is no such key
     */
    void pressKey(String key) throws ManagementException;

    /**
     * Releases a key.
     *
     * @param key its identifier
     * @throws ManagementException when the machine does not run or there is no such key
     */
    void releaseKey(String key) throws ManagementException;

    /**
     * Presses and releases a key.
     *
     * @param key its identifier
     * @throws ManagementException when the machine does not run or there is no such key
     */
    void pressAndReleaseKey(String key) throws ManagementException;

    /**
     * Whether a key is held down by this interface.
     *
     * @param key its identifier
     * @return its state
     * @throws ManagementException when there is no such key
     */
    boolean isPressed(String key) throws ManagementException;
}
