package org.jeroboam.benchmarks.vhd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.Stream;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.storage.raw.RawFormat;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.operation.ChildCreation;
import org.jeroboam.storage.vhd.operation.Creation;
import org.jeroboam.storage.vhd.operation.NewFile;
import org.jeroboam.storage.vhddifferencing.VhdDifferencingFormat;
import org.jeroboam.storage.vhddynamic.VhdDynamicFormat;
import org.jeroboam.storage.vhdfixed.VhdFixedFormat;

/** Makes disks for the benchmarks in a folder of their own, which goes with them. */
final class Disks implements AutoCloseable {
    static final int MIB = 1 << 20;
    /** Size of the disks that are read and written: all of it fits into the host's page cache. */
    static final long SIZE = 256L * MIB;

    private static final long BLOCK = 2L * MIB;

    final MemorySegment buffer = Arena.ofAuto().allocate(MIB, 4096);
    private final Path folder;
    private int made;

    Disks() throws IOException {
        folder = Files.createTempDirectory("vhd-benchmark");
        SplittableRandom random = new SplittableRandom(1);
        for (long at = 0; at < MIB; at += Long.BYTES) {
            buffer.set(ValueLayout.JAVA_LONG, at, random.nextLong());
        }
    }

    /** What a format needs to open a file. */
    record Disk(DiskFormat format, Path file) {
        DiskImage open(boolean readOnly) throws ConfigurationException, IOException {
            return format.open(file, readOnly);
        }
    }

    /**
     * A disk of a kind, all of it written: {@code raw}, {@code fixed}, {@code dynamic}, {@code child} (its own), or
     * {@code parent-N}: what is read is N files below.
     */
    Disk full(String kind) throws ConfigurationException, IOException {
        if (kind.startsWith("parent-")) {
            Disk at = full("dynamic");
            for (int depth = Integer.parseInt(kind.substring("parent-".length())); depth > 0; depth--) {
                at = child(at);
            }
            return at;
        }
        Disk disk =
                switch (kind) {
                    case "raw" -> raw();
                    case "fixed" -> empty(true, SIZE);
                    case "dynamic" -> empty(false, SIZE);
                    case "child" -> child(empty(false, SIZE));
                    default -> throw new IllegalArgumentException("no kind of disk: " + kind);
                };
        try (DiskImage image = disk.open(false)) {
            for (long at = 0; at < SIZE; at += MIB) {
                image.write(at / DiskImage.SECTOR_SIZE, MIB / DiskImage.SECTOR_SIZE, buffer);
            }
            image.flush();
        }
        return disk;
    }

    private Path name() {
        return folder.resolve("disk" + made++ + ".vhd");
    }

    private Disk raw() throws IOException {
        Path file = name();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), SIZE - 1);
        }
        return new Disk(new RawFormat(), file);
    }

    Disk empty(boolean fixed, long size) throws ConfigurationException, IOException {
        Path file = name();
        try (NewFile target = NewFile.begin(file, true)) {
            if (fixed) {
                Creation.fixed(target.file(), size, Instant.now(), UUID.randomUUID());
            } else {
                Creation.dynamic(target.file(), size, BLOCK, Instant.now(), UUID.randomUUID());
            }
            target.finish();
        }
        return new Disk(fixed ? new VhdFixedFormat() : new VhdDynamicFormat(), file);
    }

    Disk child(Disk parent) throws ConfigurationException, IOException {
        Path file = name();
        try (NewFile target = NewFile.begin(file, true)) {
            ChildCreation.run(target.file(), file, parent.file(), BLOCK, Instant.now(), UUID.randomUUID());
            target.finish();
        }
        return new Disk(new VhdDifferencingFormat(), file);
    }

    /** A disk of 1 TB with all its blocks in the file, which is holes apart from its structures. */
    Disk huge() throws ConfigurationException, IOException {
        Disk disk = empty(false, 1L << 40);
        int blocks = 1 << 19;
        try (HostFile file = HostFile.open(disk.file(), false)) {
            VhdLayout layout = VhdLayout.read(file);
            long slot = layout.header().slotAfter(layout.metadataEnd());
            ByteBuffer table = ByteBuffer.allocateDirect(blocks * Integer.BYTES);
            for (int i = 0; i < blocks; i++) {
                table.putInt((int) ((slot + i * layout.header().slotStride()) / DiskImage.SECTOR_SIZE));
            }
            file.write(layout.header().tableOffset(), table.flip());
            file.write(slot + blocks * layout.header().slotStride(), layout.footerBytes());
        }
        return disk;
    }

    @Override
    public void close() {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
