package org.jeroboam.device.videos3trio64;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.Charset;
import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Text modes, dot by dot, with fonts of random dots. */
class TextScreenTest {
    /** Longer than 8 frames, shorter than 9: with cursor and blinking characters as 8 frames later. */
    private static final long EIGHT_FRAMES = 8 * 14_270_000L;

    private final FakeMachine machine = new FakeMachine();
    private final Guest guest = new Guest(machine);
    private final Random random = new Random(0xC0DE);
    private final byte[] font = new byte[8192];
    private final byte[] otherFont = new byte[8192];
    private final int[] cells = new int[4000];
    private StandardMode mode = StandardMode.TEXT_80;
    private boolean cursorOn;
    private boolean blinkedOff;
    private int window = Guest.B8000;

    @BeforeEach
    void powerOn() throws ConfigurationException {
        Device device = new S3Trio64Factory().create(new DeviceConfig(Guest.NAME, "s3trio64", Map.of()));
        device.attach(machine.board(Guest.NAME));
        device.reset(ResetKind.POWER_ON);
        guest.openDecoding();
        random.nextBytes(font);
        random.nextBytes(otherFont);
    }

    private void start(StandardMode newMode) {
        mode = newMode;
        guest.mode(mode);
        guest.font(0x4000, otherFont);
        guest.font(0, font);
        guest.set(Guest.GR, 6, mode.graphics[6]);
        window = mode == StandardMode.TEXT_MONO ? 0xB0000 : Guest.B8000;
        cursorOn = true;
        for (int i = 0; i < cells.length; i++) {
            cell(i, random.nextInt(0x10000));
        }
    }

    private void cell(int index, int value) {
        cells[index] = value;
        machine.writeMemory(window + 2 * index, 2, value);
    }

    private int columns() {
        return mode == StandardMode.TEXT_40 ? 40 : 80;
    }

    /** The dot of a character cell as IBM's manual has it. */
    private int dot(int cell, int column, int row, int width) {
        int character = cell & 0xFF;
        int attribute = cell >> 8;
        boolean blinks = (guestAr(0x10) & 8) != 0;
        int back = blinks ? attribute >> 4 & 7 : attribute >> 4;
        int fore = attribute & 15;
        int select = guest.get(Guest.SR, 3);
        byte[] chosen = (attribute & 8) != 0 && select == 4 ? otherFont : font;
        boolean lit = column < 8 && (chosen[character * 32 + row] << column & 0x80) != 0;
        if (column == 8 && width == 9 && character >= 0xC0 && character <= 0xDF && (guestAr(0x10) & 4) != 0) {
            lit = (chosen[character * 32 + row] & 1) != 0;
        }
        if (blinks && attribute >= 0x80 && blinkedOff) {
            lit = false;
        }
        if (mode == StandardMode.TEXT_MONO && (attribute & 0x77) == 1 && row == 15) {
            lit = true;
        }
        return lit ? fore : back;
    }

    private int guestAr(int register) {
        machine.in(guest.crtcPort() + 6);
        machine.out(0x3C0, register | 0x20);
        int value = machine.in(0x3C1);
        machine.in(guest.crtcPort() + 6);
        return value;
    }

    private void assertScreen(int width, int height, int scale, int start, int cursorCell, int first, int last) {
        guest.screen().look();
        int lines = 400;
        int screenWidth = columns() * width * scale;
        assertEquals(screenWidth, guest.screen().width());
        assertEquals(lines, guest.screen().height());
        int[] pixels = guest.screen().pixels();
        int[] colors = new int[16];
        for (int i = 0; i < 16; i++) {
            colors[i] = Guest.rgb(mode.attribute[i]);
        }
        for (int y = 0; y < lines / height * height; y++) {
            for (int column = 0; column < columns(); column++) {
                int at = start + y / height * columns() + column;
                boolean cursor = cursorOn && at == cursorCell && y % height >= first && y % height <= last;
                for (int dot = 0; dot < width; dot++) {
                    int color = cursor ? cells[at] >> 8 & 15 : dot(cells[at], dot, y % height, width);
                    for (int i = 0; i < scale; i++) {
                        int x = (column * width + dot) * scale + i;
                        int actual = pixels[y * screenWidth + x];
                        if (actual != colors[color]) {
                            assertEquals(colors[color], actual, "at " + x + ", " + y);
                        }
                    }
                }
            }
        }
    }

    private void place(int cell, int first, int last) {
        guest.cr(0x0A, first);
        guest.cr(0x0B, last);
        guest.cr(0x0E, cell >> 8);
        guest.cr(0x0F, cell & 0xFF);
    }

    @Test
    void eightyColumns() {
        start(StandardMode.TEXT_80);
        place(81, 13, 14);
        assertScreen(9, 16, 1, 0, 81, 13, 14);
    }

    @Test
    void cursorAndAttributesBlink() {
        start(StandardMode.TEXT_80);
        place(500, 0, 15);
        guest.cr(0x0A, 0x00);
        assertScreen(9, 16, 1, 0, 500, 0, 15);
        machine.clock().advance(EIGHT_FRAMES);
        cursorOn = false;
        assertScreen(9, 16, 1, 0, 500, 0, 15);
        machine.clock().advance(EIGHT_FRAMES);
        cursorOn = true;
        blinkedOff = true;
        assertScreen(9, 16, 1, 0, 500, 0, 15);
        machine.clock().advance(EIGHT_FRAMES);
        cursorOn = false;
        assertScreen(9, 16, 1, 0, 500, 0, 15);
        machine.clock().advance(EIGHT_FRAMES);
        cursorOn = true;
        blinkedOff = false;
        assertScreen(9, 16, 1, 0, 500, 0, 15);
    }

