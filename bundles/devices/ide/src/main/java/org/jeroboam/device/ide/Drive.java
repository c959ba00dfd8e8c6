package org.jeroboam.device.ide;

/**
 * One drive on a channel, as the cable sees it: its registers, its interrupt request, and what happens on commands
 * and data.
 */
abstract class Drive {
    static final int BSY = 0x80;
    static final int DRDY = 0x40;
    static final int DF = 0x20;
    static final int DSC = 0x10;
    static final int DRQ = 0x08;
    static final int ERR = 0x01;
    static final int DEVICE_1 = 0x10;

    final TaskFile taskFile = new TaskFile();
    final Channel channel;
    private boolean interrupting;

    Drive(Channel channel) {
        this.channel = channel;
    }

    /** Whether the drive is there. */
    abstract boolean present();

    /** Power on or hardware reset. */
    abstract void powerOn();

    /** SRST was set or cleared. */
    abstract void softReset(boolean begins);

    /** Whether a command is taken by a drive that is busy. */
    boolean acceptsBusy(int command) {
        return false;
    }

    /** All that the drive remembers. */
    abstract DriveState save();

    /** A write to the command register of a drive that is not busy, or takes the command all the same. */
    abstract void execute(int command);

    /** EXECUTE DEVICE DIAGNOSTIC, which goes to both drives. */
    abstract void diagnose();

    /** Takes bytes at the data port. */
    abstract int readData(int size);

    /** Gives bytes at the data port. */
    abstract void writeData(int size, int value);

    /** The bus master may be ready. */
    abstract void pump();

    final int status() {
        return taskFile.status;
    }

    final boolean busy() {
        return (taskFile.status & (BSY | DRQ)) != 0;
    }

    final int readRegister(int register, boolean previous) {
        return taskFile.read(register, previous);
    }

    final void writeRegister(int register, int value) {
        if (!busy()) {
            taskFile.write(register, value);
        }
    }

    final boolean interrupting() {
        return interrupting;
    }

    final void clearInterrupt() {
        interrupting = false;
    }

    final void restoreInterrupt(boolean pending) {
        interrupting = pending;
    }

    final void interrupt() {
        interrupting = true;
        channel.update();
    }
}
