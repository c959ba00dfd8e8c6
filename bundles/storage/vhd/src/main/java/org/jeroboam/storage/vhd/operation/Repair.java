package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.StructureRescue;
import org.jeroboam.storage.vhd.TableScan;
import org.jeroboam.storage.vhd.VhdLayout;

/**
 * Mends what {@link Check} finds, in the file. What cannot be known is not guessed: two blocks that lie over each other
 * both keep what is read from them, a block that was cut off keeps its beginning, and only a block of which nothing is
 * in the file is given up.
 */
public final class Repair {
    private static final int CHUNK = 1 << 20;
    private static final int MAX_LINES = 20;

    private final ImageFile file;
    private final Progress progress;
    private final List<String> done = new ArrayList<>();
    private long count;
    private VhdLayout layout;
    private DynamicHeader header;
    private BlockTable table;
    /** Where data end, and the footer will be. */
    private long end;

    /**
     * What was done.
     *
     * @param done sentences about it, at most {@value #MAX_LINES}; none when there was nothing to do
     * @param count how much was done in all
     * @param left what a check says now
     */
    public record Report(List<String> done, long count, Check.Report left) {}

    /** A block, by its number and its first sector; one long, so that they can be sorted. */
    private static long packed(int sector, long block) {
        return Integer.toUnsignedLong(sector) * DynamicHeader.MAX_ENTRIES + block;
    }

    private Repair(ImageFile file, Progress progress) {
        this.file = file;
        this.progress = progress;
    }

    /**
     * Repairs.
     *
     * @param file the disk's file; the caller holds the lock
     * @param progress told how far it is; when it is cancelled the rest of the damage is as it was
     * @return what was done
     * @throws ConfigurationException when it is no virtual hard disk, or cannot be repaired; one sentence, nothing was
     *     changed
     * @throws IOException when the host fails
     */
    public static Report run(ImageFile file, Progress progress) throws ConfigurationException, IOException {
        Repair repair = new Repair(file, progress);
        repair.layout = repair.layout();
        if (repair.layout.header() != null) {
            repair.locators();
            repair.blocks();
            repair.footer();
        }
        Check.Report left = Check.run(file, progress);
        return new Report(List.copyOf(repair.done), repair.count, left);
    }

    private void did(String sentence) {
        count++;
        if (done.size() < MAX_LINES) {
            done.add(sentence);
        }
    }

    private VhdLayout layout() throws ConfigurationException, IOException {
        try {
            return VhdLayout.read(file);
        } catch (ConfigurationException e) {
            String rescued = StructureRescue.run(file);
            if (rescued == null) {
                throw e;
            }
            did(rescued);
            return VhdLayout.read(file);
        }
    }

    private void locators() throws ConfigurationException, IOException {
        int out = LocatorRepair.run(file, layout);
        if (out > 0) {
            did("locators of the parent that name nothing were taken out: " + out);
            layout = VhdLayout.read(file);
        }
    }

    private void blocks() throws ConfigurationException, IOException {
        header = layout.header();
        table = new BlockTable(file, header);
        end = roundUp(layout.dataEnd());
        boolean[] damaged = new boolean[1];
        TableScan.run(file, layout, clause -> {
            damaged[0] = true;
            return false;
        });
        if (damaged[0]) {
            long[] placed = placed();
            long[] overlapping = overlapping(placed);
            long newEnd = cutOffEnd(placed);
            judge(overlapping);
            copy();
            outside();
            if (newEnd > end) {
                growTo(newEnd);
            }
            separate(overlapping);
        } else {
            copy();
        }
    }

    /** The blocks of which something is in the file and among the data, in the order of the file. */
    private long[] placed() throws IOException {
        long[] placed = new long[1024];
        int found = 0;
        for (long block = 0; block < header.entries(); block++) {
            long position = table.position(block);
            if (position != BlockTable.UNALLOCATED && isPlaced(position)) {
                if (found == placed.length) {
                    placed = Arrays.copyOf(placed, found * 2);
                }
                placed[found++] = packed((int) (position / Footer.SIZE), block);
            }
        }
        placed = Arrays.copyOf(placed, found);
        Arrays.sort(placed);
        return placed;
    }

    private boolean isPlaced(long position) {
        // With its bitmap alone a block has nothing.
        return position + header.bitmapSize() < end && !layout.touchesMetadata(position, position + header.blockSpan());
    }

    private static long position(long packed) {
        return packed / DynamicHeader.MAX_ENTRIES * Footer.SIZE;
    }

