package org.jeroboam.device.ide;

import org.jeroboam.device.ide.PacketTransfer.Phase;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.storage.BlockPort;

/**
 * An ATAPI CD-ROM drive as the cable sees it: its registers, its few ATA commands and the protocol of packets (ANSI
 * NCITS 317, ATA/ATAPI-4, chapter 8 and 9.8). {@link CdCommands} knows what is in the packets.
 *
 * <p>Imperfections: {@value #DATA_ONLY}; {@value #NO_AUTHENTICATION}.
 */
final class PacketDrive extends Drive {
    static final String DATA_ONLY =
            "CD-ROM drives know discs of one data track: no audio, sub-channel data, CD-Text or further sessions";
    static final String NO_AUTHENTICATION = "CD-ROM drives have no DVD structures and no copy protection";

    private static final int READY = DRDY | DSC;
    private static final int ABRT = 0x04;
    private static final int FEATURE_DMA = 0x01;
    private static final int FEATURE_OVERLAP = 0x02;
    private static final int REASON_COMMAND = 0x01;
    private static final int REASON_TO_HOST = 0x02;
    private static final int ACTIVE = 0xFF;
    private static final int STANDBY = 0x00;
    private static final int DEVICE_RESET = 0x08;

    private final Board board;
    private final DriveConfig config;
    private final BlockPort medium;
    private final Tray tray;
    private final PacketTransfer transfer;
    private final CdCommands commands;

    private boolean resetting;
    private boolean srst;
    private int transferMode;
    private int powerMode;

    /**
     * All that a packet drive remembers.
     *
     * @param taskFile registers
     * @param interrupting INTRQ is due
     * @param transfer the command's data
     * @param tray medium
     * @param commands what packet commands set
     * @param resetting a reset waits for work to end
     * @param srst SRST is set
     * @param transferMode as set by SET FEATURES
     * @param powerMode as CHECK POWER MODE gives it
     */
    record State(
            TaskFile.State taskFile,
            boolean interrupting,
            PacketTransfer.State transfer,
            Tray.State tray,
            CdCommands.State commands,
            boolean resetting,
            boolean srst,
            int transferMode,
            int powerMode) {
        State {
            if (taskFile == null || transfer == null || tray == null || commands == null) {
                throw new IllegalArgumentException("a part of the packet drive is missing");
            }
            if (transfer.work().submitted() && (taskFile.status() & (BSY | DRQ)) != BSY) {
                throw new IllegalArgumentException("the packet drive works and is not busy");
            }
            if (((transferMode | powerMode) & ~0xFF) != 0) {
                throw new IllegalArgumentException("a setting of the packet drive is out of range");
            }
        }
    }

    PacketDrive(Channel channel, Board board, DriveConfig config) {
        super(channel);
        this.board = board;
        this.config = config;
        medium = board.blockPort(config.port());
        tray = new Tray(medium);
        transfer = new PacketTransfer(this, board, medium, new MediaCounters(board, config.port()));
        commands = new CdCommands(this, tray, transfer);
    }

    /** The drive is there, with a medium or without. */
    @Override
    boolean present() {
        return true;
    }

    @Override
    void powerOn() {
        tray.powerOn();
        commands.powerOn();
        transferMode = 0;
        powerMode = ACTIVE;
        softReset(true);
        softReset(false);
    }

    @Override
    void softReset(boolean begins) {
        srst = begins;
        if (begins) {
            tray.lock(false);
            beginReset();
            taskFile.setPacketSignature();
        }
        endReset();
    }

    @Override
    void diagnose() {
        clearInterrupt();
        taskFile.setPacketSignature();
        taskFile.status = 0;
        interrupt();
    }

    @Override
    boolean acceptsBusy(int command) {
        return command == DEVICE_RESET && !srst;
    }

