package org.jeroboam.device.videos3trio64;

/** The colours of a frame: the DAC's, and the 16 that the attribute controller makes of them. */
final class Palette {
    private static final int P5P4_SELECT = 0x80;

    private final Registers registers;
    private final Dac dac;
    private final int[] bytes = new int[256];
    private final int[] attributes = new int[16];

    Palette(Registers registers, Dac dac) {
        this.registers = registers;
        this.dac = dac;
    }

    /** Reads registers and DAC. */
    void prepare() {
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = dac.rgb(i);
        }
        boolean select = (registers.ar(0x10) & P5P4_SELECT) != 0;
        int high = (registers.ar(0x14) & 0x0C) << 4;
        int middle = (registers.ar(0x14) & 0x03) << 4;
        for (int i = 0; i < attributes.length; i++) {
            int color = registers.ar(i & registers.ar(0x12) & 15);
            attributes[i] = bytes[high | (select ? middle | color & 0x0F : color & 0x3F)];
        }
    }

    /** Colors of the 256 pixel values that reach the DAC, as 0x00RRGGBB. */
    int[] bytes() {
        return bytes;
    }

    /** Colors of the 16 values that reach the attribute controller, as 0x00RRGGBB. */
    int[] attributes() {
        return attributes;
    }
}
