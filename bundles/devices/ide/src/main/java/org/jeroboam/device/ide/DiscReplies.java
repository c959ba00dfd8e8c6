package org.jeroboam.device.ide;

/**
 * What a CD-ROM drive tells of itself and its disc, which has one session with one data track. Each method builds a reply
 * and gives a {@link Sense} code.
 */
final class DiscReplies {
    private static final int MSF = 0x02;
    private static final int DATA_TRACK = 0x14;
    private static final int LEAD_OUT = 0xAA;
    private static final int TRACK = 1;
    private static final int SESSION = 1;
    private static final int NO_AUDIO_STATUS = 0x15;
    private static final int MEDIA_CLASS = 4;
    private static final int NO_CLASS = 0x80;
    private static final int DOOR_OPEN = 0x01;
    private static final int MEDIUM_PRESENT = 0x02;
    private static final int PROFILE_CD_ROM = 0x0008;
    private static final int PROFILE_DVD_ROM = 0x0010;
    private static final int CURRENT_FEATURES = 1;
    private static final int ONE_FEATURE = 2;

    private final Tray tray;
    private final Reply reply;

    DiscReplies(Tray tray, Reply reply) {
        this.tray = tray;
        this.reply = reply;
    }

    /** READ TOC/PMA/ATIP, formats 0 to 2. SFF-8020i has the format in byte 9. */
    int toc(Cdb cdb) {
        int format = (cdb.at(2) & 0x0F) != 0 ? cdb.at(2) & 0x0F : cdb.at(9) >> 6;
        boolean msf = (cdb.at(1) & MSF) != 0;
        int start = cdb.at(6);
        return switch (format) {
            case 0 -> tracks(start, msf);
            case 1 -> {
                reply.word(0).put(SESSION).put(SESSION);
                track(TRACK, 0, msf);
                reply.lengthAt(0);
                yield Sense.NONE;
            }
            case 2 -> fullToc(start);
            default -> Sense.INVALID_FIELD;
        };
    }

    /** READ SUB-CHANNEL. */
    int subChannel(Cdb cdb) {
        boolean msf = (cdb.at(1) & MSF) != 0;
        boolean data = (cdb.at(2) & 0x40) != 0;
        int format = cdb.at(3);
        if (data && (format < 1 || format > 3)) {
            return Sense.INVALID_FIELD;
        }
        reply.put(0).put(NO_AUDIO_STATUS).word(0);
        if (data && format == 1) {
            reply.put(format).put(DATA_TRACK).put(TRACK).put(1);
            address(0, msf);
            reply.dword(0);
        } else if (data) {
            // No catalogue number, no ISRC.
            reply.put(format);
            reply.put(format == 3 ? DATA_TRACK : 0).put(format == 3 ? TRACK : 0).zeros(17);
        }
        int length = reply.length() - 4;
        reply.patch(2, length >> 8);
        reply.patch(3, length);
        return Sense.NONE;
    }

    /** READ DISC INFORMATION. */
    int information(Cdb cdb) {
        if ((cdb.at(1) & 7) != 0) {
            return Sense.INVALID_FIELD;
        }
        // Complete disc, complete last session.
        reply.word(0).put(0x0E).put(TRACK).put(SESSION).put(TRACK).put(TRACK).put(0x20);
        reply.put(0).zeros(7).dword(-1).dword(-1).zeros(10);
        reply.lengthAt(0);
        return Sense.NONE;
    }

    /** READ TRACK INFORMATION. */
    int track(Cdb cdb) {
        long number = cdb.dword(2);
        boolean there =
                switch (cdb.at(1) & 3) {
                    case 0 -> number < tray.blocks();
                    case 1 -> number == TRACK;
                    case 2 -> number == SESSION;
                    default -> false;
                };
        if (!there) {
            return Sense.INVALID_FIELD;
        }
        reply.word(0).put(TRACK).put(SESSION).put(0).put(0x04).put(0x01).put(0);
        reply.dword(0).dword(0).dword(0).dword(0).dword(tray.blocks()).dword(0).zeros(4);
        reply.lengthAt(0);
        return Sense.NONE;
    }

