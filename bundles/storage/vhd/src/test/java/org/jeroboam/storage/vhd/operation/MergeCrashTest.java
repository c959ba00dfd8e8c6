package org.jeroboam.storage.vhd.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.chain.ChainLayer;
import org.jeroboam.storage.vhd.chain.DiskChain;
import org.jeroboam.storage.vhd.testing.CrashFile;
import org.jeroboam.storage.vhd.testing.PlainDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What kills and power cuts in the middle of a merge leave of the parent: a disk that opens, with all sectors that the
 * child does not hold; the others are the child's. {@code -Djeroboam.crash.points=10000} for the long run.
 */
class MergeCrashTest {
    private static final int POINTS = Integer.getInteger("jeroboam.crash.points", 400);
    private static final int SIZE = 3 << 20;

    @TempDir
    Path folder;

    private final Random random = new Random();

    @Test
    void theParentOpensAndKeepsWhatTheChildDoesNotHold() throws Exception {
        int[] points = new int[1];
        for (int run = 0; points[0] < POINTS; run++) {
            random.setSeed(run);
            CrashFile file =
                    switch (random.nextInt(4)) {
                        case 0 -> PlainDisk.fixed(SIZE, random);
                        case 1 -> child(512 << random.nextInt(3, 11));
                        default -> PlainDisk.dynamic(SIZE, 512 << random.nextInt(3, 11), random);
                    };
            byte[] before = read(file);
            BitSet merged = new BitSet();
            String seed = "run " + run;
            file.beforeChange(() -> {
                points[0] += 2;
                examine(file.afterKill(), before, merged, true, seed);
                examine(file.afterPowerCut(random), before, merged, false, seed);
            });
            merge(file, merged);
        }
    }

    /** A differencing disk, empty, over a disk on the host. */
    private CrashFile child(long blockSize) throws ConfigurationException, IOException {
        if (!Files.exists(base())) {
            PlainDisk.dynamic(SIZE, 4096, new Random(1)).copyTo(base());
        }
        CrashFile file = new CrashFile();
        ChildCreation.run(file, folder.resolve("crash.vhd"), base(), blockSize, Instant.EPOCH, new UUID(2, 2));
        file.force();
        return file;
    }

    private Path base() {
        return folder.resolve("base.vhd");
    }

    private DiskChain below(VhdLayout layout) throws ConfigurationException, IOException {
        return layout.parent() == null ? DiskChain.of(List.of()) : DiskChain.open(base());
    }

    private byte[] read(CrashFile file) throws ConfigurationException, IOException {
        VhdLayout layout = VhdLayout.read(file);
        try (DiskChain below = below(layout);
                Arena arena = Arena.ofConfined()) {
            List<ChainLayer> layers = new ArrayList<>(below.layers());
            layers.addFirst(ChainLayer.of(folder.resolve("crash.vhd"), file, layout));
            MemorySegment all = arena.allocate(SIZE);
            DiskChain.of(layers).read(0, SIZE / 512, all);
            return all.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private void merge(CrashFile file, BitSet merged) throws ConfigurationException, IOException {
        byte[] wanted = read(file);
        try (DiskChain below = below(VhdLayout.read(file));
                ParentWriter writer = ParentWriter.of(file, below);
                Arena arena = Arena.ofConfined()) {
            int at = 0;
            for (int i = 0; i < 6; i++) {
                at += random.nextInt(0, 900);
                byte[] data = new byte[512 * random.nextInt(1, 60)];
                random.nextBytes(data);
                merged.set(at, at + data.length / 512);
                System.arraycopy(data, 0, wanted, at * 512, data.length);
                writer.write(at, arena.allocateFrom(ValueLayout.JAVA_BYTE, data));
                at += data.length / 512;
            }
        }
        file.beforeChange(() -> {});
        assertEquals(-1, Arrays.mismatch(wanted, read(file)));
        assertTrue(Check.run(file, Progress.NONE).good());
    }

    private void examine(CrashFile left, byte[] before, BitSet merged, boolean kill, String seed) {
        try {
            if (kill) {
                assertTrue(Check.run(left, Progress.NONE).good(), seed);
            }
            byte[] content = read(left);
            for (int sector = 0; sector < SIZE / 512; sector++) {
                if (!merged.get(sector)) {
                    int from = sector * 512;
                    int to = from + 512;
                    assertEquals(-1, Arrays.mismatch(before, from, to, content, from, to), seed);
                }
            }
        } catch (ConfigurationException | IOException e) {
            throw new AssertionError(seed + (kill ? " (kill): " : " (power cut): ") + e.getMessage(), e);
        }
    }
}
