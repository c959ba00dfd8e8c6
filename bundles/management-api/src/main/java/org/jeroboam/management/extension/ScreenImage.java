package org.jeroboam.management.extension;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/**
 * What a machine's screen shows at one moment.
 *
 * @param width pixels; 0 when nothing was shown yet
 * @param height pixels; 0 when nothing was shown yet
 * @param pixels row by row, 0x00RRGGBB
 * @param text in text modes the screen's lines joined by newlines; null in graphics modes
 */
public record ScreenImage(int width, int height, int[] pixels, String text) {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    private static final int BITS = 8;
    private static final int TRUE_COLOUR = 2;

    /**
     * Checks the size.
     *
     * @throws IllegalArgumentException when the pixels do not fill the picture
     */
    public ScreenImage {
        if (width < 0 || height < 0 || pixels.length != (long) width * height) {
            throw new IllegalArgumentException(
                    width + " by " + height + " pixels are not " + pixels.length + " pixels");
        }
    }

    /**
     * Whether there is a picture.
     *
     * @return false when nothing was shown yet
     */
    public boolean isEmpty() {
        return pixels.length == 0;
    }

    /**
     * The picture as a file of the format PNG (RFC 2083): true colour, eight bits each.
     *
     * @return the file's content
     * @throws IllegalStateException when there is no picture
     */
    public byte[] png() {
        if (isEmpty()) {
            throw new IllegalStateException("there is no picture");
        }
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.write(SIGNATURE);
            chunk(out, "IHDR", header());
            chunk(out, "IDAT", rows());
            chunk(out, "IEND", new byte[0]);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written", e);
        }
    }

    private byte[] header() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(width);
        out.writeInt(height);
        out.write(new byte[] {BITS, TRUE_COLOUR, 0, 0, 0}); // one method each of compression and filters; no interlace
        return bytes.toByteArray();
    }

    private byte[] rows() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] row = new byte[1 + 3 * width]; // the first byte says: no filter
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
            for (int y = 0; y < height; y++) {
                for (int x = 0, at = 1; x < width; x++) {
                    int pixel = pixels[y * width + x];
                    row[at++] = (byte) (pixel >> 16);
                    row[at++] = (byte) (pixel >> 8);
                    row[at++] = (byte) pixel;
                }
                out.write(row);
            }
        }
        return bytes.toByteArray();
    }

    private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        out.writeInt(data.length);
        out.write(name);
        out.write(data);
        out.writeInt((int) crc.getValue());
    }
}