    /** GET EVENT STATUS NOTIFICATION, polled: what happened to the medium since it was asked last. */
    int event(Cdb cdb) {
        boolean media = (cdb.at(4) & 1 << MEDIA_CLASS) != 0;
        reply.word(0).put(media ? MEDIA_CLASS : NO_CLASS).put(1 << MEDIA_CLASS);
        if (media) {
            boolean present = tray.loaded();
            reply.put(tray.takeEvent());
            reply.put((tray.open() ? DOOR_OPEN : 0) | (present ? MEDIUM_PRESENT : 0))
                    .word(0);
        }
        reply.lengthAt(0);
        return Sense.NONE;
    }

    /** MECHANISM STATUS. */
    int mechanism() {
        reply.put(0).put(tray.open() ? 0x10 : 0).zeros(3).put(1).word(0);
        return Sense.NONE;
    }

    /** GET CONFIGURATION. */
    int configuration(Cdb cdb) {
        int which = cdb.at(1) & 3;
        int first = cdb.word(2);
        if (which == 3) {
            return Sense.INVALID_FIELD;
        }
        boolean loaded = tray.loaded();
        boolean dvd = loaded && tray.dvd();
        boolean cd = loaded && !dvd;
        reply.dword(0).word(0).word(dvd ? PROFILE_DVD_ROM : cd ? PROFILE_CD_ROM : 0);
        if (feature(0x0000, 0x03, 8, true, which, first)) {
            reply.word(PROFILE_DVD_ROM).put(dvd ? 1 : 0).put(0);
            reply.word(PROFILE_CD_ROM).put(cd ? 1 : 0).put(0);
        }
        if (feature(0x0001, 0x07, 8, true, which, first)) {
            // ATAPI.
            reply.dword(2).dword(0);
        }
        if (feature(0x0002, 0x03, 4, true, which, first)) {
            reply.dword(0);
        }
        if (feature(0x0003, 0x03, 4, true, which, first)) {
            reply.dword(0x29000000);
        }
        if (feature(0x0010, loaded ? 0x01 : 0, 8, loaded, which, first)) {
            reply.dword(RawSector.DATA_BYTES).word(1).word(0);
        }
        if (feature(0x001E, cd ? 0x05 : 0x04, 4, cd, which, first)) {
            reply.dword(0);
        }
        feature(0x001F, dvd ? 0x01 : 0, 0, dvd, which, first);
        feature(0x0100, 0x03, 0, true, which, first);
        feature(0x0105, 0x03, 0, true, which, first);
        int following = reply.length() - 4;
        reply.patch(2, following >> 8);
        reply.patch(3, following);
        return Sense.NONE;
    }

    /** Begins a feature's descriptor if it is asked for. */
    private boolean feature(int code, int flags, int length, boolean current, int which, int first) {
        boolean wanted = which == ONE_FEATURE ? code == first : code >= first;
        if (!wanted || which == CURRENT_FEATURES && !current) {
            return false;
        }
        reply.word(code).put(flags).put(length);
        return true;
    }

    private int tracks(int start, boolean msf) {
        if (start > TRACK && start != LEAD_OUT) {
            return Sense.INVALID_FIELD;
        }
        reply.word(0).put(TRACK).put(TRACK);
        if (start <= TRACK) {
            track(TRACK, 0, msf);
        }
        track(LEAD_OUT, tray.blocks(), msf);
        reply.lengthAt(0);
        return Sense.NONE;
    }

    private int fullToc(int session) {
        if (session > SESSION) {
            return Sense.INVALID_FIELD;
        }
        reply.word(0).put(SESSION).put(SESSION);
        point(0xA0, TRACK << 16);
        point(0xA1, TRACK << 16);
        point(0xA2, Msf.of(tray.blocks()));
        point(TRACK, Msf.of(0));
        reply.lengthAt(0);
        return Sense.NONE;
    }

    private void point(int number, int value) {
        reply.put(SESSION).put(DATA_TRACK).put(0).put(number).zeros(4);
        reply.put(value >> 16).put(value >> 8).put(value);
    }

    private void track(int number, long block, boolean msf) {
        reply.put(0).put(DATA_TRACK).put(number).put(0);
        address(block, msf);
    }

    private void address(long block, boolean msf) {
        reply.dword(msf ? Msf.of(block) : block);
    }
}
