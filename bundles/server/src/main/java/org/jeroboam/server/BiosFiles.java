package org.jeroboam.server;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jeroboam.management.ManagementException;

/**
 * The files from which a BIOS boots. They belong to the host, not to us: SeaBIOS and its ISA video BIOS lie in the
 * directory that the system property {@value #DIRECTORY} names, else where Debian's package puts them.
 *
 * @param bios the image at the top of memory
 * @param videoRom the video adapter's BIOS, or null when there is none and the BIOS image is one of the user's own
 */
record BiosFiles(Path bios, Path videoRom) {
    static final String DIRECTORY = "jeroboam.firmware";

    private static final String DEBIAN = "/usr/share/seabios";
    private static final String BIOS = "bios.bin";
    private static final String VIDEO = "vgabios-isavga.bin";

    /** @param own a BIOS image of the user's own, or null */
    static BiosFiles find(Path own) throws ManagementException {
        return find(own, Path.of(System.getProperty(DIRECTORY, DEBIAN)));
    }

    static BiosFiles find(Path own, Path directory) throws ManagementException {
        Path video = directory.resolve(VIDEO);
        if (own != null) {
            return new BiosFiles(own, Files.isRegularFile(video) ? video : null);
        }
        Path bios = directory.resolve(BIOS);
        for (Path file : new Path[] {bios, video}) {
            if (!Files.isRegularFile(file)) {
                throw ManagementException.badRequest("there is no BIOS: " + file
                        + " is missing; install Debian's package seabios, or give an image with --bios FILE");
            }
        }
        return new BiosFiles(bios, video);
    }
}
