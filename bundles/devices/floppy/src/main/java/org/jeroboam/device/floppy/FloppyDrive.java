package org.jeroboam.device.floppy;

import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.clock.Timer;
import org.jeroboam.hardware.storage.BlockPort;
import org.jeroboam.hardware.storage.DiskImage;

/**
 * One of the four drives that a controller can address, with what the controller knows of it (PCN, seek). Where no drive
 * is connected, seeks take their time and nothing moves.
 */
final class FloppyDrive {
    static final int SECTOR = DiskImage.SECTOR_SIZE;

    static final int ST0_SEEK_END = 0x20;
    static final int ST0_EQUIPMENT_CHECK = 0x10;
    static final int ST0_ABNORMAL = 0x40;

    /** Where the head meets its stop. */
    static final int LAST_TRACK = 85;

    private static final int RECALIBRATE_STEPS = 79;
    /** From the command's last byte to the end of a seek of no steps. */
    private static final long SEEK_OVERHEAD = 50_000;

    private static final int NOTHING = -1;

    /**
     * All that a drive remembers.
     *
     * @param pcn present cylinder number, as the controller thinks
     * @param track where the head is
     * @param changed disk change latch
     * @param changes the port's count when the latch was last brought up to date
     * @param moving the head is under way
     * @param implied on the way of a data command
     * @param destination track to arrive at
     * @param destinationPcn PCN after the arrival
     * @param steps whether there is a step pulse on the way
     * @param arrivalStatus ST0 of the seek's end
     * @param pending ST0 that SENSE INTERRUPT STATUS is to give, or -1
     * @param arrival deadline of the arrival
     */
    record State(
            int pcn,
            int track,
            boolean changed,
            int changes,
            boolean moving,
            boolean implied,
            int destination,
            int destinationPcn,
            boolean steps,
            int arrivalStatus,
            int pending,
            long arrival) {
        State {
            if (((pcn | destinationPcn | arrivalStatus) & ~0xFF) != 0
                    || pending < NOTHING
                    || pending > 0xFF
                    || track < 0
                    || track > LAST_TRACK
                    || destination < 0
                    || destination > LAST_TRACK) {
                throw new IllegalArgumentException("a floppy drive's head or status is out of range");
            }
        }
    }

    private final I82077aa controller;
    private final Board board;
    private final int number;
    private final String name;
    private final BlockPort port;
    private final int speed;
    private final Timer arrival;
    private final Spindle spindle;

    private int pcn;
    private int track;
    private boolean changed;
    private int changes;
    private boolean moving;
    private boolean implied;
    private int destination;
    private int destinationPcn;
    private boolean steps;
    private int arrivalStatus;
    private int pending;
    private DiskLayout layout;

    FloppyDrive(I82077aa controller, Board board, int number, String name, int speed) {
        this.controller = controller;
        this.board = board;
        this.number = number;
        this.name = name;
        port = name.isEmpty() ? null : board.blockPort(name);
        this.speed = speed;
        arrival = board.timer(this::arrive);
        spindle = new Spindle(speed);
    }

    /** Power on: the head is brought to track 0, the change latch is set. */
    void powerOn() {
        track = 0;
        changed = true;
        changes = mediumChanges();
        reset();
        measure();
    }

    /** Reset of the controller; the drive itself is not reset. */
    void reset() {
        arrival.disarm();
        pcn = 0;
        moving = false;
        implied = false;
        destination = 0;
        destinationPcn = 0;
        steps = false;
        arrivalStatus = 0;
        pending = NOTHING;
    }

    State save() {
        return new State(
                pcn,
                track,
                changed,
                changes,
                moving,
                implied,
                destination,
                destinationPcn,
                steps,
                arrivalStatus,
                pending,
                arrival.deadline());
    }

    void restore(State state) {
        pcn = state.pcn();
        track = state.track();
        changed = state.changed();
        changes = state.changes();
        moving = state.moving();
        implied = state.implied();
        destination = state.destination();
        destinationPcn = state.destinationPcn();
        steps = state.steps();
        arrivalStatus = state.arrivalStatus();
        pending = state.pending();
        arrival.arm(state.arrival());
        measure();
    }

