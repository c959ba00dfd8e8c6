package org.jeroboam.hardware.testkit;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.Geometry;

/** A sector with a number of sectors, then the sectors; with faults that the contract must find. */
class SampleFormat implements DiskFormat {
    static final int MAGIC = 0x53414D50;

    boolean trusting() {
        return false;
    }

    boolean lazy() {
        return false;
    }

    boolean reckless() {
        return false;
    }

    /** Believes the header. */
    static final class Trusting extends SampleFormat {
        @Override
        boolean trusting() {
            return true;
        }
    }

    /** Writes when it is closed. */
    static final class Lazy extends SampleFormat {
        @Override
        boolean lazy() {
            return true;
        }
    }

    /** Looks neither at ranges nor at whether it may write. */
    static final class Reckless extends SampleFormat {
        @Override
        boolean reckless() {
            return true;
        }
    }

    @Override
    public int recognise(FileChannel file, Path name) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(DiskImage.SECTOR_SIZE);
        return file.read(header, 0) == DiskImage.SECTOR_SIZE && header.getInt(0) == MAGIC ? 100 : 0;
    }

    @Override
    public DiskImage open(Path file, boolean readOnly) throws ConfigurationException, IOException {
        if (!Files.isRegularFile(file)) {
            throw new ConfigurationException("disk image " + file + " is no file");
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        ByteBuffer header = ByteBuffer.allocate(DiskImage.SECTOR_SIZE);
        channel.read(header, 0);
        long sectors = header.getLong(8);
        boolean fits = channel.size() >= (sectors + 1) * DiskImage.SECTOR_SIZE && sectors > 0 && sectors < 1 << 24;
        if (trusting() && !fits) {
            channel.close();
            throw new IndexOutOfBoundsException("the header says " + sectors);
        }
        if (header.getInt(0) != MAGIC || !fits) {
            channel.close();
            throw new ConfigurationException("disk image " + file + " is damaged");
        }
        return new Image(channel, sectors, readOnly);
    }

    private final class Image implements DiskImage {
        private final FileChannel channel;
        private final long sectors;
        private final boolean readOnly;
        private final Map<Long, byte[]> kept = new TreeMap<>();

        Image(FileChannel channel, long sectors, boolean readOnly) {
            this.channel = channel;
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

        private void check(long sector, int count) throws IOException {
            if (!reckless() && (sector < 0 || count < 0 || sector > sectors - count)) {
                throw new IOException("no such sectors");
            }
        }

        @Override
        public void read(long sector, int count, MemorySegment target) throws IOException {
            check(sector, count);
            for (int i = 0; i < count; i++) {
                ByteBuffer to =
                        target.asSlice((long) i * SECTOR_SIZE, SECTOR_SIZE).asByteBuffer();
                byte[] mine = kept.get(sector + i);
                if (mine != null) {
                    to.put(mine);
                } else {
                    channel.read(to, (sector + i + 1) * SECTOR_SIZE);
                }
            }
        }

        @Override
        public void write(long sector, int count, MemorySegment source) throws IOException {
            check(sector, count);
            if (readOnly && !reckless()) {
                throw new IOException("open read-only");
            }
            for (int i = 0; i < count; i++) {
                byte[] data =
                        source.asSlice((long) i * SECTOR_SIZE, SECTOR_SIZE).toArray(ValueLayout.JAVA_BYTE);
                if (lazy()) {
                    kept.put(sector + i, data);
                } else {
                    channel.write(ByteBuffer.wrap(data), (sector + i + 1) * SECTOR_SIZE);
                }
            }
            if (!channel.isOpen()) {
                throw new IOException("closed");
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() throws IOException {
            for (Map.Entry<Long, byte[]> sector : kept.entrySet()) {
                channel.write(ByteBuffer.wrap(sector.getValue()), (sector.getKey() + 1) * SECTOR_SIZE);
            }
            kept.clear();
            channel.close();
        }
    }
}
