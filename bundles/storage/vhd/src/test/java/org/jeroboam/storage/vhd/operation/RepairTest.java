package org.jeroboam.storage.vhd.operation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.testing.CrashFile;
import org.jeroboam.storage.vhd.testing.PlainDisk;
import org.jeroboam.storage.vhd.testing.PlainReader;
import org.junit.jupiter.api.Test;

class RepairTest {
    private static final int SIZE = 3 << 20;
    private static final int BLOCK = 1 << 16;
    private static final int BLOCKS = SIZE / BLOCK;

    private final Random random = new Random(9);
    private CrashFile file;
    private byte[] content;

    private void dynamic() throws Exception {
        file = PlainDisk.dynamic(SIZE, BLOCK, random);
        content = PlainReader.read(file);
    }

    private void poke(long position, int... bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes.length);
        for (int b : bytes) {
            buffer.put((byte) b);
        }
        file.write(position, buffer.flip());
        file.force();
    }

    /** A block that is in the file, the given one of them. */
    private int present(int which) throws Exception {
        BlockTable table = new BlockTable(file, VhdLayout.read(file).header());
        int left = which;
        for (int block = 0; block < BLOCKS; block++) {
            if (table.position(block) != BlockTable.UNALLOCATED && left-- == 0) {
                return block;
            }
        }
        throw new AssertionError("not so many blocks");
    }

    private void entry(int block, long sector) throws IOException {
        file.write(1536 + 4L * block, ByteBuffer.allocate(4).putInt(0, (int) sector));
        file.force();
    }

    /** That damage is found without a write, and repaired. */
    private Repair.Report repaired() throws Exception {
        long writes = file.writes();
        assertFalse(Check.run(file, Progress.NONE).good());
        assertEquals(writes, file.writes());
        Repair.Report report = Repair.run(file, Progress.NONE);
        assertTrue(report.left().good(), report::toString);
        assertEquals(report.count(), report.done().size());
        writes = file.writes();
        assertEquals(0, Repair.run(file, Progress.NONE).count());
        assertEquals(writes, file.writes(), "a disk in good order is not written");
        return report;
    }

    private void assertContent() throws Exception {
        assertArrayEquals(content, PlainReader.read(file));
    }

    @Test
    void footersAreWrittenFromEachOther() throws Exception {
        dynamic();
        poke(file.size() - 100, 7);
        assertTrue(repaired().done().getFirst().contains("from its copy"));
        assertContent();
        poke(8, 7);
        assertTrue(repaired().done().getFirst().contains("the copy of the footer"));
        assertContent();
        file = cut(file, file.size() - 300);
        assertTrue(repaired().done().getFirst().contains("from its copy"));
        assertContent();
    }

    private static CrashFile cut(CrashFile file, long size) {
        return CrashFile.of(Arrays.copyOf(file.bytes(), (int) size));
    }

    @Test
    void aHeaderThatFitsGetsItsChecksum() throws Exception {
        dynamic();
        poke(512 + 36, 1, 2, 3, 4);
        assertTrue(repaired().done().getFirst().contains("checksum of the dynamic header"));
        assertContent();
        poke(512 + 33, 0x10);
        long writes = file.writes();
        assertFalse(Check.run(file, Progress.NONE).good());
        String message = assertThrows(ConfigurationException.class, () -> Repair.run(file, Progress.NONE))
                .getMessage();
        assertTrue(message.contains("checksum"), message);
        assertEquals(writes, file.writes());
    }

    @Test
    void aFixedFooterThatFitsGetsItsChecksum() throws Exception {
        file = PlainDisk.fixed(SIZE, random);
        content = PlainReader.read(file);
        poke(SIZE + 64, 1, 2, 3, 4);
        assertTrue(repaired().done().getFirst().contains("checksum of the footer"));
        assertContent();
        poke(SIZE + 50, 1);
        assertThrows(ConfigurationException.class, () -> Repair.run(file, Progress.NONE));
    }

    @Test
    void aFixedDiskThatWasGrowingIsAsBefore() throws Exception {
        file = PlainDisk.fixed(SIZE, random);
        content = PlainReader.read(file);
        poke(SIZE + (5 << 20), 0);
        Repair.Report report = Repair.run(file, Progress.NONE);
        assertTrue(report.done().getFirst().contains("cut off behind the footer"), report::toString);
        assertContent();
        assertEquals(SIZE + 512, file.size());
    }

    @Test
    void blocksThatAreNowhereAreGivenUp() throws Exception {
        dynamic();
        int far = present(1);
        int over = present(2);
        entry(far, 0x7000_0000);
        entry(over, 1);
        List<String> done = repaired().done();
        assertEquals(2, done.size(), done::toString);
        assertTrue(done.stream().anyMatch(line -> line.startsWith("block " + far + ",")), done::toString);
        Arrays.fill(content, far * BLOCK, (far + 1) * BLOCK, (byte) 0);
        Arrays.fill(content, over * BLOCK, (over + 1) * BLOCK, (byte) 0);
        assertContent();
    }

    @Test
    void aBlockThatWasCutOffKeepsItsBeginning() throws Exception {
        dynamic();
        BlockTable table = new BlockTable(file, VhdLayout.read(file).header());
        int last = 0;
        for (int i = 0; i < BLOCKS; i++) {
            last = table.position(i) > table.position(last) ? i : last;
        }
        long end = table.position(last) + 512 + 5000;
        file = cut(file, end);
        List<String> done = repaired().done();
        assertTrue(done.getFirst().contains("cut off"), done::toString);
        // What is left of a sector at the end counts, too.
        Arrays.fill(content, last * BLOCK + 5000, (last + 1) * BLOCK, (byte) 0);
        assertContent();
    }

    @Test
    void blocksOverEachOtherAreSeparatedAndBothKeepWhatIsReadFromThem() throws Exception {
        dynamic();
        BlockTable table = new BlockTable(file, VhdLayout.read(file).header());
        int one = present(1);
        int other = present(3);
        int free = 0;
        while (table.position(free) != BlockTable.UNALLOCATED) {
            free++;
        }
        entry(other, table.position(one) / 512);
        entry(free, table.position(one) / 512 + 3);
        byte[] seen = PlainReader.read(file);
        List<String> done = repaired().done();
        assertEquals(2, done.size(), done::toString);
        assertTrue(done.getFirst().contains("lay over another"), done::toString);
        assertArrayEquals(seen, PlainReader.read(file));
    }

    @Test
    void aTableOfNonsenseIsNotRepaired() throws Exception {
        dynamic();
        long sector = new BlockTable(file, VhdLayout.read(file).header()).position(present(0)) / 512;
        for (int i = 0; i < BLOCKS; i++) {
            entry(i, sector + i);
        }
        long writes = file.writes();
        String message = assertThrows(ConfigurationException.class, () -> Repair.run(file, Progress.NONE))
                .getMessage();
        assertTrue(message.contains("not to be trusted"), message);
        assertEquals(writes, file.writes());
    }

    @Test
    void aRepairThatIsCutOffCanBeDoneAgain() throws Exception {
        for (int run = 0; run < 40; run++) {
            random.setSeed(run);
            dynamic();
            for (int i = random.nextInt(1, 4); i > 0; i--) {
                int sector = random.nextInt((int) (file.size() / 512) + 3);
                entry(random.nextInt(BLOCKS), random.nextBoolean() ? sector : random.nextInt());
            }
            if (random.nextBoolean()) {
                poke(random.nextBoolean() ? 70 : file.size() - 70, random.nextInt());
            }
            if (Check.run(file, Progress.NONE).good()) {
                continue;
            }
            CrashFile damaged = file.afterKill();
            byte[] seen;
            try {
                Repair.run(damaged, Progress.NONE);
                seen = PlainReader.read(damaged);
            } catch (ConfigurationException e) {
                continue;
            }
            String seed = "run " + run;
            file.beforeChange(() -> {
                for (CrashFile left : List.of(file.afterKill(), file.afterPowerCut(random))) {
                    try {
                        assertTrue(Repair.run(left, Progress.NONE).left().good(), seed);
                        assertSame(seen, PlainReader.read(left), seed);
                    } catch (ConfigurationException | IOException e) {
                        throw new AssertionError(seed + ": " + e.getMessage(), e);
                    }
                }
            });
            Repair.run(file, Progress.NONE);
        }
    }

    /** Except where an old footer is in a block that was cut off, of which nobody knows what was there. */
    private static void assertSame(byte[] wanted, byte[] left, String seed) {
        int other = 0;
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i] != left[i]) {
                assertEquals(0, wanted[i], seed);
                other++;
            }
        }
        assertTrue(other <= 512, seed);
    }
}
