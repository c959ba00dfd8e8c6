package org.jeroboam.machine.memory;

import org.jeroboam.hardware.board.Mapping;
import org.jeroboam.hardware.board.MemoryHandler;
import org.jeroboam.machine.board.PartFailures;

/** Pages that show a device's registers or a backing. */
public final class Window implements Mapping {
    final long rank;
    final long firstPage;
    final long endPage;
    final BackingMemory backing;
    final boolean writable;

    private final long base;
    final String owner;
    private final long backingOffset;
    private final MemoryHandler handler;
    private final PartFailures failures;
    private final PhysicalMap map;

    Window(
            PhysicalMap map,
            String owner,
            long rank,
            long base,
            long length,
            MemoryHandler handler,
            PartFailures failures) {
        this(map, owner, rank, base, length, handler, null, 0, false, failures);
    }

    Window(
            PhysicalMap map,
            String owner,
            long rank,
            long base,
            long length,
            BackingMemory backing,
            long offset,
            boolean writable) {
        this(map, owner, rank, base, length, null, backing, offset, writable, null);
    }

    private Window(
            PhysicalMap map,
            String owner,
            long rank,
            long base,
            long length,
            MemoryHandler handler,
            BackingMemory backing,
            long backingOffset,
            boolean writable,
            PartFailures failures) {
        this.map = map;
        this.owner = owner;
        this.rank = rank;
        this.base = base;
        this.handler = handler;
        this.backing = backing;
        this.backingOffset = backingOffset;
        this.writable = writable;
        this.failures = failures;
        firstPage = base >>> 12;
        endPage = Math.min(firstPage + (length >>> 12), PhysicalMap.PAGES);
    }

    @Override
    public void unmap() {
        map.remove(this);
    }

    boolean covers(long page) {
        return page >= firstPage && page < endPage;
    }

    boolean isDevice() {
        return handler != null;
    }

    long hostAddress(long page) {
        return backing.address() + backingOffset + (page - firstPage << 12);
    }

    /** Physical address at which a byte of the backing is seen, were the window large enough. */
    long physical(long offset) {
        return base + offset - backingOffset;
    }

    long firstOffset() {
        return backingOffset;
    }

    long endOffset() {
        return backingOffset + (endPage - firstPage << 12);
    }

    int read(long physical, int size) {
        map.last = this;
        int value;
        try {
            value = handler.readMemory(physical - base, size);
        } catch (RuntimeException | Error e) {
            failures.failed(owner, e);
            value = -1;
        }
        failures.check();
        return size == 4 ? value : value & (1 << 8 * size) - 1;
    }

    void write(long physical, int size, int value) {
        map.last = this;
        try {
            handler.writeMemory(physical - base, size, size == 4 ? value : value & (1 << 8 * size) - 1);
        } catch (RuntimeException | Error e) {
            failures.failed(owner, e);
        }
        failures.check();
    }

    /** What this window shows, for a saved state; only windows onto backings can be described. */
    public record Description(long base, long length, String backing, long offset, boolean writable) {}

    /** Describes a window onto a backing; null for a device's registers. */
    public Description describe() {
        return backing == null
                ? null
                : new Description(base, endPage - firstPage << 12, backing.name(), backingOffset, writable);
    }
}
