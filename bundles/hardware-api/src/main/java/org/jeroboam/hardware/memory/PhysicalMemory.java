package org.jeroboam.hardware.memory;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The guest's physical address space as bus masters (DMA), firmware and debuggers see it. Every write goes through code
 * and dirty tracking. Accesses may cross pages and hit anything: RAM, ROM (writes vanish), device pages (dispatched) or
 * nothing (reads as all ones). Values are little-endian; results are zero-extended. Machine thread only; never throws for
 * any address.
 */
@ProviderType
public interface PhysicalMemory {
    /** Bytes in a page. */
    int PAGE_SIZE = 4096;

    /** log2 of {@link #PAGE_SIZE}. */
    int PAGE_SHIFT = 12;

    /**
     * Reads a value.
     *
     * @param physical physical address
     * @param size 1, 2 or 4 bytes
     * @return the value, zero-extended
     */
    int read(long physical, int size);

    /**
     * Writes a value.
     *
     * @param physical physical address
     * @param size 1, 2 or 4 bytes
     * @param value its low {@code size} bytes are written
     */
    void write(long physical, int size, int value);

    /**
     * Copies guest memory out.
     *
     * @param physical first physical address
     * @param target where to
     * @param offset first byte in {@code target}
     * @param length bytes, 0 or more
     */
    void copyOut(long physical, MemorySegment target, long offset, long length);

    /**
     * Copies into guest memory.
     *
     * @param physical first physical address
     * @param source where from
     * @param offset first byte in {@code source}
     * @param length bytes, 0 or more
     */
    void copyIn(long physical, MemorySegment source, long offset, long length);
}
