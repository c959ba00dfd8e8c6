package org.jeroboam.access.vhd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.Stream;
import org.jeroboam.platform.locks.FileLocks;
import org.jeroboam.storage.vhd.operation.VhdOperations;
import org.jeroboam.storage.vhd.testing.Tools;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each operation makes, in the hands of qemu-img, qemu-io and libvhdi's tools; and what those made, in ours. */
class PeersTest {
    private static final int SIZE = 12 << 20;
    private static final int LARGER = (20 << 20) + 512 * 7;

    @TempDir
    Path folder;

    private final Random random = new Random(6);
    private byte[] content;
    private Path raw;
    private int looks;

    @BeforeEach
    void content() throws IOException {
        content = new byte[SIZE];
        for (int i = 0; i < 10; i++) {
            byte[] data = new byte[random.nextInt(1, 300_000)];
            random.nextBytes(data);
            System.arraycopy(data, 0, content, random.nextInt(SIZE - data.length), data.length);
        }
        Arrays.fill(content, 4 << 20, 6 << 20, (byte) 0);
        raw = folder.resolve("content.raw");
        Files.write(raw, content);
    }

    private static void qemu() {
        assumeTrue(Tools.has("qemu-img") && Tools.has("qemu-io"), "qemu-utils is not installed");
    }

    private static void libvhdi() {
        assumeTrue(Tools.has("vhdimount"), "libvhdi-utils is not installed");
        assumeTrue(Files.isWritable(Path.of("/dev/fuse")), "the host lets nobody mount files");
    }

    private Path file(String name) {
        return folder.resolve(name);
    }

