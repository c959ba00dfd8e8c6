package org.jeroboam.storage.vhd;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A file as images use it. Not thread-safe. Buffers should be outside the heap. Between two calls of {@link #force} the
 * host may make the writes durable in any order, sector by sector.
 */
public interface ImageFile extends AutoCloseable {
    /**
     * The file's name in messages.
     *
     * @return a path
     */
    String name();

    /**
     * The file's length.
     *
     * @return bytes
     * @throws IOException when the host fails
     */
    long size() throws IOException;

    /**
     * Reads until the buffer is full.
     *
     * @param position where, in bytes
     * @param target its remaining bytes are filled
     * @throws IOException when the host fails or the file ends before
     */
    void read(long position, ByteBuffer target) throws IOException;

    /**
     * Writes the whole buffer; the file grows when that is beyond its end, and what lies between are zeros.
     *
     * @param position where, in bytes
     * @param source its remaining bytes are written
     * @throws IOException when the host fails
     */
    void write(long position, ByteBuffer source) throws IOException;

    /**
     * Cuts the file off.
     *
     * @param size bytes that stay
     * @throws IOException when the host fails
     */
    void truncate(long size) throws IOException;

    /**
     * Makes all done so far durable. After it failed once it always fails: the host may have forgotten what it could
     * not write.
     *
     * @throws IOException when the host fails
     */
    void force() throws IOException;

    @Override
    void close() throws IOException;
}
