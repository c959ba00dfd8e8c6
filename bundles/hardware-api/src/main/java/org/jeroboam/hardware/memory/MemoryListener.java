package org.jeroboam.hardware.memory;

/** Told of changes that make a core's TLB or translated code stale. Called on the machine thread, before the change is used. */
public interface MemoryListener {
    /**
     * The read or write addresses of these pages changed.
     *
     * @param firstPage physical address {@code >>> 12}
     * @param count pages, 1 or more
     */
    void pagesChanged(long firstPage, long count);

    /**
     * Bytes in a line marked by {@link MemoryMap#markCode} were or are about to be written, by the core itself or by
     * any other writer. The core must not execute what it made of the old bytes.
     *
     * @param physical first byte
     * @param length bytes, within one page
     */
    void codeWritten(long physical, int length);
}
