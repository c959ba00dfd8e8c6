package org.jeroboam.device.videos3trio64;

/** The register values with which every VGA BIOS sets its modes (IBM PS/2 and VGA technical references). */
enum StandardMode {
    /** 03h: text, 80 by 25, 9 by 16 dots. */
    TEXT_80(
            0x67,
            "03 00 03 00 02",
            "5F 4F 50 82 55 81 BF 1F 00 4F 0D 0E 00 00 00 00 9C 8E 8F 28 1F 96 B9 A3 FF",
            "00 00 00 00 00 10 0E 00 FF",
            "00 01 02 03 04 05 14 07 38 39 3A 3B 3C 3D 3E 3F 0C 00 0F 08 00"),
    /** 01h: text, 40 by 25, 9 by 16 dots. */
    TEXT_40(
            0x67,
            "03 08 03 00 02",
            "2D 27 28 90 2B A0 BF 1F 00 4F 0D 0E 00 00 00 00 9C 8E 8F 14 1F 96 B9 A3 FF",
            "00 00 00 00 00 10 0E 00 FF",
            "00 01 02 03 04 05 14 07 38 39 3A 3B 3C 3D 3E 3F 0C 00 0F 08 00"),
    /** 07h: text, 80 by 25, monochrome. */
    TEXT_MONO(
            0x66,
            "03 00 03 00 02",
            "5F 4F 50 82 55 81 BF 1F 00 4F 0D 0E 00 00 00 00 9C 8E 8F 28 0F 96 B9 A3 FF",
            "00 00 00 00 00 10 0A 00 FF",
            "00 08 08 08 08 08 08 08 10 18 18 18 18 18 18 18 0E 00 0F 08 00"),
    /** 04h: 320 by 200, 4 colours. */
    CGA_4(
            0x63,
            "03 09 03 00 02",
            "2D 27 28 90 2B 80 BF 1F 00 C1 00 00 00 00 00 00 9C 8E 8F 14 00 96 B9 A2 FF",
            "00 00 00 00 00 30 0F 00 FF",
            "00 13 15 17 02 04 06 07 10 11 12 13 14 15 16 17 01 00 03 00 00"),
    /** 06h: 640 by 200, 2 colours. */
    CGA_6(
            0x63,
            "03 01 01 00 06",
            "5F 4F 50 82 54 80 BF 1F 00 C1 00 00 00 00 00 00 9C 8E 8F 28 00 96 B9 C2 FF",
            "00 00 00 00 00 00 0D 00 FF",
            "00 17 17 17 17 17 17 17 17 17 17 17 17 17 17 17 01 00 01 00 00"),
    /** 0Dh: 320 by 200, 16 colours. */
    EGA_D(
            0x63,
            "03 09 0F 00 06",
            "2D 27 28 90 2B 80 BF 1F 00 C0 00 00 00 00 00 00 9C 8E 8F 14 00 96 B9 E3 FF",
            "00 00 00 00 00 00 05 0F FF",
            "00 01 02 03 04 05 06 07 10 11 12 13 14 15 16 17 01 00 0F 00 00"),
    /** 0Eh: 640 by 200, 16 colours. */
    EGA_E(
            0x63,
            "03 01 0F 00 06",
            "5F 4F 50 82 54 80 BF 1F 00 C0 00 00 00 00 00 00 9C 8E 8F 28 00 96 B9 E3 FF",
            "00 00 00 00 00 00 05 0F FF",
            "00 01 02 03 04 05 06 07 10 11 12 13 14 15 16 17 01 00 0F 00 00"),
    /** 10h: 640 by 350, 16 colours. */
    EGA_10(
            0xA3,
            "03 01 0F 00 06",
            "5F 4F 50 82 54 80 BF 1F 00 40 00 00 00 00 00 00 83 85 5D 28 0F 63 BA E3 FF",
            "00 00 00 00 00 00 05 0F FF",
            "00 01 02 03 04 05 14 07 38 39 3A 3B 3C 3D 3E 3F 01 00 0F 00 00"),
    /** 11h: 640 by 480, 2 colours. */
    VGA_11(
            0xE3,
            "03 01 0F 00 06",
            "5F 4F 50 82 54 80 0B 3E 00 40 00 00 00 00 00 00 EA 8C DF 28 00 E7 04 C3 FF",
            "00 00 00 00 00 00 05 01 FF",
            "00 3F 00 3F 00 3F 00 3F 00 3F 00 3F 00 3F 00 3F 01 00 0F 00 00"),
    /** 12h: 640 by 480, 16 colours. */
    VGA_12(
            0xE3,
            "03 01 0F 00 06",
            "5F 4F 50 82 54 80 0B 3E 00 40 00 00 00 00 00 00 EA 8C DF 28 00 E7 04 E3 FF",
            "00 00 00 00 00 00 05 0F FF",
            "00 01 02 03 04 05 14 07 38 39 3A 3B 3C 3D 3E 3F 01 00 0F 00 00"),
    /** 13h: 320 by 200, 256 colours. */
    VGA_13(
            0x63,
            "03 01 0F 00 0E",
            "5F 4F 50 82 54 80 BF 1F 00 41 00 00 00 00 00 00 9C 8E 8F 28 40 96 B9 A3 FF",
            "00 00 00 00 00 40 05 0F FF",
            "00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 41 00 0F 00 00"),
    /** Mode X: 320 by 240, 256 colours, unchained; what programs make of 13h. */
    MODE_X(
            0xE3,
            "03 01 0F 00 06",
            "5F 4F 50 82 54 80 0D 3E 00 41 00 00 00 00 00 00 EA AC DF 28 00 E7 06 E3 FF",
            "00 00 00 00 00 40 05 0F FF",
            "00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 41 00 0F 00 00");

    final int misc;
    final int[] sequencer;
    final int[] crtc;
    final int[] graphics;
    final int[] attribute;

    StandardMode(int misc, String sequencer, String crtc, String graphics, String attribute) {
        this.misc = misc;
        this.sequencer = bytes(sequencer);
        this.crtc = bytes(crtc);
        this.graphics = bytes(graphics);
        this.attribute = bytes(attribute);
    }

    private static int[] bytes(String hex) {
        String[] parts = hex.split(" ");
        int[] bytes = new int[parts.length];
        for (int i = 0; i < parts.length; i++) {
            bytes[i] = Integer.parseInt(parts[i], 16);
        }
        return bytes;
    }
}
