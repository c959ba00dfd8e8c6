package org.jeroboam.storage.vhd.operation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.VhdGeometry;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.testing.PlainDisk;
import org.jeroboam.storage.vhd.testing.PlainReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Larger fixed disks on file systems that keep no order between a file's length and its data. */
class FixedGrowthTest {
    private static final int SIZE = 3 << 20;
    private static final int LARGER = SIZE + 512 * 3001;

    @TempDir
    Path folder;

    private Path disk;
    private byte[] before;
    private Footer larger;

    @BeforeEach
    void make() throws Exception {
        disk = folder.resolve("disk.vhd");
        PlainDisk.fixed(SIZE, new Random(4)).copyTo(disk);
        before = Files.readAllBytes(disk);
        try (HostFile file = HostFile.open(disk, true)) {
            larger = VhdLayout.read(file).footer().withSize(LARGER, VhdGeometry.ofSize(LARGER / 512));
        }
    }

    @Test
    void theNewFileHasTheDataAndTheIdentity() throws Exception {
        FixedGrowth.run(disk, larger, Progress.NONE);
        try (HostFile file = HostFile.open(disk, true)) {
            assertEquals(larger, VhdLayout.read(file).footer());
            byte[] wanted = Arrays.copyOf(Arrays.copyOf(before, SIZE), LARGER);
            assertArrayEquals(wanted, PlainReader.read(file));
            assertTrue(Check.run(file, Progress.NONE).good());
        }
        assertEquals(LARGER + 512, Files.size(disk));
    }

    @Test
    void untilThenTheOldOneIsThere() throws Exception {
        assertThrows(
                CancellationException.class,
                () -> FixedGrowth.run(disk, larger, (done, total) -> {
                    assertEquals(SIZE + 512, disk.toFile().length());
                    throw new CancellationException("enough");
                }));
        assertArrayEquals(before, Files.readAllBytes(disk));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
    }
}
