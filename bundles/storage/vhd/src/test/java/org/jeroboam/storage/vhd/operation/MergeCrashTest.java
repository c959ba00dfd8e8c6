package org.jeroboam.storage.vhd.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.Random;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.testing.CrashFile;
import org.jeroboam.storage.vhd.testing.PlainDisk;
import org.jeroboam.storage.vhd.testing.PlainReader;
import org.junit.jupiter.api.Test;

/**
 * What kills and power cuts in the middle of a merge leave of the parent: a disk that opens, with all sectors that the
 * child does not hold; the others are the child's. {@code -Djeroboam.crash.points=10000} for the long run.
 */
class MergeCrashTest {
    private static final int POINTS = Integer.getInteger("jeroboam.crash.points", 400);
    private static final int SIZE = 3 << 20;

    private final Random random = new Random();

    @Test
    void theParentOpensAndKeepsWhatTheChildDoesNotHold() throws Exception {
        int[] points = new int[1];
        for (int run = 0; points[0] < POINTS; run++) {
            random.setSeed(run);
            CrashFile file = random.nextInt(4) == 0
                    ? PlainDisk.fixed(SIZE, random)
                    : PlainDisk.dynamic(SIZE, 512 << random.nextInt(3, 11), random);
            byte[] before = PlainReader.read(file);
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

    private void merge(CrashFile file, BitSet merged) throws ConfigurationException, IOException {
        byte[] wanted = PlainReader.read(file);
        try (ParentWriter writer = ParentWriter.of(file);
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
        assertEquals(-1, java.util.Arrays.mismatch(wanted, PlainReader.read(file)));
        assertTrue(Check.run(file, Progress.NONE).good());
    }

    private static void examine(CrashFile left, byte[] before, BitSet merged, boolean kill, String seed) {
        try {
            if (kill) {
                assertTrue(Check.run(left, Progress.NONE).good(), seed);
            }
            byte[] content = PlainReader.read(left);
            for (int sector = 0; sector < SIZE / 512; sector++) {
                if (!merged.get(sector)) {
                    int from = sector * 512;
                    int to = from + 512;
                    assertEquals(-1, java.util.Arrays.mismatch(before, from, to, content, from, to), seed);
                }
            }
        } catch (ConfigurationException | IOException e) {
            throw new AssertionError(seed + (kill ? " (kill): " : " (power cut): ") + e.getMessage(), e);
        }
    }
}
