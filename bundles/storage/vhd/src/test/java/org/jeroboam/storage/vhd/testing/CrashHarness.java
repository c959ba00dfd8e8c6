package org.jeroboam.storage.vhd.testing;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.operation.Check;
import org.jeroboam.storage.vhd.operation.Progress;

/**
 * Runs a random workload on a disk and kills it at random instants. What is left must open, pass the check, hold all
 * that was flushed, and take writes.
 */
public final class CrashHarness {
    private static final int SECTOR = 512;
    private static final int MAX_RUN = 48;
    private static final int CHANCE = 4;
    /** Crashes of one disk; then a new one is made. */
    private static final int LIFE = 50;

    /** A format under test. */
    public interface Format {
        /** Makes an empty disk in an empty file. */
        void create(ImageFile file) throws IOException;

        /** Opens a disk. */
        DiskImage open(ImageFile file, boolean readOnly) throws ConfigurationException, IOException;

        /** What the words of a sector of an empty disk are. */
        default int initial(long sector) {
            return 0;
        }
    }

    /** What crashes left, for other programs to read. */
    public interface Witness {
        /** Looks at a repaired image whose sectors are those of the disk. */
        void see(CrashFile file, DiskImage disk) throws IOException;
    }

    private final Format format;
    private final long seed;
    private final Random random;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment buffer = arena.allocate(MAX_RUN * SECTOR);
    private final MemorySegment target = arena.allocate(SECTOR);
    private final MemorySegment mark = arena.allocate(SECTOR);
    private CrashFile file = new CrashFile();
    /** What the words of each sector may be: what was flushed, then all that was written since. */
    private final Map<Long, List<Set<Integer>>> allowed = new HashMap<>();

    private DiskImage disk;
    private long sectors;
    private int stamp;
    private int points;
    private int wanted;

    private Witness witness = (image, opened) -> {};

    private CrashHarness(Format format, long seed) {
        this.format = format;
        this.seed = seed;
        random = new Random(seed);
        fill(mark, Integer.MIN_VALUE);
    }

    /**
     * Runs.
     *
     * @param format the format
     * @param seed of everything random; one more for each disk
     * @param points how many crashes
     * @param witness also looks at what is left
     */
    public static void run(Format format, long seed, int points, Witness witness) throws Exception {
        for (int done = 0; done < points; done += LIFE) {
            CrashHarness harness = new CrashHarness(format, seed + done);
            harness.witness = witness;
            harness.wanted = Math.min(LIFE, points - done);
            harness.go();
        }
    }

    private void go() throws Exception {
        format.create(file);
        file.force();
        disk = format.open(file, false);
        sectors = disk.sectors();
        file.beforeChange(this::maybeCrash);
        while (points < wanted) {
            int dice = random.nextInt(100);
            if (dice < 15) {
                flush();
            } else if (dice < 18) {
                disk.close();
                flushed();
                disk = format.open(file.reopen(), false);
            } else if (dice < 19) {
                goOnAfterCrash();
            } else {
                write();
            }
        }
        disk.close();
    }

    private void flush() throws IOException {
        disk.flush();
        flushed();
    }

    private void flushed() {
        allowed.values().forEach(list -> list.subList(0, list.size() - 1).clear());
    }

    private void write() throws IOException {
        int run = random.nextInt(4) == 0 ? random.nextInt(MAX_RUN) + 1 : random.nextInt(8) + 1;
        // Most writes meet blocks that exist.
        long space = random.nextInt(3) == 0 ? sectors : Math.min(sectors, 512);
        long first = random.nextLong(space - run);
        boolean zeros = random.nextInt(8) == 0;
        for (int i = 0; i < run; i++) {
            int value = zeros ? 0 : ++stamp;
            fill(buffer.asSlice((long) i * SECTOR, SECTOR), value);
            allowed.computeIfAbsent(first + i, s -> new ArrayList<>(List.of(Set.of(format.initial(s)))))
                    .add(Set.of(value));
        }
        disk.write(first, run, buffer);
    }

