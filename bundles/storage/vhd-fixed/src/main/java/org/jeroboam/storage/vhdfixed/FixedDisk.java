package org.jeroboam.storage.vhdfixed;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.Geometry;
import org.jeroboam.storage.vhd.DiskType;
import org.jeroboam.storage.vhd.ImageFile;
import org.jeroboam.storage.vhd.VhdLayout;

/**
 * An open fixed disk: sector n is the file's sector n. Neither the footer nor the file's size ever changes, so that
 * there is no order to keep.
 */
final class FixedDisk implements DiskImage {
    /** The most bytes of one transfer, far above what devices ask for. */
    private static final long PIECE = 1 << 30;

    private final ImageFile file;
    private final VhdLayout layout;
    private final boolean readOnly;
    private boolean dirty;
    private boolean closed;

    private FixedDisk(ImageFile file, VhdLayout layout, boolean readOnly) {
        this.file = file;
        this.layout = layout;
        this.readOnly = readOnly;
    }

    /**
     * Opens a disk.
     *
     * @param file the file; this disk's own from now on, unless opening fails
     * @param layout its structures
     * @param readOnly whether writes are refused
     * @return the disk
     * @throws ConfigurationException when it is no fixed disk; one sentence
     */
    static FixedDisk open(ImageFile file, VhdLayout layout, boolean readOnly) throws ConfigurationException {
        if (layout.footer().type() != DiskType.FIXED) {
            throw new ConfigurationException("disk image " + file.name() + " is a "
                    + layout.footer().type().label() + " disk, not a fixed one; open it with the format vhd-"
                    + layout.footer().type().label());
        }
        return new FixedDisk(file, layout, readOnly);
    }

    @Override
    public long sectors() {
        return layout.sectors();
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
        long bytes = (long) count * SECTOR_SIZE;
        for (long done = 0; done < bytes; done += PIECE) {
            long position = sector * SECTOR_SIZE + done;
            try {
                file.read(position, piece(target, done, bytes));
            } catch (IOException e) {
                throw failure("read", position, e);
            }
        }
    }

    @Override
    public void write(long sector, int count, MemorySegment source) throws IOException {
        if (readOnly) {
            throw new IOException("disk image " + file.name() + " is open read-only");
        }
        checkRange(sector, count);
        dirty = true;
        long bytes = (long) count * SECTOR_SIZE;
        for (long done = 0; done < bytes; done += PIECE) {
            long position = sector * SECTOR_SIZE + done;
            try {
                file.write(position, piece(source, done, bytes));
            } catch (IOException e) {
                throw failure("write", position, e);
            }
        }
    }

    private static ByteBuffer piece(MemorySegment segment, long from, long bytes) {
        return segment.asSlice(from, Math.min(PIECE, bytes - from)).asByteBuffer();
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
        }
    }

    private void checkRange(long sector, int count) throws IOException {
        if (closed) {
            throw new IOException("disk image " + file.name() + " is closed");
        }
        if (sector < 0 || count < 0 || sector > sectors() - count) {
            throw new IOException("sectors " + sector + " to " + (sector + count - 1) + " are not on disk image "
                    + file.name() + ", which has " + sectors());
        }
    }

    private IOException failure(String what, long position, IOException cause) {
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new IOException(
                "cannot " + what + " disk image " + file.name() + " from sector " + position / SECTOR_SIZE + " on: "
                        + reason,
                cause);
    }
}
