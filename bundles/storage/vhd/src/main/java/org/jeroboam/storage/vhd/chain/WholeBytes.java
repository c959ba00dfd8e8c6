package org.jeroboam.storage.vhd.chain;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.SectorBitmaps;
import org.jeroboam.storage.vhd.VhdLayout;

/**
 * Keeps the bitmaps of a differencing disk such that no clear bit is behind a set one in a byte: libvhdi (20210425) takes
 * such sectors for the disk's own. Guests that write pages meet none. Not thread-safe.
 */
public final class WholeBytes {
    private final ImageFile file;
    private final SectorBitmaps bitmaps;
    private final DiskChain below;
    private final int bitmapSize;
    private final long blockSectors;
    private final long sectors;
    private final MemorySegment scratch = Arena.ofAuto().allocate((long) Byte.SIZE * Footer.SIZE);

    /**
     * For a disk.
     *
     * @param file the disk's file, open for writing
     * @param layout its structures
     * @param bitmaps its bitmaps
     * @param below its parents
     */
    public WholeBytes(ImageFile file, VhdLayout layout, SectorBitmaps bitmaps, DiskChain below) {
        this.file = file;
        this.bitmaps = bitmaps;
        this.below = below;
        bitmapSize = layout.header().bitmapSize();
        blockSectors = layout.header().blockSize() / Footer.SIZE;
        sectors = layout.sectors();
    }

    /**
     * Copies the parents' sectors behind a write, up to the end of the bitmap's byte, without setting their bits.
     *
     * @param block the block's number
     * @param position where it is
     * @param from the first sector behind the write, counted in the block
     * @return how many sectors from that one on are in the file now
     * @throws IOException when a bitmap cannot be read or the file cannot be written
     */
    public long fill(long block, long position, long from) throws IOException {
        long end = Math.min((from + Byte.SIZE - 1) / Byte.SIZE * Byte.SIZE, blockSectors);
        end = Math.min(end, sectors - block * blockSectors);
        for (long at = from; at < end; ) {
            long run = bitmaps.run(block, position, at, end - at);
            if (run < 0) {
                MemorySegment piece = scratch.asSlice(0, -run * Footer.SIZE);
                try {
                    below.read(block * blockSectors + at, -run, piece);
                } catch (IOException e) {
                    // The parents' loss is not this write's: without them the disk is as good.
                    return at - from;
                }
                file.write(position + bitmapSize + at * Footer.SIZE, piece.asByteBuffer());
            }
            at += Math.abs(run);
        }
        return Math.max(0, end - from);
    }
}
