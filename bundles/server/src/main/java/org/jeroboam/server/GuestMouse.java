package org.jeroboam.server;

import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.Mouse;
import org.jeroboam.management.MouseButton;

/** Moves the guest's mouse. */
final class GuestMouse implements Mouse {
    private final ManagedMachine machine;
    private int buttons;

    GuestMouse(ManagedMachine machine) {
        this.machine = machine;
    }

    /** A machine is switched on with no button held down. */
    synchronized void releaseAll() {
        buttons = 0;
    }

    @Override
    public void setHorizontalPosition(int distance) throws ManagementException {
        move(distance, 0, 0);
    }

    @Override
    public void setVerticalPosition(int distance) throws ManagementException {
        move(0, distance, 0);
    }

    @Override
    public void setScrollWheelPosition(int distance) throws ManagementException {
        move(0, 0, distance);
    }

    @Override
    public synchronized void click(MouseButton button) throws ManagementException {
        setButton(button, true);
        setButton(button, false);
    }

    @Override
    public synchronized boolean getButton(MouseButton button) {
        return (buttons & mask(button)) != 0;
    }

    @Override
    public synchronized void setButton(MouseButton button, boolean down) throws ManagementException {
        int next = down ? buttons | mask(button) : buttons & ~mask(button);
        machine.execute(new MachineCommand.Pointer(0, 0, 0, next));
        buttons = next;
    }

    private synchronized void move(int right, int down, int wheel) throws ManagementException {
        machine.execute(new MachineCommand.Pointer(right, down, wheel, buttons));
    }

    private static int mask(MouseButton button) {
        return 1 << button.ordinal();
    }
}
