package org.jeroboam.storage.vhddifferencing;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.DiskType;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.operation.ChildCreation;
import org.jeroboam.storage.vhd.operation.Creation;
import org.jeroboam.storage.vhd.operation.NewFile;

/** Makes disks and the disks above them. */
final class Chains {
    static final int SECTOR = 512;

    private Chains() {}

    /** A fixed disk full of bytes from a generator. */
    static Path fixed(Path path, byte[] content) throws ConfigurationException, IOException {
        try (NewFile made = NewFile.begin(path, false)) {
            Creation.fixed(made.file(), content.length, Instant.now(), UUID.randomUUID());
            made.file().write(0, ByteBuffer.wrap(content));
            made.finish();
        }
        return aged(path);
    }

    /** A dynamic disk with some of the blocks of a content; what is not written becomes zeros in the content. */
    static Path dynamic(Path path, byte[] content, int blockSize, Random random)
            throws ConfigurationException, IOException {
        try (NewFile made = NewFile.begin(path, false)) {
            Creation.dynamic(made.file(), content.length, blockSize, Instant.now(), UUID.randomUUID());
            VhdLayout layout = VhdLayout.read(made.file());
            BlockTable table = new BlockTable(made.file(), layout.header());
            long free = layout.dataEnd();
            for (int block = 0; (long) block * blockSize < content.length; block++) {
                int from = block * blockSize;
                int length = Math.min(blockSize, content.length - from);
                if (random.nextBoolean()) {
                    java.util.Arrays.fill(content, from, from + length, (byte) 0);
                } else {
                    made.file().write(free, layout.header().fullBitmap());
                    made.file()
                            .write(
                                    free + layout.header().bitmapSize(),
                                    ByteBuffer.wrap(java.util.Arrays.copyOf(
                                            java.util.Arrays.copyOfRange(content, from, from + length), blockSize)));
                    table.allocate(block, free);
                    free += layout.header().blockSpan();
                }
            }
            made.file().write(free, layout.footerBytes());
            made.finish();
        }
        return aged(path);
    }

    /** An empty child. */
    static Path child(Path path, Path parent, long blockSize) throws ConfigurationException, IOException {
        try (NewFile made = NewFile.begin(path, false)) {
            ChildCreation.run(made.file(), path, parent, blockSize, Instant.now(), UUID.randomUUID());
            made.finish();
        }
        return path;
    }

    /** Makes it old, so that each change shows in its time. */
    static Path aged(Path path) throws IOException {
        return Files.setLastModifiedTime(path, FileTime.from(Instant.parse("2005-11-07T10:00:00Z")));
    }

    static DiskImage open(Path path, boolean readOnly) throws ConfigurationException, IOException {
        return new VhdDifferencingFormat().open(path, readOnly);
    }

    static byte[] read(Path path) throws ConfigurationException, IOException {
        try (DiskImage image = open(path, true)) {
            return read(image);
        }
    }

    static byte[] read(DiskImage image) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment all = arena.allocate(image.sectors() * SECTOR).fill((byte) 0x55);
            image.read(0, (int) image.sectors(), all);
            return all.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    static byte[] bytes(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Writes at random to a disk and to what is expected of it. */
    static void write(DiskImage image, byte[] expected, Random random, int writes) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int sectors = expected.length / SECTOR;
            for (int i = 0; i < writes; i++) {
                int count = random.nextInt(1, Math.min(sectors, random.nextInt(8) == 0 ? 300 : 20) + 1);
                int first = random.nextInt(sectors - count + 1);
                byte[] data = bytes(random, count * SECTOR);
                MemorySegment buffer = arena.allocate(data.length);
                MemorySegment.copy(data, 0, buffer, ValueLayout.JAVA_BYTE, 0, data.length);
                image.write(first, count, buffer);
                System.arraycopy(data, 0, expected, first * SECTOR, data.length);
                if (random.nextInt(6) == 0) {
                    image.flush();
                }
            }
        }
    }

    /** Changes bytes of a file and keeps its time. */
    static void poke(Path path, long position, int... bytes) throws IOException {
        FileTime time = Files.getLastModifiedTime(path);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.allocate(bytes.length);
            for (int b : bytes) {
                buffer.put((byte) b);
            }
            channel.write(buffer.flip(), position);
        }
        Files.setLastModifiedTime(path, time);
    }

    static VhdLayout layout(Path path) throws ConfigurationException, IOException {
        try (HostFile file = HostFile.open(path, true)) {
            VhdLayout layout = VhdLayout.read(file);
            if (layout.footer().type() == DiskType.DIFFERENCING && layout.parent() == null) {
                throw new AssertionError("a differencing disk without a link");
            }
            return layout;
        }
    }
}
