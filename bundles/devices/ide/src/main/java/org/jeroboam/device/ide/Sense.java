package org.jeroboam.device.ide;

/**
 * Why a packet command ended with CHECK CONDITION: sense key, additional code and qualifier in one number, as 0xKKAAQQ
 * (MMC-3, annex F).
 */
final class Sense {
    static final int NONE = 0;
    static final int NO_MEDIUM = 0x023A00;
    static final int READ_ERROR = 0x031100;
    static final int LENGTH_ERROR = 0x051A00;
    static final int UNKNOWN_COMMAND = 0x052000;
    static final int OUT_OF_RANGE = 0x052100;
    static final int INVALID_FIELD = 0x052400;
    static final int INVALID_PARAMETER = 0x052600;
    static final int NOT_SAVED = 0x053900;
    static final int REMOVAL_PREVENTED = 0x055302;
    static final int WRONG_TRACK_MODE = 0x056400;
    static final int MEDIUM_CHANGED = 0x062800;

    private static final int FIXED_FORMAT = 0x70;
    private static final int VALID = 0x80;
    private static final int MAX = 0x0FFFFF;

    private int code;
    private long block = -1;

    /**
     * What is remembered.
     *
     * @param code why the last command failed; 0 when it did not
     * @param block where, or -1
     */
    record State(int code, long block) {
        State {
            if (code < 0 || code > MAX || block < -1 || block > 0xFFFF_FFFFL) {
                throw new IllegalArgumentException("the sense data of a packet drive are out of range");
            }
        }
    }

    State save() {
        return new State(code, block);
    }

    void restore(State state) {
        code = state.code();
        block = state.block();
    }

    void clear() {
        set(NONE, -1);
    }

    void set(int newCode, long where) {
        code = newCode;
        block = where;
    }

    int code() {
        return code;
    }

    static int key(int code) {
        return code >> 16;
    }

    /** The 18 bytes of REQUEST SENSE. */
    void tell(Reply reply) {
        reply.put(block < 0 ? FIXED_FORMAT : FIXED_FORMAT | VALID)
                .put(0)
                .put(key(code))
                .dword(Math.max(block, 0))
                .put(10)
                .zeros(4)
                .put(code >> 8)
                .put(code)
                .zeros(4);
    }
}
