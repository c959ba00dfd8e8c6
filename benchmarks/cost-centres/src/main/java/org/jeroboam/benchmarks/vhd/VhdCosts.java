package org.jeroboam.benchmarks.vhd;

import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a request to a virtual hard disk takes, beside a raw file through the same contract. All is in the host's page
 * cache; nothing is forced to the medium.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class VhdCosts {
    private static final int SMALL = 4096;
    private static final int SECTORS_OF_SMALL = SMALL / DiskImage.SECTOR_SIZE;
    private static final int SECTORS_OF_MIB = Disks.MIB / DiskImage.SECTOR_SIZE;

    /** For JMH. */
    public VhdCosts() {}

    /** An open disk, all of it written. */
    abstract static class Full {
        Disks disks;
        DiskImage image;
        final SplittableRandom random = new SplittableRandom(7);
        private long next;

        void prepare(String kind) throws ConfigurationException, IOException {
            disks = new Disks();
            image = disks.full(kind).open(false);
        }

        @TearDown
        public void close() throws IOException {
            try {
                image.close();
            } finally {
                disks.close();
            }
        }

        /** The next MiB of the disk, from its end to its beginning again. */
        long inOrder() {
            long at = next;
            next = (next + Disks.MIB) % Disks.SIZE;
            return at / DiskImage.SECTOR_SIZE;
        }

        /** 4 KiB anywhere. */
        long anywhere() {
            return random.nextLong(Disks.SIZE / SMALL) * SECTORS_OF_SMALL;
        }
    }

    /** A disk to be read; the data of {@code parent-N} are N files below the one that is open. */
    @State(Scope.Thread)
    public static class Readable extends Full {
        /** Its kind. */
        @Param({"raw", "fixed", "dynamic", "child", "parent-1", "parent-4"})
        public String kind;

        /** Makes it. */
        @Setup
        public void make() throws ConfigurationException, IOException {
            prepare(kind);
        }
    }

    /** A disk to be written, whose blocks are all there. */
    @State(Scope.Thread)
    public static class Writable extends Full {
        /** Its kind. */
        @Param({"raw", "fixed", "dynamic", "child"})
        public String kind;

        /** Makes it. */
        @Setup
        public void make() throws ConfigurationException, IOException {
            prepare(kind);
        }
    }

    /** A read of 1 MiB, in order. */
    @Benchmark
    public void readInOrder(Readable disk) throws IOException {
        disk.image.read(disk.inOrder(), SECTORS_OF_MIB, disk.disks.buffer);
    }

    /** A read of 4 KiB anywhere. */
    @Benchmark
    public void readAnywhere(Readable disk) throws IOException {
        disk.image.read(disk.anywhere(), SECTORS_OF_SMALL, disk.disks.buffer);
    }

    /** A write of 1 MiB, in order. */
    @Benchmark
    public void writeInOrder(Writable disk) throws IOException {
        disk.image.write(disk.inOrder(), SECTORS_OF_MIB, disk.disks.buffer);
    }

    /** A write of 4 KiB anywhere. */
    @Benchmark
    public void writeAnywhere(Writable disk) throws IOException {
        disk.image.write(disk.anywhere(), SECTORS_OF_SMALL, disk.disks.buffer);
    }

    /** An empty disk of 1 TB. */
    @State(Scope.Thread)
    public static class Empty {
        private static final long BLOCK_SECTORS = 4096;

        /** Its kind. */
        @Param({"dynamic", "child"})
        public String kind;

        private Disks disks;
        private DiskImage image;
        private long block;

        /** Makes it. */
        @Setup(Level.Iteration)
        public void make() throws ConfigurationException, IOException {
            disks = new Disks();
            Disks.Disk disk = disks.empty(false, 1L << 40);
            image = (kind.equals("child") ? disks.child(disk) : disk).open(false);
            block = 0;
        }

        /** Removes it. */
        @TearDown(Level.Iteration)
        public void close() throws IOException {
            try {
                image.close();
            } finally {
                disks.close();
            }
        }
    }

    /** A write of 4 KiB that makes a block of 2 MiB; every 64th of them also makes the reserve that blocks come from. */
    @Benchmark
    public void allocate(Empty disk) throws IOException {
        disk.image.write(disk.block++ * Empty.BLOCK_SECTORS, SECTORS_OF_SMALL, disk.disks.buffer);
    }

    /** A disk of 1 TB, all of whose 524,288 blocks are in the file. */
    @State(Scope.Thread)
    public static class Huge {
        private Disks disks;
        private Disks.Disk disk;

        /** Makes it. */
        @Setup
        public void make() throws ConfigurationException, IOException {
            disks = new Disks();
            disk = disks.huge();
        }

        /** Removes it. */
        @TearDown
        public void remove() {
            disks.close();
        }
    }

    /** Opening it to write, which judges its whole table, reading a sector, and closing it. */
    @Benchmark
    public void openToWrite(Huge huge) throws ConfigurationException, IOException {
        open(huge, false);
    }

    /** Opening it to read, reading a sector, and closing it. */
    @Benchmark
    public void openToRead(Huge huge) throws ConfigurationException, IOException {
        open(huge, true);
    }

    private static void open(Huge huge, boolean readOnly) throws ConfigurationException, IOException {
        try (DiskImage image = huge.disk.open(readOnly)) {
            image.read(image.sectors() / 2, 1, huge.disks.buffer);
        }
    }
}
