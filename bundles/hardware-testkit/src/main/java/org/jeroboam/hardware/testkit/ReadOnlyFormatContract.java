package org.jeroboam.hardware.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.Geometry;
import org.junit.jupiter.api.Test;

/**
 * What every disk format must pass that is never written, as those of CDs. A format's test extends this class and says what an
 * image holds; the tests read it, damage it, and unload the format's classes.
 */
public abstract class ReadOnlyFormatContract extends FormatContract {
    private static final int OPERATIONS = 400;
    private static final int MOST_SECTORS = 64;

    /** For subclasses. */
    protected ReadOnlyFormatContract() {}

    /**
     * Makes an image.
     *
     * @param directory where its files go; nothing else is there
     * @return the file that is opened
     * @throws IOException when the host fails
     */
    protected abstract Path create(Path directory) throws IOException;

    /**
     * What the disk of each image made by {@link #create} holds.
     *
     * @return whole sectors, 64 or more, as {@link DiskImage#read} gives them
     */
    protected abstract byte[] content();

    /** It holds what it should, has a shape, and cannot be written, however it is opened. */
    @Test
    protected void readsWhatIsThere() throws ConfigurationException, IOException {
        byte[] model = content();
        Random random = new Random(SEED);
        SectorBuffer buffer = new SectorBuffer(MOST_SECTORS);
        Path image = image("model");
        for (boolean readOnly : new boolean[] {true, false}) {
            try (DiskImage disk = format().open(image, readOnly)) {
                assertEquals(model.length / DiskImage.SECTOR_SIZE, disk.sectors());
                assertTrue(disk.readOnly(), "opened with readOnly " + readOnly);
                Geometry shape = disk.geometry();
                assertTrue(shape.cylinders() >= 1 && shape.cylinders() <= 65535, shape::toString);
                assertTrue(shape.heads() >= 1 && shape.heads() <= 255, shape::toString);
                assertTrue(shape.sectorsPerTrack() >= 1 && shape.sectorsPerTrack() <= 255, shape::toString);
                for (int i = 0; i < OPERATIONS; i++) {
                    int count = 1 + random.nextInt(MOST_SECTORS);
                    int sector = random.nextInt((int) disk.sectors() - count + 1);
                    int at = sector * DiskImage.SECTOR_SIZE;
                    assertArrayEquals(
                            Arrays.copyOfRange(model, at, at + count * DiskImage.SECTOR_SIZE),
                            buffer.read(disk, sector, count),
                            "sectors from " + sector + ", operation " + i);
                }
                assertArrayEquals(model, SectorBuffer.readAll(disk));
            }
        }
    }

    /** Writes are refused, and whatever is done leaves the files as they were. */
    @Test
    protected void nothingChangesIt() throws ConfigurationException, IOException {
        Path image = image("kept");
        Map<Path, byte[]> before = Folder.contents(image.getParent());
        SectorBuffer buffer = new SectorBuffer(1);
        for (boolean readOnly : new boolean[] {true, false}) {
            try (DiskImage disk = format().open(image, readOnly)) {
                assertThrows(IOException.class, () -> disk.write(0, 1, buffer.segment()));
                disk.read(0, 1, buffer.segment());
                disk.flush();
            }
        }
        Folder.assertSame(before, Folder.contents(image.getParent()));
    }

    /** Two machines may have one image, each with an own end to it. */
    @Test
    protected void itCanBeOpenTwice() throws ConfigurationException, IOException {
        Path image = image("shared");
        try (DiskImage first = format().open(image, true)) {
            try (DiskImage second = format().open(image, true)) {
                assertArrayEquals(SectorBuffer.readAll(first), SectorBuffer.readAll(second));
            }
            assertArrayEquals(content(), SectorBuffer.readAll(first));
        }
    }

    @Override
    Path image(String name) throws IOException {
        return create(Files.createDirectory(directory.resolve(name)));
    }
}
