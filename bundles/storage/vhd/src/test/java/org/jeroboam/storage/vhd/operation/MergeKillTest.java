package org.jeroboam.storage.vhd.operation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.chain.DiskChain;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes are killed while they merge: the child is the disk that it was, and can be merged again. {@code
 * -Djeroboam.kills=200} for the long run.
 */
class MergeKillTest {
    private static final int KILLS = Integer.getInteger("jeroboam.kills", 4);
    private static final int KILLED = 128 + 9;
    private static final int SIZE = 12 << 20;
    /** Progress is told about as often in a merge. */
    private static final int STEPS = 300;

    @TempDir
    Path folder;

    private final Random random = new Random(21);
    private Path base;
    private Path middle;
    private Path top;

    @Test
    void theChildStaysTheSameDisk() throws Exception {
        int kills = 0;
        for (int run = 0; kills < KILLS; run++) {
            chain(run);
            byte[] content = read(top);
            // Until the merge is done: so that one is killed on the remains of the other.
            for (int after = random.nextInt(STEPS); kill(after); after += random.nextInt(STEPS)) {
                kills++;
                String what = "run " + run + ", killed after step " + after;
                assertArrayEquals(content, read(top), what);
                isGood(top, what);
                isGood(middle, what);
            }
            assertArrayEquals(content, read(top));
            assertArrayEquals(content, read(middle));
            isGood(middle, "merged");
            for (Path file : new TreeSet<>(List.of(base, middle, top))) {
                Files.delete(file);
            }
        }
    }

    private void chain(int number) throws Exception {
        base = folder.resolve("base" + number + ".vhd");
        middle = folder.resolve("middle" + number + ".vhd");
        top = folder.resolve("top" + number + ".vhd");
        try (NewFile made = NewFile.begin(base, false)) {
            Creation.dynamic(made.file(), SIZE, block(), Instant.now(), UUID.randomUUID());
            made.finish();
        }
        if (random.nextInt(3) == 0) {
            middle = base;
        } else {
            child(middle, base);
        }
        scribble(middle);
        child(top, middle);
        scribble(top);
    }

    private long block() {
        return 1L << random.nextInt(13, 22);
    }

    private void child(Path file, Path parent) throws Exception {
        try (NewFile made = NewFile.begin(file, false)) {
            ChildCreation.run(made.file(), file, parent, block(), Instant.now(), UUID.randomUUID());
            made.finish();
        }
    }

    private void scribble(Path path) throws Exception {
        try (HostFile file = HostFile.open(path, false);
                DiskChain below = DiskChain.parents(path, VhdLayout.read(file));
                ParentWriter writer = ParentWriter.of(file, below);
                Arena arena = Arena.ofConfined()) {
            for (int at = random.nextInt(100), count; at < SIZE / 512 - 200; at += count + random.nextInt(8, 200)) {
                count = random.nextInt(1, 120);
                byte[] data = new byte[count * 512];
                random.nextBytes(data);
                writer.write(at, arena.allocateFrom(ValueLayout.JAVA_BYTE, data));
            }
        }
    }

    /** Whether it was killed before it ended. */
    private boolean kill(int after) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        DoomedMerge.class.getName(),
                        top.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            String line = lines.readLine();
            for (int seen = 0; line != null && seen < after; seen++) {
                assertEquals("step", line);
                line = lines.readLine();
            }
            process.destroyForcibly();
        }
        int status = process.waitFor();
        assertTrue(status == 0 || status == KILLED, "it ended with " + status);
        return status == KILLED;
    }

    private static byte[] read(Path path) throws ConfigurationException, IOException {
        try (DiskChain chain = DiskChain.open(path);
                Arena arena = Arena.ofConfined()) {
            MemorySegment all = arena.allocate(SIZE);
            chain.read(0, SIZE / 512, all);
            return all.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static void isGood(Path path, String what) throws Exception {
        try (HostFile file = HostFile.open(path, true)) {
            Check.Report report = Check.run(file, Progress.NONE);
            assertTrue(report.good(), () -> what + ": " + report);
        }
    }
}
