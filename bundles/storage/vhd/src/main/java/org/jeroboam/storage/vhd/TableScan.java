package org.jeroboam.storage.vhd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Predicate;

/**
 * A look at all entries of a block table: does each block lie among the data, and none over another? Memory is bounded
 * by the table in the file, and is far less where blocks have a usual size.
 */
public final class TableScan {
    private static final int CHUNK = 1 << 14;
    private static final long MAX_CELLS = 1 << 21;

    private final ImageFile file;
    private final VhdLayout layout;
    private final Predicate<String> report;
    private final long spanSectors;
    /** Between these a block lies among the data for sure. */
    private final long safeFrom;

    private final long safeTo;
    private long allocated;
    private long minSector = Long.MAX_VALUE;
    private long maxSector = -1;
    private boolean stopped;

    private TableScan(ImageFile file, VhdLayout layout, Predicate<String> report) {
        this.file = file;
        this.layout = layout;
        this.report = report;
        spanSectors = layout.header().blockSpan() / Footer.SIZE;
        safeFrom = (layout.metadataEnd() + Footer.SIZE - 1) / Footer.SIZE;
        safeTo = Math.floorDiv(layout.dataEnd() - layout.header().blockSpan(), Footer.SIZE);
    }

    @FunctionalInterface
    private interface Visitor {
        void entries(int[] sectors, int count, long firstBlock);
    }

    /**
     * Scans.
     *
     * @param file the file
     * @param layout its structures, of a disk that is not fixed
     * @param report gets each problem as a clause and says whether to go on
     * @return what was found
     * @throws IOException when the table cannot be read
     */
    public static TableScan run(ImageFile file, VhdLayout layout, Predicate<String> report) throws IOException {
        TableScan scan = new TableScan(file, layout, report);
        scan.eachEntry(scan::place);
        if (scan.allocated > 1 && !scan.stopped) {
            long cells = scan.maxSector / scan.spanSectors - scan.minSector / scan.spanSectors + 1;
            int[] starts = cells <= MAX_CELLS ? scan.startsByCell((int) cells) : scan.startsSorted();
            scan.neighbours(starts);
        }
        return scan;
    }

    /**
     * Blocks in the file.
     *
     * @return how many lie where blocks can lie
     */
    public long allocated() {
        return allocated;
    }

    /**
     * Where the last block or the metadata end.
     *
     * @return bytes; a whole sector
     */
    public long usedEnd() {
        return Math.max(safeFrom, maxSector < 0 ? 0 : maxSector + spanSectors) * Footer.SIZE;
    }

    private void problem(String clause) {
        stopped |= !report.test(clause);
    }

    private void place(int[] sectors, int count, long firstBlock) {
        for (int i = 0; i < count && !stopped; i++) {
            long sector = Integer.toUnsignedLong(sectors[i]);
            if (sectors[i] != BlockTable.NO_SECTOR
                    && (sector >= safeFrom && sector <= safeTo || isAmongData(firstBlock + i, sector))) {
                allocated++;
                minSector = Math.min(minSector, sector);
                maxSector = Math.max(maxSector, sector);
            }
        }
    }

    private boolean isAmongData(long block, long sector) {
        long from = sector * Footer.SIZE;
        if (sector > safeTo) {
            problem("block " + block + " should be at byte " + from + ", where the file has no room for it");
            return false;
        }
        if (layout.touchesMetadata(from, from + layout.header().blockSpan())) {
            problem("block " + block + " should be at byte " + from + ", over the file's own structures");
            return false;
        }
        return true;
    }

    /** Where blocks begin, in cells as long as a block: two that begin in one cell overlap. In rising order. */
    private int[] startsByCell(int cells) throws IOException {
        int[] starts = new int[cells];
        long base = minSector / spanSectors;
        eachEntry((sectors, count, firstBlock) -> {
            for (int i = 0; i < count && !stopped; i++) {
                long sector = Integer.toUnsignedLong(sectors[i]);
                // Entries that lie nowhere were reported.
                if (sectors[i] != BlockTable.NO_SECTOR && sector >= minSector && sector <= maxSector) {
                    int cell = (int) (sector / spanSectors - base);
                    if (starts[cell] != 0) {
                        problem("block " + (firstBlock + i) + " at byte " + sector * Footer.SIZE
                                + " lies over another block");
                    }
                    starts[cell] = sectors[i];
                }
            }
        });
        return starts;
    }

    /** Where blocks begin, in rising order; for small blocks in large files. */
    private int[] startsSorted() throws IOException {
        int[] starts = new int[Math.toIntExact(allocated)];
        int[] filled = {0};
        eachEntry((sectors, count, firstBlock) -> {
            for (int i = 0; i < count; i++) {
                long sector = Integer.toUnsignedLong(sectors[i]);
                if (sectors[i] != BlockTable.NO_SECTOR
                        && sector >= minSector
                        && sector <= maxSector
                        && filled[0] < starts.length) {
                    // With the other sign, unsigned numbers are in order.
                    starts[filled[0]++] = sectors[i] ^ Integer.MIN_VALUE;
                }
            }
        });
        Arrays.sort(starts);
        for (int i = 0; i < starts.length; i++) {
            starts[i] ^= Integer.MIN_VALUE;
        }
        return starts;
    }

    private void neighbours(int[] starts) {
        long before = Long.MIN_VALUE / 2;
        for (int i = 0; i < starts.length && !stopped; i++) {
            if (starts[i] != 0) {
                long sector = Integer.toUnsignedLong(starts[i]);
                if (sector - before < spanSectors) {
                    problem("the blocks at bytes " + before * Footer.SIZE + " and " + sector * Footer.SIZE
                            + " lie over each other");
                }
                before = sector;
            }
        }
    }

    private void eachEntry(Visitor visitor) throws IOException {
        long entries = layout.header().entries();
        int size = (int) Math.min(CHUNK, entries);
        ByteBuffer chunk = ByteBuffer.allocateDirect(size * Integer.BYTES);
        int[] sectors = new int[size];
        for (long first = 0; first < entries && !stopped; first += size) {
            int count = (int) Math.min(size, entries - first);
            chunk.clear().limit(count * Integer.BYTES);
            file.read(layout.header().tableOffset() + first * Integer.BYTES, chunk);
            chunk.flip().asIntBuffer().get(sectors, 0, count);
            visitor.entries(sectors, count, first);
        }
    }
}
