package org.jeroboam.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jeroboam.management.ManagementException;

/**
 * What is typed in one go, before the guest gets time for it: at most eight bytes of a keyboard.
 *
 * @param moves of keys, in order
 * @param holdMillis guest time to wait afterwards beyond the usual
 */
record KeyStroke(List<Move> moves, int holdMillis) {
    private static final int HOLD_MILLIS = 200;
    /** The characters of the keys from code 02h on, without and with shift; blanks where no character is. */
    private static final String PLAIN = "1234567890-=  qwertyuiop[]  asdfghjkl;'` \\zxcvbnm,./";

    private static final String SHIFTED = "!@#$%^&*()_+  QWERTYUIOP{}  ASDFGHJKL:\"~ |ZXCVBNM<>?";
    private static final int FIRST = 0x02;
    private static final int SPACE = 0x39;

    /**
     * A key goes down or up.
     *
     * @param code set 1 scan code
     * @param down whether it is pressed
     */
    record Move(int code, boolean down) {}

    /** A key is pressed and released. */
    static KeyStroke tap(int code) {
        return new KeyStroke(List.of(new Move(code, true), new Move(code, false)), 0);
    }

    /** A key is pressed or released. */
    static KeyStroke move(int code, boolean down) {
        return new KeyStroke(List.of(new Move(code, down)), 0);
    }

    private static KeyStroke shifted(int code) {
        return new KeyStroke(
                List.of(
                        new Move(KeyIds.LEFT_SHIFT, true),
                        new Move(code, true),
                        new Move(code, false),
                        new Move(KeyIds.LEFT_SHIFT, false)),
                0);
    }

    /** The strokes that type a text on a US keyboard. */
    static List<KeyStroke> ofText(String text) throws ManagementException {
        String lines = text.replace("\r\n", "\n").replace('\r', '\n');
        List<KeyStroke> strokes = new ArrayList<>();
        for (int i = 0; i < lines.length(); i = lines.offsetByCodePoints(i, 1)) {
            strokes.add(ofCharacter(lines.codePointAt(i)));
        }
        return strokes;
    }

    private static KeyStroke ofCharacter(int character) throws ManagementException {
        return switch (character) {
            case '\n' -> tap(KeyIds.ENTER);
            case '\t' -> tap(KeyIds.TAB);
            case '\b', 0x7F -> tap(KeyIds.BACKSPACE);
            case 0x1B -> tap(KeyIds.ESCAPE);
            case ' ' -> tap(SPACE);
            default -> {
                int plain = PLAIN.indexOf(character);
                int shifted = SHIFTED.indexOf(character);
                if (plain < 0 && shifted < 0) {
                    throw ManagementException.badRequest("the character "
                            + (Character.isISOControl(character) ? "" : "'" + Character.toString(character) + "' ")
                            + String.format(Locale.ROOT, "(U+%04X)", character)
                            + " is not on a US keyboard; nothing was typed");
                }
                yield plain >= 0 ? tap(FIRST + plain) : shifted(FIRST + shifted);
            }
        };
    }

    /** The strokes of the SDK's key sequences. */
    static List<KeyStroke> ofSequence(String sequence) throws ManagementException {
        List<KeyStroke> strokes = new ArrayList<>();
        String modifier = null;
        for (String item : sequence.split(",", -1)) {
            String word = item.strip();
            switch (word.toUpperCase(Locale.ROOT)) {
                case "DOWN", "UP" -> {
                    needsNo(modifier, word);
                    modifier = word.toUpperCase(Locale.ROOT);
                }
                case "HOLD" -> {
                    needsNo(modifier, word);
                    strokes.add(new KeyStroke(List.of(), HOLD_MILLIS));
                }
                default -> {
                    int code = KeyIds.code(word);
                    strokes.add(modifier == null ? tap(code) : move(code, modifier.equals("DOWN")));
                    modifier = null;
                }
            }
        }
        needsNo(modifier, "the end");
        return strokes;
    }

    private static void needsNo(String modifier, String instead) throws ManagementException {
        if (modifier != null) {
            throw ManagementException.badRequest(
                    "in a key sequence " + modifier + " stands before a key, not before " + instead);
        }
    }
}
