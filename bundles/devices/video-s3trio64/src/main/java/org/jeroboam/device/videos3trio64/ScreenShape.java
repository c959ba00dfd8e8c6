package org.jeroboam.device.videos3trio64;

/** What the registers say about the size of the picture. */
final class ScreenShape {
    private ScreenShape() {}

    /** 8 or 9. */
    static int dotsPerCharacter(Registers registers) {
        return (registers.sr(1) & 0x01) != 0 ? 8 : 9;
    }

    /** 2 when the dot clock is halved. */
    static int dotFactor(Registers registers) {
        return (registers.sr(1) & 0x08) != 0 ? 2 : 1;
    }

    /** Characters shown in a line. */
    static int characters(Registers registers) {
        return (registers.cr(0x01) | (registers.cr(0x5D) & 0x02) << 7) + 1;
    }

    /** Scan lines shown. */
    static int lines(Registers registers) {
        int overflow = registers.cr(0x07);
        int last =
                registers.cr(0x12) | (overflow & 0x02) << 7 | (overflow & 0x40) << 3 | (registers.cr(0x5E) & 0x02) << 9;
        return (last + 1) * lineFactor(registers);
    }

    /** The last scan line before the picture begins again at address 0; beyond the screen when there is no split. */
    static int lineCompare(Registers registers) {
        int line = registers.cr(0x18)
                | (registers.cr(0x07) & 0x10) << 4
                | (registers.cr(0x09) & 0x40) << 3
                | (registers.cr(0x5E) & 0x40) << 4;
        return (line + 1) * lineFactor(registers) - 1;
    }

    private static int lineFactor(Registers registers) {
        return (registers.cr(0x17) & 0x04) != 0 ? 2 : 1;
    }
}
