package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import org.jeroboam.hardware.device.ConfigurationException;

/** Copies a disk into a new file of another kind. What is zeros takes no room in the new file. */
public final class Conversion {
    private static final int CHUNK = 1 << 20;
    /** What is looked at for zeros at once: the host's page. */
    private static final int GRAIN = 4096;

    private static final MemorySegment ZEROS = MemorySegment.ofBuffer(ByteBuffer.allocateDirect(GRAIN));

    private final DiskSource source;
    private final Relay relay;
    private final Progress progress;

    private Conversion(DiskSource source, Relay relay, Progress progress) {
        this.source = source;
        this.relay = relay;
        this.progress = progress;
    }

    /**
     * Converts. The caller holds the locks.
     *
     * @param from the disk; only read
     * @param to the new file
     * @param kind what it shall be
     * @param replace whether a file that has the name already goes
     * @param progress told how far it is
     * @throws ConfigurationException when the disk cannot be read or the file cannot be made; one sentence, no new file
     * @throws IOException when the host fails; no new file
     */
    public static void run(Path from, Path to, DiskKind kind, boolean replace, Progress progress)
            throws ConfigurationException, IOException {
        if (Files.exists(to) && Files.exists(from) && Files.isSameFile(from, to)) {
            throw new ConfigurationException(from + " and " + to + " are the same file; choose another name");
        }
        try (DiskSource source = DiskSource.open(from)) {
            if (kind != DiskKind.RAW) {
                Creation.checkSize(source.size());
            }
            try (NewFile target = NewFile.begin(to, replace)) {
                DiskSink sink = DiskSink.begin(target.file(), kind, source.size(), Instant.now(), UUID.randomUUID());
                try (Relay relay = new Relay(sink, CHUNK)) {
                    new Conversion(source, relay, progress).copy();
                }
                sink.finish();
                target.finish();
            }
        }
    }

    private void copy() throws IOException {
        long size = source.size();
        for (long from = source.next(0); from < size; ) {
            long end = source.end(from);
            for (long at = from; at < end; ) {
                progress.at(at, size);
                // Chunks end at multiples of their size, so that their grains are those of the disk.
                int length = (int) Math.min(end - at, CHUNK - at % CHUNK);
                Relay.Chunk chunk = relay.take();
                source.read(at, chunk.begin(at, length));
                findData(chunk, length);
                relay.give(chunk);
                at += length;
            }
            from = source.next(end);
        }
        relay.finish();
        progress.at(size, size);
    }

    private static void findData(Relay.Chunk chunk, int length) {
        MemorySegment bytes = MemorySegment.ofBuffer(chunk.bytes.clear());
        for (int from = 0; from < length; ) {
            if (isZero(bytes, from, length)) {
                from += GRAIN;
            } else {
                int end = from + GRAIN;
                while (end < length && !isZero(bytes, end, length)) {
                    end += GRAIN;
                }
                chunk.add(from, Math.min(end, length));
                from = end;
            }
        }
    }

    private static boolean isZero(MemorySegment bytes, int from, int length) {
        int end = Math.min(from + GRAIN, length);
        return MemorySegment.mismatch(bytes, from, end, ZEROS, 0, end - from) < 0;
    }
}
