package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.BlockTable;
import org.jeroboam.storage.vhd.DiskType;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.Footer;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.TableScan;
import org.jeroboam.storage.vhd.VhdGeometry;
import org.jeroboam.storage.vhd.VhdLayout;

/**
 * Makes a disk larger, in its file. What is new are zeros. At each instant the file is a disk of the old or of the new
 * size with all its data.
 *
 * <p>A fixed disk gets its new footer in one write behind the new end; then the old one becomes the zeros that belong
 * there; for file systems where that is not safe see {@link FixedGrowth}. A dynamic disk whose table is too short gets a new table behind its last block, see {@link HeaderChange}.
 */
public final class Resize {
    private static final int CHUNK = 1 << 16;

    private final ImageFile file;
    private final VhdLayout layout;
    private final long size;

    private Resize(ImageFile file, VhdLayout layout, long size) {
        this.file = file;
        this.layout = layout;
        this.size = size;
    }

    /**
     * Resizes.
     *
     * @param file the disk's file; the caller holds the lock
     * @param size the new size in bytes
     * @param progress told how far it is; cancelled before the first change or not at all
     * @throws ConfigurationException when it cannot have that size; one sentence, nothing is changed
     * @throws IOException when the host fails
     */
    public static void run(ImageFile file, long size, Progress progress) throws ConfigurationException, IOException {
        judged(file, size).grow(progress);
    }

    /**
     * Resizes a file of the host, by way of a new one where its file system asks for that.
     *
     * @param path the disk; the caller holds the lock
     * @param size the new size in bytes
     * @param progress told how far it is
     * @throws ConfigurationException when it cannot have that size; one sentence, nothing is changed
     * @throws IOException when the host fails
     */
    static void run(Path path, long size, Progress progress) throws ConfigurationException, IOException {
        Footer footer;
        try (HostFile file = HostFile.open(path, false)) {
            Resize resize = judged(file, size);
            if (resize.layout.header() != null || FixedGrowth.isSafeInPlace(path)) {
                resize.grow(progress);
                return;
            }
            footer = resize.footer(Footer.NO_OFFSET);
        }
        FixedGrowth.run(path, footer, progress);
    }

    private static Resize judged(ImageFile file, long size) throws ConfigurationException, IOException {
        Resize resize = new Resize(file, VhdLayout.read(file), size);
        resize.judge();
        return resize;
    }

    private void grow(Progress progress) throws IOException {
        progress.at(0, 1);
        if (layout.header() == null) {
            growFixed();
        } else {
            growDynamic();
        }
        progress.at(1, 1);
    }

    private void judge() throws ConfigurationException, IOException {
        Footer footer = layout.footer();
        if (footer.type() == DiskType.DIFFERENCING) {
            throw new ConfigurationException("disk image " + file.name()
                    + " is a differencing disk, which has the size of its parent; merge it or convert it first");
        }
        Unchangeable.check(file, layout);
        Unchangeable.checkIntact(file, layout);
        Creation.checkSize(size);
        if (size == footer.currentSize()) {
            throw new ConfigurationException("disk image " + file.name() + " has " + size + " bytes already");
        }
        if (size < footer.currentSize()) {
            throw new ConfigurationException("disk image " + file.name() + " has " + footer.currentSize()
                    + " bytes and is not made smaller, which would lose data; choose a larger size");
        }
        if (layout.header() != null) {
            judgeBlocks(layout.header());
        }
    }

    private void judgeBlocks(DynamicHeader header) throws ConfigurationException, IOException {
        if (blocks(size) > DynamicHeader.MAX_ENTRIES) {
            throw new ConfigurationException("disk image " + file.name() + " has blocks of " + header.blockSize()
                    + " bytes, of which at most " + DynamicHeader.MAX_ENTRIES
                    + " are worked with; convert it to have larger ones");
        }
        String[] problem = new String[1];
        TableScan.run(file, layout, clause -> {
            problem[0] = clause;
            return false;
        });
        if (problem[0] != null) {
            throw new ConfigurationException(
                    "disk image " + file.name() + " is damaged: " + problem[0] + "; repair it first");
        }
    }

    private long blocks(long bytes) {
        return (bytes - 1) / layout.header().blockSize() + 1;
    }

    private Footer footer(long dataOffset) {
        return layout.footer()
                .withSize(size, VhdGeometry.ofSize(size / Footer.SIZE))
                .withDataOffset(dataOffset);
    }

    private void growFixed() throws IOException {
        long old = layout.dataEnd();
        // A gap between disk and footer becomes part of the disk.
        zero(layout.footer().currentSize(), Math.min(old, size));
        file.force();
        long place = size >= old + Footer.SIZE ? size : HeaderChange.roundUp(old + Footer.SIZE);
        file.write(place, footer(Footer.NO_OFFSET).encode());
        file.force();
        zero(old, old + Footer.SIZE);
        file.force();
    }

    private void growDynamic() throws IOException {
        DynamicHeader header = layout.header();
        clearTail();
        file.force();
        if (blocks(size) <= header.entries()) {
            if (!layout.copyIntact()) {
                file.write(0, layout.footerBytes());
                file.force();
            }
            HeaderChange.switchFooters(
                    file, layout.dataEnd(), footer(layout.footer().dataOffset()));
            return;
        }
        DynamicHeader grown = new DynamicHeader(HeaderChange.start(layout), blocks(size), header.blockSize());
        HeaderChange change = new HeaderChange(file, layout, grown.tableSize());
        copyTable(header, grown);
        change.commit(layout.headerBytes(file, grown), footer(layout.footer().dataOffset()));
    }

    /** What no guest could see becomes zeros: the rest of the last block, and blocks behind the disk's end. */
    private void clearTail() throws IOException {
        DynamicHeader header = layout.header();
        BlockTable table = new BlockTable(file, header);
        long old = layout.footer().currentSize();
        long last = table.position(blocks(old) - 1);
        long in = old % header.blockSize();
        if (last != BlockTable.UNALLOCATED && in != 0) {
            zero(last + header.bitmapSize() + in, last + header.blockSpan());
        }
        for (long block = blocks(old); block < Math.min(header.entries(), blocks(size)); block++) {
            if (table.position(block) != BlockTable.UNALLOCATED) {
                table.release(block);
            }
        }
    }

    private void copyTable(DynamicHeader from, DynamicHeader to) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect((int) Math.min(CHUNK, to.tableSize()));
        long known = Math.min(blocks(layout.footer().currentSize()), from.entries()) * Integer.BYTES;
        for (long done = 0; done < to.tableSize(); done += chunk.limit()) {
            chunk.clear().limit((int) Math.min(chunk.capacity(), to.tableSize() - done));
            if (done < known) {
                chunk.limit((int) Math.min(chunk.limit(), known - done));
                file.read(from.tableOffset() + done, chunk);
            } else {
                while (chunk.hasRemaining()) {
                    chunk.put((byte) 0xFF);
                }
            }
            file.write(to.tableOffset() + done, chunk.flip());
        }
    }

    private void zero(long from, long to) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(Math.clamp(to - from, 0, CHUNK));
        for (long at = from; at < to; at += zeros.limit()) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), to - at));
            file.write(at, zeros);
        }
    }
}
