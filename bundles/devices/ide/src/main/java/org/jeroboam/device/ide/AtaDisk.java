package org.jeroboam.device.ide;

import org.jeroboam.device.ide.Transfer.Phase;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.storage.BlockPort;
import org.jeroboam.hardware.storage.Geometry;

/**
 * An ATA hard disk: its commands and settings (ANSI NCITS 317, ATA-4, with the 48-bit addresses of ATA-6).
 *
 * <p>Imperfections: {@value #NO_SMART}; {@value #COARSE_ERRORS}.
 */
final class AtaDisk extends Drive {
    static final String NO_SMART = "disks have no SMART, security, host protected area or queued commands";
    static final String COARSE_ERRORS = "a failed transfer reports the first sector of its chunk of 128 KiB";

    private static final int READY = DRDY | DSC;
    private static final int ABRT = 0x04;
    private static final int IDNF = 0x10;
    private static final int UNC = 0x40;
    private static final int LBA = 0x40;
    private static final int MAX_LBA28 = 0x0FFF_FFFF;

    private static final int ACTIVE = 0xFF;
    private static final int STANDBY = 0x00;

    private final Board board;
    private final DriveConfig config;
    private final BlockPort medium;
    private final Transfer transfer;

    private boolean extended;
    private boolean resetting;
    private boolean srst;
    private int heads;
    private int sectorsPerTrack;
    private int multiple;
    private int transferMode;
    private int powerMode;
    private boolean writeCache;
    private boolean lookAhead;

    /**
     * All that a disk remembers.
     *
     * @param taskFile registers
     * @param interrupting INTRQ is due
     * @param transfer the command's data
     * @param extended the command has 48-bit addresses
     * @param resetting a reset waits for work to end
     * @param srst SRST is set
     * @param heads current translation
     * @param sectorsPerTrack current translation
     * @param multiple block of READ MULTIPLE, or 0
     * @param transferMode as set by SET FEATURES
     * @param powerMode as CHECK POWER MODE gives it
     * @param writeCache whether it is on
     * @param lookAhead whether it is on
     */
    record State(
            TaskFile.State taskFile,
            boolean interrupting,
            Transfer.State transfer,
            boolean extended,
            boolean resetting,
            boolean srst,
            int heads,
            int sectorsPerTrack,
            int multiple,
            int transferMode,
            int powerMode,
            boolean writeCache,
            boolean lookAhead) {
        State {
            if (taskFile == null || transfer == null) {
                throw new IllegalArgumentException("a part of the disk is missing");
            }
            if (transfer.work().submitted() && (taskFile.status() & (BSY | DRQ)) != BSY) {
                throw new IllegalArgumentException("the disk works and is not busy");
            }
            if (heads < 1
                    || heads > 16
                    || sectorsPerTrack < 1
                    || sectorsPerTrack > 255
                    || multiple < 0
                    || multiple > Transfer.MAX_BLOCK
                    || ((transferMode | powerMode) & ~0xFF) != 0) {
                throw new IllegalArgumentException("a setting of the disk is out of range");
            }
        }
    }

    AtaDisk(Channel channel, Board board, DriveConfig config) {
        super(channel);
        this.board = board;
        this.config = config;
        medium = board.blockPort(config.port());
        transfer = new Transfer(this, board, medium, new MediaCounters(board, config.port()));
    }

    @Override
    boolean present() {
        return medium.present();
    }

    @Override
    void powerOn() {
        Geometry shape = present() ? medium.geometry() : Geometry.ofSize(0);
        heads = shape.heads();
        sectorsPerTrack = shape.sectorsPerTrack();
        multiple = 0;
        transferMode = 0;
        powerMode = ACTIVE;
        writeCache = true;
        lookAhead = true;
        softReset(true);
        softReset(false);
    }

    @Override
    void softReset(boolean begins) {
        srst = begins;
        if (begins) {
            stop();
            resetting = true;
            taskFile.status = BSY;
            clearInterrupt();
        }
        endReset();
    }

    @Override
    void diagnose() {
        clearInterrupt();
        taskFile.setDiskSignature();
        taskFile.status = READY;
        interrupt();
    }

