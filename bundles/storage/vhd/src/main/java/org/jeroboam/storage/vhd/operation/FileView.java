package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jeroboam.storage.vhd.HostFile;

/** A file as memory, in windows, so that nothing of it is copied to be looked at. Not thread-safe. */
final class FileView implements AutoCloseable {
    private static final long WINDOW = 256L << 20;
    private static final long ALIGNMENT = 1L << 16;

    private final HostFile file;
    private Arena arena;
    private MemorySegment window;
    private long start;

    FileView(HostFile file) {
        this.file = file;
    }

    /**
     * A part of the file.
     *
     * @param position its first byte
     * @param length bytes, far fewer than a window
     * @return the part from index 0, until this is called again; that the file is truncated under it shows as an
     *     {@link InternalError}
     * @throws IOException when the host fails or the file ends before
     */
    ByteBuffer at(long position, int length) throws IOException {
        if (window == null || position < start || position + length > start + window.byteSize()) {
            close();
            start = position / ALIGNMENT * ALIGNMENT;
            long end = Math.max(position + length, Math.min(start + WINDOW, file.size()));
            arena = Arena.ofConfined();
            window = file.map(start, end - start, arena);
        }
        return window.asSlice(position - start, length).asByteBuffer();
    }

    @Override
    public void close() {
        if (arena != null) {
            arena.close();
            arena = null;
            window = null;
        }
    }
}
