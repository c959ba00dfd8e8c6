package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.DiskType;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.TableScan;
import org.jeroboam.storage.vhd.VhdClaim;
import org.jeroboam.storage.vhd.VhdGeometry;
import org.jeroboam.storage.vhd.VhdLayout;

/** Looks for damage in a file without changing it. */
public final class Check {
    private static final int MAX_LINES = 20;

    private final ImageFile file;
    private final VhdLayout layout;
    private final Progress progress;
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private long problemCount;

    /**
     * What a check found.
     *
     * @param problems what may lose data or keeps programs from using the file; at most {@value #MAX_LINES} clauses
     * @param problemCount how many there are in all
     * @param notes what is worth knowing and harms nothing
     * @param parentOnly whether the only problem is the disk's parent, for which re-parenting is the remedy and not repair
     */
    public record Report(List<String> problems, long problemCount, List<String> notes, boolean parentOnly) {
        /**
         * A report on one file alone.
         *
         * @param problems as above
         * @param problemCount as above
         * @param notes as above
         */
        public Report(List<String> problems, long problemCount, List<String> notes) {
            this(problems, problemCount, notes, false);
        }

        /** The same on a file without problems of its own whose parent cannot be used. */
        Report withParentProblem(String problem) {
            return new Report(List.of(problem), 1, notes, true);
        }

        /**
         * Whether all is well.
         *
         * @return true without problems
         */
        public boolean good() {
            return problemCount == 0;
        }
    }

    private Check(ImageFile file, VhdLayout layout, Progress progress) {
        this.file = file;
        this.layout = layout;
        this.progress = progress;
    }

    /**
     * Checks a file.
     *
     * @param file the file; only read
     * @param progress told how far it is
     * @return what was found
     * @throws ConfigurationException when the file is no virtual hard disk; one sentence
     * @throws IOException when the host fails
     */
    public static Report run(ImageFile file, Progress progress) throws ConfigurationException, IOException {
        VhdLayout layout;
        try {
            layout = VhdLayout.read(file);
        } catch (ConfigurationException e) {
            if (VhdClaim.of(file) == VhdClaim.NONE) {
                throw e;
            }
            return new Report(List.of(e.getCause().getMessage()), 1, List.of());
        }
        Check check = new Check(file, layout, progress);
        check.structures();
        if (check.layout.header() != null) {
            check.blocks();
        }
        progress.at(1, 1);
        return new Report(List.copyOf(check.problems), check.problemCount, List.copyOf(check.notes));
    }

    private boolean problem(String clause) {
        problemCount++;
        if (problems.size() < MAX_LINES) {
            problems.add(clause);
        }
        return true;
    }

    private void structures() {
        layout.warnings().forEach(this::problem);
        Footer footer = layout.footer();
        if (!layout.copyIntact() && layout.warnings().isEmpty()) {
            notes.add("the copy of the footer at the beginning is of before a change that was interrupted; the footer"
                    + " counts, and the next writer makes them equal");
        }
        if (!footer.geometry().equals(VhdGeometry.ofSize(layout.sectors()))) {
            notes.add("the geometry is not the one that fits the size; programs that go by geometry see another size");
        }
        if (footer.savedState()) {
            notes.add("a saved machine needs this disk unchanged");
        }
        if (footer.type() == DiskType.FIXED && layout.dataEnd() > footer.currentSize()) {
            notes.add((layout.dataEnd() - footer.currentSize())
                    + " bytes between the disk's end and the footer are unused");
        }
    }

    private void blocks() throws IOException {
        DynamicHeader header = layout.header();
        TableScan scan = TableScan.run(file, layout, this::problem);
        if (problemCount > 0) {
            return;
        }
        long unused = layout.dataEnd()
                - header.slotAfter(Footer.SIZE + DynamicHeader.SIZE + header.tableSize())
                - scan.allocated() * header.slotStride();
        if (unused >= header.blockSize()) {
            notes.add(unused + " bytes of the file belong to no block; a copy made by convert is without them");
        }
        // In a differencing disk those sectors are the parent's.
        if (layout.parent() == null) {
            bitmaps(scan.allocated());
        }
    }

    private void bitmaps(long allocated) throws IOException {
        DynamicHeader header = layout.header();
        BlockTable table = new BlockTable(file, header);
        ByteBuffer bitmap = ByteBuffer.allocateDirect(header.bitmapSize());
        long blocks = (layout.footer().currentSize() - 1) / header.blockSize() + 1;
        int bits = (int) (header.blockSize() / Footer.SIZE);
        long seen = 0;
        long incomplete = 0;
        for (long block = 0; block < blocks; block++) {
            long position = table.position(block);
            if (position != BlockTable.UNALLOCATED) {
                file.read(position, bitmap.clear());
                if (!isFull(bitmap, bits)) {
                    incomplete++;
                }
                progress.at(seen++, allocated);
            }
        }
        if (incomplete > 0) {
            notes.add("sectors are marked as never written, and are read as they are, in blocks: " + incomplete);
        }
    }

    private static boolean isFull(ByteBuffer bitmap, int bits) {
        for (int bit = 0; bit < bits; bit += Byte.SIZE) {
            int wanted = bits - bit >= Byte.SIZE ? 0xFF : 0xFF00 >> bits - bit & 0xFF;
            if ((bitmap.get(bit / Byte.SIZE) & wanted) != wanted) {
                return false;
            }
        }
        return true;
    }
}
