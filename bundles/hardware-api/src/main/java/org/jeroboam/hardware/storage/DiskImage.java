package org.jeroboam.hardware.storage;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * An open disk image. Calls block and come from I/O threads, one at a time per image. What was flushed survives a kill of
 * the process at any instant; metadata is written in an order that is recoverable at each step.
 */
public interface DiskImage extends AutoCloseable {
    /** Bytes in a sector. */
    int SECTOR_SIZE = 512;

    /**
     * The size.
     *
     * @return sectors
     */
    long sectors();

    /**
     * The shape.
     *
     * @return from the image's metadata, or derived from its size
     */
    Geometry geometry();

    /**
     * Whether writes are refused.
     *
     * @return true when opened so
     */
    boolean readOnly();

    /**
     * Reads sectors.
     *
     * @param sector first sector
     * @param count sectors
     * @param target a segment outside the heap of at least {@code count} sectors
     * @throws IOException when the host fails or the range is outside the image
     */
    void read(long sector, int count, MemorySegment target) throws IOException;

    /**
     * Writes sectors.
     *
     * @param sector first sector
     * @param count sectors
     * @param source a segment outside the heap of at least {@code count} sectors
     * @throws IOException when the host fails, the range is outside the image, or it is read-only
     */
    void write(long sector, int count, MemorySegment source) throws IOException;

    /**
     * Makes all writes so far durable.
     *
     * @throws IOException when the host fails
     */
    void flush() throws IOException;

    /**
     * Flushes and closes.
     *
     * @throws IOException when the host fails
     */
    @Override
    void close() throws IOException;
}
