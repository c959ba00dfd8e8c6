package org.jeroboam.device.videos3trio64;

/** Text: characters in plane 0, attributes in plane 1, two fonts in plane 2, cursor, blinking and underline. */
final class TextLines implements LineRenderer {
    private static final int FONT_ROWS = 32;
    private static final int FONT_UNITS = 256 * FONT_ROWS;
    private static final int[] FONTS = {0x0000, 0x4000, 0x8000, 0xC000, 0x2000, 0x6000, 0xA000, 0xE000};

    private final Registers registers;
    private final VideoMemory memory;
    private final Raster raster;
    private final RasterClock clock;
    private final int[] colors;
    private int fontA;
    private int fontB;
    private int width;
    private boolean lineGraphics;
    private boolean blinks;
    private boolean blinkedOff;
    private int underline;
    private int cursor;
    private int cursorFirst;
    private int cursorLast;

    TextLines(Registers registers, VideoMemory memory, Raster raster, RasterClock clock, Palette palette) {
        this.registers = registers;
        this.memory = memory;
        this.raster = raster;
        this.clock = clock;
        colors = palette.attributes();
    }

    /** Changes whenever cursor or blinking characters appear or disappear: after 8 and after 16 frames. */
    long phase() {
        return clock.frames() >> 3;
    }

    @Override
    public void prepare() {
        findFonts();
        int mode = registers.ar(0x10);
        width = raster.characterWidth();
        lineGraphics = (mode & 0x04) != 0;
        blinks = (mode & 0x08) != 0;
        blinkedOff = (phase() & 2) != 0;
        underline = (mode & 0x02) != 0 ? registers.cr(0x14) & 31 : -1;
        boolean shown = (registers.cr(0x0A) & 0x20) == 0 && (phase() & 1) == 0;
        cursorFirst = registers.cr(0x0A) & 31;
        cursorLast = shown ? registers.cr(0x0B) & 31 : -1;
        cursor = (registers.cr(0x0E) << 8 | registers.cr(0x0F)) + (registers.cr(0x0B) >> 5 & 3);
    }

    private void findFonts() {
        int select = registers.sr(3);
        fontB = FONTS[select & 3 | select >> 2 & 4];
        fontA = FONTS[select >> 2 & 3 | select >> 3 & 4];
    }

    /** Whether a font was written since the last painting. */
    boolean fontsWritten() {
        findFonts();
        return memory.written(fontA, fontA + FONT_UNITS - 1) || memory.written(fontB, fontB + FONT_UNITS - 1);
    }

    @Override
    public void draw(int counter, int row, int columns, int[] dots) {
        boolean inCursor = row >= cursorFirst && row <= cursorLast;
        int at = 0;
        for (int column = 0; column < columns; column++) {
            int cell = memory.get(raster.unit(counter + column, row));
            int attribute = cell >> 8 & 0xFF;
            int character = cell & 0xFF;
            int font = (attribute & 0x08) != 0 ? fontA : fontB;
            int bits = memory.get(font + character * FONT_ROWS + row) >> 15 & 0x1FE;
            if (width == 9 && lineGraphics && (character & 0xE0) == 0xC0) {
                bits |= bits >> 1 & 1;
            }
            int foreground = attribute & 15;
            int background = attribute >> 4;
            if (blinks) {
                background &= 7;
                bits = blinkedOff && attribute >= 0x80 ? 0 : bits;
            }
            if (row == underline && (attribute & 0x77) == 0x01) {
                bits = 0x1FF;
            }
            if (inCursor && (counter + column & 0xFFFF) == cursor) {
                bits = 0x1FF;
            }
            int on = colors[foreground];
            int off = colors[background];
            for (int dot = 0; dot < width; dot++) {
                dots[at++] = (bits & 0x100 >> dot) != 0 ? on : off;
            }
        }
    }

    /** The screen's lines of characters, without blanks at their ends. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (int line = 0; line < raster.height(); line++) {
            if (raster.beginsRow(line)) {
                if (line > 0) {
                    text.append('\n');
                }
                int start = text.length();
                int counter = raster.counter(line);
                for (int column = 0; column < raster.columns(); column++) {
                    int cell = memory.get(raster.unit(counter + column, raster.row(line)));
                    text.append(CodePage437.glyph(cell & 0xFF));
                }
                int end = text.length();
                while (end > start && text.charAt(end - 1) == ' ') {
                    end--;
                }
                text.setLength(end);
            }
        }
        return text.toString();
    }
}
