package org.jeroboam.management;

/**
 * The mouse of a virtual machine (SDK: {@code IVMMouse}). It moves by distances; positions on the screen would need help
 * inside the guest. Thread-safe.
 */
public interface Mouse {
    /**
     * Moves to the right.
     *
     * @param distance in counts; to the left when negative
     * @throws ManagementException when the machine does not run
     */
    void setHorizontalPosition(int distance) throws ManagementException;

    /**
     * Moves down.
     *
     * @param distance in counts; up when negative
     * @throws ManagementException when the machine does not run
     */
    void setVerticalPosition(int distance) throws ManagementException;

    /**
     * Turns the wheel.
     *
     * @param distance in notches, towards the user
     * @throws ManagementException when the machine does not run
     */
    void setScrollWheelPosition(int distance) throws ManagementException;

    /**
     * Presses and releases a button.
     *
     * @param button which one
     * @throws ManagementException when the machine does not run
     */
    void click(MouseButton button) throws ManagementException;

    /**
     * Whether a button is held down by this interface.
     *
     * @param button which one
     * @return its state
     */
    boolean getButton(MouseButton button);

    /**
     * Presses or releases a button.
     *
     * @param button which one
     * @param down its new state
     * @throws ManagementException when the machine does not run
     */
    void setButton(MouseButton button, boolean down) throws ManagementException;
}
