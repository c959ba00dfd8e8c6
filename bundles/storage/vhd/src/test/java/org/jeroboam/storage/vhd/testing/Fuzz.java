package org.jeroboam.storage.vhd.testing;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.storage.vhd.operation.Check;
import org.jeroboam.storage.vhd.operation.Creation;
import org.jeroboam.storage.vhd.operation.Progress;
import org.jeroboam.storage.vhd.operation.Repair;

/**
 * Hostile files: valid disks with random and with well-chosen bytes in their structures, mostly with checksums that
 * fit. Such a file is refused in one sentence, or it is a disk that reads and writes nothing but its own blocks.
 */
public final class Fuzz {
    private static final int SECTOR = 512;
    private static final long MEMORY = 8 << 20;
    private static final int BUFFER = 16;
    private static final long[] SPECIAL = {
        0,
        1,
        2,
        3,
        4,
        511,
        512,
        513,
        1023,
        1024,
        1536,
        2048,
        0x7FFFFFFFL,
        0x80000000L,
        0xFFFFFFFEL,
        0xFFFFFFFFL,
        1L << 40,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1,
        -512
    };
    /** Fields of the footer: place and length. */
    private static final int[][] FOOTER = {{12, 4}, {16, 8}, {40, 8}, {48, 8}, {56, 4}, {60, 4}, {84, 1}};
    /** Fields of the dynamic header. */
    public static final int[][] HEADER = {{8, 8}, {16, 8}, {24, 4}, {28, 4}, {32, 4}};