    /** Those that begin inside the one before. */
    private long[] overlapping(long[] placed) {
        long[] found = new long[placed.length];
        int count = 0;
        long before = Long.MIN_VALUE / 2;
        for (long one : placed) {
            if (position(one) < before + header.blockSpan()) {
                found[count++] = one;
            } else {
                before = position(one);
            }
        }
        return Arrays.copyOf(found, count);
    }

    private long cutOffEnd(long[] placed) {
        long last = end;
        for (long one : placed) {
            last = Math.max(last, position(one) + header.blockSpan());
        }
        return last;
    }

    private void judge(long[] overlapping) throws ConfigurationException {
        if (overlapping.length * header.slotStride() > Math.max(end, 1L << 20)) {
            throw new ConfigurationException("disk image " + file.name() + " cannot be repaired: " + overlapping.length
                    + " blocks lie over others, so that its table is not to be trusted; restore it from a backup");
        }
    }

    /** Gives up the blocks of which nothing is in the file. */
    private void outside() throws IOException {
        boolean changed = false;
        for (long block = 0; block < header.entries(); block++) {
            long position = table.position(block);
            if (position != BlockTable.UNALLOCATED && !isPlaced(position)) {
                table.release(block);
                did("block " + block + ", which should be at byte " + position
                        + " where no block of this file can be, was given up and is read as "
                        + (layout.parent() == null ? "zeros" : "the parent's data"));
                changed = true;
            }
        }
        if (changed) {
            file.force();
        }
    }

    /** Makes room in the file for a block that was cut off; the footer goes behind. */
    private void growTo(long newEnd) throws IOException {
        long old = end;
        file.write(newEnd, layout.footerBytes());
        file.force();
        end = newEnd;
        if (layout.endIntact()) {
            // The old footer is inside the block now.
            file.write(old, ByteBuffer.allocateDirect(Footer.SIZE));
            file.force();
        }
        did("the last block was cut off; the file was extended by " + (newEnd - old)
                + " bytes, which are read as zeros");
    }

    /** Gives each of them a place of its own with what is read from it now. */
    private void separate(long[] overlapping) throws IOException {
        if (overlapping.length == 0) {
            return;
        }
        long first = header.slotAfter(end);
        long last = first + (overlapping.length - 1) * header.slotStride() + header.blockSpan();
        if (first + (overlapping.length - 1) * header.slotStride() > BlockTable.LAST_POSITION) {
            throw new IOException("the file would pass 2 TiB, beyond which the format cannot address blocks");
        }
        file.write(last, layout.footerBytes());
        file.force();
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(CHUNK, header.blockSpan()));
        for (int i = 0; i < overlapping.length; i++) {
            progress.at(i, overlapping.length);
            copy(position(overlapping[i]), first + i * header.slotStride(), buffer);
        }
        file.force();
        for (int i = 0; i < overlapping.length; i++) {
            long block = overlapping[i] % DynamicHeader.MAX_ENTRIES;
            table.allocate(block, first + i * header.slotStride());
            did("block " + block + " at byte " + position(overlapping[i])
                    + " lay over another block; it got a place of its own with what was read from it, which is wrong"
                    + " in one of the two");
        }
        file.force();
        end = last;
    }

    private void copy(long from, long to, ByteBuffer buffer) throws IOException {
        for (long done = 0; done < header.blockSpan(); done += buffer.limit()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), header.blockSpan() - done));
            file.read(from + done, buffer);
            file.write(to + done, buffer.flip());
        }
    }

    /** Before the file grows, which needs a footer to fall back on. */
    private void copy() throws IOException {
        if (!layout.copyIntact()) {
            file.write(0, layout.footerBytes());
            file.force();
            did("the copy of the footer at the beginning was written from the footer at the end");
        }
    }

    private void footer() throws IOException {
        boolean moved = end != roundUp(layout.dataEnd());
        if (!layout.endIntact() && !moved) {
            TableScan scan = TableScan.run(file, layout, clause -> true);
            // In the place of the damaged one if that can be; else behind everything.
            long place = end - Footer.SIZE >= scan.usedEnd() ? end - Footer.SIZE : roundUp(file.size());
            file.write(place, layout.footerBytes());
            file.force();
            end = place;
            moved = true;
        }
        if (!layout.endIntact()) {
            did("the footer at the end was written from its copy at the beginning");
        }
        if (moved && file.size() > end + Footer.SIZE) {
            file.truncate(end + Footer.SIZE);
            file.force();
        }
    }

    private static long roundUp(long bytes) {
        return (bytes + Footer.SIZE - 1) / Footer.SIZE * Footer.SIZE;
    }
}
