package org.jeroboam.storage.vhddynamic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.operation.Check;
import org.jeroboam.storage.vhd.operation.Creation;
import org.jeroboam.storage.vhd.operation.NewFile;
import org.jeroboam.storage.vhd.operation.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes are killed while they write; {@code -Djeroboam.kills=200} for the long run. */
class KillTest {
    private static final int KILLS = Integer.getInteger("jeroboam.kills", 4);
    private static final int LONGEST = 120;
    private static final long SIZE = 64L << 20;

    @TempDir
    Path folder;

    private final Random random = new Random(12);

    @Test
    void whatWasFlushedBeforeTheKillIsThere() throws Exception {
        for (int kill = 0; kill < KILLS; kill++) {
            Path file = folder.resolve("disk" + kill + ".vhd");
            try (NewFile made = NewFile.begin(file, false)) {
                Creation.dynamic(made.file(), SIZE, 1L << random.nextInt(12, 22), Instant.now(), UUID.randomUUID());
                made.finish();
            }
            int flushed = killed(file, kill);
            try (HostFile host = HostFile.open(file, true)) {
                Check.Report report = Check.run(host, Progress.NONE);
                assertTrue(report.good(), "kill " + kill + ": " + report);
            }
            verify(file, kill, flushed);
        }
    }

    /** Runs a writer and kills it; the last round that it reported as flushed. */
    private int killed(Path file, long seed) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        DoomedWriter.class.getName(),
                        file.toString(),
                        Long.toString(seed))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        int end = random.nextInt(1, LONGEST);
        int flushed = 0;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                flushed = Integer.parseInt(line);
                if (flushed == end) {
                    // Through the handle: the process itself would close the stream that is still to be read.
                    process.toHandle().destroyForcibly();
                }
            }
        } finally {
            process.destroyForcibly();
        }
        assertEquals(128 + 9, process.waitFor(), "killed, not ended by itself");
        return flushed;
    }

    private void verify(Path file, long seed, int flushed) throws Exception {
        try (Arena arena = Arena.ofConfined();
                DiskImage image = new VhdDynamicFormat().open(file, true)) {
            MemorySegment disk = arena.allocate(SIZE);
            image.read(0, (int) image.sectors(), disk);
            for (Map.Entry<Long, Set<Integer>> sector :
                    allowed(seed, flushed, image.sectors()).entrySet()) {
                for (long i = 0; i < 512; i += Integer.BYTES) {
                    int value = disk.get(ValueLayout.JAVA_INT, sector.getKey() * 512 + i);
                    assertTrue(
                            sector.getValue().contains(value),
                            () -> "kill " + seed + ": sector " + sector.getKey() + " has " + value + ", not one of "
                                    + sector.getValue());
                }
            }
        }
    }

    /** What sectors may hold: the last value that was flushed, and those of the round that was under way. */
    private static Map<Long, Set<Integer>> allowed(long seed, int flushed, long sectors) {
        Map<Long, Set<Integer>> allowed = new HashMap<>();
        for (int round = 1; round <= flushed + 1; round++) {
            List<DoomedWriter.Write> writes = DoomedWriter.writes(seed, round, sectors);
            for (DoomedWriter.Write write : writes) {
                for (long sector = write.sector(); sector < write.sector() + write.count(); sector++) {
                    Set<Integer> values = allowed.computeIfAbsent(sector, s -> new HashSet<>(Set.of(0)));
                    if (round <= flushed) {
                        values.clear();
                    }
                    values.add(write.stamp());
                }
            }
        }
        return allowed;
    }
}
