package org.jeroboam.storage.vhd.operation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.VhdGeometry;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.testing.CrashFile;
import org.jeroboam.storage.vhd.testing.PlainDisk;
import org.jeroboam.storage.vhd.testing.PlainReader;
import org.junit.jupiter.api.Test;

/** Larger disks, and what kills and power cuts leave of them; {@code -Djeroboam.crash.points=10000} for the long run. */
class ResizeTest {
    private static final int POINTS = Integer.getInteger("jeroboam.crash.points", 400);
    private static final int SIZE = 3 << 20;

    private final Random random = new Random(5);

    private CrashFile disk(int size) throws ConfigurationException, IOException {
        return random.nextInt(3) == 0
                ? PlainDisk.fixed(size, random)
                : PlainDisk.dynamic(size, 512 << random.nextInt(10), random);
    }

    private int size() {
        return SIZE + 512 * random.nextInt(4000);
    }

    @Test
    void theDiskIsLargerAndTheRestIsZeros() throws Exception {
        for (int i = 0; i < 60; i++) {
            CrashFile file = disk(size());
            byte[] before = PlainReader.read(file);
            Footer old = VhdLayout.read(file).footer();
            int size = before.length + 512 * random.nextInt(1, 8000);
            Resize.run(file, size, Progress.NONE);
            assertArrayEquals(Arrays.copyOf(before, size), PlainReader.read(file));
            assertTrue(Check.run(file, Progress.NONE).good());
            VhdLayout layout = VhdLayout.read(file);
            assertEquals(VhdGeometry.ofSize(size / 512), layout.footer().geometry());
            assertEquals(old.uniqueId(), layout.footer().uniqueId());
            assertEquals(old.originalSize(), layout.footer().originalSize());
            assertEquals(old.dataOffset(), layout.footer().dataOffset(), "the header is in its usual place");
            assertTrue(layout.copyIntact());
        }
    }

    @Test
    void theLargestDiskThereIs() throws Exception {
        CrashFile file = PlainDisk.dynamic(SIZE, 2 << 20, random);
        Resize.run(file, VhdLayout.MAX_SIZE, Progress.NONE);
        assertEquals(1_044_480, VhdLayout.read(file).header().entries());
        assertTrue(Check.run(file, Progress.NONE).good());
        CrashFile fixed = PlainDisk.fixed(SIZE, random);
        Resize.run(fixed, VhdLayout.MAX_SIZE, Progress.NONE);
        assertEquals(VhdLayout.MAX_SIZE + 512, fixed.size());
        assertTrue(Check.run(fixed, Progress.NONE).good());
    }

    /** The old or the new disk, with all data, whenever it is killed. */
    @Test
    void anInstantAfterEachChangeItIsADiskWithItsData() throws Exception {
        int points = 0;
        for (int run = 0; points < POINTS; run++) {
            random.setSeed(run);
            boolean fixed = random.nextInt(5) == 0;
            int size = size();
            CrashFile file = fixed
                    ? PlainDisk.fixed(size, random)
                    : PlainDisk.dynamic(size, 512 << random.nextInt(4, 12), random);
            byte[] before = PlainReader.read(file);
            int larger = before.length + 512 * random.nextInt(1, 4000);
            int[] seen = new int[1];
            String seed = "run " + run;
            file.beforeChange(() -> {
                seen[0] += 2;
                examine(file.afterKill(), before, larger, true, false, seed);
                // The one moment of a fixed disk that rests on the host's file system is mended by repair.
                examine(file.afterPowerCut(random), before, larger, false, fixed, seed);
            });
            Resize.run(file, larger, Progress.NONE);
            points += seen[0];
        }
    }

