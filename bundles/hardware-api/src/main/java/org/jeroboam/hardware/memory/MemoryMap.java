package org.jeroboam.hardware.memory;

import java.util.BitSet;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The physical map as a CPU core sees it: each page has a host address to read from and one to write to, or none.
 * A page may have one without the other (ROM; shadow RAM with reads from ROM). Machine thread only.
 *
 * <p>The tables belong to the machine. A core copies host addresses into its TLB and drops them when its
 * {@link MemoryListener} says so.
 */
@ProviderType
public interface MemoryMap extends PhysicalMemory {
    /**
     * Where the page can be read directly.
     *
     * @param page physical address {@code >>> 12}
     * @return host address of the page's first byte, or 0 when reads must use {@link #read}
     */
    long readAddress(long page);

    /**
     * Where the page can be written directly. Pages with code marks, pages under a dirty log that are still clean, ROM
     * and device pages have none.
     *
     * @param page physical address {@code >>> 12}
     * @return host address of the page's first byte, or 0 when writes must use {@link #write}
     */
    long writeAddress(long page);

    /**
     * Marks bytes from which a core made code. From now on every writer's stores into these 64-byte lines are announced by
     * {@link MemoryListener#codeWritten}. The caller drops the page from its own write TLB; listeners other than the
     * caller are told by {@link MemoryListener#pagesChanged}.
     *
     * @param physical first byte
     * @param length bytes, within one page
     */
    void markCode(long physical, int length);

    /**
     * The lines of a page that hold code.
     *
     * @param page physical address {@code >>> 12}
     * @return bit n is set when bytes 64n to 64n+63 hold code
     */
    long codeLines(long page);

    /**
     * Forgets the marks of a page; its writes become direct again.
     *
     * @param page physical address {@code >>> 12}
     */
    void clearCode(long page);

    /**
     * Starts or stops the log of written RAM pages. While it is on, a clean page has no write address; its first write
     * makes it dirty and gives it one.
     *
     * @param on whether to log
     */
    void setDirtyLog(boolean on);

    /**
     * The RAM pages written since the log started or this method was last called, which makes all pages clean again.
     *
     * @return page numbers; empty while the log is off
     */
    BitSet takeDirty();

    /**
     * Adds a listener; the cores do.
     *
     * @param listener called on the machine thread
     */
    void addListener(MemoryListener listener);

    /**
     * Removes a listener.
     *
     * @param listener one that was added
     */
    void removeListener(MemoryListener listener);
}
