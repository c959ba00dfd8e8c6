package org.jeroboam.sample.splitraw;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;

/** The names of an image's files. */
final class PartNames {
    private static final String FIRST = ".001";
    private static final int MOST = 999;

    private PartNames() {}

    static boolean isFirst(Path file) {
        return file.getFileName() != null && file.getFileName().toString().endsWith(FIRST);
    }

    /** The image's files, in order. */
    static List<Path> of(Path first) throws ConfigurationException {
        if (!Files.exists(first)) {
            throw new ConfigurationException("disk image " + first + " does not exist");
        }
        if (Files.isDirectory(first)) {
            throw new ConfigurationException(
                    "disk image " + first + " is a directory; name the file that ends in .001");
        }
        if (!isFirst(first)) {
            throw new ConfigurationException(
                    "disk image " + first + " is not the first of several files; name the one that ends in .001");
        }
        List<Path> parts = new ArrayList<>();
        while (parts.size() < MOST && Files.exists(part(first, parts.size() + 1))) {
            parts.add(part(first, parts.size() + 1));
        }
        Path missing = part(first, parts.size() + 1);
        if (parts.size() < MOST - 1 && Files.exists(part(first, parts.size() + 2))) {
            throw new ConfigurationException("disk image " + first + " has a gap: " + missing.getFileName()
                    + " is missing; put it back or move the files behind it away");
        }
        return List.copyOf(parts);
    }

    private static Path part(Path first, int number) {
        String name = first.getFileName().toString();
        String stem = name.substring(0, name.length() - FIRST.length());
        return first.resolveSibling("%s.%03d".formatted(stem, number));
    }
}
