package org.jeroboam.storage.vhd;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The space of the file that has no block yet. New blocks come from a reserve of zeros between the last block and the
 * footer, which is made before any block of it is used and given back at the end: so the table never names what is not
 * durably in the file, and the footer never has to move for a single block. Not thread-safe.
 */
public final class BlockSpace {
    /** How much the file grows at once. It is a hole where the host has them. */
    private static final long RESERVE = 128L << 20;

    private final ImageFile file;
    private final VhdLayout layout;
    private final DynamicHeader header;
    private final long usedEnd;
    private final boolean cleanBitmaps;
    /** Where free space begins. */
    private long free;
    /** Where the footer is. */
    private long footer;

    /** Where an old footer lies in the reserve; -1 when there is none. */
    private long stale = -1;

    private boolean ready;

    /**
     * The space of a file that was not written yet.
     *
     * @param file the file
     * @param layout its structures
     * @param usedEnd where its last block or its metadata end
     * @param cleanBitmaps whether the bitmaps of new blocks are zeros, durably so; else they are to be written
     */
    public BlockSpace(ImageFile file, VhdLayout layout, long usedEnd, boolean cleanBitmaps) {
        this.file = file;
        this.layout = layout;
        this.usedEnd = usedEnd;
        this.cleanBitmaps = cleanBitmaps;
        header = layout.header();
    }

    /**
     * Before the first change: repairs the footers, and gives back the reserve that a killed writer left.
     *
     * @throws IOException when the host fails
     */
    public void prepare() throws IOException {
        if (ready) {
            return;
        }
        long place = place();
        if (place != layout.dataEnd() || !layout.endIntact()) {
            moveFooter(place);
        }
        if (!layout.copyIntact()) {
            file.write(0, layout.footerBytes());
            file.force();
        }
        footer = place;
        free = place;
        ready = true;
    }

    /** Where the footer belongs now. */
    private long place() throws IOException {
        long end = roundUp(layout.dataEnd());
        if (!layout.endIntact()) {
            // In the place of the damaged one if that can be; else behind everything.
            end = end - Footer.SIZE >= usedEnd ? end - Footer.SIZE : roundUp(file.size());
        }
        long firstSlotEnd = header.slotAfter(usedEnd) + header.blockSpan();
        boolean reserve = end >= firstSlotEnd && (end - firstSlotEnd) % header.slotStride() == 0;
        // What is no reserve of ours may be anything: it stays.
        return reserve ? usedEnd : end;
    }

    private void moveFooter(long place) throws IOException {
        file.write(place, layout.footerBytes());
        file.force();
        if (file.size() > place + Footer.SIZE) {
            file.truncate(place + Footer.SIZE);
            file.force();
        }
    }

    /**
     * Takes space for one block. It is zeros, durably so, except for the bitmap's place if that need not be clean.
     *
     * @return where the bitmap goes
     * @throws IOException when the host fails or the format's limit is reached
     */
    public long take() throws IOException {
        long slot = header.slotAfter(free);
        if (slot > BlockTable.LAST_POSITION) {
            throw new IOException("the file has reached 2 TiB, beyond which the format cannot address blocks");
        }
        if (slot + header.blockSpan() > footer) {
            long more = Math.max(0, RESERVE / header.slotStride() - 1);
            long last = Math.min(slot + more * header.slotStride(), lastSlotLike(slot));
            file.write(last + header.blockSpan(), layout.footerBytes());
            file.force();
            stale = footer;
            footer = last + header.blockSpan();
        }
        if (cleanBitmaps && slot == stale) {
            file.write(slot, ByteBuffer.allocateDirect(Footer.SIZE));
            file.force();
        }
        // Taken even when what follows fails: its content is unknown then.
        free = slot + header.blockSpan();
        return slot;
    }

    private long lastSlotLike(long slot) {
        return slot + (BlockTable.LAST_POSITION - slot) / header.slotStride() * header.slotStride();
    }

    /**
     * Gives the rest of the reserve back.
     *
     * @throws IOException when the host fails
     */
    public void release() throws IOException {
        if (ready && footer > free) {
            moveFooter(free);
            footer = free;
        }
    }

    private static long roundUp(long bytes) {
        return (bytes + Footer.SIZE - 1) / Footer.SIZE * Footer.SIZE;
    }
}
