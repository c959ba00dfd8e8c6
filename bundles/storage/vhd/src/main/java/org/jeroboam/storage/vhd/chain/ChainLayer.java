package org.jeroboam.storage.vhd.chain;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.DiskType;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.SectorBitmaps;
import org.jeroboam.storage.vhd.VhdLayout;

/** One file of a chain, and which sectors it holds itself. Only read. Not thread-safe. */
public abstract sealed class ChainLayer implements AutoCloseable {
    private static final long PIECE = 1 << 30;

    private final Path path;
    private final ImageFile file;
    private final VhdLayout layout;

    private ChainLayer(Path path, ImageFile file, VhdLayout layout) {
        this.path = path;
        this.file = file;
        this.layout = layout;
    }

    /**
     * Takes a file.
     *
     * @param path its name
     * @param file the file; closed with the layer
     * @param layout its structures
     * @return the layer
     */
    public static ChainLayer of(Path path, ImageFile file, VhdLayout layout) {
        return layout.footer().type() == DiskType.FIXED ? new Flat(path, file, layout) : new Blocks(path, file, layout);
    }

    /**
     * The file's name.
     *
     * @return a path
     */
    public Path path() {
        return path;
    }

    /**
     * The file's structures.
     *
     * @return footer, header and link to the parent
     */
    public VhdLayout layout() {
        return layout;
    }

    /**
     * How many sectors from one on are all in this file, or all not. What is not in a dynamic disk is zeros; what is not
     * in a differencing disk is the parent's.
     *
     * @param sector the first, on the disk
     * @param limit sectors of the disk to look at from there, at least 1
     * @return 1 to {@code limit}, or negative when they are not in this file
     * @throws IOException when table or bitmap cannot be read
     */
    public abstract long run(long sector, long limit) throws IOException;

    /**
     * Reads sectors that are all in this file, as {@link #run} said.
     *
     * @param sector the first
     * @param count how many
     * @param target a segment outside the heap of at least that many sectors
     * @throws IOException when the host fails or the file is damaged
     */
    public abstract void read(long sector, long count, MemorySegment target) throws IOException;

    /**
     * Where a sector is in this file, when it is in it.
     *
     * @param sector the sector
     * @return the byte at which it begins
     * @throws IOException when the table cannot be read
     */
    public abstract long filePosition(long sector) throws IOException;

    final void readFile(long position, long bytes, MemorySegment target) throws IOException {
        for (long done = 0; done < bytes; done += PIECE) {
            long length = Math.min(PIECE, bytes - done);
            file.read(position + done, target.asSlice(done, length).asByteBuffer());
        }
    }

    final ImageFile file() {
        return file;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** Sector n is the file's sector n. */
    private static final class Flat extends ChainLayer {
        Flat(Path path, ImageFile file, VhdLayout layout) {
            super(path, file, layout);
        }

        @Override
        public long run(long sector, long limit) {
            return limit;
        }

        @Override
        public long filePosition(long sector) {
            return sector * Footer.SIZE;
        }

        @Override
        public void read(long sector, long count, MemorySegment target) throws IOException {
            readFile(sector * Footer.SIZE, count * Footer.SIZE, target);
        }
    }

    /** A table, and blocks with bitmaps, which count in differencing disks only. */
    private static final class Blocks extends ChainLayer {
        private final long blockSectors;
        private final int bitmapSize;
        private final BlockTable table;
        private final SectorBitmaps bitmaps;

        Blocks(Path path, ImageFile file, VhdLayout layout) {
            super(path, file, layout);
            blockSectors = layout.header().blockSize() / Footer.SIZE;
            bitmapSize = layout.header().bitmapSize();
            table = new BlockTable(file, layout.header());
            bitmaps = layout.parent() == null ? null : new SectorBitmaps(file, layout.header());
        }

        @Override
        public long run(long sector, long limit) throws IOException {
            long block = sector / blockSectors;
            long in = sector % blockSectors;
            long most = Math.min(limit, blockSectors - in);
            long position = table.position(block);
            if (position == BlockTable.UNALLOCATED) {
                return -most;
            }
            return bitmaps == null ? most : bitmaps.run(block, position, in, most);
        }

        @Override
        public long filePosition(long sector) throws IOException {
            return table.position(sector / blockSectors) + bitmapSize + sector % blockSectors * Footer.SIZE;
        }

        @Override
        public void read(long sector, long count, MemorySegment target) throws IOException {
            for (long at = sector, end = sector + count; at < end; ) {
                long in = at % blockSectors;
                long run = Math.min(blockSectors - in, end - at);
                readFile(filePosition(at), run * Footer.SIZE, target.asSlice((at - sector) * Footer.SIZE));
                at += run;
            }
        }
    }
}
