package org.jeroboam.storage.vhd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.Geometry;

/**
 * Where everything is in a file: footer, its copy, header and table, each found and judged. The footer at the end
 * counts; when it is damaged, its copy at the beginning does, which fixed disks do not have.
 */
public final class VhdLayout {
    /** The largest disk: 2,040 GB. */
    public static final long MAX_SIZE = 2_088_960L << 20;

    private static final int SECTOR = Footer.SIZE;

    private final Footer footer;
    private final ByteBuffer footerBytes;
    private final DynamicHeader header;
    private final ParentLink parent;
    private final long dataEnd;
    private final boolean endIntact;
    private final boolean copyIntact;
    private final List<String> warnings;

    private VhdLayout(
            Footer footer,
            ByteBuffer footerBytes,
            DynamicHeader header,
            ParentLink parent,
            long dataEnd,
            boolean endIntact,
            boolean copyIntact,
            List<String> warnings) {
        this.footer = footer;
        this.footerBytes = footerBytes;
        this.header = header;
        this.parent = parent;
        this.dataEnd = dataEnd;
        this.endIntact = endIntact;
        this.copyIntact = copyIntact;
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Finds and judges the structures. The table's entries are not looked at: {@link TableScan} does that.
     *
     * @param file the file; only read
     * @return where everything is
     * @throws ConfigurationException when it is no virtual hard disk, or too damaged to be one; one sentence
     * @throws IOException when the host fails
     */
    public static VhdLayout read(ImageFile file) throws ConfigurationException, IOException {
        try {
            return judge(file);
        } catch (DamagedException e) {
            throw new ConfigurationException(
                    "disk image " + file.name() + " cannot be used: " + e.getMessage()
                            + "; restore it from a backup or name another file",
                    e);
        }
    }

    private static VhdLayout judge(ImageFile file) throws DamagedException, IOException {
        long size = file.size();
        List<String> warnings = new ArrayList<>();
        FooterSearch search = FooterSearch.in(file);
        if (search.found() == null) {
            throw search.damage();
        }
        Footer footer = search.found();
        if (search.endDamage() != null) {
            warnings.add(search.endDamage().getMessage() + "; its copy at the beginning of the file is used");
        }
        long dataEnd = search.endDamage() == null ? search.position() : size / SECTOR * SECTOR;
        checkSize(footer);
        DynamicHeader header = null;
        ParentLink parent = null;
        boolean copyIntact = true;
        if (footer.type() == DiskType.FIXED) {
            if (footer.currentSize() > dataEnd) {
                throw new DamagedException("the file was cut off: the disk has " + footer.currentSize()
                        + " bytes, of which " + dataEnd + " are in the file");
            }
        } else {
            copyIntact = search.copyEqual();
            if (!copyIntact && !search.copyOlder()) {
                warnings.add("the copy of the footer at the beginning of the file differs from the footer");
            }
            header = header(file, footer, dataEnd);
            if (footer.type() == DiskType.DIFFERENCING) {
                ByteBuffer bytes = bytes(file, footer.dataOffset(), DynamicHeader.SIZE);
                parent = ParentLink.read(file, bytes, footer.dataOffset(), header, dataEnd);
                warnings.addAll(parent.damage());
            }
        }
        boolean endIntact = search.endDamage() == null;
        return new VhdLayout(footer, search.bytes(), header, parent, dataEnd, endIntact, copyIntact, warnings);
    }

    private static void checkSize(Footer footer) throws DamagedException {
        long bytes = footer.currentSize();
        if (bytes <= 0 || bytes > MAX_SIZE || bytes % SECTOR != 0) {
            throw new DamagedException("the footer gives the disk " + Long.toUnsignedString(bytes)
                    + " bytes, which are not whole sectors up to 2,040 GB");
        }
    }

    private static DynamicHeader header(ImageFile file, Footer footer, long dataEnd)
            throws DamagedException, IOException {
        long at = footer.dataOffset();
        if (at < SECTOR || at > dataEnd - DynamicHeader.SIZE) {
            throw new DamagedException(
                    "the footer puts the dynamic header at byte " + Long.toUnsignedString(at) + ", outside the file");
        }
        DynamicHeader header = DynamicHeader.decode(bytes(file, at, DynamicHeader.SIZE));
        long table = header.tableOffset();
        if (table < SECTOR || table % SECTOR != 0 || table > dataEnd - header.tableSize()) {
            throw new DamagedException("the dynamic header puts a block table of " + header.entries()
                    + " entries at byte " + Long.toUnsignedString(table) + ", where the file has no room for it");
        }
        if (table < at + DynamicHeader.SIZE && at < table + header.tableSize()) {
            throw new DamagedException("the block table lies over the dynamic header");
        }
        long needed = (footer.currentSize() - 1) / header.blockSize() + 1;
        if (header.entries() < needed) {
            throw new DamagedException(
                    "the block table has " + header.entries() + " entries where the disk needs " + needed);
        }
        return header;
    }

    /**
     * Reads a structure.
     *
     * @param file the file
     * @param position where
     * @param length bytes
     * @return a buffer outside the heap that begins with them
     * @throws IOException when the host fails or the file ends before
     */
    static ByteBuffer bytes(ImageFile file, long position, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(length);
        file.read(position, bytes);
        return bytes.flip();
    }

    /**
     * The footer that counts.
     *
     * @return the one at the end, or its copy when that is damaged
     */
    public Footer footer() {
        return footer;
    }

    /**
     * The footer as it is in the file, with what this library does not know.
     *
     * @return a view of its {@value Footer#SIZE} bytes, ready to be written
     */
    public ByteBuffer footerBytes() {
        return footerBytes.duplicate().clear();
    }

    /**
     * The dynamic header.
     *
     * @return null for a fixed disk
     */
    public DynamicHeader header() {
        return header;
    }

    /**
     * What a differencing disk says about its parent.
     *
     * @return null for other disks
     */
    public ParentLink parent() {
        return parent;
    }

    /**
     * Where the data end: the place of the footer, or the last whole sector's end when that is damaged.
     *
     * @return bytes
     */
    public long dataEnd() {
        return dataEnd;
    }

    /**
     * Whether the footer at the end is good.
     *
     * @return false when its copy is used
     */
    public boolean endIntact() {
        return endIntact;
    }

    /**
     * Whether the copy at the beginning is the same as the footer. One that is good and of the same disk, but of before
     * a change that was interrupted, is nothing to warn of: the footer counts, and the next writer makes them equal.
     *
     * @return also true for a fixed disk, which needs none
     */
    public boolean copyIntact() {
        return copyIntact;
    }

    /**
     * The dynamic header as it is in the file, with what this library does not know.
     *
     * @param file the file
     * @return {@value DynamicHeader#SIZE} bytes outside the heap, ready to be written
     * @throws IOException when the host fails
     */
    public ByteBuffer headerBytes(ImageFile file) throws IOException {
        return bytes(file, footer.dataOffset(), DynamicHeader.SIZE);
    }

    /**
     * The dynamic header as it is in the file, with what this library does not know, changed to say something else.
     *
     * @param file the file
     * @param changed what it shall say
     * @return {@value DynamicHeader#SIZE} bytes outside the heap with a right checksum, ready to be written
     * @throws IOException when the host fails
     */
    public ByteBuffer headerBytes(ImageFile file, DynamicHeader changed) throws IOException {
        return changed.encodeOver(bytes(file, footer.dataOffset(), DynamicHeader.SIZE));
    }

    /**
     * What is wrong without making the file unusable.
     *
     * @return clauses
     */
    public List<String> warnings() {
        return warnings;
    }

    /**
     * The disk's size.
     *
     * @return sectors
     */
    public long sectors() {
        return footer.currentSize() / SECTOR;
    }

    /**
     * The disk's shape.
     *
     * @return as stored; computed from the size when what is stored cannot be a shape
     */
    public Geometry geometry() {
        return VhdGeometry.usable(footer.geometry()) ? footer.geometry() : VhdGeometry.ofSize(sectors());
    }

    /**
     * Where the structures end that are before any block, in the usual order.
     *
     * @return bytes
     */
    public long metadataEnd() {
        if (header == null) {
            return 0;
        }
        long end = Math.max(footer.dataOffset() + DynamicHeader.SIZE, header.tableOffset() + header.tableSize());
        return parent == null ? end : Math.max(end, parent.end());
    }

    /**
     * Whether a range of the file touches the footer's copy, the header or the table.
     *
     * @param from its first byte
     * @param to its end
     * @return true when it does
     */
    public boolean touchesMetadata(long from, long to) {
        return from < SECTOR
                || parent != null && parent.locators().stream().anyMatch(locator -> locator.touches(from, to))
                || from < footer.dataOffset() + DynamicHeader.SIZE && footer.dataOffset() < to
                || from < header.tableOffset() + header.tableSize() && header.tableOffset() < to;
    }
}
