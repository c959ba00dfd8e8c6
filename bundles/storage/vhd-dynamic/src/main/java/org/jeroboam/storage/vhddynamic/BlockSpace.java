package org.jeroboam.storage.vhddynamic;

import java.io.IOException;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.VhdLayout;

/**
 * The space of the file that has no block yet. New blocks come from a reserve of zeros between the last block and the
 * footer, which is made before any block of it is used and given back at the end: so the table never names what is not
 * durably in the file, and the footer never has to move for a single block.
 */
final class BlockSpace {
    /** How much the file grows at once. It is a hole where the host has them. */
    private static final long RESERVE = 128L << 20;

    private final ImageFile file;
    private final VhdLayout layout;
    private final DynamicHeader header;
    private final long usedEnd;
    /** Where free space begins. */
    private long free;
    /** Where the footer is. */
    private long footer;

    private boolean ready;

    /**
     * The space of a file that was not written yet.
     *
     * @param usedEnd where its last block or its metadata end
     */
    BlockSpace(ImageFile file, VhdLayout layout, long usedEnd) {
        this.file = file;
        this.layout = layout;
        this.usedEnd = usedEnd;
        header = layout.header();
    }

    /** Before the first change: repairs the footers, and gives back the reserve that a killed writer left. */
    void prepare() throws IOException {
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
     * Takes space for one block. It is zeros, durably so, except for the bitmap's place.
     *
     * @return where the bitmap goes
     */
    long take() throws IOException {
        long slot = header.slotAfter(free);
        if (slot > BlockTable.LAST_POSITION) {
            throw new IOException("the file has reached 2 TiB, beyond which the format cannot address blocks");
        }
        if (slot + header.blockSpan() > footer) {
            long more = Math.max(0, RESERVE / header.slotStride() - 1);
            long last = Math.min(slot + more * header.slotStride(), lastSlotLike(slot));
            file.write(last + header.blockSpan(), layout.footerBytes());
            file.force();
            footer = last + header.blockSpan();
        }
        // Taken even when what follows fails: its content is unknown then.
        free = slot + header.blockSpan();
        return slot;
    }

    private long lastSlotLike(long slot) {
        return slot + (BlockTable.LAST_POSITION - slot) / header.slotStride() * header.slotStride();
    }

    /** Gives the rest of the reserve back. */
    void release() throws IOException {
        if (ready && footer > free) {
            moveFooter(free);
            footer = free;
        }
    }

    private static long roundUp(long bytes) {
        return (bytes + Footer.SIZE - 1) / Footer.SIZE * Footer.SIZE;
    }
}
