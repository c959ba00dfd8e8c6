package org.jeroboam.device.ide;

import java.util.List;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Line;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.Mapping;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.state.StateException;

/**
 * One IDE channel: the command and control blocks of up to two drives on one cable (ANSI NCITS 317, ATA-4). Register
 * writes reach both drives, data and commands the selected one.
 */
final class Channel implements PortHandler {
    private static final int COMMAND_PORTS = 8;
    private static final int DATA = 0;
    private static final int DEVICE = 6;
    private static final int STATUS = 7;
    private static final int DEVICE_1 = 0x10;
    private static final int CONTROL_NIEN = 0x02;
    private static final int CONTROL_SRST = 0x04;
    private static final int CONTROL_HOB = 0x80;
    private static final int EXECUTE_DEVICE_DIAGNOSTIC = 0x90;

    private final Board board;
    private final int commandBlock;
    private final int controlBlock;
    private final Line intrq;
    private final BusMaster busMaster;
    private final Drive[] drives = new Drive[2];
    private Mapping commandPorts;
    private Mapping controlPorts;
    private int control;
    private boolean second;
    private boolean lineLevel;

    /**
     * All that a channel remembers.
     *
     * @param control device control register
     * @param second device 1 is selected
     * @param lineLevel INTRQ
     * @param busMaster the bus master
     * @param drive0 device 0
     * @param drive1 device 1
     */
    record State(
            int control,
            boolean second,
            boolean lineLevel,
            BusMaster.State busMaster,
            DriveState drive0,
            DriveState drive1) {
        State {
            if (busMaster == null || drive0 == null || drive1 == null) {
                throw new IllegalArgumentException("a part of the IDE channel is missing");
            }
        }
    }

    Channel(Board board, int commandBlock, int controlBlock, LineId irq, List<DriveConfig> configs) {
        this.board = board;
        this.commandBlock = commandBlock;
        this.controlBlock = controlBlock;
        intrq = board.line(irq);
        busMaster = new BusMaster(board.memory(), this::pump);
        for (int i = 0; i < drives.length; i++) {
            DriveConfig config = configs.get(i);
            if (!config.port().isEmpty()) {
                drives[i] = switch (config.kind()) {
                    case DISK -> new AtaDisk(this, board, config);
                    case CDROM -> new PacketDrive(this, board, config);
                };
            }
        }
    }

    BusMaster busMaster() {
        return busMaster;
    }

    void reset() {
        control = 0;
        second = false;
        busMaster.reset();
        for (Drive drive : drives) {
            if (drive != null) {
                drive.powerOn();
            }
        }
        lineLevel = false;
        intrq.set(false);
        update();
    }

    State save() {
        return new State(control, second, lineLevel, busMaster.save(), saveDrive(0), saveDrive(1));
    }

    void restore(State state) throws StateException {
        control = state.control();
        second = state.second();
        lineLevel = state.lineLevel();
        busMaster.restore(state.busMaster());
        restoreDrive(0, state.drive0());
        restoreDrive(1, state.drive1());
        intrq.set(lineLevel);
    }

    /** Opens or closes the legacy ports. */
    void decode(boolean on) {
        if (on && commandPorts == null) {
            commandPorts = board.mapPorts(commandBlock, COMMAND_PORTS, 4, this);
            controlPorts = board.mapPorts(controlBlock, 1, 1, this);
        } else if (!on && commandPorts != null) {
            commandPorts.unmap();
            controlPorts.unmap();
            commandPorts = null;
            controlPorts = null;
        }
    }

    @Override
    public int readPort(int port, int size) {
        if (port == controlBlock) {
            return status();
        }
        int register = port - commandBlock;
        if (register == DATA) {
            Drive drive = selected();
            return drive == null ? 0 : drive.readData(size);
        }
        int value = 0;
        for (int i = 0; i < size && register + i <= STATUS; i++) {
            value |= read(register + i) << 8 * i;
        }
        return value;
    }

