package org.jeroboam.storage.vhd.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.operation.Check;
import org.jeroboam.storage.vhd.operation.Progress;

/** Kills real processes while they write to a disk; what they had flushed must be there. */
public final class Kills {
    private static final int LONGEST = 120;
    private static final int KILLED = 128 + 9;

    /** Makes empty disks. */
    public interface Maker {
        /** Makes a disk with blocks of this size. */
        Path make(int number, long blockSize) throws Exception;
    }

    private final DiskFormat format;
    private final Maker maker;
    private final int initial;
    private final Random random = new Random(12);

    private Kills(DiskFormat format, Maker maker, int initial) {
        this.format = format;
        this.maker = maker;
        this.initial = initial;
    }

    /**
     * Runs.
     *
     * @param format the format; its class has a constructor without arguments
     * @param maker makes the disks
     * @param initial what the words of an empty disk are
     * @param kills how many processes
     */
    public static void run(DiskFormat format, Maker maker, int initial, int kills) throws Exception {
        Kills run = new Kills(format, maker, initial);
        for (int kill = 0; kill < kills; kill++) {
            run.kill(kill);
        }
    }

    private void kill(int number) throws Exception {
        Path file = maker.make(number, 1L << random.nextInt(12, 22));
        int flushed = killed(file, number);
        try (HostFile host = HostFile.open(file, true)) {
            Check.Report report = Check.run(host, Progress.NONE);
            if (!report.good()) {
                throw new AssertionError("kill " + number + ": " + report);
            }
        }
        try (Arena arena = Arena.ofConfined();
                DiskImage image = format.open(file, true)) {
            MemorySegment disk = arena.allocate(image.sectors() * DiskImage.SECTOR_SIZE);
            image.read(0, (int) image.sectors(), disk);
            verify(number, disk, allowed(number, flushed, image.sectors()));
        }
        Files.delete(file);
    }

    /** Runs a writer and kills it; the last round that it reported as flushed. */
    private int killed(Path file, long seed) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        DoomedWriter.class.getName(),
                        file.toString(),
                        Long.toString(seed),
                        format.getClass().getName())
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
        int status = process.waitFor();
        if (status != KILLED) {
            throw new AssertionError("kill " + seed + ": the process ended by itself with " + status);
        }
        return flushed;
    }

    private static void verify(int number, MemorySegment disk, Map<Long, Set<Integer>> allowed) {
        for (Map.Entry<Long, Set<Integer>> sector : allowed.entrySet()) {
            for (long i = 0; i < DiskImage.SECTOR_SIZE; i += Integer.BYTES) {
                int value = disk.get(ValueLayout.JAVA_INT, sector.getKey() * DiskImage.SECTOR_SIZE + i);
                if (!sector.getValue().contains(value)) {
                    throw new AssertionError("kill " + number + ": sector " + sector.getKey() + " has " + value
                            + ", not one of " + sector.getValue());
                }
            }
        }
    }

    /** What sectors may hold: the last value that was flushed, and those of the round that was under way. */
    private Map<Long, Set<Integer>> allowed(long seed, int flushed, long sectors) {
        Map<Long, Set<Integer>> allowed = new HashMap<>();
        for (int round = 1; round <= flushed + 1; round++) {
            List<DoomedWriter.Write> writes = DoomedWriter.writes(seed, round, sectors);
            for (DoomedWriter.Write write : writes) {
                for (long sector = write.sector(); sector < write.sector() + write.count(); sector++) {
                    Set<Integer> values = allowed.computeIfAbsent(sector, s -> new HashSet<>(Set.of(initial)));
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