    private final CrashHarness.Format format;
    private final Maker maker;
    private final Random random;
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER * SECTOR);
    private final MemorySegment expected = Arena.ofAuto().allocate(BUFFER * SECTOR);
    private int opened;
    private int refused;

    /** Makes hostile files. */
    @FunctionalInterface
    public interface Maker {
        /** The next file. */
        byte[] make(Random random) throws Exception;
    }

    private Fuzz(CrashHarness.Format format, Maker maker, long seed) {
        this.format = format;
        this.maker = maker;
        random = new Random(seed);
    }

    /**
     * Runs.
     *
     * @param format the format
     * @param seed of everything random
     * @param inputs how many files
     */
    public static void run(CrashHarness.Format format, long seed, int inputs) throws Exception {
        run(format, Fuzz::file, seed, inputs);
    }

    /** Runs on other files. */
    public static void run(CrashHarness.Format format, Maker maker, long seed, int inputs) throws Exception {
        Fuzz fuzz = new Fuzz(format, maker, seed);
        for (int i = 0; i < inputs; i++) {
            byte[] file = fuzz.maker.make(fuzz.random);
            try {
                fuzz.tryOut(file);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", input " + i + ": " + e, e);
            }
        }
        if (fuzz.opened < inputs / 100 || fuzz.refused < inputs / 100) {
            throw new AssertionError(
                    "the inputs are of one kind: " + fuzz.opened + " opened, " + fuzz.refused + " refused");
        }
    }

    private static byte[] file(Random random) throws IOException {
        CrashFile seed = new CrashFile();
        long blockSize = 512L << random.nextInt(6);
        long size = blockSize * random.nextInt(1, 40);
        boolean dynamic = random.nextInt(4) != 0;
        if (dynamic) {
            Creation.dynamic(seed, size, blockSize, Instant.EPOCH, new UUID(1, 1));
        } else {
            Creation.fixed(seed, size, Instant.EPOCH, new UUID(1, 1));
        }
        byte[] bytes = seed.bytes();
        if (dynamic) {
            bytes = withBlocks(random, bytes, size, blockSize);
        }
        return damaged(random, bytes, dynamic ? HEADER : null);
    }

    /**
     * Damages a file.
     *
     * @param header fields of the header; null for a fixed disk
     */
    public static byte[] damaged(Random random, byte[] bytes, int[][] header) {
        int end = bytes.length - SECTOR;
        if (random.nextInt(3) == 0) {
            field(random, bytes, end, FOOTER, 64, SECTOR);
            if (header != null && random.nextBoolean()) {
                System.arraycopy(bytes, end, bytes, 0, SECTOR);
            }
        }
        if (header != null && random.nextInt(3) == 0) {
            field(random, bytes, SECTOR, header, 36, 1024);
        }
        for (int n = random.nextInt(3) == 0 ? random.nextInt(40) : 0; n > 0; n--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return random.nextInt(6) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 700)) : bytes;
    }

    /** Room for some blocks, and a table that names some, rightly or not. */
    public static byte[] withBlocks(Random random, byte[] empty, long size, long blockSize) {
        int span = (int) (blockSize + 512);
        int room = random.nextInt(12) * span;
        byte[] bytes = Arrays.copyOf(empty, empty.length + room);
        System.arraycopy(empty, empty.length - SECTOR, bytes, bytes.length - SECTOR, SECTOR);
        Arrays.fill(bytes, empty.length - SECTOR, bytes.length - SECTOR, (byte) 0xAA);
        ByteBuffer table = ByteBuffer.wrap(bytes);
        int first = (empty.length - SECTOR) / SECTOR;
        int entries = (int) (size / blockSize);
        boolean honest = random.nextBoolean();
        for (int i = 0; i < room / span && i < entries; i++) {
            int sector = honest ? first + i * (span / SECTOR) : random.nextInt(bytes.length / SECTOR + 2);
            if (random.nextInt(20) == 0) {
                sector = (int) SPECIAL[random.nextInt(SPECIAL.length)];
            }
            table.putInt(1536 + 4 * random.nextInt(entries), sector);
        }
        return bytes;
    }

    private static void field(Random random, byte[] bytes, int structure, int[][] fields, int checksum, int length) {
        int[] field = fields[random.nextInt(fields.length)];
        long value = random.nextInt(3) == 0 ? random.nextLong() : SPECIAL[random.nextInt(SPECIAL.length)];
        ByteBuffer view = ByteBuffer.wrap(bytes, structure, length).slice();
        switch (field[1]) {
            case 8 -> view.putLong(field[0], value);
            case 4 -> view.putInt(field[0], (int) value);
            default -> view.put(field[0], (byte) value);
        }
        if (random.nextInt(8) != 0) {
            int sum = 0;
            for (int i = 0; i < length; i++) {
                sum += i >= checksum && i < checksum + 4 ? 0 : view.get(i) & 0xFF;
            }
            view.putInt(checksum, ~sum);
        }
    }

    private void tryOut(byte[] bytes) throws Exception {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        boolean readOnly = random.nextInt(3) == 0;
        CrashFile file = CrashFile.of(bytes);
        try {
            Check.run(file, Progress.NONE);
        } catch (ConfigurationException e) {
            oneSentence(e);
        } catch (IOException e) {
            damaged(e);
        }
        if (file.writes() != 0) {
            throw new AssertionError("a check wrote");
        }
        repair(CrashFile.of(bytes));
        long before = threads.getCurrentThreadAllocatedBytes();
        try (DiskImage disk = format.open(file, readOnly)) {
            long taken = threads.getCurrentThreadAllocatedBytes() - before;
            if (taken > MEMORY) {
                throw new AssertionError("opening took " + taken + " bytes");
            }
            if (file.writes() != 0) {
                throw new AssertionError("opening wrote");
            }
            opened++;
            use(disk, readOnly);
        } catch (ConfigurationException e) {
            refused++;
            oneSentence(e);
            if (file.writes() != 0) {
                throw new AssertionError("a file that was refused was written");
            }
        }
        if (readOnly && file.writes() != 0) {
            throw new AssertionError("a disk opened read-only was written");
        }
    }

    /** What is repaired is good, and what is not is as it was. */
    private static void repair(CrashFile file) throws IOException {
        try {
            Repair.Report report = Repair.run(file, Progress.NONE);
            if (!report.left().good()) {
                throw new AssertionError("a repaired disk has " + report.left().problems());
            }
            if (report.count() == 0 && file.writes() != 0) {
                throw new AssertionError("a repair wrote and says nothing");
            }
        } catch (ConfigurationException e) {
            oneSentence(e);
        }
    }

    /** A disk that could be opened for writing keeps what is written; others may fail to read, in good order. */
    private void use(DiskImage disk, boolean readOnly) {
        for (int i = 0; i < 4; i++) {
            int count = (int) Math.min(disk.sectors(), random.nextInt(1, BUFFER + 1));
            long sector = random.nextInt(4) == 0 ? disk.sectors() - count : random.nextLong(disk.sectors() - count + 1);
            try {
                disk.read(sector, count, buffer);
                if (!readOnly) {
                    byte value = (byte) (1 + i);
                    buffer.fill(value);
                    disk.write(sector, count, buffer);
                    buffer.fill((byte) 0);
                    disk.read(sector, count, buffer);
                    MemorySegment wanted =
                            expected.asSlice(0, (long) count * SECTOR).fill(value);
                    if (buffer.asSlice(0, wanted.byteSize()).mismatch(wanted) >= 0) {
                        throw new AssertionError("what was written is not there");
                    }
                    disk.flush();
                }
            } catch (IOException e) {
                damaged(e);
                if (!readOnly) {
                    throw new AssertionError("a disk that opened for writing fails: " + e, e);
                }
            }
        }
    }

    private static void oneSentence(ConfigurationException e) {
        String message = e.getMessage();
        if (!message.startsWith("disk image ") || message.contains("\n") || message.contains("null")) {
            throw new AssertionError("not one sentence: " + message);
        }
    }

    private static void damaged(IOException e) {
        if (e.getMessage() == null || e.getMessage().isBlank()) {
            throw new AssertionError("an error without words", e);
        }
    }
}
