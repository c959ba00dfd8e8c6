package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.file.Path;
import org.jeroboam.hardware.device.ConfigurationException;

/** Where the content of a disk is in the host's files. What is in no extent is zeros. */
public final class Extents {
    private Extents() {}

    /**
     * A part of the disk that lies in one piece in a file.
     *
     * @param offset its first byte on the disk
     * @param length bytes
     * @param file the file: the disk's own or that of a parent
     * @param fileOffset its first byte in the file
     */
    public record Extent(long offset, long length, Path file, long fileOffset) {}

    /** Takes extents. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * The next extent, in the order of the disk.
         *
         * @param extent the extent
         */
        void visit(Extent extent);
    }

    /**
     * Lists the extents of a disk: of a fixed or raw one what the host keeps no hole for, of the others what blocks and
     * bitmaps name.
     *
     * @param path the disk; only read
     * @param visitor told of each
     * @param progress told how far it is
     * @throws ConfigurationException when the disk cannot be read; one sentence
     * @throws IOException when the host fails
     */
    public static void list(Path path, Visitor visitor, Progress progress) throws ConfigurationException, IOException {
        try (DiskSource source = DiskSource.open(path)) {
            long size = source.size();
            Extent last = null;
            for (long from = source.next(0); from < size; ) {
                progress.at(from, size);
                long end = source.end(from);
                Extent next = new Extent(from, end - from, source.path(from), source.filePosition(from));
                if (last != null && follows(last, next)) {
                    last = new Extent(last.offset(), last.length() + next.length(), last.file(), last.fileOffset());
                } else {
                    if (last != null) {
                        visitor.visit(last);
                    }
                    last = next;
                }
                from = source.next(end);
            }
            if (last != null) {
                visitor.visit(last);
            }
            progress.at(1, 1);
        }
    }

    private static boolean follows(Extent last, Extent next) {
        return last.offset() + last.length() == next.offset()
                && last.fileOffset() + last.length() == next.fileOffset()
                && last.file().equals(next.file());
    }
}
