package org.jeroboam.storage.vhd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jeroboam.storage.vhd.operation.Creation;
import org.jeroboam.storage.vhd.testing.CrashFile;
import org.junit.jupiter.api.Test;

class TableScanTest {
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 40;
    private static final int SPAN_SECTORS = 9;
    private static final long FILE = 1 << 18;

    private final List<String> problems = new ArrayList<>();

    /** A disk of 40 blocks with a table that begins at 1536 and a footer at the end. */
    private static CrashFile disk(int... sectors) throws Exception {
        CrashFile file = new CrashFile();
        Creation.dynamic(file, BLOCKS * BLOCK, BLOCK, Instant.EPOCH, new UUID(0, 1));
        ByteBuffer footer = VhdLayout.bytes(file, 0, 512);
        file.write(FILE - 512, footer);
        for (int i = 0; i < sectors.length; i++) {
            file.write(1536 + 4L * i, ByteBuffer.allocate(4).putInt(0, sectors[i]));
        }
        file.force();
        return file;
    }

    private TableScan scan(CrashFile file) throws Exception {
        return TableScan.run(file, VhdLayout.read(file), problems::add);
    }

    @Test
    void blocksLieAmongTheData() throws Exception {
        TableScan scan = scan(disk(4, 13, -1, 502, 22));
        assertEquals(List.of(), problems);
        assertEquals(4, scan.allocated());
        assertEquals(FILE - 512, scan.usedEnd());
        assertEquals(2048, scan(disk()).usedEnd());
    }

    @Test
    void blocksOutsideAreFound() throws Exception {
        scan(disk(503, 0, 2, 3, -2, 0x80000000, 4));
        assertEquals(6, problems.size(), problems.toString());
        assertTrue(problems.get(0).startsWith("block 0 ") && problems.get(0).contains("no room"), problems.get(0));
        assertTrue(problems.get(1).startsWith("block 1 ") && problems.get(1).contains("own structures"));
        assertTrue(problems.get(3).contains("own structures"), "over the table");
        assertTrue(problems.get(4).contains("no room"));
        assertTrue(problems.get(5).startsWith("block 5 ") && problems.get(5).contains("no room"));
    }

    @Test
    void blocksFarApartAreFoundToo() throws Exception {
        // Blocks of one sector in a file of 1.5 TiB: more cells than are kept.
        CrashFile file = new CrashFile();
        Creation.dynamic(file, 5 * 512, 512, Instant.EPOCH, new UUID(0, 1));
        file.write(3L << 39, VhdLayout.bytes(file, 0, 512));
        ByteBuffer table = ByteBuffer.allocate(20);
        table.putInt(0xBFFFFFFE).putInt(10).putInt(0xBFFFFFFC).putInt(-1).putInt(0x80000000);
        file.write(1536, table.flip());
        assertEquals(4, scan(file).allocated());
        assertEquals(List.of(), problems);
        file.write(1536 + 12, ByteBuffer.allocate(4).putInt(0, 0x80000001));
        scan(file);
        assertEquals(1, problems.size());
        assertTrue(problems.getFirst().contains((1L << 40) + " and " + ((1L << 40) + 512)), problems.toString());
        file.write(1536 + 12, ByteBuffer.allocate(4).putInt(0, 0xBFFFFFFF));
        scan(file);
        assertTrue(problems.get(1).contains("no room"), problems.toString());
    }

    @Test
    void stoppingIsPossible() throws Exception {
        CrashFile file = disk(503, 503, 503);
        TableScan.run(file, VhdLayout.read(file), clause -> {
            problems.add(clause);
            return false;
        });
        assertEquals(1, problems.size());
    }

    @Test
    void overlapsAreFoundExactly() throws Exception {
        Random random = new Random(9);
        int good = 0;
        for (int round = 0; round < 3000; round++) {
            int[] sectors = new int[1 + random.nextInt(round % 2 == 0 ? 4 : 20)];
            for (int i = 0; i < sectors.length; i++) {
                sectors[i] = round % 3 == 0
                        ? 4 + SPAN_SECTORS * random.nextInt(55) + random.nextInt(2)
                        : random.nextInt(4, 503);
            }
            boolean overlap = false;
            for (int i = 0; i < sectors.length; i++) {
                for (int j = 0; j < i; j++) {
                    overlap |= Math.abs(sectors[i] - sectors[j]) < SPAN_SECTORS;
                }
            }
            problems.clear();
            scan(disk(sectors));
            assertEquals(overlap, !problems.isEmpty(), java.util.Arrays.toString(sectors) + problems);
            good += overlap ? 0 : 1;
        }
        assertTrue(good > 300 && good < 2700, "both answers were asked for: " + good);
        assertFalse(problems.stream().anyMatch(p -> p.contains("\n")));
    }
}
