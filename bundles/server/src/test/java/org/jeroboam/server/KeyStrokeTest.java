package org.jeroboam.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import org.jeroboam.management.ManagementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyStrokeTest {
    /** The SDK's list of identifiers; a range in it stands for all between. */
    private static final List<String> SDK_KEYS =
            List.of(("Key_Escape Key_F1 Key_F2 Key_F3 Key_F4 Key_F5 Key_F6 Key_F7 Key_F8 Key_F9 Key_F10 Key_F11 Key_F12"
                            + " Key_SysReq Key_ScrollLock Key_Break Key_LeftApostrophe Key_0 Key_1 Key_2 Key_3 Key_4"
                            + " Key_5 Key_6 Key_7 Key_8 Key_9 Key_A Key_B Key_C Key_D Key_E Key_F Key_G Key_H Key_I"
                            + " Key_J Key_K Key_L Key_M Key_N Key_O Key_P Key_Q Key_R Key_S Key_T Key_U Key_V Key_W"
                            + " Key_X Key_Y Key_Z Key_Hyphen Key_Equals Key_Backspace Key_Insert Key_Home Key_PageUp"
                            + " Key_Delete Key_End Key_PageDown Key_NumLock Key_Tab Key_LeftBracket Key_RightBracket"
                            + " Key_Backslash Key_SemiColon Key_SingleQuote Key_Enter Key_Comma Key_Period Key_Slash"
                            + " Key_Space Key_LeftShift Key_RightShift Key_LeftCtrl Key_RightCtrl Key_LeftAlt"
                            + " Key_RightAlt Key_LeftWindows Key_RightWindows Key_Application Key_Up Key_Down Key_Left"
                            + " Key_Right KeyPad_0 KeyPad_1 KeyPad_2 KeyPad_3 KeyPad_4 KeyPad_5 KeyPad_6 KeyPad_7"
                            + " KeyPad_8 KeyPad_9 KeyPad_Divide KeyPad_Multiply KeyPad_Minus KeyPad_Plus KeyPad_Enter"
                            + " KeyPad_DecimalPoint")
                    .split(" "));

    /** Moves as text: 1e is a press, -1e a release, /200 a pause. */
    private static String text(List<KeyStroke> strokes) {
        return strokes.stream()
                .map(stroke -> stroke.moves().stream()
                                .map(move -> (move.down() ? "" : "-") + Integer.toHexString(move.code()))
                                .collect(Collectors.joining(" "))
                        + (stroke.holdMillis() > 0 ? "/" + stroke.holdMillis() : ""))
                .collect(Collectors.joining(", "));
    }

    @Test
    void everyKeyOfTheSdkHasACodeOfItsOwn() throws ManagementException {
        assertEquals(
                SDK_KEYS.size(),
                SDK_KEYS.stream().map(id -> assertCode(id)).distinct().count());
        assertEquals(KeyIds.code("Key_A"), KeyIds.code(" key_a "));
    }

    private static int assertCode(String id) {
        try {
            return KeyIds.code(id);
        } catch (ManagementException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Key_Escape,01",
        "Key_0,0b",
        "Key_Backspace,0e",
        "Key_Tab,0f",
        "Key_Enter,1c",
        "Key_LeftCtrl,1d",
        "Key_LeftApostrophe,29",
        "Key_Backslash,2b",
        "Key_RightShift,36",
        "KeyPad_Multiply,37",
        "Key_LeftAlt,38",
        "Key_Space,39",
        "Key_CapsLock,3a",
        "Key_F1,3b",
        "Key_F10,44",
        "Key_NumLock,45",
        "Key_ScrollLock,46",
        "KeyPad_7,47",
        "KeyPad_Minus,4a",
        "KeyPad_5,4c",
        "KeyPad_Plus,4e",
        "KeyPad_0,52",
        "KeyPad_DecimalPoint,53",
        "Key_F11,57",
        "Key_F12,58",
        "KeyPad_Enter,e01c",
        "Key_RightCtrl,e01d",
        "KeyPad_Divide,e035",
        "Key_SysReq,e037",
        "Key_RightAlt,e038",
        "Key_Break,e045",
        "Key_Home,e047",
        "Key_Up,e048",
        "Key_PageUp,e049",
        "Key_Left,e04b",
        "Key_Right,e04d",
        "Key_End,e04f",
        "Key_Down,e050",
        "Key_PageDown,e051",
        "Key_Insert,e052",
        "Key_Delete,e053",
        "Key_LeftWindows,e05b",
        "Key_RightWindows,e05c",
        "Key_Application,e05d"
    })
    void codesAreThoseOfSet1(String id, String code) throws ManagementException {
        assertEquals(Integer.parseInt(code, 16), KeyIds.code(id));
    }

    @Test
    void textIsTypedOnAUsKeyboard() throws ManagementException {
        assertEquals("26 -26, 1f -1f, 39 -39, c -c, 26 -26, 1c -1c", text(KeyStroke.ofText("ls -l\n")));
        assertEquals("2a 1e -1e -2a, 1e -1e", text(KeyStroke.ofText("Aa")));
        assertEquals("2a 35 -35 -2a, 35 -35, 2a 29 -29 -2a, 2a 2b -2b -2a", text(KeyStroke.ofText("?/~|")));
        assertEquals("1c -1c, 1c -1c, 1c -1c, f -f, e -e, 1 -1", text(KeyStroke.ofText("\r\n\n\r\t\b\u001B")));
    }

    @Test
    void allPrintableAsciiCanBeTypedAndEachDifferently() throws ManagementException {
        String all = "";
        for (char c = ' '; c < 0x7F; c++) {
            all += c;
        }
        List<KeyStroke> strokes = KeyStroke.ofText(all);
        assertEquals(95, strokes.stream().map(s -> text(List.of(s))).distinct().count());
        // 47 keys with two characters each, and the space bar
        assertEquals(47, strokes.stream().filter(s -> s.moves().size() == 4).count());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u00FC", "\u20AC", "a\u0000b", "\uD83D\uDE00", "\u001F"})
    void otherCharactersAreRefused(String text) {
        String message = assertThrows(ManagementException.class, () -> KeyStroke.ofText(text))
                .getMessage();
        assertTrue(message.contains("US keyboard") && message.contains("U+"), message);
        assertEquals(1, message.lines().count());
    }

    @Test
    void sequencesHaveModifiers() throws ManagementException {
        assertEquals(
                "1d, 38, e053 -e053, -38, -1d",
                text(KeyStroke.ofSequence(
                        "DOWN, Key_LeftCtrl, DOWN,Key_LeftAlt, Key_Delete, UP, Key_LeftAlt, up, Key_LeftCtrl")));
        assertEquals("1e, /200, -1e", text(KeyStroke.ofSequence("DOWN,Key_A,HOLD,UP,Key_A")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Key_A,", "Key_Nope", "DOWN", "DOWN,UP,Key_A", "UP,HOLD", "Key_A Key_B", "DOWN Key_A"})
    void sequencesThatMakeNoSenseAreRefused(String sequence) {
        String message = assertThrows(ManagementException.class, () -> KeyStroke.ofSequence(sequence))
                .getMessage();
        assertEquals(1, message.lines().count(), message);
    }
}
