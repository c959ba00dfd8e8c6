package org.jeroboam.sample.splitraw;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.Geometry;

/** The open files of an image. Their sizes never change, so durable data need no more than the data's own sync. */
final class SplitRawImage implements DiskImage {
    private final List<Path> files;
    private final FileChannel[] channels;
    private final boolean[] written;
    private final boolean readOnly;
    private long partSize;
    private long size;

    private SplitRawImage(List<Path> files, boolean readOnly) {
        this.files = files;
        this.readOnly = readOnly;
        channels = new FileChannel[files.size()];
        written = new boolean[files.size()];
    }

    static DiskImage open(List<Path> files, boolean readOnly) throws ConfigurationException, IOException {
        SplitRawImage image = new SplitRawImage(files, readOnly);
        try {
            for (int i = 0; i < files.size(); i++) {
                image.openPart(i);
            }
            return image;
        } catch (ConfigurationException | IOException e) {
            image.closeChannels();
            throw e;
        }
    }

    private void openPart(int index) throws ConfigurationException, IOException {
        Path file = files.get(index);
        Set<OpenOption> options =
                readOnly ? Set.of(StandardOpenOption.READ) : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            channels[index] = FileChannel.open(file, options);
        } catch (AccessDeniedException e) {
            throw new ConfigurationException(
                    "disk image " + file + " may not be " + (readOnly ? "read" : "written") + "; check its permissions",
                    e);
        }
        long length = channels[index].size();
        if (length == 0 || length % SECTOR_SIZE != 0) {
            throw new ConfigurationException("disk image " + file + " has " + length
                    + " bytes; each file must hold one sector of " + SECTOR_SIZE + " bytes or several");
        }
        if (index == 0) {
            partSize = length;
        }
        boolean last = index == files.size() - 1;
        if (length > partSize || length < partSize && !last) {
            throw new ConfigurationException("disk image " + file + " has " + length + " bytes, but the first file has "
                    + partSize + "; all must be as large as the first, the last may be smaller");
        }
        size += length;
    }

    @Override
    public long sectors() {
        return size / SECTOR_SIZE;
    }

    @Override
    public Geometry geometry() {
        return Geometry.ofSize(sectors());
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    @Override
    public void read(long sector, int count, MemorySegment target) throws IOException {
        transfer(sector, count, target, false);
    }

    @Override
    public void write(long sector, int count, MemorySegment source) throws IOException {
        if (readOnly) {
            throw new IOException("disk image " + files.getFirst() + " is open read-only");
        }
        transfer(sector, count, source, true);
    }

    private void transfer(long sector, int count, MemorySegment segment, boolean write) throws IOException {
        if (sector < 0 || count < 0 || sector > sectors() - count) {
            throw new IOException("sectors " + sector + " to " + (sector + count - 1) + " are not on disk image "
                    + files.getFirst() + ", which has " + sectors());
        }
        ByteBuffer buffer = segment.asSlice(0, (long) count * SECTOR_SIZE).asByteBuffer();
        long position = sector * SECTOR_SIZE;
        long end = position + buffer.capacity();
        while (position < end) {
            int part = (int) (position / partSize);
            long within = position % partSize;
            buffer.limit((int) (buffer.position() + Math.min(end - position, partSize - within)));
            position += buffer.remaining();
            if (write) {
                writeFully(part, buffer, within);
            } else {
                readFully(part, buffer, within);
            }
        }
    }

    private void readFully(int part, ByteBuffer buffer, long from) throws IOException {
        long position = from;
        try {
            while (buffer.hasRemaining()) {
                int read = channels[part].read(buffer, position);
                if (read < 0) {
                    throw new EOFException("the file was truncated");
                }
                position += read;
            }
        } catch (IOException e) {
            throw failure("read", part, e);
        }
    }

    private void writeFully(int part, ByteBuffer buffer, long to) throws IOException {
        long position = to;
        written[part] = true;
        try {
            while (buffer.hasRemaining()) {
                position += channels[part].write(buffer, position);
            }
        } catch (IOException e) {
            throw failure("write", part, e);
        }
    }

    /** A file whose sync failed counts as written still, so that the next flush does not promise what it cannot know. */
    @Override
    public void flush() throws IOException {
        for (int i = 0; i < channels.length; i++) {
            if (written[i]) {
                try {
                    channels[i].force(false);
                } catch (IOException e) {
                    throw failure("flush", i, e);
                }
                written[i] = false;
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            if (channels[0].isOpen()) {
                flush();
            }
        } finally {
            closeChannels();
        }
    }

    private void closeChannels() throws IOException {
        IOException failure = null;
        for (FileChannel channel : channels) {
            try {
                if (channel != null) {
                    channel.close();
                }
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private IOException failure(String what, int part, IOException cause) {
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new IOException("cannot " + what + " disk image " + files.get(part) + ": " + reason, cause);
    }
}
