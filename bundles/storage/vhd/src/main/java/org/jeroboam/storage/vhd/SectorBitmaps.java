package org.jeroboam.storage.vhd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The bitmaps before the blocks of a differencing disk: which sectors are here, and which are the parent's. Read by the
 * sector when they are needed, of which a bounded number is kept. What is set stays in memory until it is written. Not
 * thread-safe.
 */
public final class SectorBitmaps {
    private static final int BITS = Footer.SIZE * Byte.SIZE;
    private static final int WORDS = Footer.SIZE / Long.BYTES;
    private static final int SLOTS = 2048;

    private final ImageFile file;
    private final int perBlock;
    private final Page[] slots;
    private final Map<Long, Page> pending = new LinkedHashMap<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(Footer.SIZE);

    /** A sector of a bitmap; the most significant bit of the first word is the first sector of the disk. */
    private static final class Page {
        final long number;
        final long position;
        final long[] words = new long[WORDS];

        Page(long number, long position) {
            this.number = number;
            this.position = position;
        }
    }

    /**
     * Bitmaps that were not read yet.
     *
     * @param file the file
     * @param header of the disk
     */
    public SectorBitmaps(ImageFile file, DynamicHeader header) {
        this.file = file;
        perBlock = header.bitmapSize() / Footer.SIZE;
        slots = new Page[(int) Math.min(SLOTS, header.entries() * perBlock)];
    }

    /**
     * How many sectors from one on are all here, or all the parent's.
     *
     * @param block the block's number
     * @param position where its bitmap is
     * @param in the first sector, counted in the block
     * @param limit sectors of the block to look at from there, at least 1
     * @return up to {@code limit}; negative when they are the parent's
     * @throws IOException when a bitmap cannot be read
     */
    public long run(long block, long position, long in, long limit) throws IOException {
        long at = in;
        long end = in + limit;
        boolean here = false;
        while (at < end) {
            long[] words = page(block, position, (int) (at / BITS)).words;
            int bit = (int) (at % BITS);
            if (at == in) {
                here = (words[bit / Long.SIZE] << bit % Long.SIZE) < 0;
            }
            int found = runEnd(words, bit, here);
            at += found - bit;
            if (found < BITS) {
                break;
            }
        }
        long run = Math.min(at, end) - in;
        return here ? run : -run;
    }

    /** Where bits of one kind end. */
    private static int runEnd(long[] words, int from, boolean set) {
        int bit = from;
        while (bit < BITS) {
            long word = words[bit / Long.SIZE];
            int rest = Long.SIZE - bit % Long.SIZE;
            int same = Math.min(rest, Long.numberOfLeadingZeros((set ? ~word : word) << bit % Long.SIZE));
            bit += same;
            if (same < rest) {
                break;
            }
        }
        return bit;
    }

    /**
     * Marks sectors as being here. The file is not changed before {@link #write}.
     *
     * @param block the block's number
     * @param position where its bitmap is
     * @param in the first sector, counted in the block
     * @param count sectors of the block
     * @throws IOException when a bitmap cannot be read
     */
    public void set(long block, long position, long in, long count) throws IOException {
        for (long at = in, end = in + count; at < end; ) {
            Page page = page(block, position, (int) (at / BITS));
            int bit = (int) (at % BITS);
            int to = (int) Math.min(BITS, bit + end - at);
            at += to - bit;
            if (runEnd(page.words, bit, true) < to) {
                fill(page.words, bit, to);
                pending.put(page.number, page);
            }
        }
    }

    private static void fill(long[] words, int from, int to) {
        for (int bit = from; bit < to; ) {
            int last = Math.min(to, bit - bit % Long.SIZE + Long.SIZE);
            // Ones from bit to last, counted from the most significant one.
            words[bit / Long.SIZE] |= (-1L << (Long.SIZE - (last - bit))) >>> (bit % Long.SIZE);
            bit = last;
        }
    }

    /**
     * How many sectors of bitmaps wait to be written.
     *
     * @return a count
     */
    public int pending() {
        return pending.size();
    }

    /**
     * Writes what was set. The data of those sectors must be durable by then.
     *
     * @throws IOException when the host fails; all is written again next time
     */
    public void write() throws IOException {
        for (Page page : pending.values()) {
            buffer.clear().asLongBuffer().put(page.words);
            file.write(page.position, buffer);
        }
        pending.clear();
    }

    private Page page(long block, long position, int sector) throws IOException {
        long number = block * perBlock + sector;
        int slot = (int) (number % slots.length);
        Page page = slots[slot];
        if (page != null && page.number == number) {
            return page;
        }
        page = pending.isEmpty() ? null : pending.get(number);
        if (page == null) {
            page = new Page(number, position + (long) sector * Footer.SIZE);
            file.read(page.position, buffer.clear());
            buffer.flip().asLongBuffer().get(page.words);
        }
        slots[slot] = page;
        return page;
    }
}
