package org.jeroboam.storage.vhddifferencing;

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
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.operation.Check;
import org.jeroboam.storage.vhd.operation.Progress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VhdDifferencingFormatTest {
    private static final int SIZE = 3 << 20;
    private static final int SECTORS = SIZE / 512;

    @TempDir
    Path folder;

    private final VhdDifferencingFormat format = new VhdDifferencingFormat();
    private final Random random = new Random(5);
    private final MemorySegment buffer = Arena.ofAuto().allocate(SIZE);
    private byte[] content;
    private Path parent;

    @BeforeEach
    void create() throws Exception {
        content = Chains.bytes(random, SIZE);
        parent = Chains.fixed(folder.resolve("parent.vhd"), content);
    }

    private void isGood(Path file) throws Exception {
        try (HostFile host = HostFile.open(file, true)) {
            assertEquals(List.of(), Check.run(host, Progress.NONE).problems(), file.toString());
        }
    }

    @Test
    void aNewChildIsItsParent() throws Exception {
        Path child = Chains.child(folder.resolve("child.vhd"), parent, 1 << 16);
        byte[] before = Files.readAllBytes(child);
        try (FileChannel channel = FileChannel.open(child)) {
            assertEquals(100, format.recognise(channel, child));
        }
        try (FileChannel channel = FileChannel.open(parent)) {
            assertEquals(0, format.recognise(channel, parent));
        }
        try (DiskImage image = format.open(child, false)) {
            assertEquals(SECTORS, image.sectors());
            assertEquals(Chains.layout(parent).footer().geometry(), image.geometry());
            assertFalse(image.readOnly());
            assertArrayEquals(content, Chains.read(image));
        }
        assertArrayEquals(before, Files.readAllBytes(child), "opening and reading alone change nothing");
        assertEquals(List.of(parent.toRealPath()), format.parents(child));
        isGood(child);
    }

    @ParameterizedTest
    @ValueSource(longs = {512, 1024, 4096, 1 << 16, 1 << 18, 2 << 20, 1 << 24, 1L << 31})
    void writesStayInTheChild(long block) throws Exception {
        byte[] parentBefore = Files.readAllBytes(parent);
        Path child = Chains.child(folder.resolve("child.vhd"), parent, block);
        byte[] expected = content.clone();
        for (int round = 0; round < 3; round++) {
            try (DiskImage image = format.open(child, false)) {
                Chains.write(image, expected, random, 40);
                assertArrayEquals(expected, Chains.read(image), "before a flush");
                image.flush();
                assertArrayEquals(expected, Chains.read(image));
            }
            assertArrayEquals(expected, Chains.read(child));
            isGood(child);
        }
        assertArrayEquals(parentBefore, Files.readAllBytes(parent));
    }

    @Test
    void chainsAreDeepAndMixed() throws Exception {
        for (boolean dynamic : new boolean[] {false, true}) {
            byte[] expected = Chains.bytes(random, SIZE);
            Path below = dynamic
                    ? Chains.dynamic(folder.resolve("dynamic.vhd"), expected, 1 << 15, random)
                    : Chains.fixed(folder.resolve("fixed.vhd"), expected);
            Path base = below;
            for (int depth = 1; depth <= 20; depth++) {
                below = Chains.child(
                        folder.resolve((dynamic ? "d" : "f") + depth + ".vhd"), below, 512L << random.nextInt(14));
                try (DiskImage image = format.open(below, false)) {
                    Chains.write(image, expected, random, 6);
                    assertArrayEquals(expected, Chains.read(image));
                }
            }
            assertArrayEquals(expected, Chains.read(below));
            assertEquals(20, format.parents(below).size());
            assertEquals(base.toRealPath(), format.parents(below).getLast());
            isGood(below);
        }
    }

    @Test
    void theBitmapsOfADynamicParentAreNotAsked() throws Exception {
        byte[] expected = Chains.bytes(random, SIZE);
        Path dynamic = Chains.dynamic(folder.resolve("dynamic.vhd"), expected, 1 << 16, random);
        Path child = Chains.child(folder.resolve("child.vhd"), dynamic, 1 << 16);
        // The bitmap of the first block in the file is behind the table.
        assertEquals(-1, Files.readAllBytes(dynamic)[2048]);
        Chains.poke(dynamic, 2048, new int[16]);
        assertArrayEquals(expected, Chains.read(child));
    }

    @Test
    void zerosOverTheParentAreKept() throws Exception {
        Path child = Chains.child(folder.resolve("child.vhd"), parent, 1 << 16);
        try (DiskImage image = format.open(child, false)) {
            image.write(100, 1000, buffer.fill((byte) 0));
        }
        byte[] expected = content.clone();
        Arrays.fill(expected, 100 * 512, 1100 * 512, (byte) 0);
        assertArrayEquals(expected, Chains.read(child));
    }

    @Test
    void theReserveIsGivenBackAndAKilledWritersToo() throws Exception {
        Path child = Chains.child(folder.resolve("child.vhd"), parent, 1 << 16);
        Path killed = folder.resolve("killed.vhd");
        try (DiskImage image = format.open(child, false)) {
            image.write(9, 1, buffer.fill((byte) 1));
            image.flush();
            image.write(20, 1, buffer);
            assertTrue(Files.size(child) > 100 << 20, "grown at once: " + Files.size(child));
            Files.copy(child, killed);
        }
        assertTrue(Files.size(child) < 3 * (1 << 16), "shrunk: " + Files.size(child));
        isGood(killed);
        byte[] expected = content.clone();
        Arrays.fill(expected, 9 * 512, 10 * 512, (byte) 1);
        assertArrayEquals(expected, Chains.read(killed), "what was not flushed is the parent's");
        try (DiskImage image = format.open(killed, false)) {
            image.write(SECTORS - 1, 1, buffer);
        }
        assertTrue(Files.size(killed) < 4 * (1 << 16), "shrunk: " + Files.size(killed));
        Arrays.fill(expected, SIZE - 512, SIZE, (byte) 1);
        assertArrayEquals(expected, Chains.read(killed));
        isGood(killed);
    }

    @Test
    void noClearBitFollowsASetOneInAByte() throws Exception {
        Path child = Chains.child(folder.resolve("child.vhd"), parent, 1 << 16);
        try (DiskImage image = format.open(child, false)) {
            image.write(10, 3, buffer.fill((byte) 1));
            image.write(24, 8, buffer);
            image.write(127, 2, buffer);
        }
        byte[] expected = content.clone();
        Arrays.fill(expected, 10 * 512, 13 * 512, (byte) 1);
        Arrays.fill(expected, 24 * 512, 32 * 512, (byte) 1);
        Arrays.fill(expected, 127 * 512, 129 * 512, (byte) 1);
        assertArrayEquals(expected, Chains.read(child));
        try (HostFile file = HostFile.open(child, true)) {
            BlockTable table = new BlockTable(file, Chains.layout(child).header());
            ByteBuffer bits = ByteBuffer.allocate(16);
            file.read(table.position(0), bits);
            assertEquals("003f00ff000000000000000000000001", HexFormat.of().formatHex(bits.array()));
            file.read(table.position(1), bits.clear());
            assertEquals("ff000000000000000000000000000000", HexFormat.of().formatHex(bits.array()));
        }
    }

    @Test
    void bitsAreWrittenInTheEndWithoutAFlush() throws Exception {
        Path child = Chains.child(folder.resolve("child.vhd"), parent, 1 << 16);
        long[] now = {5};
        HostFile file = HostFile.open(child, false);
        try (DifferencingDisk image = DifferencingDisk.open(
                file,
                Chains.layout(child),
                org.jeroboam.storage.vhd.chain.DiskChain::parents,
                child,
                false,
                () -> now[0])) {
            image.write(9, 1, buffer.fill((byte) 1));
            image.read(0, 1, buffer);
            assertEquals(content[9 * 512], Chains.read(child)[9 * 512]);
            now[0] += 2_000_000_000L;
            image.read(0, 1, buffer);
            assertEquals(1, Chains.read(child)[9 * 512]);
        }
    }

    /** A guest without flushes is killed with the process; what it wrote a while ago is there. */
    @Test
    @Timeout(60)
    void bitsAreWrittenWithoutBeingAskedFor() throws Exception {
        Path child = Chains.child(folder.resolve("child.vhd"), parent, 1 << 16);
        try (DiskImage image = format.open(child, false)) {
            for (int sector = 8; sector < 24; sector += 8) {
                image.write(sector, 8, buffer.fill((byte) sector));
                while (Chains.read(child)[sector * 512] != sector) {
                    LockSupport.parkNanos(50_000_000);
                }
            }
        }
    }

    @Test
    void manyBlocksAreWrittenWithoutAFlush() throws Exception {
        Path child = Chains.child(folder.resolve("child.vhd"), parent, 512);
        byte[] expected = Chains.bytes(random, SIZE);
        MemorySegment.copy(expected, 0, buffer, ValueLayout.JAVA_BYTE, 0, SIZE);
        try (DiskImage image = format.open(child, false)) {
            image.write(0, SECTORS, buffer);
            assertArrayEquals(expected, Chains.read(image));
        }
        assertArrayEquals(expected, Chains.read(child));
    }

    @Test
    void parentsOfOtherSizes() throws Exception {
        Path child = Chains.child(folder.resolve("child.vhd"), parent, 1 << 16);
        Path grandchild = Chains.child(folder.resolve("grandchild.vhd"), child, 1 << 16);
        // The child shrinks between its neighbours: what is beyond its end is zeros, not the parent's.
        int cut = 1000;
        Sizes.resize(child, (long) (SECTORS - cut) * 512);
        Links.relink(grandchild, child);
        byte[] seen = Chains.read(grandchild);
        byte[] expected = Arrays.copyOf(Arrays.copyOf(content, SIZE - cut * 512), SIZE);
        assertArrayEquals(expected, seen);
        assertArrayEquals(Arrays.copyOf(content, SIZE - cut * 512), Chains.read(child), "a parent may be larger");
        try (DiskImage image = format.open(grandchild, false)) {
            Chains.write(image, expected, random, 50);
        }
        assertArrayEquals(expected, Chains.read(grandchild));
    }

    @Test
    void rangesAreExactAndReadOnlyIsReadOnly() throws Exception {
        Path child = Chains.child(folder.resolve("child.vhd"), parent, 1 << 16);
        try (DiskImage image = format.open(child, true)) {
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
        DiskImage image = format.open(child, false);
        image.close();
        image.close();
        assertThrows(IOException.class, () -> image.read(0, 1, buffer));
        assertThrows(IOException.class, () -> image.write(0, 1, buffer));
    }

    @Test
    void twoChildrenShareAParent() throws Exception {
        Path one = Chains.child(folder.resolve("one.vhd"), parent, 1 << 16);
        Path two = Chains.child(folder.resolve("two.vhd"), parent, 2 << 20);
        byte[] first = content.clone();
        byte[] second = content.clone();
        try (DiskImage a = format.open(one, false);
                DiskImage b = format.open(two, false)) {
            for (int i = 0; i < 5; i++) {
                Chains.write(a, first, random, 10);
                Chains.write(b, second, random, 10);
            }
            assertArrayEquals(first, Chains.read(a));
            assertArrayEquals(second, Chains.read(b));
        }
        assertArrayEquals(first, Chains.read(one));
        assertArrayEquals(second, Chains.read(two));
    }
}
