package org.jeroboam.storage.vhd;

import java.nio.charset.StandardCharsets;

/**
 * Which program made a file.
 *
 * @param application four characters, such as {@code vpc }
 * @param version major and minor number, 16 bits each
 * @param hostOs four characters, such as {@code Wi2k}
 */
public record Creator(int application, int version, int hostOs) {
    /**
     * What new files carry. Programs decide by the application whether a disk ends at the current size or at the end of
     * its geometry; {@code win } is the one that all of them know as current size. The version is that of Windows 10,
     * whose disks the programs know too.
     */
    public static final Creator OURS = new Creator(code("win "), 0x000A_0000, code("Wi2k"));

    /**
     * The application as text.
     *
     * @return four characters; those that cannot be printed are dots
     */
    public String applicationText() {
        return text(application);
    }

    /**
     * The host's system as text.
     *
     * @return four characters; those that cannot be printed are dots
     */
    public String hostOsText() {
        return text(hostOs);
    }

    private static int code(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3];
    }

    static String text(int code) {
        StringBuilder text = new StringBuilder();
        for (int shift = 24; shift >= 0; shift -= 8) {
            int character = code >> shift & 0xFF;
            text.append(character >= 0x20 && character < 0x7F ? (char) character : '.');
        }
        return text.toString();
    }
}
