package org.jeroboam.storage.vhddynamic;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.BitSet;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.Geometry;
import org.jeroboam.storage.vhd.BlockSpace;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.DiskType;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.TableScan;
import org.jeroboam.storage.vhd.VhdLayout;

/**
 * An open dynamic disk. Blocks come into being when something other than zeros is written to them; what has no block is
 * zeros. The bitmaps are not asked when reading, as the programs of the field do not ask them, and are kept full for
 * those that do.
 *
 * <p>Order of a block's making: (1) the file is grown by a reserve with a new footer behind it, and made durable; (2)
 * bitmap and data go into the reserve; (3) the table gets the entry. (1) is done once for many blocks. Steps 2 and 3
 * may reach the medium in any order and in part: an entry without data names zeros, which is what was there before;
 * data without an entry is not seen. A flush makes all of it durable at once.
 */
final class DynamicDisk implements DiskImage {
    private final ImageFile file;
    private final VhdLayout layout;
    private final boolean readOnly;
    private final long sectors;
    private final long blockSectors;
    private final int bitmapSize;
    private final BlockTable table;
    private final BlockSpace space;
    private final ByteBuffer fullBitmap;
    /** Blocks whose bitmap is known to be full. */
    private final BitSet full = new BitSet();

    private boolean dirty;
    private boolean closed;

    private DynamicDisk(ImageFile file, VhdLayout layout, boolean readOnly, long usedEnd) {
        this.file = file;
        this.layout = layout;
        this.readOnly = readOnly;
        DynamicHeader header = layout.header();
        sectors = layout.sectors();
        blockSectors = header.blockSize() / SECTOR_SIZE;
        bitmapSize = header.bitmapSize();
        table = new BlockTable(file, header);
        space = new BlockSpace(file, layout, usedEnd, false);
        fullBitmap = readOnly ? null : header.fullBitmap();
    }

    /**
     * Opens a disk.
     *
     * @param file the file; this disk's own from now on, unless opening fails
     * @param layout its structures
     * @param readOnly whether writes are refused
     * @return the disk
     * @throws ConfigurationException when it is no dynamic disk, or too damaged to be written; one sentence
     * @throws IOException when the host fails
     */
    static DynamicDisk open(ImageFile file, VhdLayout layout, boolean readOnly)
            throws ConfigurationException, IOException {
        if (layout.footer().type() != DiskType.DYNAMIC) {
            throw new ConfigurationException("disk image " + file.name() + " is a "
                    + layout.footer().type().label() + " disk, not a dynamic one; open it with the format vhd-"
                    + layout.footer().type().label());
        }
        if (readOnly) {
            // What is wrong in the table is met when it is read.
            return new DynamicDisk(file, layout, true, 0);
        }
        String[] problem = new String[1];
        TableScan scan = TableScan.run(file, layout, clause -> {
            problem[0] = clause;
            return false;
        });
        if (problem[0] != null) {
            throw new ConfigurationException("disk image " + file.name() + " is damaged and will not be written: "
                    + problem[0] + "; open it read-only to save what can be read");
        }
        return new DynamicDisk(file, layout, false, scan.usedEnd());
    }

    @Override
    public long sectors() {
        return sectors;
    }

    @Override
    public Geometry geometry() {
        return layout.geometry();
    }

    @Override
    public boolean readOnly() {
        return readOnly;
    }

    @Override
    public void read(long sector, int count, MemorySegment target) throws IOException {
        checkRange(sector, count);
        long at = sector;
        try {
            for (long end = sector + count; at < end; ) {
                long in = at % blockSectors;
                long run = Math.min(blockSectors - in, end - at);
                MemorySegment piece = target.asSlice((at - sector) * SECTOR_SIZE, run * SECTOR_SIZE);
                long position = table.position(at / blockSectors);
                if (position == BlockTable.UNALLOCATED) {
                    piece.fill((byte) 0);
                } else {
                    file.read(position + bitmapSize + in * SECTOR_SIZE, piece.asByteBuffer());
                }
                at += run;
            }
        } catch (IOException e) {
            throw failure("read", at, e);
        }
    }

    @Override
    public void write(long sector, int count, MemorySegment source) throws IOException {
        if (readOnly) {
            throw new IOException("disk image " + file.name() + " is open read-only");
        }
        checkRange(sector, count);
        long at = sector;
        try {
            for (long end = sector + count; at < end; ) {
                long in = at % blockSectors;
                long run = Math.min(blockSectors - in, end - at);
                write(at / blockSectors, in, source.asSlice((at - sector) * SECTOR_SIZE, run * SECTOR_SIZE));
                at += run;
            }
        } catch (IOException e) {
            throw failure("write", at, e);
        }
    }

    private void write(long block, long in, MemorySegment piece) throws IOException {
        long position = table.position(block);
        boolean isNew = position == BlockTable.UNALLOCATED;
        if (isNew && isZero(piece)) {
            return;
        }
        space.prepare();
        dirty = true;
        if (isNew) {
            position = space.take();
        }
        if (isNew || !isFull(block, position)) {
            file.write(position, fullBitmap.duplicate());
        }
        file.write(position + bitmapSize + in * SECTOR_SIZE, piece.asByteBuffer());
        if (isNew) {
            table.allocate(block, position);
        }
        full.set((int) block);
    }

    /** Whether the bitmap of a block is full; blocks that other programs made may have others. */
    private boolean isFull(long block, long position) throws IOException {
        if (full.get((int) block)) {
            return true;
        }
        ByteBuffer bitmap = ByteBuffer.allocateDirect(bitmapSize);
        file.read(position, bitmap);
        return bitmap.flip().equals(fullBitmap);
    }

    private static boolean isZero(MemorySegment piece) {
        long size = piece.byteSize();
        for (long i = 0; i < size; i += Long.BYTES) {
            if (piece.get(ValueLayout.JAVA_LONG_UNALIGNED, i) != 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void flush() throws IOException {
        if (dirty) {
            try {
                file.force();
            } catch (IOException e) {
                throw new IOException("cannot flush disk image " + file.name() + ": " + e.getMessage(), e);
            }
            dirty = false;
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (file) {
            flush();
            space.release();
        }
    }

    private void checkRange(long sector, int count) throws IOException {
        if (closed) {
            throw new IOException("disk image " + file.name() + " is closed");
        }
        if (sector < 0 || count < 0 || sector > sectors - count) {
            throw new IOException("sectors " + sector + " to " + (sector + count - 1) + " are not on disk image "
                    + file.name() + ", which has " + sectors);
        }
    }

    private IOException failure(String what, long sector, IOException cause) {
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new IOException(
                "cannot " + what + " sector " + sector + " of disk image " + file.name() + ": " + reason, cause);
    }
}
