package org.jeroboam.storage.vhdfixed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.Geometry;
import org.jeroboam.storage.vhd.operation.Creation;
import org.jeroboam.storage.vhd.operation.NewFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VhdFixedFormatTest {
    private static final int SIZE = 3 << 20;
    private static final int SECTORS = SIZE / 512;

    @TempDir
    Path folder;

    private final VhdFixedFormat format = new VhdFixedFormat();
    private final MemorySegment buffer = Arena.ofAuto().allocate(SIZE);
    private Path file;

    @BeforeEach
    void create() throws Exception {
        file = folder.resolve("disk.vhd");
        try (NewFile made = NewFile.begin(file, false)) {
            Creation.fixed(made.file(), SIZE, Instant.now(), UUID.randomUUID());
            made.finish();
        }
    }

    private int score() throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return format.recognise(channel, file);
        }
    }

    private String refused() {
        String message = assertThrows(ConfigurationException.class, () -> format.open(file, false))
                .getMessage();
        assertTrue(message.contains(file.toString()) && !message.contains("\n"), message);
        return message;
    }

    @Test
    void sectorsAreTheFilesAndTheFooterStays() throws Exception {
        assertEquals(100, score());
        byte[] before = Files.readAllBytes(file);
        byte[] data = new byte[SIZE];
        new Random(4).nextBytes(data);
        try (DiskImage image = format.open(file, false)) {
            assertEquals(SECTORS, image.sectors());
            assertEquals(new Geometry(90, 4, 17), image.geometry());
            assertFalse(image.readOnly());
            MemorySegment.copy(data, 0, buffer, ValueLayout.JAVA_BYTE, 0, SIZE);
            image.write(0, SECTORS, buffer);
            image.flush();
            buffer.fill((byte) 0);
            image.read(SECTORS - 1, 1, buffer);
            assertEquals(data[SIZE - 512], buffer.get(ValueLayout.JAVA_BYTE, 0));
        }
        byte[] after = Files.readAllBytes(file);
        assertArrayEquals(data, Arrays.copyOf(after, SIZE));
        assertArrayEquals(Arrays.copyOfRange(before, SIZE, SIZE + 512), Arrays.copyOfRange(after, SIZE, SIZE + 512));
        assertEquals(before.length, after.length);
        try (DiskImage image = format.open(file, true)) {
            image.read(0, SECTORS, buffer);
            assertArrayEquals(data, buffer.toArray(ValueLayout.JAVA_BYTE));
            assertThrows(IOException.class, () -> image.write(0, 1, buffer));
        }
    }

    @Test
    void theFooterIsNoSector() throws Exception {
        try (DiskImage image = format.open(file, false)) {
            for (long[] wrong : new long[][] {
                {SECTORS, 1}, {SECTORS - 1, 2}, {-1, 1}, {0, -1}, {Long.MAX_VALUE, 1}, {Long.MAX_VALUE, 64}
            }) {
                assertThrows(IOException.class, () -> image.read(wrong[0], (int) wrong[1], buffer));
                assertThrows(IOException.class, () -> image.write(wrong[0], (int) wrong[1], buffer));
            }
        }
    }

    @Test
    void aGuestThatForgesAnotherKindChangesNothing() throws Exception {
        try (DiskImage image = format.open(file, false)) {
            byte[] footer = Arrays.copyOfRange(Files.readAllBytes(file), SIZE, SIZE + 512);
            setDiskType(footer, 0, 3);
            MemorySegment.copy(footer, 0, buffer, ValueLayout.JAVA_BYTE, 0, 512);
            image.write(0, 1, buffer);
            image.write(SECTORS - 1, 1, buffer);
        }
        assertEquals(100, score());
        format.open(file, false).close();
    }

    /** Changes the type of a fixed disk's footer, whose checksum is the complement of the sum of its bytes. */
    private static void setDiskType(byte[] bytes, int footer, int type) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int more = type - bytes[footer + 63];
        bytes[footer + 63] = (byte) type;
        buffer.putInt(footer + 64, buffer.getInt(footer + 64) - more);
    }

    @Test
    void damagedFilesAreRefused() throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        bytes[SIZE + 20]++;
        Files.write(file, bytes);
        assertTrue(refused().contains("checksum"));
        assertEquals(100, score());
        bytes[SIZE + 20]--;
        Files.write(file, Arrays.copyOfRange(bytes, 512, bytes.length));
        assertTrue(refused().contains("cut off"));
        Files.write(file, Arrays.copyOf(bytes, SIZE));
        assertTrue(refused().contains("no footer"));
        assertEquals(0, score());
        setDiskType(bytes, SIZE, 8);
        Files.write(file, bytes);
        assertTrue(refused().contains("disk type 8"));
        assertEquals(50, score(), "refused here rather than opened raw");
    }

    @Test
    void otherKindsAreRefused() throws Exception {
        file = folder.resolve("dynamic.vhd");
        try (NewFile made = NewFile.begin(file, false)) {
            Creation.dynamic(made.file(), SIZE, 1 << 21, Instant.now(), UUID.randomUUID());
            made.finish();
        }
        assertEquals(0, score());
        assertTrue(refused().contains("vhd-dynamic"));
        file = folder.resolve("none");
        assertTrue(refused().contains("does not exist"));
    }

    @Test
    void closeTwiceHasNoEffect() throws Exception {
        DiskImage image = format.open(file, false);
        image.close();
        image.close();
        assertThrows(IOException.class, () -> image.read(0, 1, buffer));
        assertThrows(IOException.class, () -> image.write(0, 1, buffer));
    }
}
