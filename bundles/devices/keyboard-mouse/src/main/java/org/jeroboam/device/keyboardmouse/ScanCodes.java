package org.jeroboam.device.keyboardmouse;

import java.util.Arrays;
import java.util.HexFormat;

/** The three sets of scan codes and the 8042's translation (IBM PS/2 Hardware Interface Technical Reference). */
final class ScanCodes {
    /** Extended key of set 1: Pause has no E0 code of its own, this one is free. */
    static final int PAUSE = 0xE045;

    private static final int EXTENDED = 0xE000;
    /** Extended key of set 1: Pause with Ctrl. */
    static final int CTRL_BREAK = 0xE046;
    /** Extended key of set 1: Print Screen. */
    static final int PRINT_SCREEN = 0xE037;
    /** Print Screen with Alt. */
    static final int ALT_PRINT_SCREEN = 0x54;

    private static final int F7 = 0x41;
    private static final int[] NONE = {};

    /** Set 2 code by set 1 code, one row for each 16, as the 8042's translation knows them. */
    private static final byte[] SET2 = HexFormat.of()
            .parseHex("0076161e26252e363d3e46454e55660d"
                    + "151d242d2c353c43444d545b5a141c1b"
                    + "232b34333b424b4c520e125d1a22212a"
                    + "32313a41494a597c1129580506040c03"
                    + "0b020a0109777e6c757d7b6b73747969"
                    + "727a70717f606178070f171f272f373f"
                    + "474f565e08101820283038404850576f"
                    + "13193951535c5f6263646567686a6d6e");

    /** Set 3 code by set 1 code. */
    private static final byte[] SET3 = HexFormat.of()
            .parseHex("0008161e26252e363d3e46454e55660d"
                    + "151d242d2c353c43444d545b5a111c1b"
                    + "232b34333b424b4c520e125c1a22212a"
                    + "32313a41494a597e192914070f171f27"
                    + "2f373f474f765f6c757d846b73747c69"
                    + "727a7071570013565e");

    private static final int[] TRANSLATION = translation();

    private ScanCodes() {}

    /**
     * What a keyboard sends for a key.
     *
     * @param set 1 to 3
     * @param key set 1 make code, with E000h added for extended keys
     * @param down whether it was pressed
     * @return the bytes; none for codes that no key has and for releases of keys that only report presses
     */
    static int[] of(int set, int key, boolean down) {
        int code = key & 0x7F;
        if (!isKey(key)) {
            return NONE;
        }
        if (set == 3) {
            return set3(key, down);
        }
        return switch (key) {
            case PAUSE -> {
                int[] set1 = {0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5};
                int[] set2 = {0xE1, 0x14, 0x77, 0xE1, 0xF0, 0x14, 0xF0, 0x77};
                yield !down ? NONE : set == 1 ? set1 : set2;
            }
            case CTRL_BREAK -> {
                int[] set1 = {0xE0, 0x46, 0xE0, 0xC6};
                int[] set2 = {0xE0, 0x7E, 0xE0, 0xF0, 0x7E};
                yield !down ? NONE : set == 1 ? set1 : set2;
            }
            case PRINT_SCREEN -> printScreen(set, down);
            default -> plain(set, key, code, down);
        };
    }

    /**
     * Print Screen without the Shift that it brings along: what it sends while Shift or Ctrl is held.
     *
     * @param set 1 or 2
     * @param down whether it was pressed
     * @return the bytes
     */
    static int[] plainPrintScreen(int set, boolean down) {
        return plain(set, PRINT_SCREEN, PRINT_SCREEN & 0x7F, down);
    }

    /** Whether a code is one that input sources give. */
    static boolean isKey(int key) {
        return (key & 0x7F) != 0 && ((key & ~0x7F) == 0 || (key & ~0x7F) == EXTENDED);
    }

    /**
     * A byte of set 2 after the 8042's translation.
     *
     * @param value a byte from the keyboard other than F0h
     * @return the byte of set 1
     */
    static int translate(int value) {
        return TRANSLATION[value];
    }

    private static int[] plain(int set, int key, int code, boolean down) {
        int value = set == 1 ? code | (down ? 0 : 0x80) : set2(code);
        boolean prefix = set == 2 && !down;
        boolean extended = key >= EXTENDED;
        if (extended) {
            return prefix ? new int[] {0xE0, 0xF0, value} : new int[] {0xE0, value};
        }
        return prefix ? new int[] {0xF0, value} : new int[] {value};
    }

    private static int[] printScreen(int set, boolean down) {
        if (set == 1) {
            return down ? new int[] {0xE0, 0x2A, 0xE0, 0x37} : new int[] {0xE0, 0xB7, 0xE0, 0xAA};
        }
        return down ? new int[] {0xE0, 0x12, 0xE0, 0x7C} : new int[] {0xE0, 0xF0, 0x7C, 0xE0, 0xF0, 0x12};
    }

    private static int set2(int code) {
        return switch (code) {
            case F7 -> 0x83;
            case ALT_PRINT_SCREEN -> 0x84;
            default -> SET2[code];
        };
    }

    private static int[] set3(int key, boolean down) {
        int value = set3Code(key);
        if (value == 0) {
            return NONE;
        }
        return down ? new int[] {value} : new int[] {0xF0, value};
    }

    /**
     * A key's code in set 3.
     *
     * @param key set 1 make code, with E000h added for extended keys
     * @return 0 when it has none
     */
    static int set3Code(int key) {
        return key < EXTENDED ? key < SET3.length ? SET3[key] & 0xFF : 0 : extendedSet3(key);
    }

    private static int extendedSet3(int key) {
        return switch (key & 0x7F) {
            case 0x1C -> 0x79;
            case 0x1D -> 0x58;
            case 0x35 -> 0x77;
            case 0x37 -> 0x57;
            case 0x38 -> 0x39;
            case 0x45, 0x46 -> 0x62;
            case 0x47 -> 0x6E;
            case 0x48 -> 0x63;
            case 0x49 -> 0x6F;
            case 0x4B -> 0x61;
            case 0x4D -> 0x6A;
            case 0x4F -> 0x65;
            case 0x50 -> 0x60;
            case 0x51 -> 0x6D;
            case 0x52 -> 0x67;
            case 0x53 -> 0x64;
            case 0x5B -> 0x8B;
            case 0x5C -> 0x8C;
            case 0x5D -> 0x8D;
            default -> 0;
        };
    }

    private static int[] translation() {
        int[] table = new int[256];
        Arrays.setAll(table, i -> i);
        for (int code = 1; code < SET2.length; code++) {
            table[SET2[code]] = code;
        }
        table[0x00] = 0xFF;
        table[0x83] = F7;
        table[0x84] = ALT_PRINT_SCREEN;
        return table;
    }
}
