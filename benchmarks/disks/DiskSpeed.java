import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.storage.raw.RawFormat;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.operation.Creation;
import org.jeroboam.storage.vhd.operation.NewFile;
import org.jeroboam.storage.vhddynamic.VhdDynamicFormat;
import org.jeroboam.storage.vhdfixed.VhdFixedFormat;

/**
 * How fast the formats read and write inside a process, beside a raw file through the same contract. Run by {@code
 * benchmarks/vhd}: a program of one file, with the distribution's bundles on its class path.
 */
public final class DiskSpeed {
    private static final int MIB = 1 << 20;
    private static final long SIZE = 512L * MIB;
    private static final int SMALL = 4096;
    private static final int RANDOM = 100_000;
    private static final int WARM_UP = 3;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Path folder;
    private final int rounds;
    private final MemorySegment buffer = Arena.global().allocate(MIB, SMALL);

    private DiskSpeed(Path folder, int rounds) {
        this.folder = folder;
        this.rounds = rounds;
        SplittableRandom random = new SplittableRandom(1);
        for (long i = 0; i < MIB; i += Long.BYTES) {
            buffer.set(ValueLayout.JAVA_LONG, i, random.nextLong());
        }
    }

    private interface Work {
        void run(DiskImage disk) throws Exception;
    }

    private record Opponent(String name, DiskFormat format, Path file) {}

