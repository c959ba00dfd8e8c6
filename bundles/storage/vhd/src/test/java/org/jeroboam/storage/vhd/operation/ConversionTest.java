package org.jeroboam.storage.vhd.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.DiskType;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.VhdLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConversionTest {
    private static final int SIZE = (24 << 20) + 4096 + 512;

    @TempDir
    Path folder;

    private final Random random = new Random(21);

    /** A disk with some data at odd places, mostly a hole. */
    private Path raw() throws IOException {
        Path file = folder.resolve("disk.raw");
        try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
            disk.setLength(SIZE);
            for (int i = 0; i < 12; i++) {
                byte[] data = new byte[random.nextInt(1, 200_000)];
                random.nextBytes(data);
                disk.seek(random.nextInt(SIZE / 2 - data.length));
                disk.write(data);
            }
            disk.seek(SIZE - 3);
            disk.write(new byte[] {1, 2, 3});
        }
        return file;
    }

    private Path convert(Path from, DiskKind kind) throws Exception {
        Path to = folder.resolve(UUID.randomUUID() + ".out");
        Conversion.run(from, to, kind, false, Progress.NONE);
        return to;
    }

    private static long room(Path file) throws IOException {
        // st_blocks is not in the view; what "du" sees is.
        try {
            Process du = new ProcessBuilder("du", "-B1", file.toString()).start();
            String line = new String(du.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            assertEquals(0, du.waitFor());
            return Long.parseLong(line.split("\\s+")[0]);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void eachKindBecomesEachKind() throws Exception {
        Path raw = raw();
        for (DiskKind first : DiskKind.values()) {
            Path one = convert(raw, first);
            for (DiskKind second : DiskKind.values()) {
                Path two = convert(one, second);
                Path back = convert(two, DiskKind.RAW);
                assertEquals(-1, Files.mismatch(raw, back), first + " to " + second);
                if (second != DiskKind.RAW) {
                    try (HostFile file = HostFile.open(two, true)) {
                        assertEquals(new Check.Report(List.of(), 0, List.of()), Check.run(file, Progress.NONE));
                        VhdLayout layout = VhdLayout.read(file);
                        assertEquals(SIZE, layout.footer().currentSize());
                        assertEquals(
                                second == DiskKind.FIXED ? DiskType.FIXED : DiskType.DYNAMIC,
                                layout.footer().type());
                    }
                }
            }
        }
    }

    @Test
    void holesStayHolesAndZerosBecomeSome() throws Exception {
        Path raw = folder.resolve("sparse.raw");
        try (FileChannel disk = FileChannel.open(raw, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            disk.write(ByteBuffer.allocate(8 << 20), 0); // zeros that take room
            disk.write(ByteBuffer.wrap(new byte[] {1}), 9 << 20);
            disk.write(ByteBuffer.allocate(1), (64 << 20) - 1);
        }
        long before = room(raw);
        assumeTrue(before > 8 << 20 && before < 9 << 20, "a file system with holes");
        for (DiskKind kind : DiskKind.values()) {
            Path made = convert(raw, kind);
            assertTrue(room(made) < 1 << 18, kind + " takes " + room(made));
            assertEquals(-1, Files.mismatch(raw, convert(made, DiskKind.RAW)));
        }
        assertTrue(Files.size(convert(raw, DiskKind.DYNAMIC)) < 3 << 20);
    }

    @Test
    void anInterruptedConversionLeavesNothing() throws Exception {
        Path raw = raw();
        Path to = folder.resolve("never.vhd");
        assertThrows(
                CancellationException.class,
                () -> Conversion.run(raw, to, DiskKind.DYNAMIC, false, (done, total) -> {
                    if (done > 1 << 20) {
                        throw new CancellationException("enough");
                    }
                }));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(raw), files.toList());
        }
    }

    @Test
    void progressGrowsToTheEnd() throws Exception {
        Path raw = raw();
        long[] last = {-1};
        Conversion.run(raw, folder.resolve("p.vhd"), DiskKind.FIXED, false, (done, total) -> {
            assertTrue(done >= last[0] && done <= total && total == SIZE);
            last[0] = done;
        });
        assertEquals(SIZE, last[0]);
    }

    private String refused(Path from, Path to, DiskKind kind) {
        String message = assertThrows(
                        ConfigurationException.class, () -> Conversion.run(from, to, kind, true, Progress.NONE))
                .getMessage();
        assertTrue(!message.contains("\n"), message);
        return message;
    }

    @Test
    void impossibleConversionsAreRefused() throws Exception {
        Path raw = raw();
        Path out = folder.resolve("out.vhd");
        assertTrue(refused(raw, raw, DiskKind.RAW).contains("same file"));
        assertTrue(refused(folder.resolve("none"), out, DiskKind.RAW).contains("does not exist"));
        Path small = Files.write(folder.resolve("small"), new byte[1 << 20]);
        assertTrue(refused(small, out, DiskKind.DYNAMIC).contains("from 3 MB"));
        Path odd = Files.write(folder.resolve("odd"), new byte[(3 << 20) + 1]);
        assertTrue(refused(odd, out, DiskKind.DYNAMIC).contains("not a multiple"));
        Path empty = Files.write(folder.resolve("empty"), new byte[0]);
        assertTrue(refused(empty, out, DiskKind.RAW).contains("is empty"));
        Path damaged = convert(raw, DiskKind.DYNAMIC);
        try (FileChannel file = FileChannel.open(damaged, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 1}), 1536);
        }
        assertTrue(refused(damaged, out, DiskKind.RAW).contains("damaged"));
        assertTrue(Files.notExists(out));
    }

    @Test
    void newDisksHaveTheSizesOfTheFormat() throws Exception {
        Creation.checkSize(3 << 20);
        Creation.checkSize(2040L << 30);
        assertThrows(ConfigurationException.class, () -> Creation.checkSize((3 << 20) - 512));
        assertThrows(ConfigurationException.class, () -> Creation.checkSize((2040L << 30) + 512));
        assertThrows(ConfigurationException.class, () -> Creation.checkSize((4 << 20) + 1));
        Path file = folder.resolve("huge.vhd");
        try (NewFile made = NewFile.begin(file, false)) {
            Creation.dynamic(made.file(), 2040L << 30, 2 << 20, Instant.now(), UUID.randomUUID());
            made.finish();
        }
        try (HostFile huge = HostFile.open(file, true)) {
            assertTrue(Check.run(huge, Progress.NONE).good());
            assertEquals(1_044_480, VhdLayout.read(huge).header().entries());
        }
    }
}
