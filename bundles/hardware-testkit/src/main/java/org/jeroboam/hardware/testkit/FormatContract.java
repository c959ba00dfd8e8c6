package org.jeroboam.hardware.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Constructor;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every disk format must pass, whether it can be written or not. */
abstract class FormatContract {
    static final long SEED = 0x4A45524FL;
    private static final int DAMAGES = 120;
    private static final int COLLECTIONS = 200;
    private static final int RECOGNISED = 10;

    /** Where the tests' images are. */
    @TempDir
    protected Path directory;

    FormatContract() {}

    /**
     * The format. Its class must have a constructor without parameters, as DS components have.
     *
     * @return a new one
     */
    protected abstract DiskFormat format();

    /**
     * Whether the format takes files that look like none, as raw images do.
     *
     * @return false for formats that are known by content or name
     */
    protected boolean takesAnything() {
        return false;
    }

    /** Makes an image in a folder of its own. */
    abstract Path image(String name) throws IOException;

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
            if (!disk.readOnly()) {
                disk.write(sector, 8, buffer.segment());
            }
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

    private static void close(DiskImage disk) throws IOException {
        disk.close();
    }
}
