package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.jeroboam.hardware.device.ConfigurationException;

/** Copies a disk into a new file of another kind. What is zeros takes no room in the new file. */
public final class Conversion {
    /** What is copied at once: a block of most disks. */
    private static final int CHUNK = 2 << 20;
    /** What is looked at for zeros at once: the host's page. */
    private static final int GRAIN = 4096;

    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(16 * GRAIN);

    private final DiskSource source;
    private final DiskSink sink;
    private final Progress progress;

    private Conversion(DiskSource source, DiskSink sink, Progress progress) {
        this.source = source;
        this.sink = sink;
        this.progress = progress;
    }

    /**
     * Converts. The caller holds the locks.
     *
     * @param from the disk, with its parents if it has some; only read
     * @param to the new file
     * @param kind what it shall be
     * @param replace whether a file that has the name already goes
     * @param progress told how far it is
     * @throws ConfigurationException when the disk cannot be read or the file cannot be made; one sentence, no new file
     * @throws IOException when the host fails; no new file
     */
    public static void run(Path from, Path to, DiskKind kind, boolean replace, Progress progress)
            throws ConfigurationException, IOException {
        run(from, to, kind, replace, true, progress);
    }

    /**
     * Converts. The caller holds the locks.
     *
     * @param from the disk, with its parents if it has some; only read
     * @param to the new file
     * @param kind what it shall be
     * @param replace whether a file that has the name already goes
     * @param durable whether to wait until the host has the new file on its medium
     * @param progress told how far it is
     * @throws ConfigurationException when the disk cannot be read or the file cannot be made; one sentence, no new file
     * @throws IOException when the host fails; no new file
     */
    public static void run(Path from, Path to, DiskKind kind, boolean replace, boolean durable, Progress progress)
            throws ConfigurationException, IOException {
        if (Files.exists(to) && Files.exists(from) && Files.isSameFile(from, to)) {
            throw new ConfigurationException(from + " and " + to + " are the same file; choose another name");
        }
        try (DiskSource source = DiskSource.open(from)) {
            if (kind != DiskKind.RAW) {
                Creation.checkSize(source.size());
            }
            try (NewFile target = NewFile.begin(to, replace)) {
                copy(
                        source,
                        DiskSink.begin(target.file(), kind, source.size(), Instant.now(), DiskIds.next()),
                        progress);
                target.finish(durable);
            }
        }
    }

    /** Copies all that is not zeros, and finishes the new disk. */
    static void copy(DiskSource source, DiskSink sink, Progress progress) throws IOException {
        try {
            new Conversion(source, sink, progress).copy();
        } catch (InternalError e) {
            // What the JVM makes of a mapped page that is no more in the file, or that the host cannot read.
            throw new IOException("the file was truncated or cannot be read", e);
        }
        sink.finish();
        progress.at(source.size(), source.size());
    }

    private void copy() throws IOException {
        long size = source.size();
        for (long from = source.next(0); from < size; ) {
            long end = source.end(from);
            for (long at = from; at < end; ) {
                progress.at(at, size);
                // Chunks end at multiples of their size, so that their grains are those of the disk.
                int length = (int) Math.min(end - at, CHUNK - at % CHUNK);
                writeData(at, source.view(at, length));
                at += length;
            }
            from = source.next(end);
        }
    }

    private void writeData(long position, ByteBuffer bytes) throws IOException {
        int length = bytes.limit();
        for (int from = 0; from < length; ) {
            int zeros = zerosEnd(bytes, from, length);
            if (zeros > from) {
                from = zeros;
            } else {
                int end = from + GRAIN;
                while (end < length && !isZero(bytes, end, length)) {
                    end += GRAIN;
                }
                end = Math.min(end, length);
                sink.write(position + from, bytes.slice(from, end - from));
                from = end;
            }
        }
    }

    /** Where the grains of zeros end that begin somewhere; there if none do. */
    private static int zerosEnd(ByteBuffer bytes, int from, int length) {
        int at = from;
        while (at < length && bytes.getLong(at) == 0) {
            int run = Math.min(ZEROS.capacity(), length - at);
            int other = bytes.slice(at, run).mismatch(ZEROS.slice(0, run));
            if (other >= 0) {
                return at + other / GRAIN * GRAIN;
            }
            at += run;
        }
        return at;
    }

    private static boolean isZero(ByteBuffer bytes, int from, int length) {
        int end = Math.min(from + GRAIN, length);
        // Lengths are whole sectors. Most data show themselves in the first word.
        return bytes.getLong(from) == 0 && bytes.slice(from, end - from).mismatch(ZEROS.slice(0, end - from)) < 0;
    }

    /** Whether all of a piece, whole sectors, is zeros. */
    static boolean isZero(ByteBuffer bytes) {
        int length = bytes.limit();
        for (int from = 0; from < length; from += GRAIN) {
            if (!isZero(bytes, from, length)) {
                return false;
            }
        }
        return true;
    }
}
