package org.jeroboam.device.floppy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Counter;
import org.jeroboam.hardware.board.DmaController;
import org.jeroboam.hardware.board.Offload;
import org.jeroboam.hardware.clock.Timer;

/**
 * The execution phase of a command that works on the medium: sector after sector passes below the head, is read or
 * written on an I/O thread meanwhile, and goes to or comes from the guest by DMA or byte by byte.
 */
final class Execution {
    private static final int DMA_CHANNEL = 2;
    private static final int SECTOR = FloppyDrive.SECTOR;

    private static final int OPCODE_MT = 0x80;
    private static final int OPCODE_MFM = 0x40;
    private static final int OPCODE_SK = 0x20;
    private static final int VERIFY_EC = 0x80;

    private static final int ABNORMAL = 0x40;
    private static final int SEEK_END = 0x20;

    private static final int ST1_EN = 0x80;
    private static final int ST1_DE = 0x20;
    private static final int ST1_OR = 0x10;
    private static final int ST1_ND = 0x04;
    private static final int ST1_NW = 0x02;
    private static final int ST1_MA = 0x01;

    private static final int ST2_CM = 0x40;
    private static final int ST2_DD = 0x20;
    private static final int ST2_WC = 0x10;

    /** Time for what needs no turn of the medium: a look at the write protection, the end of a flush. */
    private static final long REACTION = 50_000;

    /** Bytes that pass below the head before the first of them is offered to the guest. */
    private static final int READ_AHEAD = 16;

    private static final int ID_BYTES = 4;

    /** What goes on. */
    enum Phase {
        IDLE,
        /** The head moves. */
        SEEKING,
        /** The sector comes round. */
        TURNING,
        /** The sector is there, but work of a command that a reset ended still goes on. */
        STALLED,
        /** The medium is read or written. */
        ACCESS,
        /** That was done early; the sector has not passed yet. */
        PASSING,
        /** Bytes pass through the FIFO register. */
        BYTES,
        /** The end is known and waits for its time. */
        ENDING,
        /** What was written is made durable. */
        FLUSHING
    }

    /**
     * All that a command in execution remembers.
     *
     * @param phase what goes on
     * @param opcode first byte of the command
     * @param unit drive
     * @param address C, H, R, N and the side
     * @param extra DTL, SC of VERIFY, or filler of FORMAT TRACK
     * @param counts EC of VERIFY
     * @param done sectors done
     * @param st0 IC and SE
     * @param st1 ST1
     * @param st2 ST2
     * @param terminalCount TC came
     * @param wrote the medium was written
     * @param stale the completion to come is of a command that a reset ended
     * @param changes which medium the command began with
     * @param at virtual time at the head
     * @param due deadline of the phase
     * @param window the FIFO register
     * @param work completion to come
     * @param buffer data on their way
     */
    record State(
            Phase phase,
            int opcode,
            int unit,
            SectorAddress.State address,
            int extra,
            boolean counts,
            int done,
            int st0,
            int st1,
            int st2,
            boolean terminalCount,
            boolean wrote,
            boolean stale,
            int changes,
            long at,
            long due,
            ByteWindow.State window,
            Offload.Pending work,
            byte[] buffer) {
        State {
            if (phase == null || address == null || window == null || work == null || buffer == null) {
                throw new IllegalArgumentException("a part of the floppy controller's transfer is missing");
            }
            if (((opcode | extra | st0 | st1 | st2) & ~0xFF) != 0
                    || (unit & ~3) != 0
                    || done < 0
                    || at < 0
                    || buffer.length > MediumAccess.BUFFER) {
                throw new IllegalArgumentException("a transfer of the floppy controller is out of range");
            }
        }
    }

    private final I82077aa controller;
    private final Board board;
    private final FdcSettings settings;
    private final FloppyDrive[] drives;
    private final DmaController dma;
    private final MediumAccess access;
    private final MemorySegment buffer;
    private final ByteWindow window;
    private final Timer timer;
    private final Counter sectorsRead;
    private final Counter sectorsWritten;
    private final SectorAddress address = new SectorAddress();

