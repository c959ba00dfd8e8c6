package org.jeroboam.storage.raw;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.Geometry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RawFormatTest {
    private static final int SECTORS = 2016;

    @TempDir
    Path folder;

    private final RawFormat format = new RawFormat();
    private final MemorySegment buffer = Arena.ofAuto().allocate(64 * 512);

    private Path image() throws IOException {
        Path file = folder.resolve("disk.img");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(SECTORS * 512L);
        }
        return file;
    }

    private String refused(Path file, boolean readOnly) {
        String message = assertThrows(ConfigurationException.class, () -> format.open(file, readOnly))
                .getMessage();
        assertTrue(message.contains(file.toString()), message);
        assertFalse(message.contains("\n"), message);
        return message;
    }

    @Test
    void holesAreZerosAndWritesStay() throws Exception {
        Path file = image();
        byte[] content = new byte[3 * 512];
        new Random(1).nextBytes(content);
        try (DiskImage image = format.open(file, false)) {
            assertEquals(SECTORS, image.sectors());
            assertEquals(new Geometry(2, 16, 63), image.geometry());
            buffer.fill((byte) 1);
            image.read(SECTORS - 64, 64, buffer);
            assertEquals(-1, buffer.mismatch(Arena.ofAuto().allocate(64 * 512)));
            MemorySegment.copy(content, 0, buffer, ValueLayout.JAVA_BYTE, 0, content.length);
            image.write(SECTORS - 3, 3, buffer);
            image.flush();
        }
        assertEquals(SECTORS * 512L, Files.size(file));
        try (DiskImage image = format.open(file, true)) {
            assertTrue(image.readOnly());
            image.read(SECTORS - 3, 3, buffer);
            assertArrayEquals(content, buffer.asSlice(0, content.length).toArray(ValueLayout.JAVA_BYTE));
            assertThrows(IOException.class, () -> image.write(0, 1, buffer));
        }
        byte[] whole = Files.readAllBytes(file);
        assertArrayEquals(content, Arrays.copyOfRange(whole, whole.length - content.length, whole.length));
    }

    @Test
    void rangesAreExact() throws Exception {
        try (DiskImage image = format.open(image(), false)) {
            image.read(SECTORS - 1, 1, buffer);
            image.read(SECTORS, 0, buffer);
            for (long[] wrong : new long[][] {
                {SECTORS, 1}, {SECTORS - 1, 2}, {-1, 1}, {0, -1}, {Long.MAX_VALUE, 1}, {Long.MAX_VALUE, 64}
            }) {
                assertThrows(IOException.class, () -> image.read(wrong[0], (int) wrong[1], buffer));
                assertThrows(IOException.class, () -> image.write(wrong[0], (int) wrong[1], buffer));
            }
        }
    }

    @Test
    void truncatedFileIsAnError() throws Exception {
        Path file = image();
        try (DiskImage image = format.open(file, false)) {
            try (FileChannel other = FileChannel.open(file, java.nio.file.StandardOpenOption.WRITE)) {
                other.truncate(512);
            }
            String message = assertThrows(IOException.class, () -> image.read(0, 2, buffer))
                    .getMessage();
            assertTrue(message.contains("sector 1 ") && message.contains("truncated"), message);
        }
    }

    @Test
    void unfitFilesAreRefusedInOneSentence() throws Exception {
        assertTrue(refused(folder, false).contains("directory"));
        assertTrue(refused(folder.resolve("missing.img"), true).contains("does not exist"));
        Path odd = Files.write(folder.resolve("odd.img"), new byte[513]);
        assertTrue(refused(odd, false).contains("513"));
        Path empty = Files.write(folder.resolve("empty.img"), new byte[0]);
        assertTrue(refused(empty, false).contains("empty"));
        assertEquals(513, Files.size(odd), "a refused file stays as it is");
    }

    @ParameterizedTest
    @CsvSource({
        "163840, 40, 1, 8",
        "184320, 40, 1, 9",
        "327680, 40, 2, 8",
        "368640, 40, 2, 9",
        "737280, 80, 2, 9",
        "1228800, 80, 2, 15",
        "1474560, 80, 2, 18",
        "1720320, 80, 2, 21",
        "2949120, 80, 2, 36"
    })
    void floppyDisksAreKnownByTheirSize(int bytes, int cylinders, int heads, int sectors) throws Exception {
        Path file = Files.write(folder.resolve("floppy.vfd"), new byte[bytes]);
        try (DiskImage image = format.open(file, false)) {
            assertEquals(new Geometry(cylinders, heads, sectors), image.geometry());
            assertEquals(bytes / 512, image.sectors());
            assertEquals(image.sectors(), (long) cylinders * heads * sectors);
            buffer.fill((byte) 9);
            image.write(image.sectors() - 1, 1, buffer);
            assertFalse(image.readOnly());
        }
        byte[] written = Files.readAllBytes(file);
        assertEquals(bytes, written.length);
        assertEquals(9, written[bytes - 1]);
        assertEquals(0, written[bytes - 513]);
    }

    @Test
    void takesAnythingButEagerly() throws Exception {
        try (FileChannel channel = FileChannel.open(image())) {
            assertEquals(1, format.recognise(channel, Path.of("disk.img")));
        }
    }

    @Test
    void closeTwiceHasNoEffect() throws Exception {
        DiskImage image = format.open(image(), false);
        image.close();
        image.close();
        assertThrows(IOException.class, () -> image.read(0, 1, buffer));
    }
}
