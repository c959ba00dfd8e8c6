package org.jeroboam.storage.vhddifferencing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.chain.ChainLayer;
import org.jeroboam.storage.vhd.chain.DiskChain;
import org.jeroboam.storage.vhd.operation.ChildCreation;
import org.jeroboam.storage.vhd.operation.Creation;
import org.jeroboam.storage.vhd.testing.CrashFile;
import org.jeroboam.storage.vhd.testing.CrashHarness;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Kills and power cuts at random instants; {@code -Djeroboam.crash.points=10000} for the long run. Each sector of the
 * parent has words of its own, so that a sector that is neither the old nor the new one is noticed.
 */
class DifferencingCrashTest {
    private static final int POINTS = Integer.getInteger("jeroboam.crash.points", 400);
    private static final int BLOCK_SIZES = 5;

    @TempDir
    Path folder;

    private Path parent;
    private Path child;

    /** Above a fixed disk in memory, without looking for it on the host each time. */
    private final class Format implements CrashHarness.Format {
        private final long blockSize;
        private final CrashFile below;
        private final Random random;
        private final long[] now = {0};

        Format(long bytes, long blockSize) throws Exception {
            this.blockSize = blockSize;
            random = new Random(blockSize);
            below = new CrashFile();
            Creation.fixed(below, bytes, Instant.EPOCH, new UUID(3, 4));
            ByteBuffer sector = ByteBuffer.allocate(Chains.SECTOR).order(java.nio.ByteOrder.nativeOrder());
            for (long i = 0; i < bytes / Chains.SECTOR; i++) {
                sector.clear();
                while (sector.hasRemaining()) {
                    sector.putInt(initial(i));
                }
                below.write(i * Chains.SECTOR, sector.flip());
            }
            below.force();
            below.copyTo(parent);
        }

        @Override
        public void create(ImageFile file) throws IOException {
            try {
                ChildCreation.run(file, child, parent, blockSize, Instant.EPOCH, new UUID(1, 2));
            } catch (ConfigurationException e) {
                throw new IOException(e);
            }
        }

        @Override
        public DiskImage open(ImageFile file, boolean readOnly) throws ConfigurationException, IOException {
            return DifferencingDisk.open(file, VhdLayout.read(file), this::parents, child, readOnly, this::tick);
        }

        private DiskChain parents(Path path, VhdLayout layout) throws ConfigurationException, IOException {
            below.reopen();
            return DiskChain.of(List.of(ChainLayer.of(parent, below, VhdLayout.read(below))));
        }

        /** Now and then a second goes by. */
        private long tick() {
            return now[0] += random.nextInt(100) == 0 ? 1_500_000_000L : 1000;
        }

        @Override
        public int initial(long sector) {
            return (int) (sector | 1 << 24);
        }
    }

    @BeforeEach
    void name() {
        parent = folder.resolve("parent.vhd");
        child = folder.resolve("child.vhd");
    }

    @ParameterizedTest
    @ValueSource(longs = {512, 4096, 1 << 16, 1 << 18, 2 << 20})
    void flushedDataSurvive(long blockSize) throws Exception {
        long bytes = Math.max(3 << 20, 20 * blockSize);
        CrashHarness.run(new Format(bytes, blockSize), 11 * blockSize, POINTS / BLOCK_SIZES, (file, disk) -> {});
    }
}
