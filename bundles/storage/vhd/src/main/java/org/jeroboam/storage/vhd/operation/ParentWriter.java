package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.BlockSpace;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.SectorBitmaps;
import org.jeroboam.storage.vhd.TableScan;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.chain.DiskChain;
import org.jeroboam.storage.vhd.chain.WholeBytes;

/**
 * Writes to a disk to which its child's sectors are merged, from the first to the last. The order of the steps is that
 * of the formats, so that the disk opens at each instant. Not thread-safe.
 */
abstract sealed class ParentWriter implements AutoCloseable {
    final ImageFile file;

    private ParentWriter(ImageFile file) {
        this.file = file;
    }

    /**
     * A writer to a disk of any kind. The file is not changed before the first write.
     *
     * @param below the disk's own parents; an empty chain when it has none
     */
    static ParentWriter of(ImageFile file, DiskChain below) throws ConfigurationException, IOException {
        VhdLayout layout = VhdLayout.read(file);
        if (layout.header() == null) {
            return new Flat(file);
        }
        String[] problem = new String[1];
        TableScan scan = TableScan.run(file, layout, clause -> {
            problem[0] = clause;
            return false;
        });
        if (problem[0] != null) {
            throw new ConfigurationException(
                    "disk image " + file.name() + " is damaged: " + problem[0] + "; repair it first");
        }
        return new Blocks(file, layout, scan.usedEnd(), below);
    }

    /** Writes sectors. */
    abstract void write(long sector, MemorySegment data) throws IOException;

    /** Makes all durable. */
    @Override
    public abstract void close() throws IOException;

    private static final class Flat extends ParentWriter {
        Flat(ImageFile file) {
            super(file);
        }

        @Override
        void write(long sector, MemorySegment data) throws IOException {
            file.write(sector * Footer.SIZE, data.asByteBuffer());
        }

        @Override
        public void close() throws IOException {
            file.force();
        }
    }

    private static final class Blocks extends ParentWriter {
        /** How many sectors of bitmaps wait at most. */
        private static final int MAX_PENDING = 256;

        private final DynamicHeader header;
        private final BlockTable table;
        private final BlockSpace space;
        /** Only a differencing disk's count. */
        private final SectorBitmaps bitmaps;

        private final WholeBytes wholeBytes;
        private final ByteBuffer full;
        private long filled = -1;

        Blocks(ImageFile file, VhdLayout layout, long usedEnd, DiskChain below) {
            super(file);
            header = layout.header();
            table = new BlockTable(file, header);
            bitmaps = layout.parent() == null ? null : new SectorBitmaps(file, header);
            wholeBytes = bitmaps == null ? null : new WholeBytes(file, layout, bitmaps, below);
            space = new BlockSpace(file, layout, usedEnd, bitmaps != null);
            full = header.fullBitmap();
        }

        @Override
        void write(long sector, MemorySegment data) throws IOException {
            long blockSectors = header.blockSize() / Footer.SIZE;
            long end = sector + data.byteSize() / Footer.SIZE;
            for (long at = sector; at < end; ) {
                long in = at % blockSectors;
                long run = Math.min(blockSectors - in, end - at);
                write(at / blockSectors, in, data.asSlice((at - sector) * Footer.SIZE, run * Footer.SIZE));
                at += run;
            }
        }

        private void write(long block, long in, MemorySegment piece) throws IOException {
            long position = table.position(block);
            boolean isNew = position == BlockTable.UNALLOCATED;
            if (isNew && bitmaps == null && Conversion.isZero(piece.asByteBuffer())) {
                return;
            }
            space.prepare();
            if (isNew) {
                position = space.take();
            }
            if (bitmaps == null && filled != block) {
                file.write(position, full.duplicate());
                filled = block;
            }
            file.write(position + header.bitmapSize() + in * Footer.SIZE, piece.asByteBuffer());
            if (isNew) {
                table.allocate(block, position);
            }
            if (bitmaps != null) {
                long count = piece.byteSize() / Footer.SIZE;
                bitmaps.set(block, position, in, count + wholeBytes.fill(block, position, in + count));
                if (bitmaps.pending() >= MAX_PENDING) {
                    commit();
                }
            }
        }

        private void commit() throws IOException {
            file.force();
            bitmaps.write();
        }

        @Override
        public void close() throws IOException {
            if (bitmaps != null) {
                commit();
            }
            file.force();
            space.release();
        }
    }
}