    private void examine(CrashFile left, byte[] before, int larger, boolean kill, boolean repair, String seed) {
        try {
            if (repair) {
                Repair.run(left, Progress.NONE);
            }
            if (kill || repair) {
                Check.Report report = Check.run(left, Progress.NONE);
                assertTrue(report.good(), () -> seed + report);
            }
            byte[] content = PlainReader.read(left);
            assertTrue(content.length == before.length || content.length == larger, seed);
            assertArrayEquals(before, Arrays.copyOf(content, before.length), seed);
            // And it goes on from there.
            if (content.length != larger) {
                Repair.run(left, Progress.NONE);
                Resize.run(left, larger, Progress.NONE);
                assertArrayEquals(Arrays.copyOf(before, larger), PlainReader.read(left), seed);
            }
        } catch (ConfigurationException | IOException e) {
            throw new AssertionError(seed + (kill ? " (kill): " : " (power cut): ") + e.getMessage(), e);
        }
    }

    @Test
    void whatNobodyCouldSeeBecomesZeros() throws Exception {
        CrashFile file = PlainDisk.dynamic(SIZE + 512, 4096, random);
        VhdLayout layout = VhdLayout.read(file);
        long last = new BlockTable(file, layout.header()).position(768);
        file.write(last + 512 + 512, ByteBuffer.wrap(new byte[] {1, 2, 3}));
        byte[] before = PlainReader.read(file);
        Resize.run(file, SIZE + 4096, Progress.NONE);
        assertArrayEquals(Arrays.copyOf(before, SIZE + 4096), PlainReader.read(file));
        CrashFile fixed = PlainDisk.fixed(SIZE, random);
        before = PlainReader.read(fixed);
        // A gap between disk and footer, as other programs leave it.
        fixed.write(SIZE + 8192, VhdLayout.read(fixed).footerBytes());
        Resize.run(fixed, SIZE + 4096, Progress.NONE);
        assertArrayEquals(Arrays.copyOf(before, SIZE + 4096), PlainReader.read(fixed));
    }

    private String refused(CrashFile file, long size) {
        long writes = file.writes();
        String message = assertThrows(ConfigurationException.class, () -> Resize.run(file, size, Progress.NONE))
                .getMessage();
        assertEquals(writes, file.writes());
        assertTrue(message.contains("crash.vhd") || message.contains("2,040 GB") || message.contains("whole sectors"));
        return message;
    }

    @Test
    void impossibleSizesAreRefused() throws Exception {
        CrashFile file = PlainDisk.dynamic(SIZE, 4096, random);
        assertTrue(refused(file, SIZE).contains("already"));
        assertTrue(refused(file, SIZE - 512).contains("from 3 MB"));
        assertTrue(refused(file, VhdLayout.MAX_SIZE + 512).contains("2,040 GB"));
        assertTrue(refused(file, SIZE + 1).contains("whole sectors"));
        assertTrue(refused(file, 200L << 30).contains("larger ones"));
        CrashFile large = PlainDisk.fixed(SIZE * 2, random);
        assertTrue(refused(large, SIZE).contains("not made smaller"));
        file.write(1536, ByteBuffer.wrap(new byte[] {0, 0, 0, 1}));
        assertTrue(refused(file, SIZE * 2).contains("repair"));
        CrashFile torn = PlainDisk.dynamic(SIZE, 4096, random);
        torn.write(torn.size() - 100, ByteBuffer.wrap(new byte[] {1}));
        assertTrue(refused(torn, SIZE * 2).contains("repair"));
        CrashFile saved = PlainDisk.fixed(SIZE, random);
        Footer footer = Footer.create(
                org.jeroboam.storage.vhd.DiskType.FIXED, SIZE, Footer.NO_OFFSET, Instant.EPOCH, new UUID(1, 1));
        saved.write(SIZE, footer.withSavedState(true).encode());
        assertTrue(refused(saved, SIZE * 2).contains("saved machine"));
    }

    @Test
    void aCancelledResizeChangesNothing() throws Exception {
        CrashFile file = PlainDisk.dynamic(SIZE, 4096, random);
        long writes = file.writes();
        assertThrows(
                CancellationException.class,
                () -> Resize.run(file, SIZE * 2, (done, total) -> {
                    throw new CancellationException("enough");
                }));
        assertEquals(writes, file.writes());
    }
}
