package org.jeroboam.storage.raw;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.Geometry;

/** An open raw image. It never changes the file's size, so durable data need no more than the data's own sync. */
final class RawImage implements DiskImage {
    private final FileChannel channel;
    private final Path file;
    private final long sectors;
    private final boolean readOnly;

    RawImage(FileChannel channel, Path file, long sectors, boolean readOnly) {
        this.channel = channel;
        this.file = file;
        this.sectors = sectors;
        this.readOnly = readOnly;
    }

    @Override
    public long sectors() {
        return sectors;
    }

    @Override
    public Geometry geometry() {
        return FloppyShapes.ofSize(sectors);
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    @Override
    public void read(long sector, int count, MemorySegment target) throws IOException {
        ByteBuffer buffer = buffer(sector, count, target);
        long position = sector * SECTOR_SIZE;
        try {
            while (buffer.hasRemaining()) {
                int read = channel.read(buffer, position);
                if (read < 0) {
                    throw new EOFException("the file was truncated");
                }
                position += read;
            }
        } catch (IOException e) {
            throw failure("read", position, e);
        }
    }

    @Override
    public void write(long sector, int count, MemorySegment source) throws IOException {
        if (readOnly) {
            throw new IOException("disk image " + file + " is open read-only");
        }
        ByteBuffer buffer = buffer(sector, count, source);
        long position = sector * SECTOR_SIZE;
        try {
            while (buffer.hasRemaining()) {
                position += channel.write(buffer, position);
            }
        } catch (IOException e) {
            throw failure("write", position, e);
        }
    }

    @Override
    public void flush() throws IOException {
        if (!readOnly) {
            try {
                channel.force(false);
            } catch (IOException e) {
                throw new IOException("cannot flush disk image " + file + ": " + e.getMessage(), e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            if (channel.isOpen()) {
                flush();
            }
        }
    }

    private ByteBuffer buffer(long sector, int count, MemorySegment segment) throws IOException {
        if (sector < 0 || count < 0 || sector > sectors - count) {
            throw new IOException("sectors " + sector + " to " + (sector + count - 1) + " are not on disk image " + file
                    + ", which has " + sectors);
        }
        return segment.asSlice(0, (long) count * SECTOR_SIZE).asByteBuffer();
    }

    private IOException failure(String what, long position, IOException cause) {
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new IOException(
                "cannot " + what + " sector " + position / SECTOR_SIZE + " of disk image " + file + ": " + reason,
                cause);
    }
}
