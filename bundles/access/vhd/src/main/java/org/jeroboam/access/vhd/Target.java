package org.jeroboam.access.vhd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.ImageLocks;

/** The name of a file to be made. */
final class Target {
    private Target() {}

    /**
     * Judges the name and keeps a file that has it from being used while it is replaced.
     *
     * @param file the name
     * @param force whether what has the name may go
     * @return a lock to be closed; one without effect when nothing has the name
     */
    static ImageLocks.Lock claim(Path file, boolean force, Locks locks) throws ConfigurationException, IOException {
        if (!Files.exists(file)) {
            return () -> {};
        }
        if (Files.isDirectory(file)) {
            throw new ConfigurationException(file + " is a directory; name a file");
        }
        if (!force) {
            throw new ConfigurationException(
                    "the file " + file + " exists; choose another name, or let it be replaced with --force");
        }
        return locks.toReplace(file);
    }
}
