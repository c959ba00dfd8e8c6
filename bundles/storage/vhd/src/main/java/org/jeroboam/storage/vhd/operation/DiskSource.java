package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.DiskType;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.TableScan;
import org.jeroboam.storage.vhd.VhdClaim;
import org.jeroboam.storage.vhd.VhdLayout;

/** A disk that is read from its beginning to its end, without what is zeros for sure. Not thread-safe. */
abstract sealed class DiskSource implements AutoCloseable {
    /** The file. */
    final ImageFile file;

    private DiskSource(ImageFile file) {
        this.file = file;
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
            return new Flat(file, size, DataMap.of(path));
        }
        VhdLayout layout = VhdLayout.read(file);
        if (layout.footer().type() == DiskType.FIXED) {
            return new Flat(file, layout.footer().currentSize(), DataMap.of(path));
        }
        if (layout.footer().type() == DiskType.DIFFERENCING) {
            throw new ConfigurationException("disk image " + path
                    + " is a differencing disk, which cannot be read without its parent; convert the parent instead");
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
        return new Blocks(file, layout);
    }

    /** The disk's size in bytes. */
    abstract long size();

    /** Where the next range that may hold something begins; the size when there is none. */
    abstract long next(long position) throws IOException;

    /** Where the range ends that begins at a position given by {@link #next}. */
    abstract long end(long position) throws IOException;

    /** Reads a part of one range. */
    abstract void read(long position, ByteBuffer target) throws IOException;

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** Byte n is the file's byte n. */
    private static final class Flat extends DiskSource {
        private final long size;
        private final DataMap map;

        Flat(ImageFile file, long size, DataMap map) {
            super(file);
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
        void read(long position, ByteBuffer target) throws IOException {
            file.read(position, target);
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

        Blocks(ImageFile file, VhdLayout layout) {
            super(file);
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
        void read(long position, ByteBuffer target) throws IOException {
            file.read(table.position(position / blockSize) + bitmapSize + position % blockSize, target);
        }
    }
}
