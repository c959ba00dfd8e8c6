package org.jeroboam.access.vhd;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.ImageLocks;

/** The lock service, found on the class path. Machines hold the same locks, whatever process they are in. */
final class Locks {
    private static final String OWNER = "jeroboam vhd";

    private final ImageLocks service;

    Locks() {
        service = ServiceLoader.load(ImageLocks.class)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the lock service is not on the class path"));
    }

    /** For reading: nobody may write meanwhile. */
    ImageLocks.Lock toRead(Path file) throws ConfigurationException, IOException {
        return service.lock(file, true, OWNER);
    }

    /** For replacing: nobody may use the file at all. */
    ImageLocks.Lock toReplace(Path file) throws ConfigurationException, IOException {
        return service.lock(file, false, OWNER);
    }
}
