package org.jeroboam.device.ide;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Checks mode 1 sectors against their definition (ECMA-130): the division by the generator polynomials must leave
 * nothing. Written bit by bit, without the tables that the drive uses.
 */
final class RawSectors {
    private RawSectors() {}

    static void check(byte[] sector) {
        assertEquals(2352, sector.length);
        checkEdc(sector);
        for (int lane = 0; lane < 2; lane++) {
            // Bytes 12 to 2351 are 1170 words; each lane is one byte of each word.
            for (int column = 0; column < 43; column++) {
                int[] word = new int[26];
                for (int row = 0; row < 26; row++) {
                    word[row] = lane(sector, lane, 43 * row + column);
                }
                checkCodeWord(word, "P " + column);
            }
            for (int diagonal = 0; diagonal < 26; diagonal++) {
                int[] word = new int[45];
                for (int i = 0; i < 43; i++) {
                    word[i] = lane(sector, lane, (44 * i + 43 * diagonal) % 1118);
                }
                word[43] = lane(sector, lane, 1118 + diagonal);
                word[44] = lane(sector, lane, 1118 + 26 + diagonal);
                checkCodeWord(word, "Q " + diagonal);
            }
        }
    }

    private static int lane(byte[] sector, int lane, int index) {
        return sector[12 + 2 * index + lane] & 0xFF;
    }

    /** (x^16 + x^15 + x^2 + 1)(x^16 + x^2 + x + 1) divides bytes 0 to 2067, bits of a byte from the lowest. */
    private static void checkEdc(byte[] sector) {
        long remainder = 0;
        for (int i = 0; i < 2068; i++) {
            for (int bit = 0; bit < 8; bit++) {
                remainder = remainder << 1 | sector[i] >> bit & 1;
                if ((remainder & 1L << 32) != 0) {
                    remainder ^= 0x1_8001_801BL;
                }
            }
        }
        assertEquals(0, remainder, "EDC");
    }

    /** The code word vanishes at the first two powers of the field's generator. */
    private static void checkCodeWord(int[] word, String name) {
        int atOne = 0;
        int atTwo = 0;
        for (int symbol : word) {
            atOne ^= symbol;
            atTwo = times2(atTwo) ^ symbol;
        }
        assertEquals(0, atOne, name);
        assertEquals(0, atTwo, name);
    }

    private static int times2(int value) {
        return value << 1 ^ (value >= 0x80 ? 0x11D : 0);
    }
}
