package org.jeroboam.storage.vhddifferencing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.chain.DiskChain;
import org.jeroboam.storage.vhd.operation.ChildCreation;
import org.jeroboam.storage.vhd.testing.CrashFile;
import org.jeroboam.storage.vhd.testing.CrashHarness;
import org.jeroboam.storage.vhd.testing.Fuzz;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hostile children of good parents; {@code -Djeroboam.fuzz.inputs=1000000} for the long run. */
class DifferencingFuzzTest {
    private static final int INPUTS = Integer.getInteger("jeroboam.fuzz.inputs", 20_000);
    private static final int SIZE = 24 << 10;
    private static final int HEADER = 512;
    private static final int TABLE = 1536;
    private static final int LOCATOR = 576;
    private static final int LOCATOR_SIZE = 24;
    private static final int BLOCK_SIZES = 6;

    /** Fields of the header with those about the parent, which are more than the others. */
    private static final int[][] FIELDS = Stream.concat(
                    Arrays.stream(Fuzz.HEADER),
                    Stream.concat(
                            Stream.of(new int[] {40, 8}, new int[] {56, 4}, new int[] {64, 4}),
                            Stream.iterate(0, i -> i < 4, i -> i + 1)
                                    .flatMap(i -> Stream.of(
                                            new int[] {LOCATOR + i * LOCATOR_SIZE, 4},
                                            new int[] {LOCATOR + i * LOCATOR_SIZE + 4, 4},
                                            new int[] {LOCATOR + i * LOCATOR_SIZE + 8, 4},
                                            new int[] {LOCATOR + i * LOCATOR_SIZE + 16, 8}))))
            .toArray(int[][]::new);

    @TempDir
    Path folder;

    private Path child;
    private final List<byte[]> seeds = new ArrayList<>();

    private final class Format implements CrashHarness.Format {
        @Override
        public void create(ImageFile file) throws IOException {
            throw new IOException("the fuzzer makes its own files");
        }

        @Override
        public DiskImage open(ImageFile file, boolean readOnly) throws ConfigurationException, IOException {
            return DifferencingDisk.open(file, VhdLayout.read(file), DiskChain::parents, child, readOnly);
        }
    }

    @BeforeEach
    void makeParents() throws Exception {
        Random random = new Random(1);
        child = folder.resolve("child.vhd");
        Path fixed = Chains.fixed(folder.resolve("fixed.vhd"), Chains.bytes(random, SIZE));
        Path dynamic = Chains.dynamic(folder.resolve("dynamic.vhd"), Chains.bytes(random, SIZE), 2048, random);
        Path between = Chains.child(folder.resolve("between.vhd"), fixed, 1024);
        for (Path parent : List.of(fixed, dynamic, between)) {
            for (int i = 0; i < BLOCK_SIZES; i++) {
                CrashFile file = new CrashFile();
                ChildCreation.run(file, child, parent, 512L << i, Instant.EPOCH, new UUID(7, i));
                seeds.add(file.bytes());
            }
        }
    }

    private byte[] file(Random random) {
        int seed = random.nextInt(seeds.size());
        long blockSize = 512L << seed % BLOCK_SIZES;
        byte[] bytes = Fuzz.withBlocks(random, seeds.get(seed), SIZE, blockSize);
        bitmaps(bytes, random, (int) (SIZE / blockSize));
        if (random.nextInt(4) == 0) {
            text(bytes, random);
        }
        return Fuzz.damaged(random, bytes, FIELDS);
    }

    /** Bits at random in the blocks that are named. */
    private static void bitmaps(byte[] bytes, Random random, int entries) {
        ByteBuffer file = ByteBuffer.wrap(bytes);
        for (int i = 0; i < entries; i++) {
            long at = Integer.toUnsignedLong(file.getInt(TABLE + 4 * i)) * Chains.SECTOR;
            if (at > TABLE && at + 8 <= bytes.length && random.nextBoolean()) {
                file.putLong((int) at, random.nextLong());
            }
        }
    }

    /** A text that leads elsewhere, or nowhere. */
    private static void text(byte[] bytes, Random random) {
        ByteBuffer file = ByteBuffer.wrap(bytes);
        int locator = HEADER + LOCATOR + random.nextInt(3) * LOCATOR_SIZE;
        int length = file.getInt(locator + 8);
        int at = (int) file.getLong(locator + 16);
        for (int i = random.nextInt(1, 12); i > 0; i--) {
            file.put(at + random.nextInt(length), (byte) random.nextInt());
        }
    }

    @Test
    void hostileFilesAreRefusedOrHarmless() throws Exception {
        Fuzz.run(new Format(), this::file, 4712, INPUTS);
    }

    /** On the host a file can name itself. */
    @Test
    void hostileFilesOnTheHost() throws Exception {
        Random random = new Random(4713);
        for (int i = 0; i < INPUTS / 40; i++) {
            byte[] bytes = file(random);
            Files.write(child, bytes);
            try (DiskImage image = Chains.open(child, random.nextBoolean())) {
                assert image.sectors() > 0;
            } catch (ConfigurationException e) {
                if (!e.getMessage().startsWith("disk image ") || e.getMessage().contains("\n")) {
                    throw new AssertionError("input " + i + ": " + e.getMessage(), e);
                }
            }
        }
        try (HostFile file = HostFile.open(folder.resolve("fixed.vhd"), true)) {
            assert VhdLayout.read(file).endIntact();
        }
    }
}
