package org.jeroboam.storage.vhddynamic;

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
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.Geometry;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.operation.Check;
import org.jeroboam.storage.vhd.operation.Creation;
import org.jeroboam.storage.vhd.operation.NewFile;
import org.jeroboam.storage.vhd.operation.Progress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VhdDynamicFormatTest {
    private static final int BLOCK = 1 << 16;
    private static final long SIZE = 3 << 20;
    private static final int SECTORS = (int) (SIZE / 512);

    @TempDir
    Path folder;

    private final VhdDynamicFormat format = new VhdDynamicFormat();
    private final MemorySegment buffer = Arena.ofAuto().allocate(SIZE);
    private Path file;

    @BeforeEach
    void create() throws Exception {
        file = create("disk.vhd", SIZE, BLOCK);
    }

    private Path create(String name, long size, long block) throws Exception {
        Path path = folder.resolve(name);
        try (NewFile made = NewFile.begin(path, false)) {
            Creation.dynamic(made.file(), size, block, Instant.now(), UUID.randomUUID());
            made.finish();
        }
        return path;
    }

    private void poke(long position, int... bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer buffer = ByteBuffer.allocate(bytes.length);
            Arrays.stream(bytes).forEach(b -> buffer.put((byte) b));
            channel.write(buffer.flip(), position);
        }
    }

    private byte[] disk() throws Exception {
        try (DiskImage image = format.open(file, true)) {
            buffer.fill((byte) 0x55);
            image.read(0, SECTORS, buffer);
            return buffer.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private void checkIsGood() throws Exception {
        try (HostFile host = HostFile.open(file, true)) {
            assertEquals(new Check.Report(java.util.List.of(), 0, java.util.List.of()), Check.run(host, Progress.NONE));
        }
    }

    private int score() throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            return format.recognise(channel, file);
        }
    }

    private String refused(boolean readOnly) {
        String message = assertThrows(ConfigurationException.class, () -> format.open(file, readOnly))
                .getMessage();
        assertTrue(message.contains(file.toString()) && !message.contains("\n"), message);
        return message;
    }

    @Test
    void aNewDiskIsZerosOfItsSize() throws Exception {
        assertEquals(100, score());
        try (DiskImage image = format.open(file, false)) {
            assertEquals(SECTORS, image.sectors());
            assertEquals(new Geometry(90, 4, 17), image.geometry());
            assertFalse(image.readOnly());
        }
        assertArrayEquals(new byte[(int) SIZE], disk());
        assertEquals(2560, Files.size(file), "opening for writing alone changes nothing");
    }

    @Test
    void randomWritesAreReadBack() throws Exception {
        Random random = new Random(3);
        byte[] expected = new byte[(int) SIZE];
        for (int round = 0; round < 4; round++) {
            try (DiskImage image = format.open(file, false)) {
                for (int i = 0; i < 60; i++) {
                    int count = random.nextInt(1, i % 10 == 0 ? 700 : 40);
                    int first = random.nextInt(SECTORS - count + 1);
                    byte[] data = new byte[count * 512];
                    random.nextBytes(data);
                    System.arraycopy(data, 0, expected, first * 512, data.length);
                    MemorySegment.copy(data, 0, buffer, ValueLayout.JAVA_BYTE, 0, data.length);
                    image.write(first, count, buffer);
                    if (i % 7 == 0) {
                        image.flush();
                    }
                }
                image.read(0, SECTORS, buffer);
                assertArrayEquals(expected, buffer.toArray(ValueLayout.JAVA_BYTE));
            }
            assertArrayEquals(expected, disk());
            checkIsGood();
        }
    }

    @Test
    void eachBlockSizeWorks() throws Exception {
        for (long block = 512; block <= 1L << 31; block *= 2) {
            file = create("block" + block, SIZE + 512, block);
            try (DiskImage image = format.open(file, false)) {
                MemorySegment sector = buffer.asSlice(0, 512);
                sector.fill((byte) 7);
                image.write(SECTORS, 1, sector);
                image.write(0, 1, sector);
                sector.fill((byte) 0);
                image.read(SECTORS, 1, sector);
                assertEquals(7, sector.get(ValueLayout.JAVA_BYTE, 511));
            }
            checkIsGood();
            try (DiskImage image = format.open(file, true)) {
                image.read(0, 2, buffer);
                assertEquals(7, buffer.get(ValueLayout.JAVA_BYTE, 0));
                assertEquals(0, buffer.get(ValueLayout.JAVA_BYTE, 512));
            }
        }
    }

    @Test
    void zerosNeedNoBlock() throws Exception {
        try (DiskImage image = format.open(file, false)) {
            buffer.fill((byte) 0);
            image.write(0, SECTORS, buffer);
            buffer.set(ValueLayout.JAVA_BYTE, 5 * BLOCK + 77, (byte) 1);
            image.write(0, SECTORS, buffer);
        }
        checkIsGood();
        assertTrue(Files.size(file) < 2560 + BLOCK + 8192, "one block: " + Files.size(file));
        buffer.fill((byte) 0);
        try (DiskImage image = format.open(file, false)) {
            image.write(0, SECTORS, buffer);
        }
        assertArrayEquals(new byte[(int) SIZE], disk());
    }

    @Test
    void theReserveIsGivenBack() throws Exception {
        try (DiskImage image = format.open(file, false)) {
            image.write(9, 1, buffer.fill((byte) 1));
            assertTrue(Files.size(file) > 100 << 20, "grown at once: " + Files.size(file));
        }
        assertTrue(Files.size(file) < 2560 + BLOCK + 8192, "shrunk: " + Files.size(file));
        checkIsGood();
    }

    @Test
    void aKilledWritersReserveIsGivenBackByTheNext() throws Exception {
        Path killed = folder.resolve("killed.vhd");
        try (DiskImage image = format.open(file, false)) {
            image.write(9, 1, buffer.fill((byte) 1));
            image.flush();
            Files.copy(file, killed);
        }
        file = killed;
        assertTrue(Files.size(file) > 100 << 20);
        try (HostFile host = HostFile.open(file, true)) {
            assertTrue(Check.run(host, Progress.NONE).good());
        }
        try (DiskImage image = format.open(file, false)) {
            image.write(SECTORS - 1, 1, buffer);
        }
        checkIsGood();
        assertTrue(Files.size(file) < 2560 + 2 * BLOCK + 3 * 8192, "shrunk: " + Files.size(file));
        byte[] disk = disk();
        assertEquals(1, disk[9 * 512]);
        assertEquals(0, disk[10 * 512]);
        assertEquals(1, disk[(int) SIZE - 1]);
    }

    @Test
    void unknownDataBetweenTheStructuresStay() throws Exception {
        // 1000 bytes behind the table that nothing names, then the footer again.
        byte[] bytes = Files.readAllBytes(file);
        byte[] more = Arrays.copyOf(bytes, bytes.length + 1024);
        Arrays.fill(more, 2048, 2048 + 1024, (byte) 0xAB);
        System.arraycopy(bytes, 2048, more, 2048 + 1024, 512);
        Files.write(file, more);
        try (DiskImage image = format.open(file, false)) {
            image.write(0, SECTORS, buffer.fill((byte) 2));
        }
        checkIsGood();
        byte[] after = Files.readAllBytes(file);
        assertArrayEquals(Arrays.copyOfRange(more, 0, 1536), Arrays.copyOfRange(after, 0, 1536));
        assertArrayEquals(Arrays.copyOfRange(more, 2048, 3072), Arrays.copyOfRange(after, 2048, 3072));
    }

    @Test
    void theFirstWriteRepairsTheFooterFromItsCopy() throws Exception {
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {2048, 2049, 2559, 2560, 3000}) {
            byte[] damaged = Arrays.copyOf(whole, length);
            if (length >= 2560) {
                damaged[2060]++;
            }
            Files.write(file, damaged);
            assertEquals(100, score());
            try (DiskImage image = format.open(file, false)) {
                assertEquals(SECTORS, image.sectors());
                assertArrayEquals(damaged, Files.readAllBytes(file), "opening alone repairs nothing");
                image.write(3, 1, buffer.fill((byte) 3));
            }
            checkIsGood();
            assertEquals(3, disk()[3 * 512]);
        }
    }

    @Test
    void theFirstWriteRepairsTheCopy() throws Exception {
        poke(3, 0);
        try (DiskImage image = format.open(file, false)) {
            image.write(3, 1, buffer.fill((byte) 3));
        }
        checkIsGood();
    }

    @Test
    void bitmapsOfOtherProgramsAreFilledUp() throws Exception {
        try (DiskImage image = format.open(file, false)) {
            image.write(0, 8, buffer.fill((byte) 4));
        }
        long bitmap = 4096 - 512;
        poke(bitmap, 0xF0, 0);
        try (DiskImage image = format.open(file, false)) {
            image.read(0, 16, buffer);
            assertEquals(4, buffer.get(ValueLayout.JAVA_BYTE, 7 * 512), "the bitmap is not asked");
            image.write(12, 1, buffer);
        }
        byte[] bytes = Files.readAllBytes(file);
        assertEquals(-1, bytes[(int) bitmap]);
        assertEquals(-1, bytes[(int) bitmap + 1]);
        checkIsGood();
    }

    @Test
    void damagedFilesAreRefusedAndNotChanged() throws Exception {
        poke(1536, 0, 0, 0, 1);
        byte[] before = Files.readAllBytes(file);
        assertTrue(refused(false).contains("block 0 should be at byte 512"), refused(false));
        try (DiskImage image = format.open(file, true)) {
            image.read(BLOCK / 512, 10, buffer);
            assertThrows(IOException.class, () -> image.read(0, SECTORS, buffer));
        }
        poke(1536, 0x7F, 0xFF);
        assertTrue(refused(false).contains("no room"));
        poke(512, 'X');
        assertTrue(refused(true).contains("no dynamic header"));
        poke(90, 9);
        poke(2048 + 90, 9);
        assertTrue(refused(true).contains("checksum"));
        assertEquals(100, score(), "a damaged disk is not taken for a raw one");
        assertEquals(before.length, Files.size(file));
    }

    @Test
    void otherKindsAreRefused() throws Exception {
        Path fixed = folder.resolve("fixed.vhd");
        try (NewFile made = NewFile.begin(fixed, false)) {
            Creation.fixed(made.file(), SIZE, Instant.now(), UUID.randomUUID());
            made.finish();
        }
        file = fixed;
        assertEquals(0, score());
        assertTrue(refused(false).contains("vhd-fixed"));
        file = Files.write(folder.resolve("raw"), new byte[4096]);
        assertEquals(0, score());
        assertTrue(refused(false).contains("no footer"));
        file = folder;
        assertTrue(refused(false).contains("directory"));
        file = folder.resolve("none");
        assertTrue(refused(false).contains("does not exist"));
    }

    @Test
    void differencingDisksAreKeptFromOtherFormats() throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer buffers = ByteBuffer.wrap(bytes);
        for (int at : new int[] {0, 2048}) {
            bytes[at + 63] = 4;
            buffers.putInt(at + 64, buffers.getInt(at + 64) - 1); // the complement of the sum of all bytes
        }
        Files.write(file, bytes);
        assertEquals(50, score());
        assertTrue(refused(true).contains("differencing"));
    }

    @Test
    void rangesAreExactAndReadOnlyIsReadOnly() throws Exception {
        try (DiskImage image = format.open(file, true)) {
            assertThrows(IOException.class, () -> image.write(0, 1, buffer));
            image.read(SECTORS - 1, 1, buffer);
            image.read(SECTORS, 0, buffer);
            for (long[] wrong : new long[][] {
                {SECTORS, 1}, {SECTORS - 1, 2}, {-1, 1}, {0, -1}, {Long.MAX_VALUE, 1}, {Long.MAX_VALUE, 64}
            }) {
                assertThrows(IOException.class, () -> image.read(wrong[0], (int) wrong[1], buffer));
            }
            image.flush();
        }
        DiskImage image = format.open(file, false);
        image.close();
        image.close();
        assertThrows(IOException.class, () -> image.read(0, 1, buffer));
        assertThrows(IOException.class, () -> image.write(0, 1, buffer));
    }

    @Test
    void aHugeDiskOpensWithoutItsTable() throws Exception {
        file = create("huge.vhd", 2040L << 30, 2 << 20);
        try (DiskImage image = format.open(file, false)) {
            assertEquals((2040L << 30) / 512, image.sectors());
            MemorySegment sector = buffer.asSlice(0, 512);
            for (long at = 0; at < image.sectors(); at += image.sectors() / 37) {
                sector.set(ValueLayout.JAVA_LONG, 0, at + 1);
                image.write(at, 1, sector);
            }
            image.flush();
            for (long at = 0; at < image.sectors(); at += image.sectors() / 37) {
                image.read(at, 1, sector);
                assertEquals(at + 1, sector.get(ValueLayout.JAVA_LONG, 0));
            }
        }
        checkIsGood();
    }
}
