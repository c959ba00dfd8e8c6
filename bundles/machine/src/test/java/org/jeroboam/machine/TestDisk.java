package org.jeroboam.machine;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.Geometry;
import org.jeroboam.hardware.storage.ImageLocks;

/** A plain image format and locks within one process. */
class TestDisk implements DiskFormat, ImageLocks {
    private static final Set<Path> LOCKED = ConcurrentHashMap.newKeySet();
    volatile int open;
    /** Whether an image that was written to changes its file once more when it is closed. */
    boolean reserves;
    /** What each image is read from besides its own file. */
    List<Path> below = List.of();

    /** Makes an image of which each sector begins with its number plus 7. */
    static Path image(Path folder, int sectors) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(sectors * 512).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < sectors; i++) {
            content.putInt(i * 512, i + 7);
        }
        return Files.write(folder.resolve("disk.img"), content.array());
    }

    @Override
    public Lock lock(Path file, boolean shared, String owner) throws ConfigurationException {
        if (!LOCKED.add(file)) {
            throw new ConfigurationException(file + " is in use");
        }
        return () -> LOCKED.remove(file);
    }

    @Override
    public int recognise(FileChannel file, Path name) {
        return 1;
    }

    @Override
    public List<Path> parents(Path file) {
        return below;
    }

    @Override
    public DiskImage open(Path file, boolean readOnly) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        open++;
        return new DiskImage() {
            private boolean written;

            @Override
            public long sectors() {
                try {
                    return channel.size() / SECTOR_SIZE;
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
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
                channel.read(target.asSlice(0, count * 512L).asByteBuffer(), sector * 512);
            }

            @Override
            public void write(long sector, int count, MemorySegment source) throws IOException {
                written = true;
                channel.write(source.asSlice(0, count * 512L).asByteBuffer(), sector * 512);
            }

            @Override
            public void flush() throws IOException {
                channel.force(false);
            }

            @Override
            public void close() throws IOException {
                open--;
                channel.close();
                if (written && reserves) {
                    Files.setLastModifiedTime(
                            file,
                            FileTime.fromMillis(Files.getLastModifiedTime(file).toMillis() + 5));
                }
            }
        };
    }
}
