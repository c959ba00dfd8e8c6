package org.jeroboam.hardware.board;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ProviderType;

/** Host memory outside the heap that guests may see through {@link Board#mapBacking}. Page-aligned, owned by the machine. */
@ProviderType
public interface Backing {
    /**
     * The bytes, for the device's own use on the machine thread. After writing through it to pages that guests can execute,
     * call {@link #written}.
     *
     * @return a segment of the backing's size
     */
    MemorySegment segment();

    /**
     * Tells code and dirty tracking of a write through {@link #segment()}.
     *
     * @param offset first byte
     * @param length bytes
     */
    void written(long offset, long length);
}