    private Phase phase = Phase.IDLE;
    private FdcCommand command = FdcCommand.INVALID;
    private FloppyDrive drive;
    private int opcode;
    private int extra;
    private boolean counts;
    private int done;
    private int st0;
    private int st1;
    private int st2;
    private boolean terminalCount;
    private boolean wrote;
    private boolean stale;
    private int changes;
    private long at;

    Execution(I82077aa controller, Board board, FdcSettings settings, FloppyDrive[] drives) {
        this.controller = controller;
        this.board = board;
        this.settings = settings;
        this.drives = drives;
        drive = drives[0];
        dma = board.role(DmaController.class);
        access = new MediumAccess(board, this::accessed);
        buffer = access.buffer();
        window = new ByteWindow(buffer, board, controller::update);
        timer = board.timer(this::due);
        sectorsRead = board.counter("sectors.read");
        sectorsWritten = board.counter("sectors.written");
    }

    /** By the RESET pin. */
    void hardReset() {
        abort();
        opcode = 0;
        command = FdcCommand.INVALID;
        drive = drives[0];
        address.clear();
        extra = 0;
        counts = false;
        done = 0;
        st0 = 0;
        st1 = 0;
        st2 = 0;
        terminalCount = false;
        changes = 0;
        at = 0;
    }

    /** Forgets the command. Work that was begun goes on. */
    void abort() {
        stale |= access.busy();
        phase = Phase.IDLE;
        wrote = false;
        timer.disarm();
        window.close();
    }

    State save() {
        boolean data = phase == Phase.ACCESS || phase == Phase.PASSING || phase == Phase.BYTES;
        return new State(
                phase,
                opcode,
                drive.number(),
                address.save(),
                extra,
                counts,
                done,
                st0,
                st1,
                st2,
                terminalCount,
                wrote,
                stale,
                changes,
                at,
                timer.deadline(),
                window.save(),
                access.pending(),
                data ? buffer.toArray(ValueLayout.JAVA_BYTE) : new byte[0]);
    }

    void restore(State state) {
        phase = state.phase();
        opcode = state.opcode();
        command = FdcCommand.of(opcode);
        drive = drives[state.unit()];
        address.restore(state.address());
        extra = state.extra();
        counts = state.counts();
        done = state.done();
        st0 = state.st0();
        st1 = state.st1();
        st2 = state.st2();
        terminalCount = state.terminalCount();
        wrote = state.wrote();
        stale = state.stale();
        changes = state.changes();
        at = state.at();
        timer.arm(state.due());
        window.restore(state.window());
        access.restore(state.work());
        MemorySegment.copy(state.buffer(), 0, buffer, ValueLayout.JAVA_BYTE, 0, state.buffer().length);
    }

    /** EOT of the last transfer, or SC of the last FORMAT TRACK. */
    int lastSector() {
        return address.lastSector;
    }

    /** Whether data of this command pass through the FIFO register. */
    boolean passesBytes() {
        return settings.nonDma() && (command.reads() || command.writes());
    }

    boolean toGuest() {
        return command.reads();
    }

    /** Whether a byte can pass now. */
    boolean byteReady() {
        return phase == Phase.BYTES && window.ready();
    }

    /** A read of the FIFO register. */
    int readByte() {
        if (!byteReady() || !command.reads()) {
            return 0;
        }
        int value = window.take();
        if (window.done()) {
            window.close();
            at = board.clock().now();
            sectorDone(false);
        }
        return value;
    }

    /** A write of the FIFO register. */
    void writeByte(int value) {
        if (byteReady() && command.writes()) {
            window.put(value);
            if (window.done()) {
                int bytes = window.limit();
                window.close();
                putDown(bytes);
            }
        }
    }