    private void tool(int status, Object... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        Front front = new Front(
                new Terminal(stream, stream, false), new VhdOperations(new FileLocks(), "a test"), new Interruption());
        int ended = new VhdTool(front)
                .run(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
        assertEquals(status, ended, () -> out.toString(StandardCharsets.UTF_8));
    }

    private Path converted(String type) {
        Path disk = file("disk-" + type + ".vhd");
        tool(0, "convert", raw, disk, "--type", type, "--force");
        return disk;
    }

    private Path written(byte[] wanted) throws IOException {
        return Files.write(file("wanted.raw"), wanted);
    }

    private void qemuSees(Path disk, byte[] wanted) throws IOException {
        String answer = Tools.run(
                "qemu-img",
                "compare",
                "-f",
                "vpc",
                "-F",
                "raw",
                disk.toString(),
                written(wanted).toString());
        assertTrue(answer.contains("identical"), answer);
        Path copy = file("copy.raw");
        Tools.run("qemu-img", "convert", "-f", "vpc", "-O", "raw", disk.toString(), copy.toString());
        assertEquals(-1, Files.mismatch(copy, written(wanted)));
    }

    /** libvhdi goes by the original size, so that it sees a resized disk up to that. */
    private void libvhdiSees(Path disk, byte[] wanted) throws IOException {
        Path mounted = Files.createDirectory(file("mounted" + looks++));
        Tools.run("vhdimount", disk.toString(), mounted.toString());
        try (Stream<Path> layers = Files.list(mounted)) {
            Path top = layers.max(Comparator.naturalOrder()).orElseThrow();
            assertEquals(-1, Arrays.mismatch(wanted, Files.readAllBytes(top)));
        } finally {
            Tools.run("umount", mounted.toString());
        }
    }

    private void weSee(Path disk, byte[] wanted) throws IOException {
        tool(0, "check", disk);
        Path copy = file("ours.raw");
        tool(0, "convert", disk, copy, "--type", "raw", "--force");
        assertEquals(-1, Files.mismatch(copy, written(wanted)));
    }

    private byte[] larger() {
        return Arrays.copyOf(content, LARGER);
    }

    /** One thing done to a disk; what it holds then. */
    private byte[] done(String operation, Path disk) throws IOException {
        switch (operation) {
            case "convert" -> tool(0, "check", disk);
            case "compact" -> tool(0, "compact", disk);
            case "resize" -> {
                tool(0, "resize", disk, "--size", LARGER);
                return larger();
            }
            case "repair" -> {
                try (FileChannel file = FileChannel.open(disk, StandardOpenOption.WRITE)) {
                    file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), file.size() - 512 + 64);
                }
                tool(1, "check", disk);
                tool(0, "repair", disk);
            }
            case "merge" -> {
                Path child = file("child.vhd");
                tool(0, "create", child, "--parent", disk, "--force");
                tool(0, "merge", child);
            }
            case "merge into a new file" -> {
                Path child = file("child.vhd");
                tool(0, "create", child, "--parent", disk, "--force");
                String type = disk.toString().contains("fixed") ? "fixed" : "dynamic";
                tool(0, "merge", child, "--into", disk + ".new", "--type", type);
                Files.move(Path.of(disk + ".new"), disk, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
            default -> throw new AssertionError(operation);
        }
        return content;
    }

    @ParameterizedTest
    @ValueSource(strings = {"convert", "resize", "repair", "merge", "merge into a new file"})
    void qemuReadsFixedDisks(String operation) throws Exception {
        qemu();
        Path disk = converted("fixed");
        qemuSees(disk, done(operation, disk));
    }

    @ParameterizedTest
    @ValueSource(strings = {"convert", "compact", "resize", "repair", "merge", "merge into a new file"})
    void qemuReadsAndWritesDynamicDisks(String operation) throws Exception {
        qemu();
        Path disk = converted("dynamic");
        byte[] wanted = done(operation, disk);
        qemuSees(disk, wanted);
        Tools.run("qemu-io", "-f", "vpc", "-c", "write -P 77 4194304 3145728", disk.toString());
        Arrays.fill(wanted, 4 << 20, 7 << 20, (byte) 77);
        weSee(disk, wanted);
        tool(0, "compact", disk);
        qemuSees(disk, wanted);
    }

    @ParameterizedTest
    @ValueSource(strings = {"convert", "resize", "repair", "merge", "merge into a new file"})
    void libvhdiReadsFixedDisks(String operation) throws Exception {
        libvhdi();
        Path disk = converted("fixed");
        libvhdiSees(disk, Arrays.copyOf(done(operation, disk), SIZE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"convert", "compact", "resize", "repair", "merge", "merge into a new file"})
    void libvhdiReadsDynamicDisks(String operation) throws Exception {
        libvhdi();
        Path disk = converted("dynamic");
        libvhdiSees(disk, Arrays.copyOf(done(operation, disk), SIZE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fixed", "dynamic"})
    void libvhdiReadsNewAndRelinkedChildren(String type) throws Exception {
        libvhdi();
        Path disk = converted(type);
        Path child = file("child.vhd");
        tool(0, "create", child, "--parent", disk);
        libvhdiSees(child, content);
        Path moved = file("moved.vhd");
        Files.move(disk, moved);
        tool(1, "check", child);
        tool(0, "reparent", child, "--parent", moved);
        libvhdiSees(child, content);
        Path grandchild = file("grandchild.vhd");
        tool(0, "create", grandchild, "--parent", child);
        tool(0, "merge", grandchild);
        libvhdiSees(child, content);
        libvhdiSees(grandchild, content);
        tool(0, "merge", child);
        libvhdiSees(moved, content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fixed", "dynamic"})
    void weWorkOnWhatQemuMade(String type) throws Exception {
        qemu();
        Path disk = file("theirs-" + type + ".vhd");
        Tools.run(
                "qemu-img",
                "convert",
                "-f",
                "raw",
                "-O",
                "vpc",
                "-o",
                "force_size=on,subformat=" + type,
                raw.toString(),
                disk.toString());
        weSee(disk, content);
        byte[] wanted = done("resize", disk);
        weSee(disk, wanted);
        qemuSees(disk, wanted);
        if (type.equals("dynamic")) {
            tool(0, "compact", disk);
            qemuSees(disk, wanted);
        }
        done("repair", disk);
        done("merge", disk);
        qemuSees(disk, wanted);
    }

    @Test
    void ourConversionsAreTheirs() throws Exception {
        qemu();
        Path fixed = converted("fixed");
        Path dynamic = converted("dynamic");
        Path there = file("there.vhd");
        for (Path disk : new Path[] {fixed, dynamic}) {
            for (String type : new String[] {"fixed", "dynamic"}) {
                tool(0, "convert", disk, there, "--type", type, "--force");
                qemuSees(there, content);
            }
        }
    }
}
