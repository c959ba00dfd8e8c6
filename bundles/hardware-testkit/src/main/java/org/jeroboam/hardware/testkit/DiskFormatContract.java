package org.jeroboam.hardware.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.Geometry;
import org.junit.jupiter.api.Test;

/**
 * What every disk format that can be written must pass (the rest: {@link ReadOnlyFormatContract}). A format's test extends this class and says how an empty image is made; the tests then
 * compare it with a plain array, open it again at random instants, kill a process that writes to it, damage it, and unload
 * the format's classes.
 */
public abstract class DiskFormatContract extends FormatContract {
    private static final int OPERATIONS = 600;
    private static final int MOST_SECTORS = 64;
    private static final int KILLS = 4;

    /** For subclasses. */
    protected DiskFormatContract() {}

    /**
     * Makes an image of zeros.
     *
     * @param directory where its files go; nothing else is there
     * @param sectors size of the disk, as {@link #sectors()} gave it
     * @return the file that is opened
     * @throws IOException when the host fails
     */
    protected abstract Path create(Path directory, long sectors) throws IOException;

    /**
     * Size of the tests' disks.
     *
     * @return sectors, a size that the format can have
     */
    protected long sectors() {
        return 16 * 63 * 8;
    }

    /** A new disk is as large as asked for, has a shape, and is empty. */
    @Test
    protected void aNewDiskIsEmpty() throws ConfigurationException, IOException {
        try (DiskImage disk = format().open(image("new"), false)) {
            assertEquals(sectors(), disk.sectors());
            assertFalse(disk.readOnly());
            Geometry shape = disk.geometry();
            assertTrue(shape.cylinders() >= 1 && shape.cylinders() <= 65535, shape::toString);
            assertTrue(shape.heads() >= 1 && shape.heads() <= 255, shape::toString);
            assertTrue(shape.sectorsPerTrack() >= 1 && shape.sectorsPerTrack() <= 255, shape::toString);
            assertArrayEquals(new byte[(int) sectors() * DiskImage.SECTOR_SIZE], SectorBuffer.readAll(disk));
        }
    }

    /** Whatever was written is read, also after closing and opening. */
    @Test
    protected void readsWhatWasWritten() throws ConfigurationException, IOException {
        Random random = new Random(SEED);
        Path image = image("model");
        byte[] model = new byte[(int) sectors() * DiskImage.SECTOR_SIZE];
        SectorBuffer buffer = new SectorBuffer(MOST_SECTORS);
        DiskImage disk = format().open(image, false);
        try {
            for (int i = 0; i < OPERATIONS; i++) {
                int count = 1 + random.nextInt(MOST_SECTORS);
                int sector = random.nextInt((int) sectors() - count + 1);
                int at = sector * DiskImage.SECTOR_SIZE;
                int length = count * DiskImage.SECTOR_SIZE;
                switch (random.nextInt(20)) {
                    case 0 -> disk.flush();
                    case 1 -> {
                        disk.close();
                        disk = format().open(image, false);
                    }
                    case 2, 3, 4, 5, 6, 7, 8, 9 -> {
                        byte[] data = new byte[length];
                        if (random.nextInt(4) > 0) {
                            random.nextBytes(data);
                        }
                        System.arraycopy(data, 0, model, at, length);
                        buffer.write(disk, sector, data);
                    }
                    default ->
                        assertArrayEquals(
                                Arrays.copyOfRange(model, at, at + length),
                                buffer.read(disk, sector, count),
                                "sectors from " + sector + ", operation " + i);
                }
            }
            assertArrayEquals(model, SectorBuffer.readAll(disk));
        } finally {
            disk.close();
        }
    }

    /** What was flushed survives a kill of the process at any instant. */
    @Test
    protected void flushedDataSurvivesAKill() throws ConfigurationException, IOException, InterruptedException {
        Random random = new Random(SEED);
        for (int i = 0; i < KILLS; i++) {
            Path image = image("killed-" + i);
            long flushed = DoomedWriter.runAndKill(format().getClass(), image, random.nextInt(40));
            try (DiskImage disk = format().open(image, false)) {
                DoomedWriter.check(disk, flushed);
            }
        }
    }

    /** A disk opened read-only refuses writes and leaves its files as they were. */
    @Test
    protected void readOnlyChangesNothing() throws ConfigurationException, IOException {
        Path image = image("kept");
        SectorBuffer buffer = new SectorBuffer(1);
        byte[] data = new byte[DiskImage.SECTOR_SIZE];
        new Random(SEED).nextBytes(data);
        try (DiskImage disk = format().open(image, false)) {
            buffer.write(disk, 5, data);
        }
        Map<Path, byte[]> before = Folder.contents(image.getParent());
        try (DiskImage disk = format().open(image, true)) {
            assertTrue(disk.readOnly());
            assertArrayEquals(data, buffer.read(disk, 5, 1));
            assertThrows(IOException.class, () -> disk.write(0, 1, buffer.segment()));
            disk.flush();
        }
        Folder.assertSame(before, Folder.contents(image.getParent()));
    }

    @Override
    Path image(String name) throws IOException {
        Path folder = Files.createDirectory(directory.resolve(name));
        Path image = create(folder, sectors());
        try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
            if (channel.size() == 0) {
                fail("the test made an empty image " + image);
            }
        }
        return image;
    }
}
