package org.jeroboam.sample.ne2000;

/** The frame check sequence of IEEE 802.3, 3.2.9, on bytes in the order of the wire. */
final class Crc32 {
    private static final int POLYNOMIAL = 0xEDB88320;
    private static final int[] TABLE = new int[256];

    static {
        for (int i = 0; i < TABLE.length; i++) {
            int crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = crc >>> 1 ^ ((crc & 1) != 0 ? POLYNOMIAL : 0);
            }
            TABLE[i] = crc;
        }
    }

    private Crc32() {}

    /** The sequence, as it is appended to a frame, lowest byte first. */
    static int of(byte[] bytes, int length) {
        int crc = -1;
        for (int i = 0; i < length; i++) {
            crc = crc >>> 8 ^ TABLE[(crc ^ bytes[i]) & 0xFF];
        }
        return ~crc;
    }

    /** Which of the 64 filter bits a multicast address selects: the CRC register's six upper bits (DP8390, 10.5). */
    static int hash(byte[] address) {
        return Integer.reverse(~of(address, 6)) >>> 26;
    }
}
