package org.jeroboam.device.ide;

/** The packet commands of a CD-ROM drive (MMC-3, with what SFF-8020i has in other places). */
final class CdCommands {
    private static final int TEST_UNIT_READY = 0x00;
    private static final int REQUEST_SENSE = 0x03;
    private static final int INQUIRY = 0x12;
    private static final int MODE_SELECT_6 = 0x15;
    private static final int MODE_SENSE_6 = 0x1A;
    private static final int START_STOP_UNIT = 0x1B;
    private static final int PREVENT_ALLOW = 0x1E;
    private static final int READ_CAPACITY = 0x25;
    private static final int READ_10 = 0x28;
    private static final int SEEK_10 = 0x2B;
    private static final int READ_SUB_CHANNEL = 0x42;
    private static final int READ_TOC = 0x43;
    private static final int GET_CONFIGURATION = 0x46;
    private static final int GET_EVENT_STATUS = 0x4A;
    private static final int READ_DISC_INFORMATION = 0x51;
    private static final int READ_TRACK_INFORMATION = 0x52;
    private static final int MODE_SELECT_10 = 0x55;
    private static final int MODE_SENSE_10 = 0x5A;
    private static final int READ_12 = 0xA8;
    private static final int READ_CD_MSF = 0xB9;
    private static final int SET_CD_SPEED = 0xBB;
    private static final int MECHANISM_STATUS = 0xBD;
    private static final int READ_CD = 0xBE;

    private static final int START = 0x01;
    private static final int LOEJ = 0x02;
    private static final int POLLED = 0x01;
    private static final int SAVE_PAGES = 0x01;
    private static final int MODE_1 = 2;

    private final PacketDrive drive;
    private final Tray tray;
    private final PacketTransfer transfer;
    private final Sense sense = new Sense();
    private final ModePages modePages = new ModePages();
    private final Reply reply;
    private final DiscReplies disc;
    private final Cdb cdb = new Cdb();
    private int operation;

    /**
     * What packet commands leave behind.
     *
     * @param operation code of the last one
     * @param sense why it failed
     * @param modePages what MODE SELECT set
     */
    record State(int operation, Sense.State sense, ModePages.State modePages) {
        State {
            if (sense == null || modePages == null || (operation & ~0xFF) != 0) {
                throw new IllegalArgumentException("a part of the packet commands' state is missing");
            }
        }
    }

    CdCommands(PacketDrive drive, Tray tray, PacketTransfer transfer) {
        this.drive = drive;
        this.tray = tray;
        this.transfer = transfer;
        reply = new Reply(transfer.buffer());
        disc = new DiscReplies(tray, reply);
    }

    void powerOn() {
        operation = 0;
        sense.clear();
        modePages.reset();
    }

    State save() {
        return new State(operation, sense.save(), modePages.save());
    }

    void restore(State state) {
        operation = state.operation();
        sense.restore(state.sense());
        modePages.restore(state.modePages());
    }

    /** Executes the packet in the buffer. */
    void execute() {
        cdb.take(transfer.buffer());
        operation = cdb.operation();
        tray.look();
        reply.begin();
        if (operation == REQUEST_SENSE) {
            requestSense();
            return;
        }
        sense.clear();
        if (!worksAnyway(operation) && tray.takeAttention()) {
            fail(Sense.MEDIUM_CHANGED);
        } else if (needsMedium(operation) && !tray.loaded()) {
            fail(Sense.NO_MEDIUM);
        } else {
            dispatch();
        }
    }

    /** The parameters of MODE SELECT are in the buffer. */
    void parameters() {
        int failure = modePages.select(transfer.buffer(), transfer.length(), operation == MODE_SELECT_10 ? 8 : 4);
        if (failure == Sense.NONE) {
            drive.finish();
        } else {
            fail(failure);
        }
    }

    /** The medium was taken out, or another put in, while it was read. */
    void mediumGone() {
        tray.look();
        fail(tray.takeAttention() ? Sense.MEDIUM_CHANGED : Sense.NO_MEDIUM);
    }

    /** Ends the command with CHECK CONDITION. */
    void failed(int code, long block) {
        sense.set(code, block);
        drive.check(Sense.key(code));
    }

    private void fail(int code) {
        failed(code, -1);
    }

    /** Commands that neither see a unit attention nor end it. */
    private static boolean worksAnyway(int operation) {
        return operation == INQUIRY || operation == GET_CONFIGURATION || operation == GET_EVENT_STATUS;
    }

    private static boolean needsMedium(int operation) {
        return switch (operation) {
            case TEST_UNIT_READY,
                    READ_CAPACITY,
                    READ_10,
                    READ_12,
                    SEEK_10,
                    READ_SUB_CHANNEL,
                    READ_TOC,
                    READ_DISC_INFORMATION,
                    READ_TRACK_INFORMATION,
                    READ_CD,
                    READ_CD_MSF -> true;
            default -> false;
        };
    }

