package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.DiskType;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.ImageFile;

/** A new disk that is written from its beginning to its end; what is not written is zeros. Not thread-safe. */
abstract sealed class DiskSink {
    /** The file. */
    final ImageFile file;

    private DiskSink(ImageFile file) {
        this.file = file;
    }

    /** Begins a disk of a kind in an empty file. */
    static DiskSink begin(ImageFile file, DiskKind kind, long size, Instant made, UUID id) throws IOException {
        return switch (kind) {
            case RAW -> new Flat(file, size, null);
            case FIXED -> new Flat(file, size, Footer.create(DiskType.FIXED, size, Footer.NO_OFFSET, made, id));
            case DYNAMIC ->
                new Blocks(
                        file,
                        Footer.create(DiskType.DYNAMIC, size, Footer.SIZE, made, id),
                        DynamicHeader.DEFAULT_BLOCK_SIZE);
        };
    }

    /** Begins a dynamic disk with a footer of its own, whose data offset is that of new disks, in an empty file. */
    static DiskSink dynamic(ImageFile file, Footer footer, long blockSize) throws IOException {
        return new Blocks(file, footer, blockSize);
    }

    /** Begins a fixed disk with a footer of its own in an empty file. */
    static DiskSink fixed(ImageFile file, Footer footer) {
        return new Flat(file, footer.currentSize(), footer);
    }

    /** Writes a range behind all written before. */
    abstract void write(long position, ByteBuffer data) throws IOException;

    /** Writes what is left. */
    abstract void finish() throws IOException;

    private static final class Flat extends DiskSink {
        private final long size;
        private final Footer footer;
        private long end;

        Flat(ImageFile file, long size, Footer footer) {
            super(file);
            this.size = size;
            this.footer = footer;
        }

        @Override
        void write(long position, ByteBuffer data) throws IOException {
            end = position + data.remaining();
            file.write(position, data);
        }

        @Override
        void finish() throws IOException {
            if (footer != null) {
                file.write(size, footer.encode());
            } else if (end < size) {
                file.write(size - 1, ByteBuffer.allocateDirect(1));
            }
        }
    }

    private static final class Blocks extends DiskSink {
        private final Footer footer;
        private final DynamicHeader header;
        private final BlockTable table;
        private final ByteBuffer bitmap;
        private long block = -1;
        private long slot;
        private long free;

        Blocks(ImageFile file, Footer footer, long blockSize) throws IOException {
            super(file);
            this.footer = footer;
            header = Creation.metadata(file, footer, blockSize);
            table = new BlockTable(file, header);
            free = header.tableOffset() + header.tableSize();
            bitmap = header.fullBitmap();
        }

        @Override
        void write(long position, ByteBuffer data) throws IOException {
            int end = data.limit();
            for (long at = position; data.position() < end; ) {
                long in = at % header.blockSize();
                int run = (int) Math.min(header.blockSize() - in, end - data.position());
                if (at / header.blockSize() != block) {
                    begin(at / header.blockSize());
                }
                data.limit(data.position() + run);
                file.write(slot + header.bitmapSize() + in, data);
                data.limit(end);
                at += run;
            }
        }

        private void begin(long number) throws IOException {
            block = number;
            slot = header.slotAfter(free);
            if (slot > BlockTable.LAST_POSITION) {
                throw new IOException("the file would pass 2 TiB, beyond which the format cannot address blocks");
            }
            free = slot + header.blockSpan();
            file.write(slot, bitmap.duplicate());
            table.allocate(block, slot);
        }

        @Override
        void finish() throws IOException {
            file.write(free, footer.encode());
        }
    }
}
