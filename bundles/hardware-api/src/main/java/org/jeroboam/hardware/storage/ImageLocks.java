package org.jeroboam.hardware.storage;

import java.io.IOException;
import java.nio.file.Path;
import org.jeroboam.hardware.device.ConfigurationException;

/**
 * OSGi service that keeps image files from being opened twice, by this or another process. A killed process leaves no lock
 * behind. The lock belongs to the machine and outlives a replacement of the format's bundle. Thread-safe.
 */
public interface ImageLocks {
    /** A held lock. */
    interface Lock extends AutoCloseable {
        /** Lets go. */
        @Override
        void close();
    }

    /**
     * Locks a file.
     *
     * @param file an existing file
     * @param shared whether others may lock it shared too: images opened read-only
     * @param owner who wants it, for other people's messages
     * @return the lock
     * @throws ConfigurationException when it is in use; the message says by whom, as far as known
     * @throws IOException when the host fails
     */
    Lock lock(Path file, boolean shared, String owner) throws ConfigurationException, IOException;
}
