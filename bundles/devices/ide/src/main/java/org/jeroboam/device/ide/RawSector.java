package org.jeroboam.device.ide;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A CD-ROM's mode 1 sector as it lies on the disc: synchronisation, header, user data, and the error detection and
 * correction codes (ECMA-130, chapter 14 and annex A). READ CD asks for any of these parts.
 */
final class RawSector {
    static final int SYNC = 8;
    static final int HEADER = 4;
    static final int DATA = 2;
    static final int CODES = 1;

    static final int DATA_BYTES = 2048;

    private static final int BYTES = 2352;
    private static final int AT_HEADER = 12;
    private static final int AT_DATA = 16;
    private static final int AT_EDC = 2064;
    private static final int AT_P = 2076;
    private static final int AT_Q = 2248;
    private static final int EDC_POLYNOMIAL = 0xD8018001;
    private static final int FIELD_POLYNOMIAL = 0x11D;

    private static final int[] EDC = new int[256];
    private static final byte[] TIMES_2 = new byte[256];
    private static final byte[] BY_3 = new byte[256];

    static {
        for (int i = 0; i < 256; i++) {
            int edc = i;
            for (int bit = 0; bit < 8; bit++) {
                edc = edc >>> 1 ^ ((edc & 1) != 0 ? EDC_POLYNOMIAL : 0);
            }
            EDC[i] = edc;
            int twice = i << 1 ^ ((i & 0x80) != 0 ? FIELD_POLYNOMIAL : 0);
            TIMES_2[i] = (byte) twice;
            BY_3[i ^ twice] = (byte) i;
        }
    }

    private final byte[] bytes = new byte[BYTES];

    /** Bytes of the wanted parts. */
    static int size(int parts) {
        return ((parts & SYNC) != 0 ? AT_HEADER : 0)
                + ((parts & HEADER) != 0 ? AT_DATA - AT_HEADER : 0)
                + ((parts & DATA) != 0 ? DATA_BYTES : 0)
                + ((parts & CODES) != 0 ? BYTES - AT_EDC : 0);
    }

    /** Whether the parts lie side by side in the sector. */
    static boolean joined(int parts) {
        int end = parts + Integer.lowestOneBit(parts);
        return (end & end - 1) == 0;
    }

    /** Makes the wanted parts of the sector at {@code block} from its user data. */
    void make(long block, int parts, MemorySegment data, long from, MemorySegment target, long to) {
        MemorySegment.copy(data, ValueLayout.JAVA_BYTE, from, bytes, AT_DATA, DATA_BYTES);
        bytes[0] = 0;
        for (int i = 1; i < AT_HEADER - 1; i++) {
            bytes[i] = (byte) 0xFF;
        }
        bytes[AT_HEADER - 1] = 0;
        int address = Msf.of(block);
        bytes[AT_HEADER] = bcd(address >> 16);
        bytes[AT_HEADER + 1] = bcd(address >> 8 & 0xFF);
        bytes[AT_HEADER + 2] = bcd(address & 0xFF);
        bytes[AT_HEADER + 3] = 1;
        if ((parts & CODES) != 0) {
            protect();
        }
        int first =
                (parts & SYNC) != 0 ? 0 : (parts & HEADER) != 0 ? AT_HEADER : (parts & DATA) != 0 ? AT_DATA : AT_EDC;
        MemorySegment.copy(bytes, first, target, ValueLayout.JAVA_BYTE, to, size(parts));
    }

    private void protect() {
        int edc = 0;
        for (int i = 0; i < AT_EDC; i++) {
            edc = edc >>> 8 ^ EDC[(edc ^ bytes[i]) & 0xFF];
        }
        for (int i = 0; i < 4; i++) {
            bytes[AT_EDC + i] = (byte) (edc >>> 8 * i);
        }
        for (int i = AT_EDC + 4; i < AT_P; i++) {
            bytes[i] = 0;
        }
        parity(AT_P, 86, 24, 2, 86);
        parity(AT_Q, 52, 43, 86, 88);
    }

    /**
     * Two parity bytes for each code word. Bytes of even and of odd place have code words of their own; word {@code w}
     * begins at {@code w / 2 * major + w % 2}.
     */
    private void parity(int target, int words, int length, int major, int step) {
        int protectedBytes = target - AT_HEADER;
        for (int word = 0; word < words; word++) {
            int at = (word >> 1) * major + (word & 1);
            int sum = 0;
            int weighted = 0;
            for (int i = 0; i < length; i++) {
                int value = bytes[AT_HEADER + at] & 0xFF;
                at += step;
                if (at >= protectedBytes) {
                    at -= protectedBytes;
                }
                weighted = TIMES_2[weighted ^ value] & 0xFF;
                sum ^= value;
            }
            int first = BY_3[TIMES_2[weighted] & 0xFF ^ sum] & 0xFF;
            bytes[target + word] = (byte) first;
            bytes[target + words + word] = (byte) (first ^ sum);
        }
    }

    private static byte bcd(int value) {
        return (byte) (value / 10 << 4 | value % 10);
    }
}
