package org.jeroboam.device.keyboardmouse;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * What the keys of scan code set 3 report: whether they repeat, and whether they tell of their release (IBM PS/2
 * Hardware Interface Technical Reference, keyboard). The other sets have no types.
 */
final class KeyTypes {
    static final int MAKE = 0;
    static final int TYPEMATIC = 1;
    static final int BREAK = 2;

    private static final int CODES = 256;

    /** Caps Lock, both Shifts, left Ctrl and Alt; the Windows and menu keys, which came later. */
    private static final byte[] MAKE_BREAK = HexFormat.of().parseHex("14125911198b8c8d");

    /** Esc, F1 to F12, Print Screen to Pause, right Alt and Ctrl, Insert to Page Down without Delete, the keypad. */
    private static final byte[] MAKE_ONLY = HexFormat.of()
            .parseHex("08070f171f272f373f474f565e" + "575f62" + "3958" + "676e6f656d" + "76777e846c757d6b73746972"
                    + "7a707179");

    private final byte[] types = new byte[CODES];

    KeyTypes() {
        setDefaults();
    }

    void setDefaults() {
        Arrays.fill(types, (byte) TYPEMATIC);
        for (byte code : MAKE_BREAK) {
            types[code & 0xFF] = BREAK;
        }
        for (byte code : MAKE_ONLY) {
            types[code & 0xFF] = MAKE;
        }
    }

    void setAll(int type) {
        Arrays.fill(types, (byte) type);
    }

    /**
     * Sets one key's type.
     *
     * @param code its code in set 3, 0 to 255
     * @param type a sum of the constants
     */
    void set(int code, int type) {
        types[code] = (byte) type;
    }

    /**
     * Whether a key reports what happened to it.
     *
     * @param code its code in set 3, 0 to 255
     * @param down whether it went down
     * @param repeated whether it was down already
     */
    boolean reports(int code, boolean down, boolean repeated) {
        if (!down) {
            return (types[code] & BREAK) != 0;
        }
        return !repeated || (types[code] & TYPEMATIC) != 0;
    }

    byte[] save() {
        return types.clone();
    }

    /** Takes over what {@link #save} gave: 256 bytes. */
    void restore(byte[] saved) {
        System.arraycopy(saved, 0, types, 0, CODES);
    }
}