    @Test
    void intensityInsteadOfBlinking() {
        start(StandardMode.TEXT_80);
        place(0, 0x20, 15);
        guest.ar(0x10, 0x04);
        machine.clock().advance(2 * EIGHT_FRAMES);
        assertScreen(9, 16, 1, 0, -1, 0, 0);
    }

    @Test
    void cursorShapes() {
        start(StandardMode.TEXT_80);
        place(7, 0x2D, 14);
        assertScreen(9, 16, 1, 0, -1, 0, 0);
        place(7, 10, 4);
        assertScreen(9, 16, 1, 0, -1, 0, 0);
        place(7, 4, 0x40 | 10);
        assertScreen(9, 16, 1, 0, 9, 4, 10);
    }

    @Test
    void withoutLineGraphicsTheNinthDotIsBackground() {
        start(StandardMode.TEXT_80);
        place(0, 0x20, 0);
        guest.ar(0x10, 0x08);
        assertScreen(9, 16, 1, 0, -1, 0, 0);
    }

    @Test
    void eightDots() {
        start(StandardMode.TEXT_80);
        place(0, 0x20, 0);
        guest.set(Guest.SR, 1, 1);
        guest.ar(0x13, 0);
        assertScreen(8, 16, 1, 0, -1, 0, 0);
    }

    @Test
    void fortyColumns() {
        start(StandardMode.TEXT_40);
        place(41, 1, 2);
        assertScreen(9, 16, 2, 0, 41, 1, 2);
    }

    @Test
    void fiftyLines() {
        start(StandardMode.TEXT_80);
        guest.cr(0x09, 0x47);
        place(3999, 6, 7);
        assertScreen(9, 8, 1, 0, 3999, 6, 7);
        assertEquals(50, guest.screen().text().split("\n", -1).length);
    }

    @Test
    void twoFonts() {
        start(StandardMode.TEXT_80);
        place(0, 0x20, 0);
        guest.set(Guest.SR, 3, 0x04);
        assertScreen(9, 16, 1, 0, -1, 0, 0);
    }

    @Test
    void monochromeUnderline() {
        start(StandardMode.TEXT_MONO);
        guest.cr(0x14, 15);
        place(5, 11, 12);
        assertScreen(9, 16, 1, 0, 5, 11, 12);
    }

    @Test
    void startAddress() {
        start(StandardMode.TEXT_80);
        guest.cr(0x0D, 160);
        place(200, 0, 3);
        assertScreen(9, 16, 1, 160, 200, 0, 3);
    }

    @Test
    void smoothScrollingAndPanning() {
        start(StandardMode.TEXT_80);
        place(0, 0x20, 0);
        guest.cr(0x08, 5);
        guest.ar(0x13, 2);
        guest.screen().look();
        int[] pixels = guest.screen().pixels();
        for (int y = 0; y < 390; y++) {
            for (int x = 0; x < 700; x++) {
                int line = y + 5;
                int dot = x + 3;
                int color = dot(cells[line / 16 * 80 + dot / 9], dot % 9, line % 16, 9);
                assertEquals(Guest.rgb(mode.attribute[color]), pixels[y * 720 + x], "at " + x + ", " + y);
            }
        }
    }

    @Test
    void splitScreen() {
        start(StandardMode.TEXT_80);
        place(0, 0x20, 0);
        guest.cr(0x0D, 80);
        guest.cr(0x18, 16 * 20 - 1 & 0xFF);
        guest.cr(0x07, 0x1F);
        guest.cr(0x09, 0x0F);
        guest.screen().look();
        int[] pixels = guest.screen().pixels();
        for (int y = 0; y < 400; y++) {
            int line = y < 320 ? y + 16 : y - 320;
            for (int x = 0; x < 720; x++) {
                int color = dot(cells[line / 16 * 80 + x / 9], x % 9, line % 16, 9);
                assertEquals(Guest.rgb(mode.attribute[color]), pixels[y * 720 + x], "at " + x + ", " + y);
            }
        }
        String[] lines = guest.screen().text().split("\n", -1);
        assertEquals(25, lines.length);
        assertEquals(lines[0].length() > 0 ? lines[0] : "", row(1));
        assertEquals(lines[20], row(0));
    }

    private String row(int row) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 80; i++) {
            text.append(CodePage437.glyph(cells[row * 80 + i] & 0xFF));
        }
        return text.toString().stripTrailing();
    }

    @Test
    void textOfTheScreen() {
        start(StandardMode.TEXT_80);
        for (int i = 0; i < cells.length; i++) {
            cell(i, 0x0720);
        }
        String hello = "C:\\>dir /w";
        for (int i = 0; i < hello.length(); i++) {
            cell(80 + i, 0x0700 | hello.charAt(i));
        }
        cell(24 * 80 + 79, 0x07DB);
        guest.screen().look();
        assertEquals(
                "\n" + hello + "\n".repeat(23) + " ".repeat(79) + "█",
                guest.screen().text());
        cell(0, 0x0700);
        cell(1, 0x0701);
        guest.screen().look();
        assertEquals(" ☺", guest.screen().text().split("\n", -1)[0], "a change is seen");
    }

    @Test
    void glyphsAreThoseOfTheCodePage() {
        Charset charset = Charset.forName("IBM437");
        for (int code = 0x20; code < 0xFF; code++) {
            if (code != 0x7F) {
                String expected = new String(new byte[] {(byte) code}, charset);
                assertEquals(expected, String.valueOf(CodePage437.glyph(code)), "code " + code);
            }
        }
        assertEquals(' ', CodePage437.glyph(0));
        assertEquals('⌂', CodePage437.glyph(0x7F));
        assertEquals(' ', CodePage437.glyph(0xFF));
        assertEquals('▼', CodePage437.glyph(0x1F));
    }
}
