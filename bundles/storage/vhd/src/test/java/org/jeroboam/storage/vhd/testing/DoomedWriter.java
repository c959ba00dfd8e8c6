package org.jeroboam.storage.vhd.testing;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;

/** A process that writes to a disk until it is killed, and says after each flush that it was done. */
final class DoomedWriter {
    private static final int SECTOR = 512;
    private static final int MAX_RUN = 40;

    /**
     * A write.
     *
     * @param sector its first sector
     * @param count sectors
     * @param stamp what fills them
     */
    record Write(long sector, int count, int stamp) {}

    private DoomedWriter() {}

    /** The writes between two flushes; the same for the same round in each process. */
    static List<Write> writes(long seed, int round, long sectors) {
        Random random = new Random(seed * 1_000_003 + round);
        List<Write> writes = new ArrayList<>();
        for (int i = random.nextInt(1, 12); i > 0; i--) {
            int count = random.nextInt(1, MAX_RUN);
            long space = random.nextInt(3) == 0 ? sectors : 1000;
            int stamp = random.nextInt(10) == 0 ? 0 : round * 100 + i;
            writes.add(new Write(random.nextLong(space - count), count, stamp));
        }
        return writes;
    }

    /** Arguments: the file, the seed, the class of the format. */
    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        long seed = Long.parseLong(arguments[1]);
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.US_ASCII);
        try (Arena arena = Arena.ofConfined();
                DiskImage image = format(arguments[2]).open(file, false)) {
            MemorySegment buffer = arena.allocate(MAX_RUN * SECTOR, SECTOR);
            for (int round = 1; ; round++) {
                run(image, writes(seed, round, image.sectors()), buffer);
                image.flush();
                out.println(round);
            }
        }
    }

    private static DiskFormat format(String name) throws ReflectiveOperationException {
        return (DiskFormat) Class.forName(name).getConstructor().newInstance();
    }

    private static void run(DiskImage image, List<Write> writes, MemorySegment buffer) throws IOException {
        for (Write write : writes) {
            for (int i = 0; i < write.count() * SECTOR; i += Integer.BYTES) {
                buffer.set(ValueLayout.JAVA_INT, i, write.stamp());
            }
            image.write(write.sector(), write.count(), buffer);
        }
    }
}
