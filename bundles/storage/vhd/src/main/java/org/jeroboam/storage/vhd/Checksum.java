package org.jeroboam.storage.vhd;

import java.nio.ByteBuffer;

/**
 * The checksum of footer and header: the one's complement of the sum of all bytes, the checksum's own four left out.
 */
final class Checksum {
    private Checksum() {}

    static int of(ByteBuffer structure, int length, int field) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            if (i < field || i >= field + Integer.BYTES) {
                sum += Byte.toUnsignedInt(structure.get(i));
            }
        }
        return ~sum;
    }

    static void check(ByteBuffer structure, int length, int field, String what) throws DamagedException {
        int stored = structure.getInt(field);
        int computed = of(structure, length, field);
        if (stored != computed) {
            throw new DamagedException(
                    String.format("%s has the checksum %08X where %08X fits its content", what, stored, computed));
        }
    }
}
