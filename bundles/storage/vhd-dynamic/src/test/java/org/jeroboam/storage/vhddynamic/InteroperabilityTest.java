package org.jeroboam.storage.vhddynamic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.VhdGeometry;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.operation.Check;
import org.jeroboam.storage.vhd.operation.Creation;
import org.jeroboam.storage.vhd.operation.NewFile;
import org.jeroboam.storage.vhd.operation.Progress;
import org.jeroboam.storage.vhd.testing.Tools;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same files in the hands of qemu-img, qemu-io and libvhdi's tools, where they are installed. */
class InteroperabilityTest {
    private static final long SIZE = 40L << 20;
    private static final int SECTORS = (int) (SIZE / 512);

    @TempDir
    Path folder;

    private final VhdDynamicFormat format = new VhdDynamicFormat();
    private final Random random = new Random(8);
    private final MemorySegment buffer = Arena.ofAuto().allocate(SIZE);

    private Path raw(String name, MemorySegment content) throws IOException {
        Path raw = folder.resolve(name);
        Files.write(raw, content.toArray(ValueLayout.JAVA_BYTE));
        return raw;
    }

    private MemorySegment write(DiskImage image, int writes) throws IOException {
        for (int i = 0; i < writes; i++) {
            byte[] data = new byte[512 * random.nextInt(1, 3000)];
            random.nextBytes(data);
            MemorySegment.copy(data, 0, buffer, ValueLayout.JAVA_BYTE, 0, data.length);
            image.write(random.nextInt(SECTORS - data.length / 512 + 1), data.length / 512, buffer);
        }
        image.read(0, SECTORS, buffer);
        return buffer;
    }

    private void isGood(Path file) throws Exception {
        try (HostFile host = HostFile.open(file, true)) {
            assertTrue(Check.run(host, Progress.NONE).good());
        }
    }

    private Path ours() throws Exception {
        Path file = folder.resolve("ours.vhd");
        try (NewFile made = NewFile.begin(file, false)) {
            Creation.dynamic(made.file(), SIZE, 2 << 20, Instant.now(), UUID.randomUUID());
            made.finish();
        }
        return file;
    }

    @Test
    void qemuReadsWhatWeWrote() throws Exception {
        assumeTrue(Tools.has("qemu-img"), "qemu-img is not installed");
        Path file = ours();
        Path raw;
        try (DiskImage image = format.open(file, false)) {
            raw = raw("ours.raw", write(image, 12));
        }
        String answer = Tools.run("qemu-img", "compare", "-f", "vpc", "-F", "raw", file.toString(), raw.toString());
        assertTrue(answer.contains("identical"), answer);
        assertTrue(Tools.run("qemu-img", "info", "-f", "vpc", file.toString()).contains("(" + SIZE + " bytes)"));
    }

    @Test
    void qemuReadsADiskInUse() throws Exception {
        assumeTrue(Tools.has("qemu-img"), "qemu-img is not installed");
        Path file = ours();
        try (DiskImage image = format.open(file, false)) {
            Path raw = raw("use.raw", write(image, 5));
            image.flush();
            Tools.run("qemu-img", "compare", "-U", "-f", "vpc", "-F", "raw", file.toString(), raw.toString());
        }
    }

    @Test
    void weReadAndWriteWhatQemuMade() throws Exception {
        assumeTrue(Tools.has("qemu-img") && Tools.has("qemu-io"), "qemu-img is not installed");
        Path file = folder.resolve("theirs.vhd");
        Tools.run("qemu-img", "create", "-q", "-f", "vpc", "-o", "force_size=on", file.toString(), "" + SIZE);
        List<String> command = new ArrayList<>(List.of("qemu-io", "-f", "vpc"));
        for (int i = 0; i < 30; i++) {
            int count = random.nextInt(1, 4000);
            command.add("-c");
            command.add("write -P " + random.nextInt(1, 256) + " " + 512L * random.nextInt(SECTORS - count) + " "
                    + 512L * count);
        }
        command.add(file.toString());
        Tools.run(command.toArray(String[]::new));
        isGood(file);
        Path raw = folder.resolve("theirs.raw");
        Tools.run("qemu-img", "convert", "-f", "vpc", "-O", "raw", file.toString(), raw.toString());
        try (FileChannel channel = FileChannel.open(file)) {
            assertEquals(100, format.recognise(channel, file));
        }
        try (DiskImage image = format.open(file, false)) {
            assertEquals(SECTORS, image.sectors());
            image.read(0, SECTORS, buffer);
            assertEquals(-1, Files.mismatch(raw, raw("read.raw", buffer)));
            raw("theirs.raw", write(image, 9));
        }
        isGood(file);
        Tools.run("qemu-img", "compare", "-f", "vpc", "-F", "raw", file.toString(), raw.toString());
        Tools.run("qemu-io", "-f", "vpc", "-c", "write -P 77 0 " + SIZE, file.toString());
        isGood(file);
        try (DiskImage image = format.open(file, true)) {
            image.read(0, SECTORS, buffer);
            assertEquals(-1, buffer.mismatch(Arena.ofAuto().allocate(SIZE).fill((byte) 77)));
        }
    }

    @Test
    void geometryIsTheOneThatQemuComputes() throws Exception {
        assumeTrue(Tools.has("qemu-img"), "qemu-img is not installed");
        for (int i = 0; i < 12; i++) {
            Path file = folder.resolve("geometry" + i);
            long bytes = random.nextLong(3L << 20, 1L << random.nextInt(24, 37));
            Tools.run("qemu-img", "create", "-q", "-f", "vpc", file.toString(), "" + bytes);
            try (HostFile host = HostFile.open(file, true)) {
                VhdLayout layout = VhdLayout.read(host);
                assertEquals(layout.footer().geometry(), VhdGeometry.ofSize(layout.sectors()), bytes + " bytes");
            }
        }
    }

    @Test
    void libvhdiKnowsOurDisks() throws Exception {
        assumeTrue(Tools.has("vhdiinfo"), "libvhdi-utils is not installed");
        Path file = ours();
        try (DiskImage image = format.open(file, false)) {
            write(image, 3);
        }
        String answer = Tools.run("vhdiinfo", file.toString());
        assertTrue(answer.contains("Dynamic") && answer.contains("(" + SIZE + " bytes)"), answer);
    }
}
