package org.jeroboam.device.floppy;

import java.util.Arrays;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Line;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.clock.Timer;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/**
 * An Intel 82077AA floppy controller wired as in a PC/AT (data sheet 290166-007, 1994), with up to two drives: ports 3F0h
 * to 3F5h and 3F7h, IRQ 6, DMA channel 2.
 *
 * <p>Imperfections: {@value #FAST}; {@value #SIMPLE_TRACKS}; {@value #FIXED_LAYOUT}; {@value #NO_INDEX};
 * {@value #PATIENT}; {@value #NO_HEAD_LOAD}; {@value #NO_POWER_DOWN}.
 */
final class I82077aa implements Device, PortHandler {
    static final String FAST = "drives turn and step faster than real ones by the property speed, and need no spin-up";
    static final String SIMPLE_TRACKS =
            "tracks are evenly spaced sectors of 512 bytes in order, never deleted or damaged, with no FM";
    static final String FIXED_LAYOUT = "formatting another layout than the image's leaves the image as it is; "
            + "a drive takes media of all sizes, images that end early read as zeros there";
    static final String NO_INDEX =
            "an empty or stopped drive ends a command with a missing address mark after two turns instead of never";
    static final String PATIENT = "in non-DMA mode the medium waits for the guest, there is no overrun";
    static final String NO_HEAD_LOAD =
            "HUT HLT GPL GAP WGATE PRETRK and write precompensation are kept but have no effect";
    static final String NO_POWER_DOWN = "DSR's power down bit has no effect; SRA and SRB are not there, as in a PC/AT";

    /** What is said between guest and controller. */
    enum Dialogue {
        COMMAND,
        EXECUTION,
        RESULT
    }

    static final int DRIVES = 4;
    /** Bytes of the longest command, and of DUMPREG's result. */
    static final int MAX_BYTES = 10;

    private static final int BASE = 0x3F0;
    private static final int PORTS = 6;
    private static final int DIR_CCR = 0x3F7;
    private static final int IRQ = 6;

    private static final int DOR_SELECT = 0x03;
    private static final int DOR_NOT_RESET = 0x04;
    private static final int DOR_DMAGATE = 0x08;
    private static final int DOR_MOTOR_0 = 0x10;

    private static final int TDR_NOT_DRIVEN = 0xFC;
    private static final int FLOATING = 0xFF;

    private static final int MSR_RQM = 0x80;
    private static final int MSR_DIO = 0x40;
    private static final int MSR_NON_DMA = 0x20;
    private static final int MSR_BUSY = 0x10;

    private static final int DSR_RESET = 0x80;
    private static final int RATE = 0x03;
    private static final int DIR_CHANGED = 0x80;

    private static final int ST0_INVALID = 0x80;
    private static final int ST0_POLLING = 0xC0;
    private static final int ST3_ALWAYS = 0x28;
    private static final int ST3_WP = 0x40;
    private static final int ST3_T0 = 0x10;
    private static final int ENHANCED_CONTROLLER = 0x90;
    private static final int LOCK_BIT = 0x80;
    private static final int SEEK_IN = 0x40;

    /** From the end of a reset to the interrupt that polling the drives makes. */
    private static final long POLLING_NANOS = 200_000;

    private static final String SECTION = "i82077aa";
    private static final int VERSION = 1;

    private final String[] names;
    private final int speed;
    private final FdcSettings settings = new FdcSettings();
    private final FloppyDrive[] drives = new FloppyDrive[DRIVES];
    private Board board;
    private Line irq;
    private Timer polling;
    private Execution execution;

    private int dor;
    private int tdr;
    private int rate;
    private Dialogue dialogue = Dialogue.COMMAND;
    private final int[] bytes = new int[MAX_BYTES];
    private int position;
    private int length;
    private boolean resultInterrupt;
    private boolean seekInterrupt;
    private int polled;

    /**
     * Creates a controller.
     *
     * @param a name of drive 0, or empty for none
     * @param b name of drive 1, or empty for none
     * @param speed how many times faster than a real drive
     */
    I82077aa(String a, String b, int speed) {
        names = new String[] {a, b, "", ""};
        this.speed = speed;
    }

    @Override
    public void attach(Board scope) {
        board = scope;
        scope.mapPorts(BASE, PORTS, 1, this);
        scope.mapPorts(DIR_CCR, 1, 1, this);
        irq = scope.line(new LineId.Irq(IRQ));
        polling = scope.timer(this::poll);
        for (int i = 0; i < DRIVES; i++) {
            drives[i] = new FloppyDrive(this, scope, i, names[i], speed);
        }
        execution = new Execution(this, scope, settings, drives);
    }