    int number() {
        return number;
    }

    /** The drive's name in the machine. */
    String name() {
        return name;
    }

    /** Sectors of the image. */
    long size() {
        return port == null ? 0 : port.sectors();
    }

    boolean connected() {
        return port != null;
    }

    BlockPort port() {
        return port;
    }

    boolean loaded() {
        return port != null && port.present();
    }

    /** The WP pin; an empty drive's sensor finds no open hole either. */
    boolean writeProtected() {
        return port != null && (!port.present() || port.readOnly());
    }

    /** The TRK0 pin. */
    boolean atTrackZero() {
        return port != null && track == 0;
    }

    int track() {
        return track;
    }

    int pcn() {
        return pcn;
    }

    Spindle spindle() {
        return spindle;
    }

    /** The medium's layout, or null when there is none or none that fits. */
    DiskLayout layout() {
        look();
        return layout;
    }

    /** How often the medium was changed. */
    int mediumChanges() {
        return port == null ? 0 : port.changes();
    }

    /** The DSKCHG pin. */
    boolean changed() {
        if (port == null) {
            return false;
        }
        look();
        return changed || !port.present();
    }

    /** Notices another medium. */
    private void look() {
        if (port != null && port.changes() != changes) {
            changes = port.changes();
            changed = true;
            measure();
        }
    }

    private void measure() {
        layout = loaded() ? DiskLayout.of(port.sectors()) : null;
        spindle.turn(layout);
    }

    boolean moving() {
        return moving;
    }

    /** SEEK. */
    void seek(int cylinder, long stepTime) {
        settle();
        int target = Math.clamp(track + cylinder - pcn, 0, LAST_TRACK);
        go(target, cylinder, Math.abs(cylinder - pcn), ST0_SEEK_END, stepTime);
    }

    /** RECALIBRATE. */
    void recalibrate(long stepTime) {
        settle();
        int count = port == null ? RECALIBRATE_STEPS : Math.min(track, RECALIBRATE_STEPS);
        boolean found = port != null && track <= RECALIBRATE_STEPS;
        int status = found ? ST0_SEEK_END : ST0_ABNORMAL | ST0_SEEK_END | ST0_EQUIPMENT_CHECK;
        go(Math.max(0, track - count), 0, count, status, stepTime);
    }

    /** RELATIVE SEEK. */
    void seekBy(int tracks, long stepTime) {
        settle();
        boolean beyond = track + tracks < 0;
        int status = beyond ? ST0_ABNORMAL | ST0_SEEK_END | ST0_EQUIPMENT_CHECK : ST0_SEEK_END;
        int target = Math.clamp(track + tracks, 0, LAST_TRACK);
        go(target, pcn + tracks & 0xFF, Math.min(Math.abs(tracks), LAST_TRACK), status, stepTime);
    }

    /** The seek that is part of a data command. */
    void impliedSeek(int cylinder, long stepTime) {
        seek(cylinder, stepTime);
        implied = true;
    }

    private void go(int target, int targetPcn, int count, int status, long stepTime) {
        moving = true;
        implied = false;
        destination = target;
        destinationPcn = targetPcn;
        steps = count > 0;
        arrivalStatus = status;
        pending = NOTHING;
        arrival.arm(board.clock().now() + SEEK_OVERHEAD + count * stepTime / speed);
    }

    /** Ends a seek at once that another one overtakes. */
    private void settle() {
        if (moving) {
            arrival.disarm();
            stop();
        }
    }

    private void stop() {
        moving = false;
        track = destination;
        pcn = destinationPcn;
        if (steps && loaded()) {
            look();
            changed = false;
        }
    }

    private void arrive() {
        boolean forData = implied;
        stop();
        if (!forData) {
            pending = arrivalStatus | number;
        }
        controller.arrived(forData);
    }

    boolean hasStatus() {
        return pending != NOTHING;
    }

    /** ST0 of the last seek. */
    int takeStatus() {
        int status = pending;
        pending = NOTHING;
        return status;
    }
}
