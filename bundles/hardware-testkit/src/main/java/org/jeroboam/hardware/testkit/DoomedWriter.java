package org.jeroboam.hardware.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.DiskImage;

/**
 * A process that writes stamped sectors to a disk, flushes, and says so, until it is killed. Round n writes the sectors that
 * the random numbers of seed n choose, each filled with n.
 */
final class DoomedWriter {
    private static final int SECTORS_A_ROUND = 6;
    private static final int LONGS = DiskImage.SECTOR_SIZE / Long.BYTES;

    private DoomedWriter() {}

    /**
     * The process.
     *
     * @param args the format's class, the image's file
     * @throws Exception what the format throws
     */
    public static void main(String[] args) throws Exception {
        Constructor<?> constructor = Class.forName(args[0]).getDeclaredConstructor();
        constructor.setAccessible(true);
        DiskImage disk = ((DiskFormat) constructor.newInstance()).open(Path.of(args[1]), false);
        SectorBuffer buffer = new SectorBuffer(1);
        FileOutputStream said = new FileOutputStream(FileDescriptor.out);
        for (long round = 1; ; round++) {
            for (long sector : sectors(round, disk.sectors())) {
                buffer.write(disk, sector, stamp(round));
            }
            disk.flush();
            said.write((round + "\n").getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** Runs it until it has said so many rounds and a little longer; the answer is the last round that it said. */
    static long runAndKill(Class<?> format, Path image, int rounds) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DoomedWriter.class.getName(),
                        format.getName(),
                        image.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long flushed = 0;
        try (BufferedReader said = process.inputReader(StandardCharsets.US_ASCII)) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                flushed = Long.parseLong(line);
                if (flushed >= rounds) {
                    process.toHandle()
                            .destroyForcibly(); // the process's own method would close what is still to be read
                }
            }
        } finally {
            process.destroyForcibly();
        }
        assertTrue(process.waitFor() != 0 && flushed > 0, "the writer could not write to " + image);
        return flushed;
    }

    /** Each sector holds its last flushed round, or one of the round that was under way. */
    static void check(DiskImage disk, long flushed) throws IOException {
        byte[] all = SectorBuffer.readAll(disk);
        ByteBuffer bytes = ByteBuffer.wrap(all);
        long[] expected = new long[(int) disk.sectors()];
        for (long round = 1; round <= flushed; round++) {
            for (long sector : sectors(round, disk.sectors())) {
                expected[(int) sector] = round;
            }
        }
        // Rounds beyond the last that was said may be there whole or in part.
        for (int sector = 0; sector < expected.length; sector++) {
            for (int i = 0; i < LONGS; i++) {
                long found = bytes.getLong(sector * DiskImage.SECTOR_SIZE + i * Long.BYTES);
                if (found <= flushed) {
                    assertEquals(expected[sector], found, "round in sector " + sector + " of " + flushed + " flushed");
                } else {
                    assertTrue(wrote(found, sector, disk.sectors()), "sector " + sector + " holds garbage " + found);
                }
            }
        }
    }

    private static boolean wrote(long round, long sector, long size) {
        for (long written : sectors(round, size)) {
            if (written == sector) {
                return true;
            }
        }
        return false;
    }

    private static long[] sectors(long round, long size) {
        return new Random(round).longs(SECTORS_A_ROUND, 0, size).toArray();
    }

    private static byte[] stamp(long round) {
        ByteBuffer stamp = ByteBuffer.allocate(DiskImage.SECTOR_SIZE);
        while (stamp.hasRemaining()) {
            stamp.putLong(round);
        }
        return stamp.array();
    }
}