    /**
     * Begins.
     *
     * @param bytes the command with its parameters
     */
    void begin(int[] bytes) {
        abort();
        opcode = bytes[0];
        command = FdcCommand.of(opcode);
        drive = drives[bytes[1] & 3];
        address.head = bytes[1] >> 2 & 1;
        counts = (bytes[1] & VERIFY_EC) != 0;
        done = 0;
        st0 = 0;
        st1 = 0;
        st2 = 0;
        terminalCount = false;
        changes = drive.mediumChanges();
        at = board.clock().now();
        if (command.addresses()) {
            address.c = bytes[2];
            address.h = bytes[3];
            address.r = bytes[4];
            address.n = bytes[5];
            address.lastSector = bytes[6];
            extra = bytes[8];
            if (settings.impliedSeek() && address.c != drive.pcn()) {
                st0 = SEEK_END;
                drive.impliedSeek(address.c, controller.stepTime());
            }
        } else if (command == FdcCommand.FORMAT_TRACK) {
            address.n = bytes[2];
            address.lastSector = bytes[3];
            extra = bytes[5];
        }
        if (drive.moving()) {
            phase = Phase.SEEKING;
        } else {
            look();
        }
    }

    /** A head has arrived. */
    void arrived() {
        if (phase == Phase.SEEKING && !drive.moving()) {
            at = board.clock().now();
            look();
        }
    }

    /** Looks for the ID of the next sector, from the present time at the head. */
    private void look() {
        DiskLayout layout = drive.layout();
        Spindle spindle = drive.spindle();
        if (!turns() || command != FdcCommand.FORMAT_TRACK && !readable(layout)) {
            findNothing();
        } else if (command.writes() && drive.writeProtected()) {
            end(at + REACTION, ABNORMAL, ST1_NW, 0);
        } else if (command == FdcCommand.FORMAT_TRACK) {
            turnTo(spindle.index(at));
        } else if (command == FdcCommand.READ_ID) {
            address.c = drive.track();
            address.h = address.head;
            address.r = spindle.next(at);
            address.n = SectorAddress.N_512;
            end(spindle.start(at, address.r) + spindle.idTime(), 0, 0, 0);
        } else if (command == FdcCommand.READ_TRACK) {
            long from = done == 0 ? spindle.index(at) : at;
            turnTo(spindle.start(from, physicalSector(layout)));
        } else if (!address.matches(layout, drive.track()) || command.writes() && block(layout) >= drive.size()) {
            int wrongCylinder = address.c == drive.track() ? 0 : ST2_WC;
            end(spindle.index(at) + spindle.revolution(), ABNORMAL, ST1_ND, wrongCylinder);
        } else {
            turnTo(spindle.start(at, address.r));
        }
    }

    private void turnTo(long time) {
        phase = Phase.TURNING;
        at = time;
        timer.arm(time);
    }

    /** Whether the medium is still the one that the command began with, and turns. */
    private boolean turns() {
        return drive.loaded() && drive.mediumChanges() == changes && controller.motorRuns(drive.number());
    }

    private boolean readable(DiskLayout layout) {
        return layout != null
                && layout.readableAt(controller.dataRate())
                && (opcode & OPCODE_MFM) != 0
                && layout.has(drive.track(), address.head);
    }

    /** No address mark in two turns. */
    private void findNothing() {
        if (drive.loaded() && drive.layout() == null) {
            board.report("drive " + drive.name() + ": no diskette has " + drive.size()
                    + " sectors; the guest finds nothing");
        }
        end(at + 2 * drive.spindle().revolution(), ABNORMAL, ST1_MA, 0);
    }

    private int physicalSector(DiskLayout layout) {
        return command == FdcCommand.READ_TRACK ? done % layout.sectors() + 1 : address.r;
    }

    private int block(DiskLayout layout) {
        return layout.block(drive.track(), address.head, physicalSector(layout));
    }

    private void due() {
        switch (phase) {
            case TURNING -> meet();
            case PASSING -> passed();
            case ENDING -> conclude();
            default -> {
                // Only a damaged saved state leads here.
            }
        }
    }

