package org.jeroboam.access.gdb;

import java.util.HexFormat;

/** Numbers and bytes as the protocol writes them. */
final class Hex {
    private static final HexFormat FORMAT = HexFormat.of();

    private Hex() {}

    /** Bytes, two digits each. */
    static String of(byte[] bytes) {
        return FORMAT.formatHex(bytes);
    }

    /** A register's value, lowest byte first. */
    static String of(long value, int bytes) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < bytes; i++) {
            FORMAT.toHexDigits(text, (byte) (value >> 8 * i));
        }
        return text.toString();
    }

    /** @throws IllegalArgumentException when it is no such text */
    static byte[] bytes(String text) {
        return FORMAT.parseHex(text);
    }

    /**
     * An address or count of up to 32 bits, highest digit first.
     *
     * @throws IllegalArgumentException when it is no such text
     */
    static int number(String text) {
        long value = Long.parseUnsignedLong(text, 16);
        if (value >>> 32 != 0 && value >> 31 != -1) {
            throw new IllegalArgumentException(text + " has more than 32 bits");
        }
        return (int) value;
    }
}
