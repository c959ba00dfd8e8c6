package org.jeroboam.hardware.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;

/** OSGi service for one image format; service property {@value #FORMAT} names it ({@code raw}, {@code vhd-fixed}, ...). Thread-safe. */
public interface DiskFormat {
    /** Name of the service property with the format's name. */
    String FORMAT = "disk.format";

    /**
     * Whether a file looks like this format.
     *
     * @param file an open file; its position is not changed
     * @param name the file's path, for formats that are known by their extension only
     * @return a score: 0 no, 1 takes anything, 10 known by extension, 100 known by content
     * @throws IOException when the file cannot be read
     */
    int recognise(FileChannel file, Path name) throws IOException;

    /**
     * The other files that an image is read from: the parents of a differencing disk, down to the last. The caller locks
     * them shared before it opens the image, and keeps the locks as long as the image's own.
     *
     * @param file the file
     * @return existing files; none for images that stand alone
     * @throws ConfigurationException when the file is no image of this format, or another file is missing or does not
     *     fit; one sentence
     * @throws IOException when the host fails
     */
    default List<Path> parents(Path file) throws ConfigurationException, IOException {
        return List.of();
    }

    /**
     * Opens an image. Locks are not the format's business: the caller holds the {@link ImageLocks} of the file and of
     * its {@link #parents}.
     *
     * @param file the file
     * @param readOnly whether writes are refused
     * @return the open image
     * @throws ConfigurationException when the file is no image of this format; one sentence
     * @throws IOException when the host fails
     */
    DiskImage open(Path file, boolean readOnly) throws ConfigurationException, IOException;
}
