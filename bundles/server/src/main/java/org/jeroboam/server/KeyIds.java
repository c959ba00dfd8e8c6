package org.jeroboam.server;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jeroboam.management.ManagementException;

/**
 * The keys of a US keyboard with 104 keys: the SDK's identifiers and the scan codes of set 1, with E000h for extended keys
 * (IBM PS/2 Hardware Interface Technical Reference; USB HID to PS/2 Scan Code Translation Table).
 */
final class KeyIds {
    static final int ENTER = 0x1C;
    static final int TAB = 0x0F;
    static final int BACKSPACE = 0x0E;
    static final int ESCAPE = 0x01;
    static final int LEFT_SHIFT = 0x2A;

    /** Rows of keys whose codes follow each other from the first one's. */
    private static final Map<Integer, String> ROWS = Map.ofEntries(
            Map.entry(
                    0x01,
                    "Key_Escape Key_1 Key_2 Key_3 Key_4 Key_5 Key_6 Key_7 Key_8 Key_9 Key_0 Key_Hyphen Key_Equals"
                            + " Key_Backspace Key_Tab"),
            Map.entry(
                    0x10,
                    "Key_Q Key_W Key_E Key_R Key_T Key_Y Key_U Key_I Key_O Key_P Key_LeftBracket Key_RightBracket"
                            + " Key_Enter Key_LeftCtrl"),
            Map.entry(
                    0x1E,
                    "Key_A Key_S Key_D Key_F Key_G Key_H Key_J Key_K Key_L Key_SemiColon Key_SingleQuote"
                            + " Key_LeftApostrophe Key_LeftShift Key_Backslash"),
            Map.entry(
                    0x2C,
                    "Key_Z Key_X Key_C Key_V Key_B Key_N Key_M Key_Comma Key_Period Key_Slash Key_RightShift"
                            + " KeyPad_Multiply Key_LeftAlt Key_Space Key_CapsLock"),
            Map.entry(
                    0x3B,
                    "Key_F1 Key_F2 Key_F3 Key_F4 Key_F5 Key_F6 Key_F7 Key_F8 Key_F9 Key_F10 Key_NumLock Key_ScrollLock"),
            Map.entry(
                    0x47,
                    "KeyPad_7 KeyPad_8 KeyPad_9 KeyPad_Minus KeyPad_4 KeyPad_5 KeyPad_6 KeyPad_Plus KeyPad_1 KeyPad_2"
                            + " KeyPad_3 KeyPad_0 KeyPad_DecimalPoint"),
            Map.entry(0x57, "Key_F11 Key_F12"),
            Map.entry(0xE01C, "KeyPad_Enter Key_RightCtrl"),
            Map.entry(0xE035, "KeyPad_Divide"),
            Map.entry(0xE037, "Key_SysReq Key_RightAlt"),
            Map.entry(0xE045, "Key_Break"),
            Map.entry(0xE047, "Key_Home Key_Up Key_PageUp"),
            Map.entry(0xE04B, "Key_Left"),
            Map.entry(0xE04D, "Key_Right"),
            Map.entry(0xE04F, "Key_End Key_Down Key_PageDown Key_Insert Key_Delete"),
            Map.entry(0xE05B, "Key_LeftWindows Key_RightWindows Key_Application"));

    private static final Map<String, Integer> CODES = codes();

    private KeyIds() {}

    private static Map<String, Integer> codes() {
        Map<String, Integer> codes = new HashMap<>();
        ROWS.forEach((first, ids) -> {
            int code = first;
            for (String id : ids.split(" ")) {
                codes.put(id.toLowerCase(Locale.ROOT), code++);
            }
        });
        return Map.copyOf(codes);
    }

    /** The scan code of a key. */
    static int code(String id) throws ManagementException {
        Integer code = CODES.get(id.strip().toLowerCase(Locale.ROOT));
        if (code == null) {
            throw ManagementException.badRequest(
                    "there is no key '" + id.strip() + "'; keys are named as in Key_A, Key_Enter, Key_F1 or KeyPad_7");
        }
        return code;
    }
}