    public static void main(String[] arguments) throws Exception {
        DiskSpeed speed = new DiskSpeed(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
        switch (arguments[2]) {
            case "formats" -> speed.formats();
            case "allocate" -> speed.allocate(Integer.parseInt(arguments[3]));
            case "open" -> speed.open();
            default -> throw new IllegalArgumentException(arguments[2]);
        }
    }

    private Path made(String name, boolean fixed, long size) throws Exception {
        Path file = folder.resolve(name);
        try (NewFile made = NewFile.begin(file, true)) {
            if (fixed) {
                Creation.fixed(made.file(), size, Instant.now(), UUID.randomUUID());
            } else {
                Creation.dynamic(made.file(), size, 2L * MIB, Instant.now(), UUID.randomUUID());
            }
            made.finish();
        }
        return file;
    }

    private void formats() throws Exception {
        Path raw = folder.resolve("raw");
        try (FileChannel file = FileChannel.open(raw, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(1), SIZE - 1);
        }
        Opponent[] opponents = {
            new Opponent("raw", new RawFormat(), raw),
            new Opponent("fixed", new VhdFixedFormat(), made("fixed", true, SIZE)),
            new Opponent("dynamic", new VhdDynamicFormat(), made("dynamic", false, SIZE))
        };
        for (Opponent opponent : opponents) {
            try (DiskImage disk = opponent.format().open(opponent.file(), false)) {
                sequential(disk, true);
            }
        }
        compare("read 1 MiB, in order", opponents, disk -> sequential(disk, false), SIZE / MIB);
        compare("write 1 MiB, in order", opponents, disk -> sequential(disk, true), SIZE / MIB);
        compare("read 4 KiB, random", opponents, disk -> random(disk, false), RANDOM);
        compare("write 4 KiB, random", opponents, disk -> random(disk, true), RANDOM);
    }

    private void sequential(DiskImage disk, boolean write) throws IOException {
        for (long at = 0; at < SIZE; at += MIB) {
            if (write) {
                disk.write(at / 512, MIB / 512, buffer);
            } else {
                disk.read(at / 512, MIB / 512, buffer);
            }
        }
    }

    private void random(DiskImage disk, boolean write) throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < RANDOM; i++) {
            long sector = random.nextLong(SIZE / SMALL) * (SMALL / 512);
            if (write) {
                disk.write(sector, SMALL / 512, buffer);
            } else {
                disk.read(sector, SMALL / 512, buffer);
            }
        }
    }

    /**
     * Rounds in turn; the first opponent's time is what the others are compared with, round by round: by the clock, and
     * by the thread's processor time, which a busy host does not touch.
     */
    private void compare(String what, Opponent[] opponents, Work work, long requests) throws Exception {
        double[][] clock = new double[opponents.length][rounds];
        double[][] processor = new double[opponents.length][rounds];
        for (int round = -WARM_UP; round < rounds; round++) {
            for (int i = 0; i < opponents.length; i++) {
                try (DiskImage disk = opponents[i].format().open(opponents[i].file(), false)) {
                    long before = System.nanoTime();
                    long used = THREADS.getCurrentThreadCpuTime();
                    work.run(disk);
                    if (round >= 0) {
                        processor[i][round] = (THREADS.getCurrentThreadCpuTime() - used) / 1000.0 / requests;
                        clock[i][round] = (System.nanoTime() - before) / 1000.0 / requests;
                    }
                }
            }
        }
        for (int i = 0; i < opponents.length; i++) {
            print(
                    "%-22s %-8s %8.2f us a request, %8.2f of processor; of raw's speed %.2f, by processor time %.2f%n",
                    what,
                    opponents[i].name(),
                    median(clock[i]),
                    median(processor[i]),
                    median(ratios(clock[0], clock[i])),
                    median(ratios(processor[0], processor[i])));
        }
    }

    private static double[] ratios(double[] first, double[] other) {
        double[] ratios = new double[first.length];
        for (int i = 0; i < first.length; i++) {
            ratios[i] = first[i] / other[i];
        }
        return ratios;
    }

    /** A write of 64 KiB to each of so many blocks that are not there, then a flush. */
    private void allocate(int blocks) throws Exception {
        double[] seconds = new double[rounds];
        for (int round = -1; round < rounds; round++) {
            Path file = made("new", false, 2L * MIB * blocks);
            try (DiskImage disk = new VhdDynamicFormat().open(file, false)) {
                long before = System.nanoTime();
                for (long block = 0; block < blocks; block++) {
                    disk.write(block * 4096, 128, buffer);
                }
                disk.flush();
                if (round >= 0) {
                    seconds[round] = (System.nanoTime() - before) / 1e9;
                }
            }
            Files.delete(file);
        }
        print("%.4f %.4f %.4f%n", median(seconds), min(seconds), max(seconds));
    }

    /** A disk of 1 TB with all its blocks in the file, which is holes apart from its structures. */
    private void open() throws Exception {
        Path file = made("huge", false, 1L << 40);
        int blocks = 1 << 19;
        try (HostFile host = HostFile.open(file, false)) {
            VhdLayout layout = VhdLayout.read(host);
            long slot = layout.header().slotAfter(layout.metadataEnd());
            ByteBuffer table = ByteBuffer.allocateDirect(blocks * Integer.BYTES);
            for (int i = 0; i < blocks; i++) {
                table.putInt((int) ((slot + i * layout.header().slotStride()) / 512));
            }
            host.write(layout.header().tableOffset(), table.flip());
            host.write(slot + blocks * layout.header().slotStride(), layout.footerBytes());
        }
        for (boolean readOnly : new boolean[] {true, false}) {
            double[] millis = new double[rounds];
            for (int round = -WARM_UP; round < rounds; round++) {
                long before = System.nanoTime();
                try (DiskImage disk = new VhdDynamicFormat().open(file, readOnly)) {
                    disk.read(disk.sectors() / 2, 1, buffer);
                    if (round >= 0) {
                        millis[round] = (System.nanoTime() - before) / 1e6;
                    }
                }
            }
            print(
                    "open 1 TB %-9s      %8.1f ms (%.1f to %.1f)%n",
                    readOnly ? "read-only" : "to write", median(millis), min(millis), max(millis));
        }
        try (DiskImage disk = new VhdDynamicFormat().open(file, false)) {
            long before = heap();
            for (long sector = 0; sector < disk.sectors(); sector += disk.sectors() / 4096) {
                disk.read(sector, 1, buffer);
            }
            print(
                    "kept of its table      %8d KiB of 2048, after reads all over the disk%n",
                    Math.max(0, heap() - before) / 1024);
        }
        Files.delete(file);
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double min(double[] values) {
        return Arrays.stream(values).min().orElseThrow();
    }

    private static double max(double[] values) {
        return Arrays.stream(values).max().orElseThrow();
    }

    private static void print(String format, Object... values) {
        System.out.printf(Locale.ROOT, format, values);
    }
}
