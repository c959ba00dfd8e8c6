package org.jeroboam.storage.vhd.operation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.chain.DiskChain;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Conversion, merging, re-parenting and maps of differencing disks. */
class ChainOperationsTest {
    private static final int SIZE = 6 << 20;
    private static final int BLOCK = 1 << 18;

    @TempDir
    Path folder;

    private final Random random = new Random(3);
    private Path base;
    private Path middle;
    private Path top;

    @BeforeEach
    void chain() throws Exception {
        base = folder.resolve("base.vhd");
        middle = folder.resolve("middle.vhd");
        top = folder.resolve("top.vhd");
    }

    private void chain(DiskKind kind) throws Exception {
        try (NewFile made = NewFile.begin(base, false)) {
            if (kind == DiskKind.FIXED) {
                Creation.fixed(made.file(), SIZE, Instant.now(), UUID.randomUUID());
            } else {
                Creation.dynamic(made.file(), SIZE, BLOCK, Instant.now(), UUID.randomUUID());
            }
            made.finish();
        }
        scribble(base);
        child(middle, base);
        scribble(middle);
        child(top, middle);
        scribble(top);
    }

    private static void child(Path file, Path parent) throws Exception {
        try (NewFile made = NewFile.begin(file, false)) {
            ChildCreation.run(made.file(), file, parent, BLOCK, Instant.now(), UUID.randomUUID());
            made.finish();
        }
    }

    /** Random sectors at random places, by the writer that merges use. */
    private void scribble(Path file) throws Exception {
        try (HostFile host = HostFile.open(file, false);
                DiskChain below = below(file);
                ParentWriter writer = ParentWriter.of(host, below)) {
            long at = 0;
            for (int i = 0; i < 12; i++) {
                at += random.nextInt(1, 600);
                int count = random.nextInt(1, 400);
                byte[] data = new byte[count * 512];
                if (random.nextInt(6) != 0) {
                    random.nextBytes(data);
                }
                try (Arena arena = Arena.ofConfined()) {
                    writer.write(at, arena.allocateFrom(ValueLayout.JAVA_BYTE, data));
                }
                at += count;
            }
        }
    }

    private static DiskChain below(Path file) throws ConfigurationException, IOException {
        try (HostFile host = HostFile.open(file, true)) {
            return DiskChain.parents(file, VhdLayout.read(host));
        }
    }

