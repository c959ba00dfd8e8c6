package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.DiskType;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.VhdLayout;

/** Makes empty disks. */
public final class Creation {
    /** The smallest new disk. */
    public static final long MIN_SIZE = 3L << 20;

    private static final int CHUNK = 1 << 16;

    private Creation() {}

    /**
     * Judges the size of a new disk.
     *
     * @param bytes the size
     * @throws ConfigurationException when there can be no such disk; one sentence
     */
    public static void checkSize(long bytes) throws ConfigurationException {
        if (bytes < MIN_SIZE || bytes > VhdLayout.MAX_SIZE) {
            throw new ConfigurationException(
                    "a virtual hard disk has from 3 MB to 2,040 GB; choose a size between them, not " + bytes
                            + " bytes");
        }
        if (bytes % Footer.SIZE != 0) {
            throw new ConfigurationException("a virtual hard disk has whole sectors of 512 bytes; choose a size of "
                    + bytes / Footer.SIZE * Footer.SIZE + " bytes, not " + bytes);
        }
    }

    /**
     * Judges the blocks of a new dynamic disk.
     *
     * @param bytes the disk's size
     * @param blockSize bytes in a block
     * @throws ConfigurationException when there can be no such disk; one sentence
     */
    public static void checkBlockSize(long bytes, long blockSize) throws ConfigurationException {
        if (blockSize < DynamicHeader.MIN_BLOCK_SIZE
                || blockSize > DynamicHeader.MAX_BLOCK_SIZE
                || Long.bitCount(blockSize) != 1) {
            throw new ConfigurationException(
                    "blocks have a power of two from 512 bytes to 2 GB; choose such a size, not " + blockSize
                            + " bytes");
        }
        if ((bytes - 1) / blockSize >= DynamicHeader.MAX_ENTRIES) {
            throw new ConfigurationException("a disk of " + bytes + " bytes would have more than "
                    + DynamicHeader.MAX_ENTRIES + " blocks of " + blockSize + " bytes; choose larger blocks");
        }
    }

    /**
     * Makes a fixed disk of zeros. They are a hole where the host has holes.
     *
     * @param file an empty file
     * @param bytes the disk's size, judged before
     * @param made the time to be written
     * @param id the disk's identity
     * @throws IOException when the host fails
     */
    public static void fixed(ImageFile file, long bytes, Instant made, UUID id) throws IOException {
        file.write(
                bytes,
                Footer.create(DiskType.FIXED, bytes, Footer.NO_OFFSET, made, id).encode());
    }

    /**
     * Makes a dynamic disk without blocks.
     *
     * @param file an empty file
     * @param bytes the disk's size, judged before
     * @param blockSize bytes in a block: a power of two from 512 on, with at most {@link DynamicHeader#MAX_ENTRIES}
     *     blocks
     * @param made the time to be written
     * @param id the disk's identity
     * @throws IOException when the host fails
     */
    public static void dynamic(ImageFile file, long bytes, long blockSize, Instant made, UUID id) throws IOException {
        Footer footer = Footer.create(DiskType.DYNAMIC, bytes, Footer.SIZE, made, id);
        DynamicHeader header = metadata(file, footer, blockSize);
        file.write(header.tableOffset() + header.tableSize(), footer.encode());
    }

    /**
     * Writes all of a dynamic disk without blocks but the footer at the end.
     *
     * @param file an empty file
     * @param footer the footer
     * @param blockSize bytes in a block
     * @return where the structures are
     * @throws IOException when the host fails
     */
    static DynamicHeader metadata(ImageFile file, Footer footer, long blockSize) throws IOException {
        DynamicHeader header = new DynamicHeader(
                Footer.SIZE + DynamicHeader.SIZE, (footer.currentSize() - 1) / blockSize + 1, blockSize);
        file.write(0, footer.encode());
        file.write(Footer.SIZE, header.encode());
        ByteBuffer none = ByteBuffer.allocateDirect((int) Math.min(CHUNK, header.tableSize()));
        while (none.hasRemaining()) {
            none.put((byte) 0xFF);
        }
        for (long done = 0; done < header.tableSize(); done += none.limit()) {
            none.clear().limit((int) Math.min(none.capacity(), header.tableSize() - done));
            file.write(header.tableOffset() + done, none);
        }
        return header;
    }
}
