package org.jeroboam.firmware.fwcfg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The strings that replace those of SeaBIOS's own SMBIOS tables; offsets after the SMBIOS 2.4 specification. */
final class SmbiosFields {
    private static final int HEADER_SIZE = 6;
    private static final byte FIELD = 0;

    private record Field(int table, int offset, String text) {
        int size() {
            return HEADER_SIZE + text.length() + 1;
        }
    }

    private static final Field[] FIELDS = {
        new Field(0, 4, "SeaBIOS"), // vendor
        new Field(0, 5, "SeaBIOS"), // version
        new Field(1, 4, "Jeroboam Project"), // system manufacturer
        new Field(1, 5, "Jeroboam"), // product name
        new Field(3, 4, "Jeroboam Project"), // chassis manufacturer
        new Field(4, 7, "Intel"), // processor manufacturer
    };

    private SmbiosFields() {}

    /** The item with all fields: a count, then for each length, kind, table, offset and the string. */
    static byte[] entries() {
        int size = 2;
        for (Field field : FIELDS) {
            size += field.size();
        }
        ByteBuffer b = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        b.putShort((short) FIELDS.length);
        for (Field field : FIELDS) {
            b.putShort((short) field.size()).put(FIELD).put((byte) field.table).putShort((short) field.offset);
            b.put(field.text.getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
        }
        return b.array();
    }
}