    @Override
    void execute(int command) {
        taskFile.error = 0;
        switch (command) {
            case 0x20, 0x21 -> begin(Phase.PIO_IN, false, 1);
            case 0x24 -> begin(Phase.PIO_IN, true, 1);
            case 0x29 -> beginMultiple(Phase.PIO_IN, true);
            case 0xC4 -> beginMultiple(Phase.PIO_IN, false);
            case 0x30, 0x31 -> begin(Phase.PIO_OUT, false, 1);
            case 0x34 -> begin(Phase.PIO_OUT, true, 1);
            case 0x39 -> beginMultiple(Phase.PIO_OUT, true);
            case 0xC5 -> beginMultiple(Phase.PIO_OUT, false);
            case 0xC8, 0xC9 -> begin(Phase.DMA_IN, false, 1);
            case 0x25 -> begin(Phase.DMA_IN, true, 1);
            case 0xCA, 0xCB -> begin(Phase.DMA_OUT, false, 1);
            case 0x35 -> begin(Phase.DMA_OUT, true, 1);
            case 0x40, 0x41 -> begin(Phase.VERIFY, false, 1);
            case 0x42 -> begin(Phase.VERIFY, true, 1);
            case 0xE7, 0xEA -> transfer.beginFlush();
            case 0xEC -> identify();
            default -> executeAtOnce(command);
        }
    }

    @Override
    int readData(int size) {
        return requestsData() ? transfer.readData(size) : 0;
    }

    @Override
    void writeData(int size, int value) {
        if (requestsData()) {
            transfer.writeData(size, value);
        }
    }

    @Override
    void pump() {
        if (requestsData()) {
            transfer.pump();
        }
    }

    @Override
    DriveState save() {
        return new DriveState.Disk(new State(
                taskFile.save(),
                interrupting(),
                transfer.save(),
                extended,
                resetting,
                srst,
                heads,
                sectorsPerTrack,
                multiple,
                transferMode,
                powerMode,
                writeCache,
                lookAhead));
    }

    void restore(State state) {
        taskFile.restore(state.taskFile());
        restoreInterrupt(state.interrupting());
        transfer.restore(state.transfer());
        extended = state.extended();
        resetting = state.resetting();
        srst = state.srst();
        heads = state.heads();
        sectorsPerTrack = state.sectorsPerTrack();
        multiple = state.multiple();
        transferMode = state.transferMode();
        powerMode = state.powerMode();
        writeCache = state.writeCache();
        lookAhead = state.lookAhead();
    }

    boolean writeCache() {
        return writeCache;
    }

    boolean resetting() {
        return resetting;
    }

    /** Ends a reset when nothing stands against it any more: SRST, or work on the buffer. */
    void endReset() {
        if (resetting && !srst && !transfer.working()) {
            resetting = false;
            taskFile.setDiskSignature();
            taskFile.status = READY;
        }
    }

    void beBusy() {
        taskFile.status = BSY;
    }

    /** The guest is to move data now. */
    void requestData(boolean interrupt) {
        taskFile.status = READY | DRQ;
        if (interrupt) {
            interrupt();
        }
    }

    /** The command's end without error. */
    void finish(boolean interrupt) {
        if (transfer.phase().addresses()) {
            taskFile.setAddress(transfer.lastSector(), extended, heads, sectorsPerTrack);
            taskFile.setCount(0);
        }
        stop();
        taskFile.status = READY;
        if (interrupt) {
            interrupt();
        }
    }

    void mediumFailed(String failure) {
        board.report("disk " + config.port() + ": " + failure);
        boolean in = transfer.phase().addresses() && !transfer.phase().out();
        fail(in ? UNC : ABRT, in ? 0 : DF);
    }

    private boolean requestsData() {
        return (taskFile.status & DRQ) != 0;
    }

    private void stop() {
        transfer.stop();
        extended = false;
    }

    private void fail(int error, int statusBits) {
        if (transfer.phase().addresses()) {
            taskFile.setAddress(transfer.firstSector(), extended, heads, sectorsPerTrack);
            taskFile.setCount(transfer.unmoved());
        }
        stop();
        taskFile.error = error;
        taskFile.status = READY | ERR | statusBits;
        interrupt();
    }