    @Override
    public void writePort(int port, int size, int value) {
        if (port == controlBlock) {
            writeControl(value);
            return;
        }
        int register = port - commandBlock;
        if (register == DATA) {
            Drive drive = selected();
            if (drive != null) {
                drive.writeData(size, value);
            }
            return;
        }
        for (int i = 0; i < size && register + i <= STATUS; i++) {
            write(register + i, value >>> 8 * i & 0xFF);
        }
    }

    /** Drives the INTRQ line from the selected drive. */
    void update() {
        Drive drive = selected();
        boolean level = drive != null && drive.interrupting() && (control & CONTROL_NIEN) == 0;
        if (level == lineLevel) {
            return;
        }
        lineLevel = level;
        if (level) {
            busMaster.interrupt();
        }
        intrq.set(level);
    }

    private void pump() {
        for (Drive drive : drives) {
            if (drive != null) {
                drive.pump();
            }
        }
    }

    /** The drive that answers, or null when there is none. */
    private Drive selected() {
        Drive drive = drives[second ? 1 : 0];
        return drive != null && drive.present() ? drive : null;
    }

    private int status() {
        Drive drive = selected();
        return drive == null ? 0 : drive.status();
    }

    private int read(int register) {
        if (register == STATUS) {
            int value = status();
            Drive drive = selected();
            if (drive != null) {
                drive.clearInterrupt();
                update();
            }
            return value;
        }
        // Device 0 answers for an absent device 1.
        Drive drive = selected();
        Drive answering = drive != null || !second || drives[0] == null || !drives[0].present() ? drive : drives[0];
        if (answering == null) {
            return 0;
        }
        return answering.readRegister(register, (control & CONTROL_HOB) != 0);
    }

    private void write(int register, int value) {
        control &= ~CONTROL_HOB;
        if (register == STATUS) {
            command(value);
            return;
        }
        Drive busy = selected();
        if (busy != null && busy.busy()) {
            return;
        }
        for (Drive drive : drives) {
            if (drive != null) {
                drive.writeRegister(register, value);
            }
        }
        if (register == DEVICE) {
            second = (value & DEVICE_1) != 0;
            update();
        }
    }

    private void command(int value) {
        if (value == EXECUTE_DEVICE_DIAGNOSTIC) {
            diagnose();
            return;
        }
        Drive drive = selected();
        if (drive != null && (!drive.busy() || drive.acceptsBusy(value))) {
            drive.clearInterrupt();
            update();
            drive.execute(value);
        }
    }

    private void diagnose() {
        for (Drive drive : drives) {
            if (drive != null && drive.busy()) {
                return;
            }
        }
        second = false;
        for (Drive drive : drives) {
            if (drive != null && drive.present()) {
                drive.diagnose();
            }
        }
        update();
    }

    private void writeControl(int value) {
        boolean before = (control & CONTROL_SRST) != 0;
        boolean now = (value & CONTROL_SRST) != 0;
        control = value & (CONTROL_HOB | CONTROL_SRST | CONTROL_NIEN);
        if (now && !before) {
            second = false;
        }
        for (Drive drive : drives) {
            if (drive != null && now != before) {
                drive.softReset(now);
            }
        }
        update();
    }

    private DriveState saveDrive(int index) {
        return drives[index] == null ? new DriveState.None() : drives[index].save();
    }

    private void restoreDrive(int index, DriveState state) throws StateException {
        switch (state) {
            case DriveState.Disk(var saved) when drives[index] instanceof AtaDisk disk -> disk.restore(saved);
            case DriveState.Packet(var saved) when drives[index] instanceof PacketDrive drive -> drive.restore(saved);
            case DriveState.None() when drives[index] == null -> {
                // Nothing was there and nothing is.
            }
            default ->
                throw new StateException("the saved IDE channel at " + Integer.toHexString(commandBlock) + "h has "
                        + name(state) + " as device " + index + ", this one has " + name(saveDrive(index)));
        }
    }

    private static String name(DriveState state) {
        return switch (state) {
            case DriveState.Disk disk -> "a disk";
            case DriveState.Packet packet -> "a CD-ROM drive";
            case DriveState.None none -> "nothing";
        };
    }
}