    /** The sector, or for FORMAT TRACK the index hole, is below the head. */
    private void meet() {
        if (access.busy()) {
            phase = Phase.STALLED;
            stale = true;
            return;
        }
        DiskLayout layout = drive.layout();
        boolean format = command == FdcCommand.FORMAT_TRACK;
        if (!turns() || !format && !readable(layout)) {
            findNothing();
        } else if (command.writes()) {
            int bytes = format ? address.lastSector * ID_BYTES : SECTOR;
            if (bytes == 0) {
                putDown(0);
            } else if (settings.nonDma()) {
                openWindow(bytes);
            } else {
                fetch(bytes);
            }
        } else if (skips()) {
            st2 |= ST2_CM;
            at += drive.spindle().sectorTime();
            sectorDone(false);
        } else {
            Spindle spindle = drive.spindle();
            at += passesBytes() ? READ_AHEAD * spindle.byteTime() : spindle.sectorTime();
            phase = Phase.ACCESS;
            access.read(
                    drive,
                    changes,
                    block(layout),
                    Math.max(0, at - board.clock().now()));
        }
    }

    /** Sectors of images are never deleted ones: READ DELETED DATA that skips others skips all. */
    private boolean skips() {
        return command == FdcCommand.READ_DELETED_DATA && (opcode & OPCODE_SK) != 0;
    }

    private void openWindow(int bytes) {
        phase = Phase.BYTES;
        window.open(bytes, settings.burst(), drive.spindle().byteTime());
    }

    /** Gets bytes by DMA. */
    private void fetch(int bytes) {
        int got = controller.dmaEnabled() ? dma.memoryToDevice(DMA_CHANNEL, buffer, 0, bytes) : 0;
        if (got <= 0) {
            end(at, ABNORMAL, ST1_OR, 0);
            return;
        }
        terminalCount = dma.terminalCount(DMA_CHANNEL);
        if (got < bytes) {
            buffer.asSlice(got, bytes - got).fill((byte) 0);
        }
        putDown(got);
    }

    /** Writes what the guest gave. */
    private void putDown(int bytes) {
        DiskLayout layout = drive.layout();
        boolean format = command == FdcCommand.FORMAT_TRACK;
        if (access.busy() || !turns() || !format && !readable(layout)) {
            findNothing(); // the medium went meanwhile
            return;
        }
        phase = Phase.ACCESS;
        wrote = true;
        long now = board.clock().now();
        if (format) {
            done = choose(layout, bytes / ID_BYTES);
            at = drive.spindle().index(Math.max(at + 1, now));
            access.format(drive, changes, done, extra, at - now);
        } else {
            at = Math.max(at + drive.spindle().sectorTime(), now);
            access.write(drive, changes, block(layout), at - now);
        }
    }

    /** Chooses the sectors that the guest's IDs name; none of them when one is not of the image's layout. */
    private int choose(DiskLayout layout, int ids) {
        int chosen = 0;
        boolean fits = readable(layout) && address.n == SectorAddress.N_512;
        for (int i = 0; i < ids && fits; i++) {
            address.c = buffer.get(ValueLayout.JAVA_BYTE, i * ID_BYTES) & 0xFF;
            address.h = buffer.get(ValueLayout.JAVA_BYTE, i * ID_BYTES + 1) & 0xFF;
            address.r = buffer.get(ValueLayout.JAVA_BYTE, i * ID_BYTES + 2) & 0xFF;
            address.n = buffer.get(ValueLayout.JAVA_BYTE, i * ID_BYTES + 3) & 0xFF;
            fits = address.matches(layout, drive.track());
            if (fits && block(layout) < drive.size()) {
                access.choose(chosen++, block(layout));
            }
        }
        if (fits) {
            return chosen;
        }
        board.report("drive " + drive.name() + ": the guest formats a track in a way that its image cannot hold");
        return 0;
    }

