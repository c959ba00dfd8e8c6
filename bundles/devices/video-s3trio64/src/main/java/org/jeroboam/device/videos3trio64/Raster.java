package org.jeroboam.device.videos3trio64;

/**
 * The way of the CRTC through memory for one frame: for each scan line the address counter at its left edge, the row
 * within the character and the panning. Measured anew for each painting.
 */
final class Raster {
    /** Neither a program nor a person has a use for more, and a guest can ask for much more. */
    private static final int LARGEST = 2048;

    private static final int DARK_WIDTH = 640;
    private static final int DARK_HEIGHT = 400;
    private static final int ROW_MASK = 31;
    private static final int VGA_UNITS = 0xFFFF;

    /** How the bytes of a unit become dots. */
    enum Kind {
        /** Nothing is shown. */
        DARK,
        /** Characters and attributes. */
        TEXT,
        /** A bit of each plane is a dot of 16 colours. */
        PLANES,
        /** Pairs of bits are dots of 4 colours. */
        PAIRS,
        /** Each byte is two dots of 256 colours. */
        BYTES
    }

    private final Registers registers;
    private final int[] counters = new int[LARGEST];
    private final int[] rows = new int[LARGEST];
    private final int[] pans = new int[LARGEST];
    private Kind kind = Kind.DARK;
    private int columns;
    private int characterWidth;
    private int dotFactor;
    private int width;
    private int height;
    private boolean text;
    private int addressing;
    private int wordBit;
    private boolean rowInBit13;
    private boolean rowInBit14;
    private int unitMask;

    Raster(Registers registers) {
        this.registers = registers;
    }

    Kind kind() {
        return kind;
    }

    /** Whether the adapter is in a text mode, shown or not. */
    boolean text() {
        return text;
    }

    int columns() {
        return columns;
    }

    int characterWidth() {
        return characterWidth;
    }

    int dotFactor() {
        return dotFactor;
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    int counter(int line) {
        return counters[line];
    }

    int row(int line) {
        return rows[line];
    }

    int pan(int line) {
        return pans[line];
    }

    /** Whether a line is the first one of a row of characters. */
    boolean beginsRow(int line) {
        return line == 0 || counters[line] != counters[line - 1] || rows[line] < rows[line - 1];
    }

    /** Reads the registers. */
    void measure() {
        boolean synchronised =
                (registers.cr(0x17) & 0x80) != 0 && (registers.sr(0) & 3) == 3 && (registers.cr(0x56) & 0x06) == 0;
        text = synchronised && (registers.gr(6) & 1) == 0;
        if (!synchronised) {
            kind = Kind.DARK;
            width = DARK_WIDTH;
            height = DARK_HEIGHT;
            return;
        }
        dotFactor = ScreenShape.dotFactor(registers);
        characterWidth = text ? ScreenShape.dotsPerCharacter(registers) : 8;
        columns = Math.min(ScreenShape.characters(registers), LARGEST / (characterWidth * dotFactor));
        width = columns * characterWidth * dotFactor;
        height = Math.min(ScreenShape.lines(registers), LARGEST);
        boolean off = (registers.sr(1) & 0x20) != 0 || !registers.paletteAddressSource;
        kind = off ? Kind.DARK : shown();
        if (!off) {
            measureAddressing();
            walk();
        }
    }

    private Kind shown() {
        if (text) {
            return Kind.TEXT;
        }
        int mode = registers.gr(5);
        return (mode & 0x40) != 0 ? Kind.BYTES : (mode & 0x20) != 0 ? Kind.PAIRS : Kind.PLANES;
    }

    private void measureAddressing() {
        int mode = registers.cr(0x17);
        addressing = (registers.cr(0x14) & 0x40) != 0 ? 2 : (mode & 0x40) != 0 ? 0 : 1;
        wordBit = (mode & 0x20) != 0 ? 15 : 13;
        rowInBit13 = (mode & 0x01) == 0;
        rowInBit14 = (mode & 0x02) == 0;
        unitMask = registers.enhancedMapping() ? VideoMemory.UNIT_MASK : VGA_UNITS;
    }

    private void walk() {
        int counter = start() + (registers.cr(0x08) >> 5 & 3);
        int offset = (registers.cr(0x13) | pitchBits() << 8) * 2;
        int lastRow = registers.cr(0x09) & ROW_MASK;
        boolean twice = (registers.cr(0x09) & 0x80) != 0;
        int lineCompare = ScreenShape.lineCompare(registers);
        int row = registers.cr(0x08) & ROW_MASK;
        int pan = pan();
        boolean again = twice;
        for (int line = 0; line < height; line++) {
            counters[line] = counter;
            rows[line] = row;
            pans[line] = pan;
            if (line == lineCompare) {
                counter = 0;
                row = 0;
                again = twice;
                pan = (registers.ar(0x10) & 0x20) != 0 ? 0 : pan;
            } else if (again) {
                again = false;
            } else {
                again = twice;
                counter += row == lastRow ? offset : 0;
                row = row == lastRow ? 0 : row + 1 & ROW_MASK;
            }
        }
    }

    /** The start address with S3's further bits: CR69, when it is not 0, else the older fields. */
    private int start() {
        int high = registers.cr(0x69) & 0x1F;
        high = high != 0 ? high : registers.cr(0x31) >> 4 & 3 | (registers.cr(0x51) & 3) << 2;
        return high << 16 | registers.cr(0x0C) << 8 | registers.cr(0x0D);
    }

    private int pitchBits() {
        int bits = registers.cr(0x51) >> 4 & 3;
        return bits != 0 ? bits : registers.cr(0x43) >> 2 & 1;
    }

    /** Dots that fall off the left edge. */
    private int pan() {
        int pan = registers.ar(0x13);
        if (kind == Kind.BYTES) {
            return pan & 6;
        }
        return characterWidth == 9 ? pan >= 8 ? 0 : pan + 1 : pan & 7;
    }

    /** The unit that the CRTC fetches for a counter in a row: byte, word and doubleword mode, and rows as address bits. */
    int unit(int counter, int row) {
        int unit =
                switch (addressing) {
                    case 0 -> counter;
                    case 1 -> counter << 1 | counter >> wordBit & 1;
                    default -> counter << 2 | counter >> 12 & 3;
                };
        if (rowInBit13) {
            unit = unit & ~0x2000 | (row & 1) << 13;
        }
        if (rowInBit14) {
            unit = unit & ~0x4000 | (row & 2) << 13;
        }
        return unit & unitMask;
    }
}
