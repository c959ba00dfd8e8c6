package org.jeroboam.storage.vhddifferencing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.storage.vhd.testing.Tools;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chains of ours in the hands of libvhdi's tools, where they are installed. QEMU does not read differencing disks. */
class InteroperabilityTest {
    private static final int SIZE = 12 << 20;
    private static final int BLOCK = 2 << 20;

    @TempDir
    Path folder;

    private final Random random = new Random(9);

    /** Other programs look for the parent by its name in the child's folder. */
    private Path chain(byte[] expected, int depth) throws Exception {
        Path below = Chains.dynamic(folder.resolve("base.vhd"), expected, BLOCK, random);
        for (int i = 1; i <= depth; i++) {
            below = Chains.child(folder.resolve("level" + i + ".vhd"), below, BLOCK);
            try (DiskImage image = Chains.open(below, false)) {
                Chains.write(image, expected, random, 25);
            }
        }
        return below;
    }

    @Test
    void libvhdiKnowsTheParent() throws Exception {
        assumeTrue(Tools.has("vhdiinfo"), "libvhdi-utils is not installed");
        Path child = chain(Chains.bytes(random, SIZE), 1);
        String answer = Tools.run("vhdiinfo", child.toString());
        UUID parent = Chains.layout(child).parent().id();
        assertTrue(answer.contains("Differential"), answer);
        assertTrue(answer.contains("(" + SIZE + " bytes)"), answer);
        assertTrue(answer.contains("base.vhd"), answer);
        assertTrue(answer.toLowerCase(Locale.ROOT).contains(parent.toString()), answer);
        assertEquals(Chains.layout(folder.resolve("base.vhd")).footer().uniqueId(), parent);
    }

    @Test
    void libvhdiReadsOurChains() throws Exception {
        assumeTrue(Tools.has("vhdimount"), "libvhdi-utils is not installed");
        assumeTrue(Files.isWritable(Path.of("/dev/fuse")), "the host lets nobody mount files");
        byte[] expected = Chains.bytes(random, SIZE);
        Path top = chain(expected, 4);
        assertArrayEquals(expected, Chains.read(top));
        Path mounted = Files.createDirectory(folder.resolve("mounted"));
        Tools.run("vhdimount", top.toString(), mounted.toString());
        try {
            assertArrayEquals(expected, Files.readAllBytes(last(mounted)));
        } finally {
            Tools.run("umount", mounted.toString());
        }
    }

    /** The files of the chain are numbered from its bottom. */
    private static Path last(Path mounted) throws IOException {
        try (var files = Files.list(mounted)) {
            return files.max(java.util.Comparator.naturalOrder()).orElseThrow();
        }
    }
}
