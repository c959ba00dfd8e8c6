package ${package};

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.Geometry;

/** An open image. The file's size never changes, so durable data need no more than the data's own sync. */
final class ${className} implements DiskImage {
    private final FileChannel channel;
    private final Path file;
    private final long sectors;
    private final boolean readOnly;

    ${className}(FileChannel channel, Path file, long sectors, boolean readOnly) {
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
        return Geometry.ofSize(sectors);
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    @Override
    public void read(long sector, int count, MemorySegment target) throws IOException {
        ByteBuffer buffer = buffer(sector, count, target);
        long position = position(sector);
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, position);
            if (read < 0) {
                throw new EOFException("disk image " + file + " was truncated");
            }
            position += read;
        }
    }

    @Override
    public void write(long sector, int count, MemorySegment source) throws IOException {
        if (readOnly) {
            throw new IOException("disk image " + file + " is open read-only");
        }
        ByteBuffer buffer = buffer(sector, count, source);
        long position = position(sector);
        while (buffer.hasRemaining()) {
            position += channel.write(buffer, position);
        }
    }

    private ByteBuffer buffer(long sector, int count, MemorySegment segment) throws IOException {
        if (sector < 0 || count < 0 || sector > sectors - count) {
            throw new IOException("sectors " + sector + " to " + (sector + count - 1) + " are not on disk image " + file
                    + ", which has " + sectors);
        }
        return segment.asSlice(0, (long) count * SECTOR_SIZE).asByteBuffer();
    }

    private static long position(long sector) {
        return (1 + sector) * SECTOR_SIZE;
    }

    @Override
    public void flush() throws IOException {
        if (!readOnly) {
            channel.force(false);
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
}