    @Override
    void execute(int command) {
        if (command == DEVICE_RESET) {
            int device = taskFile.device;
            beginReset();
            taskFile.setPacketSignature();
            taskFile.device = device & DEVICE_1;
            endReset();
            return;
        }
        taskFile.error = 0;
        switch (command) {
            case 0xA0 -> packet();
            case 0xA1 -> {
                Identify.fillPacket(transfer.buffer(), config, transferMode);
                transfer.identify();
            }
            case 0xEF -> setFeatures();
            case 0xE0, 0xE2, 0xE6, 0x94, 0x96, 0x99 -> {
                powerMode = STANDBY;
                done();
            }
            case 0xE1, 0xE3, 0x95, 0x97 -> {
                powerMode = ACTIVE;
                done();
            }
            case 0xE5, 0x98 -> {
                taskFile.setCount(powerMode);
                done();
            }
            case 0x20, 0xEC -> {
                // Who takes it for a disk learns what it is.
                int device = taskFile.device;
                taskFile.setPacketSignature();
                taskFile.device = device;
                abort();
            }
            default -> abort();
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
        return new DriveState.Packet(new State(
                taskFile.save(),
                interrupting(),
                transfer.save(),
                tray.save(),
                commands.save(),
                resetting,
                srst,
                transferMode,
                powerMode));
    }

    void restore(State state) {
        taskFile.restore(state.taskFile());
        restoreInterrupt(state.interrupting());
        transfer.restore(state.transfer());
        tray.restore(state.tray());
        commands.restore(state.commands());
        resetting = state.resetting();
        srst = state.srst();
        transferMode = state.transferMode();
        powerMode = state.powerMode();
    }

    boolean resetting() {
        return resetting;
    }

    /** Ends a reset when nothing stands against it any more: SRST, or work on the buffer. */
    void endReset() {
        if (resetting && !srst && !transfer.working()) {
            resetting = false;
            taskFile.status = 0;
        }
    }

    void beBusy() {
        taskFile.status = BSY;
    }

    /** The host is to move a piece at the data port now. */
    void requestPiece(Phase phase, int bytes) {
        if (phase != Phase.IDENTIFY) {
            taskFile.setCount(phase.out() ? 0 : REASON_TO_HOST);
            taskFile.setByteCount(bytes);
        }
        taskFile.status = READY | DRQ;
        interrupt();
    }

    /** The bus master is to move data now. */
    void requestMove(Phase phase) {
        taskFile.setCount(phase.out() ? 0 : REASON_TO_HOST);
        taskFile.status = READY | DRQ;
    }

    void identified() {
        transfer.stop();
        taskFile.status = READY;
    }

    void packetTaken() {
        powerMode = ACTIVE;
        beBusy();
        commands.execute();
    }

    void parametersTaken() {
        beBusy();
        commands.parameters();
    }

    /** The packet command's end without error. */
    void finish() {
        end(READY, 0);
    }

    /** The packet command's end with CHECK CONDITION. */
    void check(int senseKey) {
        end(READY | ERR, senseKey << 4 | (senseKey == 5 ? ABRT : 0));
    }

    /** Whether somebody took the medium while it was read. */
    boolean mediumChanged() {
        return tray.changed();
    }

    void mediumGone() {
        commands.mediumGone();
    }

    void mediumFailed(String failure) {
        board.report("CD-ROM drive " + config.port() + ": " + failure);
        commands.failed(Sense.READ_ERROR, transfer.block());
    }

    private boolean requestsData() {
        return (taskFile.status & DRQ) != 0;
    }

    private void beginReset() {
        transfer.stop();
        resetting = true;
        taskFile.status = BSY;
        clearInterrupt();
        channel.update();
    }

    private void packet() {
        if ((taskFile.feature() & FEATURE_OVERLAP) != 0) {
            abort();
            return;
        }
        transfer.awaitPacket((taskFile.feature() & FEATURE_DMA) != 0, taskFile.byteCount());
        taskFile.setCount(REASON_COMMAND);
        // The drive is of the kind that asks for the packet without an interrupt.
        taskFile.status = READY | DRQ;
    }

    private void setFeatures() {
        switch (taskFile.feature()) {
            case 0x03 -> {
                int mode = taskFile.count();
                if (AtaDisk.knowsMode(mode)) {
                    transferMode = AtaDisk.isDma(mode) ? mode : transferMode;
                    done();
                } else {
                    abort();
                }
            }
            case 0x66, 0xCC -> done();
            default -> abort();
        }
    }

    private void end(int status, int error) {
        transfer.stop();
        taskFile.error = error;
        taskFile.setCount(REASON_TO_HOST | REASON_COMMAND);
        taskFile.status = status;
        interrupt();
    }

    private void done() {
        taskFile.status = READY;
        interrupt();
    }

    private void abort() {
        taskFile.error = ABRT;
        taskFile.status = READY | ERR;
        interrupt();
    }
}
