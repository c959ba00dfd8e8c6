package org.jeroboam.storage.vhddynamic;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.operation.Creation;
import org.jeroboam.storage.vhd.testing.CrashFile;
import org.jeroboam.storage.vhd.testing.CrashHarness;
import org.jeroboam.storage.vhd.testing.Tools;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kills and power cuts at random instants; {@code -Djeroboam.crash.points=10000} for the long run. */
class DynamicCrashTest {
    private static final int POINTS = Integer.getInteger("jeroboam.crash.points", 400);
    private static final int BLOCK_SIZES = 5;
    /** One in so many is also read by the other program, which takes a process each. */
    private static final int WITNESSED = 20;

    @TempDir
    Path folder;

    private record Format(long bytes, long blockSize) implements CrashHarness.Format {
        @Override
        public void create(ImageFile file) throws IOException {
            Creation.dynamic(file, bytes, blockSize, Instant.EPOCH, new UUID(1, 2));
        }

        @Override
        public DiskImage open(ImageFile file, boolean readOnly) throws ConfigurationException, IOException {
            return DynamicDisk.open(file, VhdLayout.read(file), readOnly);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {512, 4096, 1 << 16, 1 << 18, 2 << 20})
    void flushedDataSurvive(long blockSize) throws Exception {
        long bytes = Math.max(3 << 20, 20 * blockSize);
        CrashHarness.run(new Format(bytes, blockSize), 7 * blockSize, POINTS / BLOCK_SIZES, (file, disk) -> {});
    }

    @Test
    void anotherProgramReadsTheSameAfterACrash() throws Exception {
        assumeTrue(Tools.has("qemu-img"), "qemu-img is not installed");
        AtomicInteger seen = new AtomicInteger();
        CrashHarness.run(new Format(3 << 20, 1 << 16), 99, POINTS / WITNESSED, (file, disk) -> {
            compare(file, disk);
            seen.incrementAndGet();
        });
        assertTrue(seen.get() == POINTS / WITNESSED);
    }

    private void compare(CrashFile file, DiskImage disk) throws IOException {
        Path image = folder.resolve("crashed.vhd");
        Path raw = folder.resolve("crashed.raw");
        file.copyTo(image);
        try (Arena arena = Arena.ofConfined();
                FileChannel channel = FileChannel.open(
                        raw,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            MemorySegment all = arena.allocate(disk.sectors() * 512);
            disk.read(0, (int) disk.sectors(), all);
            channel.write(all.asByteBuffer());
        }
        Tools.run("qemu-img", "compare", "-f", "vpc", "-F", "raw", image.toString(), raw.toString());
    }
}
