package org.jeroboam.device.floppy;

/**
 * All that a floppy controller remembers.
 *
 * @param dor DOR
 * @param tdr TDR
 * @param rate data rate of DSR and CCR
 * @param settings what configuring commands set
 * @param dialogue where the exchange of bytes is
 * @param bytes command bytes so far, or result bytes
 * @param position command bytes so far, or result bytes read
 * @param length result bytes
 * @param resultInterrupt INT for the result phase
 * @param seekInterrupt INT for a seek's end or polling
 * @param polled drives whose change of state after a reset was not read yet, a bit each
 * @param polling deadline of the polling after a reset
 * @param execution command in execution
 * @param drives the four drives
 */
record FdcState(
        int dor,
        int tdr,
        int rate,
        FdcSettings.State settings,
        I82077aa.Dialogue dialogue,
        int[] bytes,
        int position,
        int length,
        boolean resultInterrupt,
        boolean seekInterrupt,
        int polled,
        long polling,
        Execution.State execution,
        FloppyDrive.State[] drives) {
    FdcState {
        if (settings == null || dialogue == null || bytes == null || execution == null || drives == null) {
            throw new IllegalArgumentException("a part of the floppy controller is missing");
        }
        if ((dor & ~0xFF) != 0 || ((tdr | rate) & ~3) != 0 || (polled & ~0x0F) != 0) {
            throw new IllegalArgumentException("a register of the floppy controller is out of range");
        }
        if (bytes.length != I82077aa.MAX_BYTES
                || length < 0
                || length > I82077aa.MAX_BYTES
                || position < 0
                || dialogue == I82077aa.Dialogue.RESULT && position >= length
                || position >= I82077aa.MAX_BYTES) {
            throw new IllegalArgumentException("the floppy controller's command or result has a wrong length");
        }
        for (int value : bytes) {
            if ((value & ~0xFF) != 0) {
                throw new IllegalArgumentException("a byte of the floppy controller's command is out of range");
            }
        }
        if (drives.length != I82077aa.DRIVES) {
            throw new IllegalArgumentException("a floppy controller has four drives, not " + drives.length);
        }
        for (FloppyDrive.State drive : drives) {
            if (drive == null) {
                throw new IllegalArgumentException("a drive of the floppy controller is missing");
            }
        }
    }
}
