package org.jeroboam.cpu.recompilerx64.lockstep;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jeroboam.hardware.memory.HostMemory;
import org.jeroboam.hardware.memory.MemoryListener;
import org.jeroboam.hardware.memory.MemoryMap;

/**
 * A machine's memory: RAM from address 0, over it pages that are read-only, that are read from a second bank (as shadow
 * RAM is), or that belong to a device; code marks, a dirty log and listeners as the machine has them.
 */
final class GuestMemory implements MemoryMap {
    /** A page of a device. */
    interface Device {
        int read(long physical, int size);

        void write(long physical, int size, int value);
    }

    private static final int GUARD = 1 << 16;
    private static final byte UNTOUCHED = 0x5A;

    private final MemorySegment guarded;
    private final MemorySegment ram;
    private final MemorySegment second;
    private final int pages;
    private final long[] lines;
    private final boolean[] readOnly;
    private final boolean[] shadowed;
    private final Device[] devices;
    private final BitSet dirty = new BitSet();
    private final List<MemoryListener> listeners = new ArrayList<>();
    private boolean logging;

    /** Nobody is told of changes: what a machine without the mechanism would do. */
    boolean silent;

    GuestMemory(Arena arena, int bytes) {
        guarded = arena.allocate(bytes + 2L * GUARD, PAGE_SIZE);
        guarded.asSlice(0, GUARD).fill(UNTOUCHED);
        guarded.asSlice(GUARD + (long) bytes, GUARD).fill(UNTOUCHED);
        ram = guarded.asSlice(GUARD, bytes);
        second = arena.allocate(bytes, PAGE_SIZE);
        pages = bytes >> PAGE_SHIFT;
        lines = new long[pages];
        readOnly = new boolean[pages];
        shadowed = new boolean[pages];
        devices = new Device[pages];
    }

    MemorySegment ram() {
        return ram;
    }

    /** What pages read as while they are shadowed. */
    MemorySegment secondBank() {
        return second;
    }

    void setDevice(int page, Device device) {
        devices[page] = device;
        changed(page, 1);
    }

    void setReadOnly(int page, boolean value) {
        readOnly[page] = value;
        changed(page, 1);
    }

    /** Makes a page read from the second bank; writes go to RAM. */
    void setShadowed(int page, boolean value) {
        shadowed[page] = value;
        changed(page, 1);
    }

    private void changed(long page, long count) {
        if (!silent) {
            listeners.forEach(l -> l.pagesChanged(page, count));
        }
    }

    /** Whether nobody wrote in front of RAM or behind it. */
    boolean isGuardIntact() {
        return isUntouched(guarded.asSlice(0, GUARD)) && isUntouched(guarded.asSlice(GUARD + ram.byteSize(), GUARD));
    }

    private static boolean isUntouched(MemorySegment guard) {
        for (byte b : guard.toArray(ValueLayout.JAVA_BYTE)) {
            if (b != UNTOUCHED) {
                return false;
            }
        }
        return true;
    }

    @Override
    public long readAddress(long page) {
        if (page >= pages || devices[(int) page] != null) {
            return 0;
        }
        return (shadowed[(int) page] ? second : ram).address() + (page << PAGE_SHIFT);
    }

    @Override
    public long writeAddress(long page) {
        if (page >= pages) {
            return 0;
        }
        int p = (int) page;
        boolean direct = devices[p] == null && !readOnly[p] && lines[p] == 0 && (!logging || dirty.get(p));
        return direct ? ram.address() + (page << PAGE_SHIFT) : 0;
    }

    @Override
    public void markCode(long physical, int length) {
        // The only listener is the caller, as in a machine: nobody else's write TLB could hold the page.
        lines[(int) (physical >> PAGE_SHIFT)] |= mask(physical, length);
    }

    private static long mask(long physical, int length) {
        int first = (int) physical >>> 6 & 63;
        int last = (int) (physical + length - 1) >>> 6 & 63;
        return -1L >>> 63 - (last - first) << first;
    }

    @Override
    public long codeLines(long page) {
        return page < pages ? lines[(int) page] : 0;
    }

    @Override
    public void clearCode(long page) {
        lines[(int) page] = 0;
    }

    @Override
    public void setDirtyLog(boolean on) {
        if (on != logging) {
            logging = on;
            dirty.clear();
            changed(0, pages);
        }
    }

    @Override
    public BitSet takeDirty() {
        BitSet taken = (BitSet) dirty.clone();
        dirty.clear();
        taken.stream().forEach(page -> changed(page, 1));
        return taken;
    }

    @Override
    public void addListener(MemoryListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(MemoryListener listener) {
        listeners.remove(listener);
    }

    int listeners() {
        return listeners.size();
    }

    @Override
    public int read(long physical, int size) {
        int page = page(physical);
        if (page >= 0 && devices[page] != null && (physical & 0xFFF) + size <= PAGE_SIZE) {
            return devices[page].read(physical, size);
        }
        int value = 0;
        for (int i = 0; i < size; i++) {
            value |= readByte(physical + i) << 8 * i;
        }
        return value;
    }

    private int readByte(long physical) {
        int page = page(physical);
        if (page < 0) {
            return 0xFF;
        }
        if (devices[page] != null) {
            return devices[page].read(physical, 1);
        }
        return HostMemory.getByte((shadowed[page] ? second : ram).address() + physical);
    }

    @Override
    public void write(long physical, int size, int value) {
        int page = page(physical);
        if ((physical & 0xFFF) + size > PAGE_SIZE) {
            for (int i = 0; i < size; i++) {
                write(physical + i, 1, value >>> 8 * i);
            }
            return;
        }
        if (page >= 0 && devices[page] != null) {
            devices[page].write(physical, size, value);
        } else if (page >= 0 && !readOnly[page]) {
            long at = ram.address() + physical;
            for (int i = 0; i < size; i++) {
                HostMemory.putByte(at + i, value >>> 8 * i);
            }
            if (logging && !dirty.get(page)) {
                dirty.set(page);
            }
            if ((lines[page] & mask(physical, size)) != 0 && !silent) {
                listeners.forEach(l -> l.codeWritten(physical, size));
            }
        }
    }

    private int page(long physical) {
        long page = physical >> PAGE_SHIFT;
        return page >= 0 && page < pages ? (int) page : -1;
    }

    @Override
    public void copyOut(long physical, MemorySegment target, long offset, long length) {
        for (long i = 0; i < length; i++) {
            target.set(ValueLayout.JAVA_BYTE, offset + i, (byte) read(physical + i, 1));
        }
    }

    @Override
    public void copyIn(long physical, MemorySegment source, long offset, long length) {
        for (long i = 0; i < length; i++) {
            write(physical + i, 1, source.get(ValueLayout.JAVA_BYTE, offset + i));
        }
    }
}