    @Override
    public void reset(ResetKind kind) {
        dor = 0;
        tdr = 0;
        rate = DiskLayout.KBPS_250;
        Arrays.fill(bytes, 0);
        settings.hardReset();
        execution.hardReset();
        if (kind == ResetKind.POWER_ON) {
            for (FloppyDrive drive : drives) {
                drive.powerOn();
            }
        }
        beginReset();
    }

    @Override
    public void save(StateWriter out) {
        FloppyDrive.State[] all = new FloppyDrive.State[DRIVES];
        for (int i = 0; i < DRIVES; i++) {
            all[i] = drives[i].save();
        }
        out.section(
                SECTION,
                VERSION,
                new FdcState(
                        dor,
                        tdr,
                        rate,
                        settings.save(),
                        dialogue,
                        bytes.clone(),
                        position,
                        length,
                        resultInterrupt,
                        seekInterrupt,
                        polled,
                        polling.deadline(),
                        execution.save(),
                        all));
    }

    @Override
    public void restore(StateReader in) throws StateException {
        FdcState state = in.section(SECTION, VERSION, FdcState.class);
        dor = state.dor();
        tdr = state.tdr();
        rate = state.rate();
        settings.restore(state.settings());
        dialogue = state.dialogue();
        System.arraycopy(state.bytes(), 0, bytes, 0, MAX_BYTES);
        position = state.position();
        length = state.length();
        resultInterrupt = state.resultInterrupt();
        seekInterrupt = state.seekInterrupt();
        polled = state.polled();
        polling.arm(state.polling());
        for (int i = 0; i < DRIVES; i++) {
            drives[i].restore(state.drives()[i]);
        }
        execution.restore(state.execution());
        update();
    }

    @Override
    public int readPort(int port, int size) {
        return switch (port - BASE) {
            case 2 -> dor;
            case 3 -> TDR_NOT_DRIVEN | tdr;
            case 4 -> mainStatus();
            case 5 -> readFifo();
            case 7 -> drives[dor & DOR_SELECT].changed() ? DIR_CHANGED : 0;
            default -> FLOATING;
        };
    }

    @Override
    public void writePort(int port, int size, int value) {
        switch (port - BASE) {
            case 2 -> writeDor(value);
            case 3 -> tdr = value & 3;
            case 4 -> writeDsr(value);
            case 5 -> writeFifo(value);
            case 7 -> rate = value & RATE;
            default -> {
                // SRA and SRB are read only.
            }
        }
    }

    /** Drives the INT pin, which DMAGATE opens. */
    void update() {
        boolean asks = resultInterrupt || seekInterrupt || dialogue == Dialogue.EXECUTION && execution.byteReady();
        irq.set(asks && dmaEnabled());
    }

    boolean dmaEnabled() {
        return (dor & DOR_DMAGATE) != 0;
    }

    boolean motorRuns(int drive) {
        return (dor & DOR_MOTOR_0 << drive) != 0;
    }

    int dataRate() {
        return rate;
    }

    long stepTime() {
        return settings.stepTime(rate);
    }

    /** A head has arrived where a seek or a data command sent it. */
    void arrived(boolean forData) {
        if (!forData) {
            seekInterrupt = true;
            update();
        }
        execution.arrived();
    }

    /** A command on the medium has ended. */
    void executed(int st0, int st1, int st2, SectorAddress address) {
        bytes[0] = st0;
        bytes[1] = st1;
        bytes[2] = st2;
        bytes[3] = address.c;
        bytes[4] = address.h;
        bytes[5] = address.r;
        bytes[6] = address.n;
        resultInterrupt = true;
        answer(7);
    }

    private boolean inReset() {
        return (dor & DOR_NOT_RESET) == 0;
    }

    private void writeDor(int value) {
        boolean wasInReset = inReset();
        dor = value;
        if (inReset() && !wasInReset) {
            settings.softReset();
            beginReset();
        } else if (wasInReset && !inReset()) {
            endReset();
        }
        update();
    }

    private void writeDsr(int value) {
        rate = value & RATE;
        if ((value & DSR_RESET) != 0 && !inReset()) {
            settings.softReset();
            beginReset();
            endReset();
        }
    }

    private void beginReset() {
        execution.abort();
        for (FloppyDrive drive : drives) {
            drive.reset();
        }
        polling.disarm();
        polled = 0;
        seekInterrupt = false;
        expectCommand();
    }

    private void endReset() {
        polling.arm(board.clock().now() + POLLING_NANOS);
    }

    /** Polling finds all drives ready that were taken for not ready. */
    private void poll() {
        if (settings.polls()) {
            polled = (1 << DRIVES) - 1;
            seekInterrupt = true;
            update();
        }
    }

