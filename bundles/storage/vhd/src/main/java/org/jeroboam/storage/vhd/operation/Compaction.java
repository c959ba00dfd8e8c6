package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.DiskType;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.VhdLayout;

/**
 * Makes a dynamic disk's file as small as its content allows: without blocks of zeros, gaps and what belongs to nothing.
 * A new file is made beside the old one and takes its place when it is complete and durable, so that there is one of
 * both at each instant. Its identity and the time of its last change stay: the disk is the same, also for its children.
 */
public final class Compaction {
    private Compaction() {}

    /**
     * What came of it.
     *
     * @param before bytes of the file before
     * @param after bytes of the file now
     */
    public record Result(long before, long after) {}

    /**
     * Compacts. The caller holds the lock.
     *
     * @param path the disk
     * @param progress told how far it is; until the end it can be cancelled and the disk is as before
     * @return what came of it
     * @throws ConfigurationException when it is no dynamic disk or none to be changed; one sentence, nothing is changed
     * @throws IOException when the host fails; nothing is changed
     */
    public static Result run(Path path, Progress progress) throws ConfigurationException, IOException {
        // A link stays one.
        Path file = Files.exists(path) ? path.toRealPath() : path;
        Footer footer;
        long blockSize;
        try (HostFile host = HostFile.open(file, false)) {
            VhdLayout layout = VhdLayout.read(host);
            footer = layout.footer();
            if (footer.type() != DiskType.DYNAMIC) {
                throw new ConfigurationException("disk image " + path + " is a "
                        + footer.type().label() + " disk; only dynamic disks can be compacted");
            }
            Unchangeable.check(host, layout);
            blockSize = layout.header().blockSize();
        }
        long before = Files.size(file);
        try (DiskSource source = DiskSource.open(file);
                NewFile target = NewFile.begin(file, true)) {
            Conversion.copy(
                    source, DiskSink.dynamic(target.file(), footer.withDataOffset(Footer.SIZE), blockSize), progress);
            target.imitate();
            target.finish();
        }
        return new Result(before, Files.size(file));
    }
}
