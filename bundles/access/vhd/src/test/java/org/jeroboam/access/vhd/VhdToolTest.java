package org.jeroboam.access.vhd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.ImageLocks;
import org.jeroboam.platform.locks.FileLocks;
import org.jeroboam.storage.vhd.operation.VhdOperations;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VhdToolTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Interruption interruption = new Interruption();
    private final ImageLocks locks = new FileLocks();

    private Path disk;

    @BeforeEach
    void name() {
        disk = folder.resolve("disk.vhd");
    }

    private int run(Object... arguments) {
        out.reset();
        err.reset();
        Terminal terminal = new Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        Front front = new Front(terminal, new VhdOperations(locks, "a test"), interruption);
        return new VhdTool(front).run(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** That a command is refused, and what it says. */
    private String refused(Object... arguments) {
        assertEquals(2, run(arguments), () -> out() + err());
        assertEquals("", out());
        List<String> lines = err().lines().filter(l -> !l.endsWith(" %")).toList();
        assertEquals(1, lines.size(), err());
        assertTrue(lines.getFirst().startsWith("jeroboam vhd: "), err());
        return lines.getFirst();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    private void create(String type) {
        assertEquals(0, run("create", disk, "--size", "8M", "--type", type), this::err);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fixed", "dynamic"})
    void aMadeDiskIsInspectedAndChecked(String type) {
        create(type);
        assertEquals("", err());
        assertEquals(0, run("info", disk));
        assertTrue(out().contains("type:      " + type) && out().contains("8 MB (8388608 bytes)"), out());
        assertFalse(out().contains("use:") || out().contains("damage:"), out());
        assertEquals(0, run("info", "--json", disk));
        assertTrue(out().contains("\"type\":\"" + type + "\",\"size\":8388608,\"originalSize\":8388608"), out());
        assertEquals(0, run("check", disk));
        assertEquals(disk + " is in good order\n", out());
        assertTrue(err().endsWith("checking: 100 %\n"), err());
    }

    @Test
    void dynamicIsWhatOneGets() {
        assertEquals(0, run("create", disk, "--size", "16g"));
        assertEquals(0, run("info", disk));
        assertTrue(out().contains("type:      dynamic"), out());
        assertTrue(out().contains("33288/16/63"), out());
        assertTrue(out().contains("0 of 8192 in the file"), out());
    }

    @Test
    void aFileIsNotReplacedWithoutForce() throws Exception {
        Files.writeString(disk, "precious");
        assertTrue(refused("create", disk, "--size", "8M").contains("--force"));
        Path raw = Files.write(folder.resolve("raw"), new byte[4 << 20]);
        assertTrue(refused("convert", raw, disk, "--type", "dynamic").contains("--force"));
        assertEquals("precious", Files.readString(disk));
        assertEquals(0, run("create", disk, "--size", "8M", "--force"), this::err);
        assertEquals(0, run("check", disk));
        assertEquals(0, run("convert", raw, disk, "--type", "fixed", "--force"), this::err);
        assertEquals((4 << 20) + 512, Files.size(disk));
        assertEquals(List.of("disk.vhd", "raw"), files());
    }

    @Test
    void conversionsGoThereAndBack() throws Exception {
        Path raw = folder.resolve("disk.raw");
        try (RandomAccessFile file = new RandomAccessFile(raw.toFile(), "rw")) {
            file.setLength(20 << 20);
            file.seek(7 << 20);
            file.write("in the middle".getBytes(StandardCharsets.UTF_8));
        }
        assertEquals(0, run("convert", raw, disk, "--type", "dynamic"), this::err);
        assertTrue(err().contains("converting: 100 %"), err());
        assertTrue(Files.size(disk) < 3 << 20);
        assertEquals(0, run("check", disk));
        Path fixed = folder.resolve("fixed.vhd");
        assertEquals(0, run("convert", disk, fixed, "--type", "FIXED"), this::err);
        Path back = folder.resolve("back.raw");
        assertEquals(0, run("convert", fixed, back, "--type", "raw"), this::err);
        assertEquals(-1, Files.mismatch(raw, back));
        assertTrue(refused("convert", back, back, "--type", "fixed", "--force").contains("same file"));
    }

    @Test
    void damageIsStatusOne() throws Exception {
        create("dynamic");
        try (FileChannel channel = FileChannel.open(disk, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 1}), 1536);
        }
        assertEquals(1, run("check", disk));
        assertTrue(out().startsWith("problem: block 0 should be at byte 512"), out());
        assertTrue(out().endsWith(disk + " is damaged: 1 problem; repair mends what can be\n"), out());
        assertEquals(1, run("check", "--json", disk));
        assertTrue(out().contains("\"good\":false,\"problemCount\":1,\"problems\":[\"block 0 "), out());
        assertEquals(0, run("info", disk));
        assertTrue(out().contains("damage:    block 0"), out());
        assertTrue(
                refused("convert", disk, folder.resolve("x"), "--type", "raw").contains("damaged"));
        assertEquals(List.of("disk.vhd"), files());
    }

    @Test
    void badInputIsStatusTwo() throws Exception {
        assertTrue(refused("create", disk).contains("--size"));
        assertTrue(refused("create", disk, "--size", "much").contains("no size"));
        assertTrue(refused("create", disk, "--size", "2M").contains("3 MB"));
        assertTrue(refused("create", disk, "--size", "2041G").contains("2,040 GB"));
        assertTrue(refused("create", disk, "--size", "8M", "--type", "raw").contains("--type"));
        assertTrue(refused("create", folder.resolve("a/b.vhd"), "--size", "8M").contains("no folder"));
        assertTrue(refused("create", folder, "--size", "8M").contains("directory"));
        assertTrue(refused("info", disk).contains("does not exist"));
        assertTrue(refused("check", disk).contains("does not exist"));
        assertTrue(refused("convert", disk, "x", "--type", "raw").contains("does not exist"));
        assertTrue(refused("nonsense").contains("nonsense"));
        Path text = Files.writeString(folder.resolve("text"), "x".repeat(2000));
        assertTrue(refused("info", text).contains("no footer"));
        assertTrue(refused("check", text).contains("no footer"));
        assertEquals(2, run());
        assertTrue(out().contains("Usage: jeroboam vhd"), out());
        assertEquals(0, run("--help"), this::err);
        assertEquals(0, run("create", "--help"));
        assertTrue(out().contains("--size"), out());
        assertEquals(List.of("text"), files());
    }

    @Test
    void aDiskInUseIsLeftAlone() throws Exception {
        create("dynamic");
        Path copy = folder.resolve("copy.vhd");
        try (ImageLocks.Lock _ = new FileLocks().lock(disk, false, "the machine web")) {
            assertTrue(refused("check", disk).contains("in use"));
            assertTrue(refused("convert", disk, copy, "--type", "raw").contains("in use"));
            assertTrue(refused("create", disk, "--size", "8M", "--force").contains("in use"));
            assertEquals(0, run("info", disk));
            assertTrue(out().contains("use:       file " + disk + " is in use by"), out());
            assertEquals(0, run("info", "--json", disk));
            assertTrue(out().contains("\"inUse\":true"), out());
        }
        try (ImageLocks.Lock _ = new FileLocks().lock(disk, true, "a reader")) {
            assertEquals(0, run("check", disk), this::err);
            assertEquals(0, run("convert", disk, copy, "--type", "raw"), this::err);
            assertTrue(refused("create", disk, "--size", "8M", "--force").contains("in use"));
        }
        assertEquals(List.of("copy.vhd", "disk.vhd"), files());
    }

    @Test
    void anInterruptionLeavesNoFile() throws Exception {
        Path raw = Files.write(folder.resolve("raw"), new byte[8 << 20]);
        Thread hook = new Thread(interruption::request);
        hook.start();
        while (hook.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertTrue(refused("convert", raw, disk, "--type", "fixed").contains("interrupted"));
        interruption.over();
        hook.join();
        assertEquals(List.of("raw"), files());
    }

    @ParameterizedTest
    @CsvSource({"512,512", "1K,1024", "3m,3145728", "16G,17179869184", "2T,2199023255552", "5MB,5242880", "5MiB,5242880"
    })
    void sizes(String text, long bytes) throws Exception {
        assertEquals(bytes, Sizes.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "M", "-1", "1.5G", "16 G", "9999999999999999T", "0x10", "12345678901234567"})
    void noSizes(String text) {
        assertThrows(ConfigurationException.class, () -> Sizes.parse(text));
    }

    @Test
    void jsonIsEscaped() {
        assertEquals(
                "{\"a\":\"q\\\"b\\\\c\\u000a\",\"n\":null,\"l\":[\"x\",\"y\"]}",
                new Json()
                        .put("a", "q\"b\\c\n")
                        .put("n", (String) null)
                        .put("l", List.of("x", "y"))
                        .toString());
    }

    private Path withContent() throws Exception {
        Path raw = folder.resolve("content.raw");
        byte[] bytes = new byte[8 << 20];
        new java.util.Random(4).nextBytes(bytes);
        java.util.Arrays.fill(bytes, 2 << 20, 4 << 20, (byte) 0);
        Files.write(raw, bytes);
        assertEquals(0, run("convert", raw, disk, "--type", "dynamic"), this::err);
        return raw;
    }

    private void holds(Path file, byte[] wanted) throws Exception {
        Path back = folder.resolve("back.raw");
        assertEquals(0, run("convert", file, back, "--type", "raw", "--force", "--no-sync"), this::err);
        assertEquals(-1, java.util.Arrays.mismatch(wanted, Files.readAllBytes(back)));
    }

    @Test
    void diskFilesAreChangedInTheirPlace() throws Exception {
        byte[] content = Files.readAllBytes(withContent());
        assertEquals(0, run("resize", disk, "--size", "64M"), this::err);
        assertEquals(disk + " is a disk of 64 MB (67108864 bytes) now\n", out());
        holds(disk, java.util.Arrays.copyOf(content, 64 << 20));
        assertTrue(refused("resize", disk, "--size", "8M").contains("not made smaller"));
        assertEquals(0, run("compact", disk), this::err);
        assertTrue(out().startsWith(disk + " has 6.2 MB ("), out());
        assertEquals(0, run("map", disk));
        assertTrue(out().endsWith("3 extents with 6 MB (6291456 bytes)\n"), out());
        assertEquals(0, run("map", disk, "--json"));
        assertTrue(
                out().startsWith("{\"file\":\"" + disk + "\",\"extents\":[{\"offset\":0,\"length\":2097152,"), out());
        assertEquals(0, run("repair", disk));
        assertEquals(disk + " needed no repair\n", out());
    }

    @Test
    void damageIsRepaired() throws Exception {
        byte[] content = Files.readAllBytes(withContent());
        try (FileChannel channel = FileChannel.open(disk, StandardOpenOption.WRITE)) {
            channel.truncate(Files.size(disk) - 512);
        }
        assertEquals(1, run("check", disk));
        assertEquals(0, run("repair", disk), this::err);
        assertTrue(out().startsWith("repaired: the footer at the end was written from its copy"), out());
        assertTrue(out().endsWith(disk + " is in good order now\n"), out());
        assertEquals(0, run("check", disk));
        holds(disk, content);
        try (FileChannel channel = FileChannel.open(disk, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), 540);
        }
        assertEquals(1, run("check", disk, "--json"));
        assertTrue(out().contains("\"good\":false"), out());
        assertTrue(refused("repair", disk).contains("backup"));
    }

    @Test
    void aChainIsMadeMovedAndMerged() throws Exception {
        byte[] content = Files.readAllBytes(withContent());
        Path child = folder.resolve("child.vhd");
        assertEquals(0, run("create", child, "--type", "differencing", "--parent", disk), this::err);
        assertEquals(0, run("info", child));
        assertTrue(out().contains("parent:    " + disk.toRealPath()), out());
        holds(child, content);
        Path moved = folder.resolve("moved.vhd");
        Files.move(disk, moved);
        assertEquals(1, run("check", child));
        assertTrue(out().contains("is not there"), out());
        assertEquals(0, run("info", child));
        assertTrue(out().contains("problem:   "), out());
        assertTrue(refused("merge", child).contains("re-parent"));
        assertEquals(0, run("reparent", child, "--parent", moved), this::err);
        holds(child, content);
        Path whole = folder.resolve("whole.vhd");
        assertEquals(0, run("merge", child, "--into", whole, "--type", "fixed"), this::err);
        holds(whole, content);
        assertEquals(0, run("merge", child), this::err);
        assertEquals(moved.toRealPath() + " is what " + child + " was, which can be deleted\n", out());
        holds(moved, content);
        assertTrue(refused("reparent", child, "--parent", child).contains("own parent"));
        assertTrue(refused("merge", moved).contains("only differencing"));
        assertTrue(refused("resize", child, "--size", "1G").contains("size of its parent"));
        assertTrue(refused("compact", child).contains("only dynamic"));
    }

    /** A parent does not know its children; those beside it are found. */
    @Test
    void parentsOfOthersAreNotChangedUnasked() throws Exception {
        withContent();
        Path child = folder.resolve("child.vhd");
        Path other = folder.resolve("other.avhd");
        assertEquals(0, run("create", child, "--parent", disk), this::err);
        assertEquals(0, run("create", other, "--parent", disk), this::err);
        Files.writeString(folder.resolve("none.vhd"), "no disk");
        byte[] before = Files.readAllBytes(disk);
        String message = refused("resize", disk, "--size", "1G");
        assertTrue(message.contains("is the parent of child.vhd, other.avhd, worthless once"), message);
        message = refused("merge", child);
        assertTrue(message.contains("is the parent of other.avhd, worthless once"), message);
        assertArrayEquals(before, Files.readAllBytes(disk));
        assertEquals(0, run("merge", child, "--force"), this::err);
        Files.delete(child);
        assertEquals(0, run("resize", disk, "--size", "1G", "--force"), this::err);
    }

    @Test
    void aProtectedParentIsReadOnlyOnTheHost() throws Exception {
        withContent();
        FileTime time = Files.getLastModifiedTime(disk);
        assertEquals(0, run("create", folder.resolve("child.vhd"), "--parent", disk, "--protect"), this::err);
        assertFalse(Files.getPosixFilePermissions(disk).stream()
                .anyMatch(p -> p.name().endsWith("_WRITE")));
        assertEquals(time, Files.getLastModifiedTime(disk));
        assertEquals(0, run("check", folder.resolve("child.vhd")), this::out);
        assertTrue(refused("create", folder.resolve("x.vhd"), "--size", "8M", "--protect")
                .contains("only for a differencing"));
    }

    /** Repair does nothing for a disk whose parent was changed. */
    @Test
    void theRemedyForAChangedParentIsNamed() throws Exception {
        withContent();
        Path child = folder.resolve("child.vhd");
        assertEquals(0, run("create", child, "--parent", disk), this::err);
        Files.setLastModifiedTime(disk, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
        for (String command : List.of("check", "repair")) {
            assertEquals(1, run(command, child), this::out);
            assertTrue(out().contains("problem: disk image " + child + " cannot be used: its parent"), out());
            assertTrue(out().endsWith("reparent tells it which file that is\n"), out());
        }
        assertEquals(0, run("reparent", child, "--parent", disk), this::err);
        assertEquals(0, run("check", child), this::out);
        assertEquals(child + " is in good order\n", out(), "what is the parent's is no news");
    }

    @Test
    void parentsAreSharedAndWhatIsChangedIsNot() throws Exception {
        withContent();
        Path child = folder.resolve("child.vhd");
        assertEquals(0, run("create", child, "--parent", disk), this::err);
        try (ImageLocks.Lock _ = new FileLocks().lock(disk, true, "another child")) {
            assertEquals(0, run("convert", child, folder.resolve("x"), "--type", "raw"), this::err);
            for (String[] command : new String[][] {
                {"merge", child.toString()},
                {"compact", disk.toString()},
                {"resize", disk.toString(), "--size", "1G"},
                {"repair", disk.toString()}
            }) {
                assertTrue(refused((Object[]) command).contains("in use"));
            }
        }
        try (ImageLocks.Lock _ = new FileLocks().lock(disk, false, "a machine")) {
            assertTrue(refused("convert", child, folder.resolve("y"), "--type", "raw")
                    .contains("in use"));
            assertTrue(refused("create", folder.resolve("z"), "--parent", disk).contains("in use"));
        }
    }

    @Test
    void wrongUseIsExplained() {
        assertTrue(refused("create", disk, "--type", "differencing").contains("needs --parent"));
        assertTrue(refused("create", disk, "--type", "fixed", "--parent", disk).contains("only for a differencing"));
        assertTrue(refused("create", disk, "--size", "8M", "--block-size", "3M").contains("power of two"));
        assertTrue(refused("create", disk, "--size", "2040G", "--block-size", "512")
                .contains("larger blocks"));
        assertTrue(refused("merge", disk, "--into", disk).contains("needs --type"));
        assertTrue(refused("merge", disk, "--no-sync").contains("only with --into"));
        assertTrue(refused("info").contains("needs FILE"));
        assertTrue(refused("info", "a", "b").contains("'b'"));
        assertTrue(refused("info", disk, "--nonsense").contains("--nonsense"));
        assertTrue(refused("info", disk, "--json=yes").contains("no value"));
        assertTrue(refused("resize", disk, "--size").contains("needs a SIZE"));
        assertTrue(refused("resize", disk, "--size=1G", "--size", "2G").contains("once"));
        assertTrue(refused("info", "--", "--json").contains("--json does not exist"));
    }
}
