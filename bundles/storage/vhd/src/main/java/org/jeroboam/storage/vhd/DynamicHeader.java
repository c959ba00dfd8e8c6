package org.jeroboam.storage.vhd;

import java.nio.ByteBuffer;

/**
 * The dynamic disk header: where the block allocation table is and how large blocks are. Its fields about a parent are
 * for differencing disks and are not looked at here.
 *
 * @param tableOffset where the table begins in the file
 * @param entries blocks that the table has entries for; at least those that the disk has
 * @param blockSize bytes of data in a block, a power of two
 */
public record DynamicHeader(long tableOffset, long entries, long blockSize) {
    /** Bytes of a header. */
    public static final int SIZE = 1024;

    /** Bytes in the blocks of disks that nobody wanted otherwise. */
    public static final int DEFAULT_BLOCK_SIZE = 0x20_0000;

    /** The smallest block: one sector. */
    public static final long MIN_BLOCK_SIZE = 512;

    /** The largest block, of which the 32-bit field can hold the size. */
    public static final long MAX_BLOCK_SIZE = 0x8000_0000L;

    /** The most entries of a table that is worked with; 2,040 GB in blocks of 128 KiB need fewer. */
    public static final long MAX_ENTRIES = 1 << 24;

    private static final long COOKIE = 0x6378_7370_6172_7365L;
    private static final int VERSION = 0x0001_0000;
    private static final int BITS_PER_SECTOR = Footer.SIZE * Byte.SIZE;
    private static final long PAGE = 4096;
    /** Data that begin at such places lie in large pieces in the host's page cache, which a copy has the use of. */
    private static final long LARGE_PIECE = 16 * PAGE;
    /** Gaps take at most this part of the file, as holes where the host has them; smaller blocks are packed. */
    private static final long SHARE = 32;

    private static final long ALIGNED_BLOCK = 16 * PAGE;

    private static final int AT_DATA_OFFSET = 8;
    private static final int AT_TABLE_OFFSET = 16;
    private static final int AT_VERSION = 24;
    private static final int AT_ENTRIES = 28;
    private static final int AT_BLOCK_SIZE = 32;
    private static final int AT_CHECKSUM = 36;

    /**
     * Reads a header.
     *
     * @param bytes {@value #SIZE} bytes from index 0, big-endian
     * @return the header; the table's place is not judged
     * @throws DamagedException when it is no header or its blocks have an impossible size
     */
    public static DynamicHeader decode(ByteBuffer bytes) throws DamagedException {
        if (bytes.getLong(0) != COOKIE) {
            throw new DamagedException("there is no dynamic header where the footer says");
        }
        Checksum.check(bytes, SIZE, AT_CHECKSUM, "the dynamic header");
        int version = bytes.getInt(AT_VERSION);
        if (version >>> 16 != VERSION >>> 16) {
            throw new DamagedException("the dynamic header has version " + (version >>> 16) + "." + (version & 0xFFFF)
                    + " where 1.0 is known");
        }
        long blockSize = Integer.toUnsignedLong(bytes.getInt(AT_BLOCK_SIZE));
        if (blockSize < MIN_BLOCK_SIZE || Long.bitCount(blockSize) != 1) {
            throw new DamagedException(
                    "the dynamic header has blocks of " + blockSize + " bytes, not of a power of two from 512 on");
        }
        long entries = Integer.toUnsignedLong(bytes.getInt(AT_ENTRIES));
        if (entries > MAX_ENTRIES) {
            throw new DamagedException("the dynamic header has " + entries + " blocks of " + blockSize
                    + " bytes where at most " + MAX_ENTRIES + " are worked with");
        }
        return new DynamicHeader(bytes.getLong(AT_TABLE_OFFSET), entries, blockSize);
    }

    /**
     * Writes the header of a disk without parent.
     *
     * @return {@value #SIZE} bytes outside the heap with a right checksum, ready to be written
     */
    public ByteBuffer encode() {
        ByteBuffer bytes = ByteBuffer.allocateDirect(SIZE);
        bytes.putLong(0, COOKIE);
        bytes.putLong(AT_DATA_OFFSET, Footer.NO_OFFSET);
        bytes.putLong(AT_TABLE_OFFSET, tableOffset);
        bytes.putInt(AT_VERSION, VERSION);
        bytes.putInt(AT_ENTRIES, (int) entries);
        bytes.putInt(AT_BLOCK_SIZE, (int) blockSize);
        bytes.putInt(AT_CHECKSUM, Checksum.of(bytes, SIZE, AT_CHECKSUM));
        return bytes;
    }

    /**
     * Writes into a header what this one says.
     *
     * @param bytes {@value #SIZE} bytes of a header, of which the rest stays
     * @return the same bytes with a right checksum, ready to be written
     */
    ByteBuffer encodeOver(ByteBuffer bytes) {
        bytes.putLong(AT_TABLE_OFFSET, tableOffset);
        bytes.putInt(AT_ENTRIES, (int) entries);
        bytes.putInt(AT_BLOCK_SIZE, (int) blockSize);
        return withChecksum(bytes);
    }

    /** Sets the checksum that fits. */
    static ByteBuffer withChecksum(ByteBuffer bytes) {
        return bytes.putInt(AT_CHECKSUM, Checksum.of(bytes, SIZE, AT_CHECKSUM));
    }

    /**
     * The room of the bitmap before each block's data: a bit per sector, in whole sectors.
     *
     * @return bytes
     */
    public int bitmapSize() {
        long bits = blockSize / Footer.SIZE;
        return (int) ((bits + BITS_PER_SECTOR - 1) / BITS_PER_SECTOR) * Footer.SIZE;
    }

    /**
     * The bitmap of a block all of whose sectors are valid.
     *
     * @return a buffer outside the heap, ready to be written
     */
    public ByteBuffer fullBitmap() {
        ByteBuffer bitmap = ByteBuffer.allocateDirect(bitmapSize());
        while (bitmap.hasRemaining()) {
            bitmap.put((byte) 0xFF);
        }
        return bitmap.flip();
    }

    /**
     * The room of a block with its bitmap.
     *
     * @return bytes
     */
    public long blockSpan() {
        return bitmapSize() + blockSize;
    }

    /**
     * The room of the table, in whole sectors.
     *
     * @return bytes
     */
    public long tableSize() {
        return (entries * Integer.BYTES + Footer.SIZE - 1) / Footer.SIZE * Footer.SIZE;
    }

    /**
     * Where a new block goes so that its data begins on a page of the host, which makes it as fast as a raw file. Gaps
     * between blocks are allowed; other programs leave the same ones.
     *
     * @param free where the free space begins, in whole sectors
     * @return where the bitmap goes
     */
    public long slotAfter(long free) {
        if (blockSize < ALIGNED_BLOCK) {
            return free;
        }
        return aligned(free + bitmapSize()) - bitmapSize();
    }

    /**
     * From one new block to the next.
     *
     * @return bytes
     */
    public long slotStride() {
        return blockSize < ALIGNED_BLOCK ? blockSpan() : aligned(blockSpan());
    }

    private long aligned(long position) {
        long alignment = Math.clamp(blockSize / SHARE, PAGE, LARGE_PIECE);
        return (position + alignment - 1) / alignment * alignment;
    }
}
