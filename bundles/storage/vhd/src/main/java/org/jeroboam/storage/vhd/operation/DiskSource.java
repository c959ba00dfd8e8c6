package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.DiskType;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.TableScan;
import org.jeroboam.storage.vhd.VhdClaim;
import org.jeroboam.storage.vhd.VhdLayout;
import org.jeroboam.storage.vhd.chain.ChainLayer;
import org.jeroboam.storage.vhd.chain.DiskChain;

/** A disk that is read from its beginning to its end, without what is zeros for sure. Not thread-safe. */
abstract sealed class DiskSource implements AutoCloseable {
    /** The file. */
    final HostFile file;

    final FileView bytes;
    private final Path path;

    private DiskSource(Path path, HostFile file) {
        this.path = path;
        this.file = file;
        bytes = new FileView(file);
    }

    /**
     * Opens a disk of any known kind.
     *
     * @param path the file
     * @return the disk
     * @throws ConfigurationException when it cannot be read; one sentence
     * @throws IOException when the host fails
     */
    static DiskSource open(Path path) throws ConfigurationException, IOException {
        HostFile file = HostFile.open(path, true);
        try {
            return open(path, file);
        } catch (ConfigurationException | IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static DiskSource open(Path path, HostFile file) throws ConfigurationException, IOException {
        VhdClaim claim;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            claim = VhdClaim.of(channel, path);
        }
        if (claim == VhdClaim.NONE) {
            long size = file.size();
            if (size == 0) {
                throw new ConfigurationException("disk image " + path + " is empty; make it as large as the disk");
            }
            if (size % Footer.SIZE != 0) {
                throw new ConfigurationException("disk image " + path + " has " + size + " bytes, not a multiple of "
                        + Footer.SIZE + "; extend it to whole sectors");
            }
            return new Flat(path, file, size, DataMap.of(path));
        }
        VhdLayout layout = VhdLayout.read(file);
        if (layout.footer().type() == DiskType.FIXED) {
            return new Flat(path, file, layout.footer().currentSize(), DataMap.of(path));
        }
        if (layout.footer().type() == DiskType.DIFFERENCING) {
            DiskChain chain = DiskChain.open(path);
            try {
                chain.checkTables();
                return new Chained(path, file, chain);
            } catch (ConfigurationException | IOException | RuntimeException e) {
                chain.close();
                throw e;
            }
        }
        String[] problem = new String[1];
        TableScan.run(file, layout, clause -> {
            problem[0] = clause;
            return false;
        });
        if (problem[0] != null) {
            throw new ConfigurationException(
                    "disk image " + path + " is damaged: " + problem[0] + "; check tells more about it");
        }
        return new Blocks(path, file, layout);
    }

    /** The disk's size in bytes. */
    abstract long size();

    /** Where the next range that may hold something begins; the size when there is none. */
    abstract long next(long position) throws IOException;

    /** Where the range ends that begins at a position given by {@link #next}. */
    abstract long end(long position) throws IOException;

    /** The file that has a range. */
    Path path(long position) throws IOException {
        return path;
    }

    /** Where in its file a part of a range is. */
    abstract long filePosition(long position) throws IOException;

    /** A part of one range; until this is called again. */
    abstract ByteBuffer view(long position, int length) throws IOException;

    @Override
    public void close() throws IOException {
        try (file) {
            bytes.close();
        }
    }

    /** Byte n is the file's byte n. */
    private static final class Flat extends DiskSource {
        private final long size;
        private final DataMap map;

        Flat(Path path, HostFile file, long size, DataMap map) {
            super(path, file);
            this.size = size;
            this.map = map;
        }

        @Override
        long size() {
            return size;
        }

        @Override
        long next(long position) throws IOException {
            return map.data(position, size);
        }

        @Override
        long end(long position) throws IOException {
            return map.hole(position, size);
        }

        @Override
        long filePosition(long position) {
            return position;
        }

        @Override
        ByteBuffer view(long position, int length) throws IOException {
            return bytes.at(position, length);
        }

        @Override
        public void close() throws IOException {
            try (map) {
                super.close();
            }
        }
    }

    private static final class Blocks extends DiskSource {
        private final long size;
        private final long blockSize;
        private final int bitmapSize;
        private final BlockTable table;

        Blocks(Path path, HostFile file, VhdLayout layout) {
            super(path, file);
            size = layout.footer().currentSize();
            blockSize = layout.header().blockSize();
            bitmapSize = layout.header().bitmapSize();
            table = new BlockTable(file, layout.header());
        }

        @Override
        long size() {
            return size;
        }

        @Override
        long next(long position) throws IOException {
            long at = position;
            while (at < size && table.position(at / blockSize) == BlockTable.UNALLOCATED) {
                at = (at / blockSize + 1) * blockSize;
            }
            return Math.min(at, size);
        }

        @Override
        long end(long position) {
            return Math.min((position / blockSize + 1) * blockSize, size);
        }

        @Override
        long filePosition(long position) throws IOException {
            return table.position(position / blockSize) + bitmapSize + position % blockSize;
        }

        @Override
        ByteBuffer view(long position, int length) throws IOException {
            return bytes.at(filePosition(position), length);
        }
    }

    /** A differencing disk over its parents. */
    private static final class Chained extends DiskSource {
        private final DiskChain chain;
        private final long size;
        private final Arena arena = Arena.ofShared();
        private MemorySegment buffer = MemorySegment.NULL;

        Chained(Path path, HostFile file, DiskChain chain) {
            super(path, file);
            this.chain = chain;
            size = chain.sectors() * Footer.SIZE;
        }

        @Override
        long size() {
            return size;
        }

        @Override
        long next(long position) throws IOException {
            long at = position;
            while (at < size) {
                long run = chain.run(at / Footer.SIZE, (size - at) / Footer.SIZE);
                if (run > 0) {
                    break;
                }
                at -= run * Footer.SIZE;
            }
            return at;
        }

        @Override
        long end(long position) throws IOException {
            return position + chain.run(position / Footer.SIZE, (size - position) / Footer.SIZE) * Footer.SIZE;
        }

        private ChainLayer layer(long position) throws IOException {
            for (ChainLayer layer : chain.layers()) {
                if (position / Footer.SIZE < layer.layout().sectors() && layer.run(position / Footer.SIZE, 1) > 0) {
                    return layer;
                }
            }
            throw new IOException("sector " + position / Footer.SIZE + " is in no file of the chain");
        }

        @Override
        Path path(long position) throws IOException {
            return layer(position).path();
        }

        @Override
        long filePosition(long position) throws IOException {
            return layer(position).filePosition(position / Footer.SIZE);
        }

        @Override
        ByteBuffer view(long position, int length) throws IOException {
            if (buffer.byteSize() < length) {
                buffer = arena.allocate(length, Footer.SIZE);
            }
            chain.read(position / Footer.SIZE, length / Footer.SIZE, buffer);
            return buffer.asSlice(0, length).asByteBuffer();
        }

        @Override
        public void close() throws IOException {
            try (chain;
                    arena) {
                super.close();
            }
        }
    }
}