    private void dispatch() {
        switch (operation) {
            case TEST_UNIT_READY, SET_CD_SPEED -> drive.finish();
            case INQUIRY -> inquiry();
            case MODE_SENSE_6 -> modeSense(false, cdb.at(4));
            case MODE_SENSE_10 -> modeSense(true, cdb.word(7));
            case MODE_SELECT_6 -> modeSelect(cdb.at(4));
            case MODE_SELECT_10 -> modeSelect(cdb.word(7));
            case START_STOP_UNIT -> startStop();
            case PREVENT_ALLOW -> {
                tray.lock((cdb.at(4) & 1) != 0);
                drive.finish();
            }
            case READ_CAPACITY -> {
                reply.dword(tray.blocks() - 1).dword(RawSector.DATA_BYTES);
                send(8);
            }
            case READ_10 -> read(cdb.dword(2), cdb.word(7), RawSector.DATA);
            case READ_12 -> read(cdb.dword(2), cdb.dword(6), RawSector.DATA);
            case READ_CD -> readCd(cdb.dword(2), cdb.triple(6));
            case READ_CD_MSF -> readCdMsf();
            case SEEK_10 -> seek();
            default -> describe();
        }
    }

    private void describe() {
        switch (operation) {
            case READ_SUB_CHANNEL -> answer(disc.subChannel(cdb), cdb.word(7));
            case READ_TOC -> answer(disc.toc(cdb), cdb.word(7));
            case GET_CONFIGURATION -> answer(disc.configuration(cdb), cdb.word(7));
            case READ_DISC_INFORMATION -> answer(disc.information(cdb), cdb.word(7));
            case READ_TRACK_INFORMATION -> answer(disc.track(cdb), cdb.word(7));
            case MECHANISM_STATUS -> answer(disc.mechanism(), cdb.word(8));
            case GET_EVENT_STATUS -> {
                // There are no asynchronous events.
                boolean polled = (cdb.at(1) & POLLED) != 0;
                answer(polled ? disc.event(cdb) : Sense.INVALID_FIELD, cdb.word(7));
            }
            default -> fail(Sense.UNKNOWN_COMMAND);
        }
    }

    /** Sends what was built, but no more than the host has room for. */
    private void send(int room) {
        int length = Math.min(room, reply.length());
        if (length == 0) {
            drive.finish();
        } else {
            transfer.reply(length);
        }
    }

    private void answer(int failure, int room) {
        if (failure == Sense.NONE) {
            send(room);
        } else {
            fail(failure);
        }
    }

    private void requestSense() {
        if (sense.code() == Sense.NONE && tray.takeAttention()) {
            sense.set(Sense.MEDIUM_CHANGED, -1);
        }
        sense.tell(reply);
        sense.clear();
        send(cdb.at(4));
    }

    private void inquiry() {
        if ((cdb.at(1) & 1) != 0 || cdb.at(2) != 0) {
            fail(Sense.INVALID_FIELD);
            return;
        }
        reply.put(0x05)
                .put(0x80)
                .put(0)
                .put(0x21)
                .put(31)
                .zeros(3)
                .text("JEROBOAM", 8)
                .text("VIRTUAL CD-ROM", 16)
                .text("1.0", 4);
        send(cdb.word(3));
    }

    private void modeSense(boolean ten, int room) {
        answer(modePages.sense(reply, tray, cdb.at(2), ten), room);
    }

    private void modeSelect(int length) {
        if ((cdb.at(1) & SAVE_PAGES) != 0) {
            fail(Sense.INVALID_FIELD);
        } else if (length == 0) {
            drive.finish();
        } else {
            transfer.parameters(length);
        }
    }

    private void startStop() {
        int action = cdb.at(4) & (START | LOEJ);
        if (action == LOEJ && tray.locked()) {
            fail(Sense.REMOVAL_PREVENTED);
            return;
        }
        if (action == LOEJ) {
            tray.eject();
        } else if (action == (START | LOEJ)) {
            tray.close();
        }
        drive.finish();
    }

    private void read(long first, long count, int parts) {
        if (first + count > tray.blocks()) {
            failed(Sense.OUT_OF_RANGE, Math.min(Math.max(first, tray.blocks()), 0xFFFF_FFFFL));
        } else if (count == 0 || parts == 0) {
            drive.finish();
        } else {
            transfer.read(first, count, parts);
        }
    }

    private void readCd(long first, long count) {
        int type = cdb.at(1) >> 2 & 7;
        int wanted = cdb.at(9);
        if (type > MODE_1 || type == 1) {
            fail(Sense.WRONG_TRACK_MODE);
            return;
        }
        int parts = ((wanted & 0x80) != 0 ? RawSector.SYNC : 0)
                | ((wanted & 0x20) != 0 ? RawSector.HEADER : 0)
                | ((wanted & 0x10) != 0 ? RawSector.DATA : 0)
                | ((wanted & 0x08) != 0 ? RawSector.CODES : 0);
        boolean errorFlags = (wanted & 0x06) != 0;
        boolean subChannel = (cdb.at(10) & 7) != 0;
        if (errorFlags || subChannel || !RawSector.joined(parts)) {
            fail(Sense.INVALID_FIELD);
        } else {
            read(first, count, parts);
        }
    }

    private void readCdMsf() {
        long first = Msf.block(cdb.at(3), cdb.at(4), cdb.at(5));
        long end = Msf.block(cdb.at(6), cdb.at(7), cdb.at(8));
        if (first < 0 || end < first) {
            fail(Sense.INVALID_FIELD);
        } else {
            readCd(first, end - first);
        }
    }

    private void seek() {
        if (cdb.dword(2) >= tray.blocks()) {
            failed(Sense.OUT_OF_RANGE, cdb.dword(2));
        } else {
            drive.finish();
        }
    }
}
