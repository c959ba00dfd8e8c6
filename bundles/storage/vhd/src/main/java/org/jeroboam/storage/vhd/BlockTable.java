package org.jeroboam.storage.vhd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The block allocation table: for each block the sector of the file where its bitmap is, its data behind. Read in pages
 * when they are needed, of which a bounded number is kept. Not thread-safe.
 */
public final class BlockTable {
    /** Says that a block is not in the file. */
    public static final long UNALLOCATED = -1;

    /** The table's entry for that; also one more than the last sector that can be named. */
    static final int NO_SECTOR = 0xFFFF_FFFF;

    /** The last byte at which a block can begin. */
    public static final long LAST_POSITION = 0xFFFF_FFFEL * Footer.SIZE;

    private static final int PAGE_ENTRIES = 1024;
    private static final int PAGES = 256;

    private final ImageFile file;
    private final DynamicHeader header;
    private final int[][] pages;
    private final long[] held;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(PAGE_ENTRIES * Integer.BYTES);

    /**
     * A table that was not read yet.
     *
     * @param file the file
     * @param header where the table is; already judged
     */
    public BlockTable(ImageFile file, DynamicHeader header) {
        this.file = file;
        this.header = header;
        int count = (int) Math.min(PAGES, (header.entries() + PAGE_ENTRIES - 1) / PAGE_ENTRIES);
        pages = new int[count][];
        held = new long[count];
        Arrays.fill(held, -1);
    }

    /**
     * Where a block is.
     *
     * @param block its number, one that the disk has
     * @return the byte in the file at which its bitmap begins, or {@link #UNALLOCATED}
     * @throws IOException when the table cannot be read
     */
    public long position(long block) throws IOException {
        int sector = page(block / PAGE_ENTRIES)[(int) (block % PAGE_ENTRIES)];
        return sector == NO_SECTOR ? UNALLOCATED : Integer.toUnsignedLong(sector) * Footer.SIZE;
    }

    /**
     * Puts a block into the table, in the file too.
     *
     * @param block its number, one that the disk has
     * @param position the byte in the file at which its bitmap begins: a whole sector up to {@link #LAST_POSITION}
     * @throws IOException when the table cannot be written
     */
    public void allocate(long block, long position) throws IOException {
        put(block, (int) (position / Footer.SIZE));
    }

    /**
     * Takes a block out of the table, in the file too.
     *
     * @param block its number, one that the table has
     * @throws IOException when the table cannot be written
     */
    public void release(long block) throws IOException {
        put(block, NO_SECTOR);
    }

    private void put(long block, int sector) throws IOException {
        int[] page = page(block / PAGE_ENTRIES);
        buffer.clear().limit(Integer.BYTES).putInt(0, sector);
        file.write(header.tableOffset() + block * Integer.BYTES, buffer);
        page[(int) (block % PAGE_ENTRIES)] = sector;
    }

    private int[] page(long number) throws IOException {
        int slot = (int) (number % pages.length);
        if (held[slot] == number) {
            return pages[slot];
        }
        long first = number * PAGE_ENTRIES;
        int count = (int) Math.min(PAGE_ENTRIES, header.entries() - first);
        buffer.clear().limit(count * Integer.BYTES);
        held[slot] = -1;
        file.read(header.tableOffset() + first * Integer.BYTES, buffer);
        if (pages[slot] == null) {
            pages[slot] = new int[PAGE_ENTRIES];
        }
        buffer.flip().asIntBuffer().get(pages[slot], 0, count);
        held[slot] = number;
        return pages[slot];
    }
}
