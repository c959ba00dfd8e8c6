package org.jeroboam.storage.vhd.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.testing.CrashFile;
import org.junit.jupiter.api.Test;

class CheckTest {
    private static final int BLOCK = 4096;
    private static final long SIZE = 3 << 20;

    private final CrashFile file = new CrashFile();

    /** A dynamic disk with blocks 0 and 5. */
    private void dynamic() throws Exception {
        Creation.dynamic(file, SIZE, BLOCK, Instant.EPOCH, new UUID(1, 1));
        VhdLayout layout = VhdLayout.read(file);
        BlockTable table = new BlockTable(file, layout.header());
        long slot = layout.header().slotAfter(layout.dataEnd());
        for (int block : new int[] {0, 5}) {
            file.write(slot, layout.header().fullBitmap());
            file.write(slot + 512, ByteBuffer.allocate(BLOCK));
            table.allocate(block, slot);
            slot += layout.header().slotStride();
        }
        file.write(slot, layout.footerBytes());
    }

    private Check.Report check() throws Exception {
        return Check.run(file, Progress.NONE);
    }

    private void poke(long position, int value) throws Exception {
        file.write(position, ByteBuffer.allocate(1).put(0, (byte) value));
    }

    @Test
    void goodDisksHaveNothing() throws Exception {
        dynamic();
        Check.Report report = check();
        assertTrue(report.good(), report.toString());
        assertEquals(new Check.Report(List.of(), 0, List.of()), report);
        CrashFile fixed = new CrashFile();
        Creation.fixed(fixed, SIZE, Instant.EPOCH, new UUID(1, 1));
        assertEquals(new Check.Report(List.of(), 0, List.of()), Check.run(fixed, Progress.NONE));
    }

    @Test
    void damagedFootersAreProblems() throws Exception {
        dynamic();
        poke(100, 1);
        assertEquals(1, check().problemCount());
        poke(100, 0);
        poke(file.size() - 512 + 200, 1);
        Check.Report report = check();
        assertFalse(report.good());
        assertTrue(report.problems().getFirst().contains("checksum"), report.toString());
    }

    @Test
    void allBadBlocksAreCountedAndSomeAreNamed() throws Exception {
        dynamic();
        for (int block = 10; block < 60; block++) {
            poke(1536 + 4L * block, 0x7F);
        }
        Check.Report report = check();
        assertEquals(50, report.problemCount());
        assertEquals(20, report.problems().size());
        assertTrue(report.problems().getFirst().startsWith("block 10 "), report.toString());
    }

    @Test
    void harmlessThingsAreNotes() throws Exception {
        dynamic();
        Footer footer = VhdLayout.read(file).footer();
        long slot = new BlockTable(file, VhdLayout.read(file).header()).position(5);
        poke(slot, 0xFE);
        file.write(file.size() + 2 * BLOCK, footer.encode());
        Check.Report report = check();
        assertTrue(report.good(), report.toString());
        assertEquals(2, report.notes().size(), report.toString());
        assertTrue(report.notes().get(0).contains("belong to no block"), report.toString());
        assertTrue(report.notes().get(1).endsWith("in blocks: 1"), report.toString());
    }

    @Test
    void bitsBeyondTheBlockDoNotMatter() throws Exception {
        dynamic();
        long slot = new BlockTable(file, VhdLayout.read(file).header()).position(0);
        poke(slot + 1, 0);
        assertEquals(List.of(), check().notes());
        poke(slot, 0x7F);
        assertEquals(1, check().notes().size());
    }

    @Test
    void progressEndsAndCancelsIt() throws Exception {
        dynamic();
        List<Double> seen = new ArrayList<>();
        Check.run(file, (done, total) -> seen.add(1.0 * done / total));
        assertEquals(List.of(0.0, 0.5, 1.0), seen);
        assertThrows(
                CancellationException.class,
                () -> Check.run(file, (done, total) -> {
                    throw new CancellationException("enough");
                }));
    }

    @Test
    void whatIsNoDiskIsRefused() {
        assertThrows(ConfigurationException.class, this::check);
    }
}
