package org.jeroboam.guests;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The smallest CD: ISO 9660 (ECMA-119) with one file in its root directory. */
final class TinyCd {
    private static final int BLOCK = 2048;
    private static final int DESCRIPTOR = 16;
    private static final int LITTLE_PATHS = 18;
    private static final int BIG_PATHS = 19;
    private static final int ROOT = 20;
    private static final int FILE = 21;

    private final String label;
    private final String name;
    private final byte[] content;

    /** @param name in ISO 9660's capitals, such as {@code DATA.BIN} */
    TinyCd(String label, String name, byte[] content) {
        this.label = label;
        this.name = name + ";1";
        this.content = content.clone();
    }

    byte[] image() {
        int blocks = FILE + (content.length + BLOCK - 1) / BLOCK;
        byte[] image = new byte[blocks * BLOCK];
        put(image, DESCRIPTOR, descriptor(blocks));
        put(image, DESCRIPTOR + 1, new byte[] {(byte) 0xFF, 'C', 'D', '0', '0', '1', 1});
        put(image, LITTLE_PATHS, paths(ByteOrder.LITTLE_ENDIAN));
        put(image, BIG_PATHS, paths(ByteOrder.BIG_ENDIAN));
        ByteArrayOutputStream root = new ByteArrayOutputStream();
        root.writeBytes(record(ROOT, BLOCK, true, "\0"));
        root.writeBytes(record(ROOT, BLOCK, true, "\1"));
        root.writeBytes(record(FILE, content.length, false, name));
        put(image, ROOT, root.toByteArray());
        put(image, FILE, content);
        return image;
    }

    /** The file's content in an image of this class. */
    static byte[] content(byte[] image) {
        int record = ROOT * BLOCK;
        while (image[record + 25] != 0) { // a directory
            record += image[record];
        }
        int length = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN).getInt(record + 10);
        return Arrays.copyOfRange(image, FILE * BLOCK, FILE * BLOCK + length);
    }

    private static void put(byte[] image, int block, byte[] bytes) {
        System.arraycopy(bytes, 0, image, block * BLOCK, bytes.length);
    }

    /** Primary volume descriptor (8.4); numbers in both byte orders. */
    private byte[] descriptor(int blocks) {
        byte[] bytes = new byte[BLOCK];
        Arrays.fill(bytes, 8, 72, (byte) ' ');
        Arrays.fill(bytes, 190, 813, (byte) ' ');
        ByteBuffer b = ByteBuffer.wrap(bytes);
        b.put((byte) 1).put(ascii("CD001")).put((byte) 1);
        b.position(40);
        b.put(ascii(label));
        both32(b.position(80), blocks);
        both16(b.position(120), 1);
        both16(b.position(124), 1);
        both16(b.position(128), BLOCK);
        both32(b.position(132), paths(ByteOrder.LITTLE_ENDIAN).length);
        b.order(ByteOrder.LITTLE_ENDIAN).putInt(140, LITTLE_PATHS);
        b.order(ByteOrder.BIG_ENDIAN).putInt(148, BIG_PATHS);
        b.position(156);
        b.put(record(ROOT, BLOCK, true, "\0"));
        for (int date = 813; date < 881; date += 17) {
            Arrays.fill(bytes, date, date + 16, (byte) '0');
        }
        bytes[881] = 1;
        return bytes;
    }

    /** Path table (9.4) with the root alone. */
    private static byte[] paths(ByteOrder order) {
        return ByteBuffer.allocate(10)
                .order(order)
                .put((byte) 1)
                .put((byte) 0)
                .putInt(ROOT)
                .putShort((short) 1)
                .array();
    }

    /** Directory record (9.1). */
    private static byte[] record(int block, int length, boolean directory, String name) {
        ByteBuffer b = ByteBuffer.allocate(33 + name.length() + 1 - name.length() % 2);
        b.put((byte) b.capacity()).put((byte) 0);
        both32(b, block);
        both32(b, length);
        b.put(new byte[] {126, 1, 31, 12, 0, 0, 0});
        b.put((byte) (directory ? 2 : 0)).putShort((short) 0);
        both16(b, 1);
        b.put((byte) name.length()).put(ascii(name));
        return b.array();
    }

    private static void both16(ByteBuffer b, int value) {
        b.order(ByteOrder.LITTLE_ENDIAN).putShort((short) value);
        b.order(ByteOrder.BIG_ENDIAN).putShort((short) value);
    }

    private static void both32(ByteBuffer b, int value) {
        b.order(ByteOrder.LITTLE_ENDIAN).putInt(value);
        b.order(ByteOrder.BIG_ENDIAN).putInt(value);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