    private static void fill(MemorySegment sector, int value) {
        for (int i = 0; i < SECTOR; i += Integer.BYTES) {
            sector.set(ValueLayout.JAVA_INT, i, value);
        }
    }

    /** Crashes are not only looked at: now and then life goes on after one. */
    private void goOnAfterCrash() throws Exception {
        file.beforeChange(() -> {});
        file = random.nextBoolean() ? file.afterKill() : file.afterPowerCut(random);
        disk = format.open(file, false);
        verify(disk, List.of());
        for (Map.Entry<Long, List<Set<Integer>>> entry : allowed.entrySet()) {
            disk.read(entry.getKey(), 1, target);
            Set<Integer> found = new TreeSet<>();
            for (int i = 0; i < SECTOR; i += Integer.BYTES) {
                found.add(target.get(ValueLayout.JAVA_INT, i));
            }
            entry.getValue().clear();
            entry.getValue().add(found);
        }
        file.beforeChange(this::maybeCrash);
    }

    private void maybeCrash() {
        if (points < wanted && random.nextInt(CHANCE) == 0) {
            points++;
            boolean kill = random.nextInt(3) == 0;
            CrashFile left = kill ? file.afterKill() : file.afterPowerCut(random);
            try {
                examine(left, kill);
            } catch (ConfigurationException | IOException | AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + ", point " + points + (kill ? " (kill): " : " (power cut): ") + e.getMessage(),
                        e);
            }
        }
    }

    private void examine(CrashFile left, boolean kill) throws ConfigurationException, IOException {
        if (kill) {
            Check.Report report = Check.run(left, Progress.NONE);
            if (!report.good()) {
                throw new AssertionError("the check after a kill says: " + report.problems());
            }
        }
        long before = left.writes();
        try (DiskImage opened = format.open(left, true)) {
            verify(opened, List.of());
        }
        if (left.writes() != before) {
            throw new AssertionError("a disk opened read-only was written");
        }
        List<Long> rewritten = new ArrayList<>();
        try (DiskImage opened = format.open(left.reopen(), false)) {
            if (opened.sectors() != sectors) {
                throw new AssertionError("the disk has another size");
            }
            for (int i = 0; i < 3; i++) {
                long sector = random.nextLong(sectors);
                opened.write(sector, 1, mark);
                rewritten.add(sector);
            }
            opened.flush();
            verify(opened, rewritten);
        }
        Check.Report report = Check.run(left.reopen(), Progress.NONE);
        if (!report.good()) {
            throw new AssertionError("the check after the repair says: " + report.problems());
        }
        try (DiskImage opened = format.open(left.reopen(), true)) {
            verify(opened, rewritten);
            witness.see(left, opened);
        }
    }

    private void verify(DiskImage opened, List<Long> rewritten) throws IOException {
        for (Map.Entry<Long, List<Set<Integer>>> entry : allowed.entrySet()) {
            verify(opened, entry.getKey(), rewritten, entry.getValue());
        }
        for (int i = 0; i < 16; i++) {
            long sector = random.nextLong(sectors);
            verify(opened, sector, rewritten, allowed.getOrDefault(sector, List.of(Set.of(format.initial(sector)))));
        }
    }

    private void verify(DiskImage opened, long sector, List<Long> rewritten, List<Set<Integer>> values)
            throws IOException {
        opened.read(sector, 1, target);
        boolean isNew = rewritten.contains(sector);
        int before = 0;
        for (int i = 0; i < SECTOR; i += Integer.BYTES) {
            int value = target.get(ValueLayout.JAVA_INT, i);
            boolean judged = i > 0 && value == before;
            if (!judged
                    && (isNew ? value != Integer.MIN_VALUE : values.stream().noneMatch(set -> set.contains(value)))) {
                throw new AssertionError("sector " + sector + " has " + Integer.toHexString(value) + " at byte " + i
                        + " where it may have " + (isNew ? "what was written after the crash" : values));
            }
            before = value;
        }
    }
}