    private void beginMultiple(Phase phase, boolean wide) {
        if (multiple == 0) {
            fail(ABRT, 0);
        } else {
            begin(phase, wide, multiple);
        }
    }

    private void begin(Phase phase, boolean wide, int block) {
        long first = taskFile.address(wide, heads, sectorsPerTrack);
        int count = taskFile.sectors(wide);
        if (phase.out() && medium.readOnly()) {
            fail(ABRT, 0);
        } else if (first < 0 || first > medium.sectors() - count) {
            fail(IDNF, 0);
        } else {
            powerMode = ACTIVE;
            extended = wide;
            transfer.begin(phase, first, count, block);
        }
    }

    private void identify() {
        Identify.fill(
                transfer.beginIdentify(),
                config,
                medium.geometry(),
                medium.sectors(),
                new Identify.Current(heads, sectorsPerTrack, multiple, transferMode, writeCache, lookAhead));
    }

    private void executeAtOnce(int command) {
        switch (command) {
            case 0x91 -> initializeDeviceParameters();
            case 0xC6 -> setMultipleMode();
            case 0xEF -> setFeatures();
            case 0x27 -> readNativeMax(true);
            case 0xF8 -> readNativeMax(false);
            case 0x94, 0x96, 0x99, 0xE0, 0xE2, 0xE6 -> {
                powerMode = STANDBY;
                finish(true);
            }
            case 0x95, 0x97, 0xE1, 0xE3 -> {
                powerMode = ACTIVE;
                finish(true);
            }
            case 0x98, 0xE5 -> {
                taskFile.setCount(powerMode);
                finish(true);
            }
            default -> seekOrAbort(command);
        }
    }

    /** RECALIBRATE and SEEK have sixteen codes each. */
    private void seekOrAbort(int command) {
        switch (command >> 4) {
            case 0x1 -> finish(true);
            case 0x7 -> {
                long target = taskFile.address(false, heads, sectorsPerTrack);
                if (target < 0 || target >= medium.sectors()) {
                    fail(IDNF, 0);
                } else {
                    finish(true);
                }
            }
            default -> fail(ABRT, 0);
        }
    }

    private void readNativeMax(boolean wide) {
        taskFile.device |= LBA;
        long last = medium.sectors() - 1;
        taskFile.setAddress(wide ? last : Math.min(last, MAX_LBA28), wide, heads, sectorsPerTrack);
        finish(true);
    }

    private void initializeDeviceParameters() {
        if (taskFile.count() == 0) {
            fail(ABRT, 0);
            return;
        }
        sectorsPerTrack = taskFile.count();
        heads = (taskFile.device & 0x0F) + 1;
        finish(true);
    }

    private void setMultipleMode() {
        int count = taskFile.count();
        if (count > Transfer.MAX_BLOCK || Integer.bitCount(count) > 1) {
            fail(ABRT, 0);
            return;
        }
        multiple = count;
        finish(true);
    }

    private void setFeatures() {
        boolean known = true;
        switch (taskFile.feature()) {
            case 0x02 -> writeCache = true;
            case 0x82 -> {
                // What is in the cache must not stay there.
                writeCache = false;
                transfer.beginFlush();
                return;
            }
            case 0x03 -> known = setTransferMode(taskFile.count());
            case 0x55 -> lookAhead = false;
            case 0xAA -> lookAhead = true;
            case 0x66, 0xCC -> {
                // Settings stay over a software reset in either case.
            }
            default -> known = false;
        }
        if (known) {
            finish(true);
        } else {
            fail(ABRT, 0);
        }
    }

    /** PIO up to mode 4, multiword DMA and Ultra DMA up to mode 2. */
    private boolean setTransferMode(int mode) {
        if (isDma(mode)) {
            transferMode = mode;
        }
        return knowsMode(mode);
    }

    static boolean isDma(int mode) {
        return mode >= 0x20 && mode <= 0x22 || mode >= 0x40 && mode <= 0x42;
    }

    static boolean knowsMode(int mode) {
        return isDma(mode) || mode <= 0x01 || mode >= 0x08 && mode <= 0x0C;
    }
}
