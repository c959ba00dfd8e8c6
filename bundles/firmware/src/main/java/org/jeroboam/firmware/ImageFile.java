package org.jeroboam.firmware;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jeroboam.hardware.device.ConfigurationException;

/** A file that firmware or its option ROMs come from, read as a whole before the machine exists. */
public final class ImageFile {
    private static final long KIB = 1 << 10;
    private static final long GIB = 1 << 30;

    private ImageFile() {}

    /**
     * Reads a file.
     *
     * @param what what it should be, for messages
     * @param name its path
     * @param largest bytes that it may have, a multiple of 1 KiB
     * @return its content
     * @throws ConfigurationException when it is missing, unreadable, a directory or too large; one sentence
     */
    public static byte[] read(String what, String name, long largest) throws ConfigurationException {
        try {
            Path file = Path.of(name);
            if (Files.isDirectory(file)) {
                throw new ConfigurationException("the " + what + " " + name + " is a directory; a file is needed");
            }
            if (Files.size(file) > largest) {
                throw new ConfigurationException("the " + what + " " + name + " is larger than " + size(largest));
            }
            return Files.readAllBytes(file);
        } catch (InvalidPathException e) {
            throw new ConfigurationException("the " + what + " '" + name + "' is no path: " + e.getReason(), e);
        } catch (NoSuchFileException e) {
            throw new ConfigurationException("the " + what + " " + name + " does not exist", e);
        } catch (IOException e) {
            throw new ConfigurationException("the " + what + " " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static String size(long bytes) {
        return bytes % GIB == 0 ? bytes / GIB + " GiB" : bytes / KIB + " KiB";
    }
}
