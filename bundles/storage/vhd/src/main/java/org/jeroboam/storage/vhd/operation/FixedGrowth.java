package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.Footer;

/**
 * Makes a fixed disk larger where the host's file system may have a file's new length on the medium before the data in
 * it: a disk that is made larger in place would be without its one footer then. So a new file takes the place of the old
 * one when it is complete and durable; it needs the room of both.
 */
final class FixedGrowth {
    /** File systems that write data before the length that covers them, or lose all in a power cut anyway. */
    private static final Set<String> IN_ORDER = Set.of("ext3", "ext4", "xfs", "btrfs", "tmpfs");

    private FixedGrowth() {}

    /** Whether a file can be made larger in place. */
    static boolean isSafeInPlace(Path file) throws IOException {
        return IN_ORDER.contains(Files.getFileStore(file).type());
    }

    /**
     * Makes the larger disk.
     *
     * @param path the fixed disk, judged; locked by the caller
     * @param footer the new one
     * @param progress told how far it is; until the end it can be cancelled and the disk is as before
     * @throws ConfigurationException when nothing can be written there; one sentence, nothing is changed
     * @throws IOException when the host fails; nothing is changed
     */
    static void run(Path path, Footer footer, Progress progress) throws ConfigurationException, IOException {
        // A link stays one.
        Path file = path.toRealPath();
        try (DiskSource source = DiskSource.open(file);
                NewFile target = NewFile.begin(file, true)) {
            Conversion.copy(source, DiskSink.fixed(target.file(), footer), progress);
            target.imitateOwner();
            target.finish();
        }
    }
}
