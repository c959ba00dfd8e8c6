package org.jeroboam.storage.iso;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IsoFormatTest {
    private static final int SECTOR = 2048;
    private static final int BLOCKS = 40;

    @TempDir
    Path folder;

    private final IsoFormat format = new IsoFormat();
    private final MemorySegment buffer = Arena.ofAuto().allocate(64 * 512);

    /** A volume as ECMA-119 8.4 has it, as far as this format looks. */
    private static byte[] volume(int blocks, int blockSize) {
        byte[] bytes = new byte[BLOCKS * SECTOR];
        new Random(3).nextBytes(bytes);
        descriptor(bytes, 16, 0); // boot record
        descriptor(bytes, 17, 1);
        ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        fields.putInt(17 * SECTOR + 80, blocks);
        fields.putShort(17 * SECTOR + 128, (short) blockSize);
        descriptor(bytes, 18, 255);
        return bytes;
    }

    private static void descriptor(byte[] bytes, int sector, int type) {
        bytes[sector * SECTOR] = (byte) type;
        System.arraycopy("CD001".getBytes(StandardCharsets.US_ASCII), 0, bytes, sector * SECTOR + 1, 5);
    }

    private Path file(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("cd.iso"), bytes);
    }

    private int score(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            int score = format.recognise(channel, file);
            assertEquals(0, channel.position());
            return score;
        }
    }

    private String refused(Path file) {
        String message = assertThrows(ConfigurationException.class, () -> format.open(file, true))
                .getMessage();
        assertTrue(message.contains(file.toString()), message);
        assertFalse(message.contains("\n"), message);
        return message;
    }

    @Test
    void aVolumeIsKnownByItsContent() throws Exception {
        assertEquals(100, score(file(volume(BLOCKS, SECTOR))));
        byte[] other = volume(BLOCKS, SECTOR);
        other[16 * SECTOR + 3] = 'X';
        assertEquals(0, score(file(other)));
        assertEquals(0, score(file(new byte[0])));
        assertEquals(0, score(file(Arrays.copyOf(volume(BLOCKS, SECTOR), 16 * SECTOR + 6))));
    }

    @Test
    void sectorsAreTheFiles() throws Exception {
        byte[] bytes = volume(BLOCKS, SECTOR);
        try (DiskImage image = format.open(file(bytes), false)) {
            assertTrue(image.readOnly(), "also when it was opened for writing");
            assertEquals(BLOCKS * 4, image.sectors());
            image.read(60, 64, buffer);
            assertEquals(
                    ByteBuffer.wrap(bytes, 60 * 512, 64 * 512), ByteBuffer.wrap(buffer.toArray(ValueLayout.JAVA_BYTE)));
            assertThrows(IOException.class, () -> image.write(0, 1, buffer));
            assertThrows(IOException.class, () -> image.read(BLOCKS * 4, 1, buffer));
            assertThrows(IOException.class, () -> image.read(-1, 1, buffer));
            assertThrows(IOException.class, () -> image.read(0, -1, buffer));
            assertThrows(IOException.class, () -> image.read(Long.MAX_VALUE, 2, buffer));
            image.flush();
        }
    }

    @Test
    void aTailIsFilledUp() throws Exception {
        byte[] bytes = volume(BLOCKS - 1, SECTOR);
        Path file = file(Arrays.copyOf(bytes, bytes.length - 700));
        try (DiskImage image = format.open(file, true)) {
            assertEquals(BLOCKS * 4, image.sectors());
            buffer.fill((byte) 1);
            image.read(BLOCKS * 4 - 4, 4, buffer);
            byte[] expected =
                    Arrays.copyOf(Arrays.copyOfRange(bytes, bytes.length - SECTOR, bytes.length - 700), SECTOR);
            assertEquals(
                    ByteBuffer.wrap(expected),
                    ByteBuffer.wrap(buffer.asSlice(0, SECTOR).toArray(ValueLayout.JAVA_BYTE)));
            image.read(BLOCKS * 4 - 1, 1, buffer);
            assertEquals(0, buffer.get(ValueLayout.JAVA_LONG, 0));
        }
    }

    @Test
    void cutOffFilesAreRefused() throws Exception {
        byte[] bytes = volume(BLOCKS, SECTOR);
        String message = refused(file(Arrays.copyOf(bytes, bytes.length - 1)));
        assertTrue(message.contains("cut off") && message.contains("81920") && message.contains("81919"), message);
        // Blocks of 512 bytes: the same number of them is a smaller volume.
        try (DiskImage image = format.open(file(volume(BLOCKS * 4, 512)), true)) {
            assertEquals(BLOCKS * 4, image.sectors());
        }
        assertTrue(refused(file(volume(-1, SECTOR))).contains("cut off"), "the space is unsigned");
    }

    @Test
    void nonsenseIsRefused() throws Exception {
        assertTrue(refused(file(volume(BLOCKS, 0))).contains("blocks of 0 bytes"));
        assertTrue(refused(file(volume(BLOCKS, 1536))).contains("blocks of 1536 bytes"));
        byte[] noPrimary = volume(BLOCKS, SECTOR);
        noPrimary[17 * SECTOR] = 2;
        assertTrue(refused(file(noPrimary)).contains("no primary volume descriptor"));
        assertTrue(refused(file(new byte[100])).contains("no primary volume descriptor"));
        assertTrue(refused(folder).contains("directory"));
        assertTrue(refused(folder.resolve("none.iso")).contains("does not exist"));
    }

    @Test
    void aFileThatShrinksIsAnError() throws Exception {
        Path file = file(volume(BLOCKS, SECTOR));
        try (DiskImage image = format.open(file, true)) {
            try (FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE)) {
                other.truncate(SECTOR);
            }
            String message = assertThrows(IOException.class, () -> image.read(3, 2, buffer))
                    .getMessage();
            assertTrue(message.contains("sector 4 ") && message.contains("truncated"), message);
        }
    }

    @Test
    void randomDescriptorsAreRefusedOrHarmless() throws Exception {
        Random random = new Random(11);
        for (int i = 0; i < 300; i++) {
            byte[] bytes = volume(BLOCKS, SECTOR);
            for (int n = random.nextInt(12); n >= 0; n--) {
                bytes[16 * SECTOR + random.nextInt(3 * SECTOR)] = (byte) random.nextInt();
                bytes[17 * SECTOR + (random.nextBoolean() ? 80 : 128) + random.nextInt(4)] = (byte) random.nextInt();
            }
            Path file = file(bytes);
            try (DiskImage image = format.open(file, true)) {
                assertEquals(BLOCKS * 4, image.sectors());
                image.read(random.nextInt(BLOCKS * 4 - 64), 64, buffer);
            } catch (ConfigurationException e) {
                assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
            }
        }
    }
}
