package org.jeroboam.device.ide;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The mode pages of a CD-ROM drive: 01h error recovery, 0Dh CD parameters, 0Eh audio control, 2Ah capabilities. Pages 01h
 * and 0Eh keep what the host sets, which has no effect.
 */
final class ModePages {
    private static final int RECOVERY = 0x01;
    private static final int PARAMETERS = 0x0D;
    private static final int AUDIO = 0x0E;
    private static final int CAPABILITIES = 0x2A;
    private static final int ALL = 0x3F;

    private static final int CURRENT = 0;
    private static final int CHANGEABLE = 1;
    private static final int SAVED = 3;

    private static final int MEDIUM_DATA = 0x01;
    private static final int MEDIUM_NONE = 0x70;
    private static final int MEDIUM_OPEN = 0x71;

    private static final int DEFAULT_RETRIES = 5;
    private static final int DEFAULT_AUDIO = 0x01FF02FF;
    private static final int SPEED = 40 * 176;

    private int recovery;
    private int retries;
    /** Channels and volumes of the two ports. */
    private int audio;

    /**
     * What the host set.
     *
     * @param recovery byte 2 of page 01h
     * @param retries byte 3 of page 01h
     * @param audio bytes 8 to 11 of page 0Eh
     */
    record State(int recovery, int retries, int audio) {
        State {
            if (((recovery | retries) & ~0xFF) != 0) {
                throw new IllegalArgumentException("a mode page of the packet drive is out of range");
            }
        }
    }

    void reset() {
        recovery = 0;
        retries = DEFAULT_RETRIES;
        audio = DEFAULT_AUDIO;
    }

    State save() {
        return new State(recovery, retries, audio);
    }

    void restore(State state) {
        recovery = state.recovery();
        retries = state.retries();
        audio = state.audio();
    }

    /**
     * MODE SENSE.
     *
     * @param reply takes header and pages
     * @param tray the medium
     * @param request byte 2 of the packet: page control and page
     * @param ten the long header
     * @return a sense code
     */
    int sense(Reply reply, Tray tray, int request, boolean ten) {
        int control = request >> 6;
        int page = request & ALL;
        if (control == SAVED) {
            return Sense.NOT_SAVED;
        }
        int type = tray.loaded() ? MEDIUM_DATA : tray.open() ? MEDIUM_OPEN : MEDIUM_NONE;
        if (ten) {
            reply.word(0).put(type).zeros(5);
        } else {
            reply.put(0).put(type).zeros(2);
        }
        int header = reply.length();
        if (page == RECOVERY || page == ALL) {
            recovery(reply, control);
        }
        if (page == PARAMETERS || page == ALL) {
            boolean mask = control == CHANGEABLE;
            reply.put(PARAMETERS).put(6).word(0).word(mask ? 0 : 60).word(mask ? 0 : 75);
        }
        if (page == AUDIO || page == ALL) {
            audio(reply, control);
        }
        if (page == CAPABILITIES || page == ALL) {
            capabilities(reply, control, tray);
        }
        if (reply.length() == header) {
            return Sense.INVALID_FIELD;
        }
        if (ten) {
            reply.lengthAt(0);
        } else {
            reply.patch(0, reply.length() - 1);
        }
        return Sense.NONE;
    }

    /**
     * MODE SELECT.
     *
     * @param list the parameters
     * @param length their bytes
     * @param header bytes of the header
     * @return a sense code
     */
    int select(MemorySegment list, int length, int header) {
        if (length < header) {
            return Sense.LENGTH_ERROR;
        }
        int descriptors = header == 8 ? at(list, 6) << 8 | at(list, 7) : at(list, 3);
        int page = header + descriptors;
        if (page > length) {
            return Sense.LENGTH_ERROR;
        }
        while (page < length) {
            if (page + 2 > length || page + 2 + at(list, page + 1) > length) {
                return Sense.LENGTH_ERROR;
            }
            int size = at(list, page + 1);
            if (!set(list, page, at(list, page) & ALL, size)) {
                return Sense.INVALID_PARAMETER;
            }
            page += 2 + size;
        }
        return Sense.NONE;
    }

    private boolean set(MemorySegment list, int at, int page, int size) {
        switch (page) {
            case RECOVERY -> {
                if (size < 2) {
                    return false;
                }
                recovery = at(list, at + 2);
                retries = at(list, at + 3);
            }
            case AUDIO -> {
                if (size < 10) {
                    return false;
                }
                audio = at(list, at + 8) << 24 | at(list, at + 9) << 16 | at(list, at + 10) << 8 | at(list, at + 11);
            }
            case PARAMETERS, CAPABILITIES -> {
                // Nothing in them can be changed.
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void recovery(Reply reply, int control) {
        reply.put(RECOVERY).put(6);
        switch (control) {
            case CURRENT -> reply.put(recovery).put(retries);
            case CHANGEABLE -> reply.put(0xFF).put(0xFF);
            default -> reply.put(0).put(DEFAULT_RETRIES);
        }
        reply.zeros(4);
    }

    private void audio(Reply reply, int control) {
        boolean mask = control == CHANGEABLE;
        reply.put(AUDIO).put(14).put(mask ? 0 : 4).zeros(3).word(mask ? 0 : 75);
        reply.dword(control == CURRENT ? audio : mask ? -1 : DEFAULT_AUDIO).zeros(4);
    }

    private static void capabilities(Reply reply, int control, Tray tray) {
        reply.put(CAPABILITIES).put(20);
        if (control == CHANGEABLE) {
            reply.zeros(20);
            return;
        }
        // Reads CD-R, CD-RW and DVD-ROM, writes nothing, plays nothing; a tray that ejects and can be locked.
        reply.put(0x0B)
                .put(0)
                .put(0)
                .put(0)
                .put(0x29 | (tray.locked() ? 0x02 : 0))
                .put(0);
        reply.word(SPEED).word(0).word(128).word(SPEED).zeros(6);
    }

    private static int at(MemorySegment list, int index) {
        return list.get(ValueLayout.JAVA_BYTE, index) & 0xFF;
    }
}
