package org.jeroboam.storage.vhddifferencing;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.LongSupplier;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.Geometry;
import org.jeroboam.storage.vhd.BlockSpace;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.DiskType;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.SectorBitmaps;
import org.jeroboam.storage.vhd.TableScan;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.chain.DiskChain;
import org.jeroboam.storage.vhd.chain.WholeBytes;

/**
 * An open differencing disk. A sector is here when its block is and its bit is set; else it is the parent's.
 *
 * <p>Order of a sector's first writing: (1) if its block is new, the file is grown by a reserve with a new footer behind
 * it, whose zeros are made durable, the bitmap's too; the table gets the entry, which may arrive at any time, since a
 * bitmap of zeros changes nothing. (2) The data are written, without a bit: nobody sees them. (3) All data so far are
 * made durable. (4) The bits are written. So a bit never names what is not durably there, and each sector is at each
 * instant the old or the new one. Steps 3 and 4 are done at a flush, at the latest some time after the write.
 */
final class DifferencingDisk implements DiskImage {
    /** How many sectors of bitmaps wait at most. */
    private static final int MAX_PENDING = 256;
    /** How long bits wait at most. */
    private static final long MAX_WAIT = 1_000_000_000;

    private final ImageFile file;
    private final VhdLayout layout;
    private final boolean readOnly;
    private final DiskChain parents;
    private final LongSupplier nanos;
    private final long sectors;
    private final long blockSectors;
    private final int bitmapSize;
    private final BlockTable table;
    private final SectorBitmaps bitmaps;
    private final BlockSpace space;

    private final WholeBytes wholeBytes;

    private boolean dirty;
    private long pendingSince;
    private boolean closed;

    private DifferencingDisk(
            ImageFile file, VhdLayout layout, DiskChain parents, boolean readOnly, long usedEnd, LongSupplier nanos) {
        this.file = file;
        this.layout = layout;
        this.parents = parents;
        this.readOnly = readOnly;
        this.nanos = nanos;
        DynamicHeader header = layout.header();
        sectors = layout.sectors();
        blockSectors = header.blockSize() / SECTOR_SIZE;
        bitmapSize = header.bitmapSize();
        table = new BlockTable(file, header);
        bitmaps = new SectorBitmaps(file, header);
        space = new BlockSpace(file, layout, usedEnd, true);
        wholeBytes = new WholeBytes(file, layout, bitmaps, parents);
    }

    /** Finds what is below a disk. */
    @FunctionalInterface
    interface Parents {
        /** Opens the parents of a disk with this name and these structures. */
        DiskChain open(Path child, VhdLayout layout) throws ConfigurationException, IOException;
    }

    /**
     * Opens a disk.
     *
     * @param file the file; this disk's own from now on, unless opening fails
     * @param layout its structures
     * @param parents finds its parents
     * @param path the file's name, from which parents are looked for
     * @param readOnly whether writes are refused
     * @return the disk
     * @throws ConfigurationException when it is no differencing disk, has no parent that fits, or is too damaged to be
     *     written; one sentence
     * @throws IOException when the host fails
     */
    static DifferencingDisk open(ImageFile file, VhdLayout layout, Parents parents, Path path, boolean readOnly)
            throws ConfigurationException, IOException {
        return open(file, layout, parents, path, readOnly, System::nanoTime);
    }

    /** The same with another clock. */
    static DifferencingDisk open(
            ImageFile file, VhdLayout layout, Parents parents, Path path, boolean readOnly, LongSupplier nanos)
            throws ConfigurationException, IOException {
        if (layout.footer().type() != DiskType.DIFFERENCING) {
            throw new ConfigurationException("disk image " + file.name() + " is a "
                    + layout.footer().type().label() + " disk, not a differencing one; open it with the format vhd-"
                    + layout.footer().type().label());
        }
        long usedEnd = readOnly ? 0 : judge(file, layout);
        DiskChain below = parents.open(path, layout);
        try {
            if (!readOnly) {
                below.checkTables();
            }
            return new DifferencingDisk(file, layout, below, readOnly, usedEnd, nanos);
        } catch (ConfigurationException | IOException | RuntimeException e) {
            below.close();
            throw e;
        }
    }

    private static long judge(ImageFile file, VhdLayout layout) throws ConfigurationException, IOException {
        String[] problem = {
            layout.parent().damage().isEmpty() ? null : layout.parent().damage().getFirst()
        };
        TableScan scan = TableScan.run(file, layout, clause -> {
            problem[0] = clause;
            return false;
        });
        if (problem[0] != null) {
            throw new ConfigurationException("disk image " + file.name() + " is damaged and will not be written: "
                    + problem[0] + "; open it read-only to save what can be read");
        }
        return scan.usedEnd();
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
            commitOld();
            for (long end = sector + count; at < end; ) {
                long block = at / blockSectors;
                long in = at % blockSectors;
                long most = Math.min(blockSectors - in, end - at);
                MemorySegment rest = target.asSlice((at - sector) * SECTOR_SIZE, most * SECTOR_SIZE);
                long position = table.position(block);
                long run = position == BlockTable.UNALLOCATED ? -most : bitmaps.run(block, position, in, most);
                if (run > 0) {
                    MemorySegment piece = rest.asSlice(0, run * SECTOR_SIZE);
                    file.read(position + bitmapSize + in * SECTOR_SIZE, piece.asByteBuffer());
                } else {
                    parents.read(at, -run, rest);
                }
                at += Math.abs(run);
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
            commitOld();
            for (long end = sector + count; at < end; ) {
                long in = at % blockSectors;
                long run = Math.min(blockSectors - in, end - at);
                write(at / blockSectors, in, run, source.asSlice((at - sector) * SECTOR_SIZE, run * SECTOR_SIZE));
                at += run;
            }
        } catch (IOException e) {
            throw failure("write", at, e);
        }
    }

    private void write(long block, long in, long count, MemorySegment piece) throws IOException {
        space.prepare();
        dirty = true;
        long position = table.position(block);
        boolean isNew = position == BlockTable.UNALLOCATED;
        if (isNew) {
            position = space.take();
        }
        file.write(position + bitmapSize + in * SECTOR_SIZE, piece.asByteBuffer());
        if (isNew) {
            table.allocate(block, position);
        }
        if (!waiting()) {
            pendingSince = nanos.getAsLong();
        }
        bitmaps.set(block, position, in, count + wholeBytes.fill(block, position, in + count));
        if (bitmaps.pending() >= MAX_PENDING) {
            commit();
        }
    }

    /** Writes bits that waited long enough: guests that never flush shall not lose more than the last moments. */
    void commitOld() throws IOException {
        if (nanosToCommit() <= 0) {
            commit();
        }
    }

    /** Whether bits wait to be written. */
    boolean waiting() {
        return bitmaps.pending() > 0;
    }

    /** How long bits may still wait; very long when there are none. */
    long nanosToCommit() {
        return waiting() ? pendingSince + MAX_WAIT - nanos.getAsLong() : Long.MAX_VALUE;
    }

    /** Lets bits that could not be written wait once more. */
    void postpone() {
        pendingSince = nanos.getAsLong();
    }

    private void commit() throws IOException {
        file.force();
        bitmaps.write();
    }

    @Override
    public void flush() throws IOException {
        if (dirty) {
            try {
                if (waiting()) {
                    commit();
                }
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
        try (parents;
                file) {
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