    private void accessed(String failure) {
        if (stale) {
            stale = false;
            if (phase == Phase.STALLED) {
                meet();
            }
        } else if (phase == Phase.FLUSHING) {
            if (failure != null) {
                hostFailed(failure);
            }
            deliver();
        } else if (phase == Phase.ACCESS) {
            if (failure == null) {
                phase = Phase.PASSING;
                if (board.clock().now() < at) {
                    timer.arm(at);
                } else {
                    passed();
                }
            } else if (drive.mediumChanges() != changes) {
                findNothing();
            } else {
                hostFailed(failure);
                end(at, ABNORMAL, 0, 0);
            }
        }
    }

    /** What the host cannot read or write is, to the guest, a bad data field. */
    private void hostFailed(String failure) {
        board.report("drive " + drive.name() + ": " + failure);
        st0 |= ABNORMAL;
        st1 |= ST1_DE;
        st2 |= ST2_DD;
    }

    /** A sector, or for FORMAT TRACK the track, has passed. */
    private void passed() {
        if (command == FdcCommand.FORMAT_TRACK) {
            sectorsWritten.add(done);
            end(at, 0, 0, 0);
        } else if (command.writes()) {
            sectorsWritten.add(1);
            sectorDone(terminalCount);
        } else {
            sectorsRead.add(1);
            if (command == FdcCommand.VERIFY) {
                sectorDone(counts && done + 1 == (extra == 0 ? 256 : extra));
            } else if (settings.nonDma()) {
                openWindow(SECTOR);
            } else {
                give();
            }
        }
    }

    /** Gives a sector by DMA. */
    private void give() {
        int taken = controller.dmaEnabled() ? dma.deviceToMemory(DMA_CHANNEL, buffer, 0, SECTOR) : 0;
        if (taken <= 0) {
            end(at, ABNORMAL, ST1_OR, 0);
        } else {
            sectorDone(dma.terminalCount(DMA_CHANNEL));
        }
    }

    private void sectorDone(boolean end) {
        boolean multiTrack = (opcode & OPCODE_MT) != 0 && command != FdcCommand.READ_TRACK;
        done++;
        if (command == FdcCommand.READ_DELETED_DATA && !skips()) {
            end(at, 0, 0, ST2_CM);
            return;
        }
        if (command == FdcCommand.READ_TRACK && !isExpected()) {
            st1 |= ST1_ND;
        }
        if (end) {
            address.next(multiTrack);
            end(at, 0, 0, 0);
        } else if (isLast(multiTrack)) {
            if (command == FdcCommand.VERIFY && !counts) {
                address.next(multiTrack);
                end(at, 0, 0, 0);
            } else {
                end(at, ABNORMAL, ST1_EN, 0);
            }
        } else {
            address.next(multiTrack);
            look();
        }
    }

    /** READ TRACK: whether the sector that passed is the one that its registers name. */
    private boolean isExpected() {
        DiskLayout layout = drive.layout();
        return layout != null
                && address.matches(layout, drive.track())
                && address.r == (done - 1) % layout.sectors() + 1;
    }

    private boolean isLast(boolean multiTrack) {
        return command == FdcCommand.READ_TRACK ? (done & 0xFF) == address.lastSector : address.isLast(multiTrack);
    }

    private void end(long time, int code, int first, int second) {
        st0 |= code;
        st1 |= first;
        st2 |= second;
        if ((st1 & ST1_ND) != 0) {
            st0 |= ABNORMAL;
        }
        phase = Phase.ENDING;
        timer.arm(time);
    }

    private void conclude() {
        if (wrote && !access.busy() && drive.connected()) {
            wrote = false;
            phase = Phase.FLUSHING;
            access.flush(drive, changes, REACTION);
        } else {
            deliver();
        }
    }

    private void deliver() {
        phase = Phase.IDLE;
        controller.executed(st0 | address.head << 2 | drive.number(), st1, st2, address);
    }
}
