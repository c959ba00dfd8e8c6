package org.jeroboam.management;

import org.jeroboam.management.extension.MachineExtension;
import org.jeroboam.management.extension.MachineSettings;

/** A virtual machine (SDK: {@code IVMVirtualMachine}). Thread-safe; each method returns when it is done. */
public interface VirtualMachine {
    /**
     * The name.
     *
     * @return unique in the catalogue
     */
    String getName();

    /**
     * What it is doing.
     *
     * @return the state now
     */
    VirtualMachineState getState();

    /**
     * What it consists of.
     *
     * @return its settings
     */
    MachineSettings getSettings();

    /**
     * Turns it on, or restores its saved state.
     *
     * @throws ManagementException when it runs already, or a file or part is missing
     */
    void startup() throws ManagementException;

    /**
     * Cuts the power; a saved state is kept.
     *
     * @throws ManagementException when it is not on
     */
    void turnOff() throws ManagementException;

    /**
     * Presses the power button: the guest's operating system decides.
     *
     * @throws ManagementException when it does not run
     */
    void shutdown() throws ManagementException;

    /**
     * Stops guest time.
     *
     * @throws ManagementException when it does not run
     */
    void pause() throws ManagementException;

    /**
     * Lets guest time go on.
     *
     * @throws ManagementException when it is not paused
     */
    void resume() throws ManagementException;

    /**
     * Presses the reset button.
     *
     * @throws ManagementException when it is not on
     */
    void reset() throws ManagementException;

    /**
     * Saves its state and turns it off.
     *
     * @throws ManagementException when it is not on, or the state cannot be written: it then goes on
     */
    void save() throws ManagementException;

    /**
     * Throws the saved state away.
     *
     * @throws ManagementException when there is none
     */
    void discardSavedState() throws ManagementException;

    /**
     * Its keyboard.
     *
     * @return works while the machine runs
     */
    Keyboard getKeyboard();

    /**
     * Its mouse.
     *
     * @return works while the machine runs
     */
    Mouse getMouse();

    /**
     * What this server can do beyond the SDK's object model.
     *
     * @return the extension
     */
    MachineExtension extension();
}
