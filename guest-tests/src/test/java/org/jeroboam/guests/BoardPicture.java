package org.jeroboam.guests;

import java.util.zip.CRC32;

/** The pictures that the board guest draws, drawn plainly: see planar.inc and modex.inc beside it. */
enum BoardPicture {
    PLANAR(640, 480, 1 << 5) {
        @Override
        int index(int x, int y) {
            int column = x / 8;
            int bit = 7 - x % 8;
            if (y < 120) {
                return x / 40;
            } else if (y < 240) {
                return (x ^ y) & 15;
            } else if (y < 360) {
                return index((x + 624) % 640, 479 - y);
            } else if (y < 420) {
                int mask = rotate(37 * column + y, y & 7) & 0x7E;
                return (mask >> bit & 1) != 0 ? y & 15 : 1;
            }
            int colour = column & 15;
            int data = -(rotate(29 * column + 7 * y, 3) >> bit & 1) & 15;
            if (y < 435) {
                return colour ^ data;
            } else if (y < 450) {
                return colour & data;
            } else if (y < 465) {
                return colour | data;
            }
            return (0x3C >> bit & 1) != 0 ? colour & 9 | 2 | data & 4 : colour;
        }

        /** The EGA's sixteen, of which brown is the odd one. */
        @Override
        int dac(int index) {
            int low = (index & 8) != 0 ? 21 : 0;
            int red = low + 42 * (index >> 2 & 1);
            int green = low + 42 * (index >> 1 & 1);
            int blue = low + 42 * (index & 1);
            return red << 16 | (index == 6 ? 21 : green) << 8 | blue;
        }
    },

    MODE_X(320, 240, 1 << 6) {
        @Override
        int index(int x, int y) {
            if (y < 120) {
                return x + 3 * y & 255;
            } else if (y < 180) {
                return x < 8 ? 17 : index(x - 8, y - 120);
            }
            int ring = Math.min(Math.min(y - 180, 239 - y), Math.min(Math.floorDiv(x - 1, 3), (318 - x) / 3));
            return ring < 0 || x > 318 ? 17 : 100 + Math.min(ring, 28);
        }

        @Override
        int dac(int index) {
            return index / 4 << 16 | (5 * index & 63) << 8 | 63 - index / 4;
        }
    };

    final int width;
    final int height;

    /** The bit that selects the test which draws it. */
    final int test;

    BoardPicture(int width, int height, int test) {
        this.width = width;
        this.height = height;
        this.test = test;
    }

    /** The colour number of a pixel. */
    abstract int index(int x, int y);

    /** What the DAC has for a colour number: red, green and blue in a byte each, 0 to 63. */
    abstract int dac(int index);

    /** Of the colour numbers row by row, as the guest reports it. */
    String crc() {
        CRC32 crc = new CRC32();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                crc.update(index(x, y));
            }
        }
        return String.format("%08X", crc.getValue());
    }

    private static int rotate(int value, int count) {
        int low = value & 0xFF;
        return (low >> count | low << 8 - count) & 0xFF;
    }
}