    private static byte[] read(Path file) throws ConfigurationException, IOException {
        try (DiskChain chain = DiskChain.open(file);
                Arena arena = Arena.ofConfined()) {
            MemorySegment all = arena.allocate(SIZE);
            chain.read(0, SIZE / 512, all);
            return all.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static void isGood(Path file) throws Exception {
        try (HostFile host = HostFile.open(file, true)) {
            Check.Report report = Check.run(host, Progress.NONE);
            assertTrue(report.good(), report::toString);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DiskKind.class,
            names = {"FIXED", "DYNAMIC"})
    void aChainBecomesOneFile(DiskKind kind) throws Exception {
        chain(kind);
        byte[] content = read(top);
        for (DiskKind to : DiskKind.values()) {
            Path made = folder.resolve("made." + to);
            Conversion.run(top, made, to, false, false, Progress.NONE);
            if (to == DiskKind.RAW) {
                assertArrayEquals(content, Files.readAllBytes(made));
            } else {
                assertArrayEquals(content, read(made));
                isGood(made);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DiskKind.class,
            names = {"FIXED", "DYNAMIC"})
    void aMergedParentIsWhatTheChildWas(DiskKind kind) throws Exception {
        chain(kind);
        byte[] content = read(top);
        assertEquals(middle.toRealPath(), Merge.run(top, Progress.NONE));
        assertArrayEquals(content, read(middle));
        assertArrayEquals(content, read(top), "the child is as it was");
        Files.delete(top);
        assertEquals(base.toRealPath(), Merge.run(middle, Progress.NONE));
        assertArrayEquals(content, read(base));
        isGood(base);
        isGood(middle);
    }

    @Test
    void sectorsOfTheParentAreNoNews() throws Exception {
        chain(DiskKind.DYNAMIC);
        try (HostFile host = HostFile.open(top, true)) {
            assertEquals(List.of(), Check.run(host, Progress.NONE).notes());
        }
    }

    /** libvhdi takes what is behind a set bit of a byte for the disk's own. */
    @Test
    void aMergedParentHasNoClearBitBehindASetOne() throws Exception {
        chain(DiskKind.DYNAMIC);
        Merge.run(top, Progress.NONE);
        int set = 0;
        try (HostFile host = HostFile.open(middle, true)) {
            DynamicHeader header = VhdLayout.read(host).header();
            BlockTable table = new BlockTable(host, header);
            ByteBuffer bitmap = ByteBuffer.allocate(BLOCK / 512 / Byte.SIZE);
            for (int block = 0; block < SIZE / BLOCK; block++) {
                if (table.position(block) != BlockTable.UNALLOCATED) {
                    host.read(table.position(block), bitmap.clear());
                    for (byte bits : bitmap.array()) {
                        int value = bits & 0xFF;
                        assertEquals(0, (value + 1) & value, () -> "block has the byte " + value);
                        set += Integer.bitCount(value);
                    }
                }
            }
        }
        assertTrue(set > 1000);
    }

    /** A time before 2000 would be stored as 0, which is the time of a parent that is not compared. */
    @Test
    void aMergeKeepsComparingTheTimeOfAnOldParent() throws Exception {
        chain(DiskKind.FIXED);
        Merge.run(top, Progress.NONE);
        Path empty = folder.resolve("empty.vhd");
        child(empty, middle);
        Files.setLastModifiedTime(middle, FileTime.from(Instant.parse("1999-01-01T00:00:00Z")));
        Reparenting.run(empty, middle, false);
        Merge.run(empty, Progress.NONE);
        assertEquals(1, Inspection.of(empty).layout().parent().timeStamp());
        Files.setLastModifiedTime(middle, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
        assertThrows(ConfigurationException.class, () -> read(empty));
    }

    /** Whatever instant the merge ends at, the child is the disk that it was. */
    @Test
    void theChildIsTheSameDiskAtEachInstantOfAMerge() throws Exception {
        chain(DiskKind.DYNAMIC);
        byte[] content = read(top);
        int[] looks = new int[1];
        Merge.run(top, (done, total) -> {
            try {
                assertArrayEquals(content, read(copyOfFolder("look" + looks[0]++)));
            } catch (ConfigurationException | IOException e) {
                throw new AssertionError(e.getMessage(), e);
            }
        });
        assertTrue(looks[0] > 5);
    }

    private Path copyOfFolder(String name) throws IOException {
        Path copy = Files.createDirectory(folder.resolve(name));
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            all.filter(Files::isRegularFile).forEach(files::add);
        }
        for (Path file : files) {
            Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
        }
        return copy.resolve(top.getFileName());
    }

    @Test
    void aCancelledMergeCanBeDoneAgain() throws Exception {
        chain(DiskKind.DYNAMIC);
        byte[] content = read(top);
        assertThrows(
                CancellationException.class,
                () -> Merge.run(top, (done, total) -> {
                    if (done > total / 2) {
                        throw new CancellationException("enough");
                    }
                }));
        assertArrayEquals(content, read(top));
        isGood(top);
        isGood(middle);
        Merge.run(top, Progress.NONE);
        assertArrayEquals(content, read(middle));
    }

    @Test
    void otherChildrenAreRefusedAfterAMerge() throws Exception {
        chain(DiskKind.DYNAMIC);
        Path other = folder.resolve("other.vhd");
        // In the past, so that the change shows itself in whole seconds.
        Files.setLastModifiedTime(middle, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
        Reparenting.run(top, middle, false);
        child(other, middle);
        read(other);
        Merge.run(top, Progress.NONE);
        read(top);
        String message =
                assertThrows(ConfigurationException.class, () -> read(other)).getMessage();
        assertTrue(message.contains("was changed"), message);
    }

    @Test
    void aMovedParentIsNamedAnew() throws Exception {
        chain(DiskKind.FIXED);
        byte[] content = read(top);
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere")).resolve("renamed.vhd");
        Files.move(middle, elsewhere);
        assertThrows(ConfigurationException.class, () -> read(top));
        // The parent's own parent was found beside it.
        Reparenting.run(elsewhere, base, false);
        Reparenting.run(top, elsewhere, false);
        assertArrayEquals(content, read(top));
        isGood(top);
        isGood(elsewhere);
    }

    private String refused(Path child, Path parent, boolean otherId) {
        return assertThrows(ConfigurationException.class, () -> Reparenting.run(child, parent, otherId))
                .getMessage();
    }

    @Test
    void whatCannotBeTheParentIsRefused() throws Exception {
        chain(DiskKind.DYNAMIC);
        byte[] before = Files.readAllBytes(top);
        assertTrue(refused(top, base, false).contains("--force"));
        assertTrue(refused(middle, top, true).contains("itself among the parents"));
        assertTrue(refused(base, middle, true).contains("which has no parent"));
        Path small = folder.resolve("small.vhd");
        try (NewFile made = NewFile.begin(small, false)) {
            Creation.dynamic(made.file(), SIZE / 2, BLOCK, Instant.now(), UUID.randomUUID());
            made.finish();
        }
        assertTrue(refused(top, small, true).contains("same size"));
        assertArrayEquals(before, Files.readAllBytes(top));
        Reparenting.run(top, base, true);
        isGood(top);
        assertTrue(assertThrows(ConfigurationException.class, () -> Merge.run(base, Progress.NONE))
                .getMessage()
                .contains("only differencing"));
    }

    @ParameterizedTest
    @EnumSource(
            value = DiskKind.class,
            names = {"FIXED", "DYNAMIC"})
    void theMapSaysWhereEachByteIs(DiskKind kind) throws Exception {
        chain(kind);
        byte[] content = read(top);
        byte[] mapped = new byte[SIZE];
        long[] last = new long[1];
        Extents.list(
                top,
                extent -> {
                    assertTrue(extent.offset() >= last[0] && extent.length() > 0);
                    last[0] = extent.offset() + extent.length();
                    try (HostFile file = HostFile.open(extent.file(), true)) {
                        file.read(extent.fileOffset(), ByteBuffer.wrap(mapped, (int) extent.offset(), (int)
                                extent.length()));
                    } catch (ConfigurationException | IOException e) {
                        throw new AssertionError(e);
                    }
                },
                Progress.NONE);
        assertArrayEquals(content, mapped);
    }

    @Test
    void aCompactDiskHasNoZeros() throws Exception {
        chain(DiskKind.DYNAMIC);
        try (HostFile host = HostFile.open(base, false);
                DiskChain below = below(base);
                ParentWriter writer = ParentWriter.of(host, below);
                Arena arena = Arena.ofConfined()) {
            writer.write(0, arena.allocate(BLOCK * 4));
        }
        byte[] content = read(base);
        FileTime time = Files.getLastModifiedTime(base);
        UUID id = Inspection.of(base).layout().footer().uniqueId();
        Compaction.Result result = Compaction.run(base, Progress.NONE);
        assertTrue(result.after() <= result.before() - BLOCK, result::toString);
        assertEquals(result.after(), Files.size(base));
        assertArrayEquals(content, read(base));
        isGood(base);
        assertEquals(time, Files.getLastModifiedTime(base));
        assertEquals(id, Inspection.of(base).layout().footer().uniqueId());
        assertEquals(BLOCK, Inspection.of(base).layout().header().blockSize());
        byte[] before = Files.readAllBytes(base);
        assertThrows(
                CancellationException.class,
                () -> Compaction.run(base, (done, total) -> {
                    throw new CancellationException("enough");
                }));
        assertArrayEquals(before, Files.readAllBytes(base));
        assertTrue(assertThrows(ConfigurationException.class, () -> Compaction.run(top, Progress.NONE))
                .getMessage()
                .contains("only dynamic"));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(3, files.count());
        }
    }
}
