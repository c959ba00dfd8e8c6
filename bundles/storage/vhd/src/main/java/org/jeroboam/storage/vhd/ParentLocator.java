package org.jeroboam.storage.vhd;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * One of the header's eight parent locators: where a differencing disk's parent is, in the words of one platform.
 *
 * @param platform the platform code
 * @param space bytes of the file that are kept for the text
 * @param length bytes of the text
 * @param position where the text is in the file
 * @param text a path or URL; empty when its platform's words are not known, null when the file does not hold it
 */
public record ParentLocator(int platform, long space, long length, long position, String text) {
    /** No locator. */
    public static final int NONE = 0;

    /** A path relative to the child's folder, in UTF-16. */
    public static final int W2RU = 0x5732_7275;

    /** An absolute path, in UTF-16. */
    public static final int W2KU = 0x5732_6B75;

    /** A file URL, in UTF-8. */
    public static final int MACX = 0x4D61_6358;

    /** A relative path of old programs, in bytes. */
    public static final int WI2R = 0x5769_3272;

    /** An absolute path of old programs, in bytes. */
    public static final int WI2K = 0x5769_326B;

    /** Bytes of a locator in the header. */
    static final int SIZE = 24;

    /** The longest text: the longest path that Windows has. */
    static final int MAX_LENGTH = 0x1_0000;

    private static final int AT_SPACE = 4;
    private static final int AT_LENGTH = 8;
    private static final int AT_POSITION = 16;

    /**
     * Reads a locator without its text.
     *
     * @param header the dynamic header
     * @param at where in it
     * @return the locator
     */
    static ParentLocator decode(ByteBuffer header, int at) {
        long space = Integer.toUnsignedLong(header.getInt(at + AT_SPACE));
        return new ParentLocator(
                header.getInt(at),
                // Sectors by the specification, bytes in many files.
                space < Footer.SIZE ? space * Footer.SIZE : space,
                Integer.toUnsignedLong(header.getInt(at + AT_LENGTH)),
                header.getLong(at + AT_POSITION),
                null);
    }

    void encode(ByteBuffer header, int at) {
        header.putInt(at, platform);
        // Bytes as in the files of all programs, though the specification says sectors.
        header.putInt(at + AT_SPACE, (int) space);
        header.putInt(at + AT_LENGTH, (int) length);
        header.putInt(at + AT_LENGTH + Integer.BYTES, 0);
        header.putLong(at + AT_POSITION, position);
    }

    /**
     * The locator with what stands in the file.
     *
     * @param bytes its text
     * @param room bytes of the file from there on
     * @return with text, and with no more space than the file has
     */
    ParentLocator withText(ByteBuffer bytes, long room) {
        long kept = Math.min(space, room);
        Charset charset =
                switch (platform) {
                    case W2RU, W2KU -> utf16(bytes);
                    case MACX -> StandardCharsets.UTF_8;
                    case WI2R, WI2K -> StandardCharsets.ISO_8859_1;
                    default -> null;
                };
        if (charset == null) {
            return new ParentLocator(platform, kept, length, position, "");
        }
        String decoded = charset.decode(bytes).toString();
        int end = decoded.length();
        while (end > 0 && decoded.charAt(end - 1) == 0) {
            end--;
        }
        return new ParentLocator(platform, kept, length, position, decoded.substring(0, end));
    }

    /** Little-endian, unless it is full of characters of the other order: some programs have that. */
    private static Charset utf16(ByteBuffer bytes) {
        int little = 0;
        int big = 0;
        for (int i = bytes.position(); i + 1 < bytes.limit(); i += 2) {
            big += bytes.get(i) == 0 ? 1 : 0;
            little += bytes.get(i + 1) == 0 ? 1 : 0;
        }
        return big > little ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16LE;
    }

    /**
     * A locator to be written.
     *
     * @param platform {@link #W2RU}, {@link #W2KU} or {@link #MACX}
     * @param text the path or URL
     * @param position where its text goes: a whole sector
     * @return the locator, with a free sector behind the text for a longer one
     */
    static ParentLocator create(int platform, String text, long position) {
        long length = bytes(platform, text).length;
        long space = (length + Footer.SIZE - 1) / Footer.SIZE * Footer.SIZE + Footer.SIZE;
        return new ParentLocator(platform, space, length, position, text);
    }

    /**
     * What stands in the file.
     *
     * @return the text and zeros, as many bytes as there is space; outside the heap, ready to be written
     */
    ByteBuffer content() {
        return ByteBuffer.allocateDirect((int) space).put(bytes(platform, text)).clear();
    }

    private static byte[] bytes(int platform, String text) {
        return text.getBytes(platform == MACX ? StandardCharsets.UTF_8 : StandardCharsets.UTF_16LE);
    }

    /**
     * Whether the text lies in a range of the file.
     *
     * @param from its first byte
     * @param to its end
     * @return true when it does, in part too
     */
    public boolean touches(long from, long to) {
        return text != null && from < position + length && position < to;
    }

    /**
     * The platform code as text.
     *
     * @return four characters, such as {@code W2ru}; those that cannot be printed are dots
     */
    public String platformText() {
        return Creator.text(platform);
    }
}