    private int mainStatus() {
        if (inReset()) {
            return 0;
        }
        int status = 0;
        for (FloppyDrive drive : drives) {
            if (drive.moving()) {
                status |= 1 << drive.number();
            }
        }
        return status
                | switch (dialogue) {
                    case COMMAND -> position == 0 ? MSR_RQM : MSR_RQM | MSR_BUSY;
                    case RESULT -> MSR_RQM | MSR_DIO | MSR_BUSY;
                    case EXECUTION -> executionStatus();
                };
    }

    private int executionStatus() {
        int status = execution.passesBytes() ? MSR_NON_DMA | MSR_BUSY : MSR_BUSY;
        if (execution.byteReady()) {
            status |= execution.toGuest() ? MSR_RQM | MSR_DIO : MSR_RQM;
        }
        return status;
    }

    private int readFifo() {
        int value = 0;
        if (dialogue == Dialogue.RESULT) {
            value = bytes[position++];
            resultInterrupt = false;
            if (position == length) {
                expectCommand();
            }
            update();
        } else if (dialogue == Dialogue.EXECUTION) {
            value = execution.readByte();
            update();
        }
        return value;
    }

    private void writeFifo(int value) {
        if (inReset()) {
            return;
        }
        if (dialogue == Dialogue.EXECUTION) {
            execution.writeByte(value);
            update();
        } else if (dialogue == Dialogue.COMMAND) {
            bytes[position++] = value;
            if (position > FdcCommand.of(bytes[0]).parameters()) {
                position = 0;
                execute(FdcCommand.of(bytes[0]));
            }
        }
    }

    private void expectCommand() {
        dialogue = Dialogue.COMMAND;
        position = 0;
        length = 0;
        resultInterrupt = false;
        // Where several seeks have ended each has an interrupt of its own.
        for (FloppyDrive drive : drives) {
            seekInterrupt |= drive.hasStatus();
        }
        update();
    }

    private void answer(int count) {
        dialogue = Dialogue.RESULT;
        position = 0;
        length = count;
        update();
    }

    private void answerWith(int value) {
        bytes[0] = value;
        answer(1);
    }

    private void execute(FdcCommand command) {
        switch (command) {
            case SPECIFY -> settings.specify(bytes[1], bytes[2]);
            case CONFIGURE -> settings.configure(bytes[2], bytes[3]);
            case PERPENDICULAR_MODE -> settings.perpendicularMode(bytes[1]);
            case RECALIBRATE -> drives[bytes[1] & 3].recalibrate(stepTime());
            case SEEK -> drives[bytes[1] & 3].seek(bytes[2], stepTime());
            case RELATIVE_SEEK -> {
                int tracks = (bytes[0] & SEEK_IN) != 0 ? bytes[2] : -bytes[2];
                drives[bytes[1] & 3].seekBy(tracks, stepTime());
            }
            case SENSE_DRIVE_STATUS -> answerWith(driveStatus(bytes[1]));
            case SENSE_INTERRUPT_STATUS -> senseInterrupt();
            case VERSION -> answerWith(ENHANCED_CONTROLLER);
            case DUMPREG -> dump();
            case LOCK -> {
                settings.lock((bytes[0] & LOCK_BIT) != 0);
                answerWith(settings.locked() ? 0x10 : 0);
            }
            case INVALID -> answerWith(ST0_INVALID);
            case READ_TRACK,
                    WRITE_DATA,
                    READ_DATA,
                    WRITE_DELETED_DATA,
                    READ_ID,
                    READ_DELETED_DATA,
                    FORMAT_TRACK,
                    VERIFY -> {
                dialogue = Dialogue.EXECUTION;
                execution.begin(bytes);
            }
        }
    }

    private int driveStatus(int headAndDrive) {
        FloppyDrive drive = drives[headAndDrive & 3];
        return ST3_ALWAYS
                | headAndDrive & 7
                | (drive.writeProtected() ? ST3_WP : 0)
                | (drive.atTrackZero() ? ST3_T0 : 0);
    }

    private void dump() {
        for (int i = 0; i < DRIVES; i++) {
            bytes[i] = drives[i].pcn();
        }
        settings.dump(bytes, DRIVES, execution.lastSector());
        answer(MAX_BYTES);
    }

    private void senseInterrupt() {
        seekInterrupt = false;
        for (FloppyDrive drive : drives) {
            int number = drive.number();
            if (drive.hasStatus()) {
                bytes[0] = drive.takeStatus();
            } else if ((polled & 1 << number) != 0) {
                polled &= ~(1 << number);
                bytes[0] = ST0_POLLING | number;
            } else {
                continue;
            }
            bytes[1] = drive.pcn();
            answer(2);
            return;
        }
        answerWith(ST0_INVALID);
    }
}
