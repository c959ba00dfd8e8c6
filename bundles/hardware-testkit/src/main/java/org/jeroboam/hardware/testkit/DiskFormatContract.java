package org.jeroboam.hardware.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Constructor;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.Geometry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every disk format must pass. A format's test extends this class and says how an empty image is made; the tests then
 * compare it with a plain array, open it again at random instants, kill a process that writes to it, damage it, and unload
 * the format's classes.
 */
public abstract class DiskFormatContract {
    private static final long SEED = 0x4A45524FL;
    private static final int OPERATIONS = 600;
    private static final int MOST_SECTORS = 64;
    private static final int KILLS = 4;
    private static final int DAMAGES = 120;
    private static final int COLLECTIONS = 200;
    private static final int RECOGNISED = 10;

    /** Where the tests' images are. */
    @TempDir
    protected Path directory;

    /** For subclasses. */
    protected DiskFormatContract() {}

    /**
     * The format. Its class must have a constructor without parameters, as DS components have.
     *
     * @return a new one
     */
    protected abstract DiskFormat format();

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

    /**
     * Whether the format takes files that look like none, as raw images do.
     *
     * @return false for formats that are known by content or name
     */
    protected boolean takesAnything() {
        return false;
    }

    /** A format knows its own images and leaves others alone. */
    @Test
    protected void recognisesItsOwn() throws IOException {
        Path image = image("own");
        int score = recognise(image);
        assertTrue(takesAnything() ? score > 0 : score >= RECOGNISED, image + " has the score " + score);
        if (!takesAnything()) {
            Random random = new Random(SEED);
            for (int size : new int[] {0, 1, 511, 512, 4096, 100_000}) {
                byte[] bytes = new byte[size];
                random.nextBytes(bytes);
                Path other = Files.write(directory.resolve("other-" + size + ".bin"), bytes);
                assertEquals(0, recognise(other), "score of " + size + " random bytes");
            }
        }
    }

    private int recognise(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            channel.position(Math.min(7, channel.size()));
            long position = channel.position();
            int score = format().recognise(channel, file);
            assertEquals(position, channel.position(), "recognising moved the file's position");
            return score;
        }
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

    /** Sectors outside the disk do not exist. */
    @Test
    protected void accessesOutsideAreRefused() throws ConfigurationException, IOException {
        SectorBuffer buffer = new SectorBuffer(4);
        try (DiskImage disk = format().open(image("ends"), false)) {
            long last = disk.sectors() - 1;
            for (long[] range : new long[][] {{-1, 1}, {last, 2}, {last + 1, 1}, {Long.MAX_VALUE, 2}, {0, -1}}) {
                assertThrows(
                        IOException.class, () -> disk.read(range[0], (int) range[1], buffer.segment()), "read outside");
                assertThrows(
                        IOException.class,
                        () -> disk.write(range[0], (int) range[1], buffer.segment()),
                        "write outside");
            }
            disk.read(last, 1, buffer.segment());
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

    /** A closed disk answers nothing; closing it again is nothing. */
    @Test
    protected void aClosedDiskIsClosed() throws ConfigurationException, IOException {
        DiskImage disk = format().open(image("closed"), false);
        disk.close();
        disk.close();
        SectorBuffer buffer = new SectorBuffer(1);
        assertThrows(IOException.class, () -> disk.read(0, 1, buffer.segment()));
        assertThrows(IOException.class, () -> disk.write(0, 1, buffer.segment()));
    }

    /** A file that is not there or is a directory is refused in one sentence that names it. */
    @Test
    protected void whatIsNoFileIsRefused() throws IOException {
        Path image = image("gone");
        Path missing = image.resolveSibling("not-" + image.getFileName());
        Path folder = Files.createDirectory(directory.resolve("folder-" + image.getFileName()));
        for (Path file : new Path[] {missing, folder}) {
            ConfigurationException e =
                    assertThrows(ConfigurationException.class, () -> close(format().open(file, false)));
            assertTrue(e.getMessage().contains(file.getFileName().toString()), e.getMessage());
            assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        }
    }

    /** Damaged files are refused, or lead to a disk that answers or fails by {@code IOException}. */
    @Test
    protected void damageIsRefusedOrHarmless() throws IOException {
        Path image = image("damaged");
        Map<Path, byte[]> whole = Folder.contents(image.getParent());
        Random random = new Random(SEED + 1);
        for (int i = 0; i < DAMAGES; i++) {
            Folder.damage(whole, random);
            try (DiskImage disk = format().open(image, false)) {
                use(disk, random);
            } catch (ConfigurationException | IOException e) {
                assertNotNull(e.getMessage(), "a refusal needs a sentence");
            } catch (RuntimeException e) {
                throw new AssertionError("damage " + i + " made the format throw " + e, e);
            }
        }
    }

    private static void use(DiskImage disk, Random random) throws IOException {
        SectorBuffer buffer = new SectorBuffer(8);
        for (int i = 0; i < 10 && disk.sectors() >= 8; i++) {
            long sector = random.nextLong(disk.sectors() - 7);
            disk.read(sector, 8, buffer.segment());
            disk.write(sector, 8, buffer.segment());
        }
        disk.flush();
    }

    /** Nothing outside holds the format's classes after the last disk was closed. */
    @Test
    protected void classesCanBeUnloaded() throws ReflectiveOperationException, ConfigurationException, IOException {
        WeakReference<ClassLoader> loader = liveAndLeave(image("loaded"));
        for (int i = 0; i < COLLECTIONS && loader.get() != null; i++) {
            System.gc();
            byte[] pressure = new byte[1 << 20];
            assertEquals(1 << 20, pressure.length);
        }
        assertNull(loader.get(), "the class loader of the format is still held");
    }

    private WeakReference<ClassLoader> liveAndLeave(Path image)
            throws ReflectiveOperationException, ConfigurationException, IOException {
        Class<?> own = format().getClass();
        try (IsolatedLoader loader = new IsolatedLoader(own)) {
            Class<?> type = loader.loadClass(own.getName());
            assertNotSame(own, type, "the format must be a class of its own bundle");
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            try (DiskImage disk = ((DiskFormat) constructor.newInstance()).open(image, false)) {
                use(disk, new Random(SEED));
            }
            return new WeakReference<>(loader);
        }
    }

    private Path image(String name) throws IOException {
        Path folder = Files.createDirectory(directory.resolve(name));
        Path image = create(folder, sectors());
        try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
            if (channel.size() == 0) {
                fail("the test made an empty image " + image);
            }
        }
        return image;
    }

    private static void close(DiskImage disk) throws IOException {
        disk.close();
    }
}
