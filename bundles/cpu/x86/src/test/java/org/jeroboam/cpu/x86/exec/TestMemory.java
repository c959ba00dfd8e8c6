package org.jeroboam.cpu.x86.exec;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jeroboam.hardware.memory.HostMemory;
import org.jeroboam.hardware.memory.MemoryListener;
import org.jeroboam.hardware.memory.MemoryMap;

/**
 * RAM from address 0, device pages and read-only pages over it, with code marks, a dirty log and listeners for real.
 */
final class TestMemory implements MemoryMap {
    /** A page of a device. */
    interface Device {
        int read(long physical, int size);

        void write(long physical, int size, int value);
    }

    /** On both sides of RAM, so that a stray access shows. */
    private static final int GUARD = 1 << 16;

    private static final byte UNTOUCHED = 0x5A;

    private final MemorySegment guarded;
    private final MemorySegment ram;
    private final int pages;
    private final long[] lines;
    private final boolean[] readOnly;
    private final Device[] devices;
    private final BitSet dirty = new BitSet();
    private boolean logging;
    private final List<MemoryListener> listeners = new ArrayList<>();

    TestMemory(Arena arena, int bytes) {
        guarded = arena.allocate(bytes + 2L * GUARD, PAGE_SIZE);
        guarded.fill(UNTOUCHED);
        ram = guarded.asSlice(GUARD, bytes);
        ram.fill((byte) 0);
        pages = bytes >> PAGE_SHIFT;
        lines = new long[pages];
        readOnly = new boolean[pages];
        devices = new Device[pages];
    }

    MemorySegment ram() {
        return ram;
    }

    void setReadOnly(int page, boolean value) {
        readOnly[page] = value;
        changed(page, 1);
    }

    void setDevice(int page, Device device) {
        devices[page] = device;
        changed(page, 1);
    }

    private void changed(long page, long count) {
        listeners.forEach(l -> l.pagesChanged(page, count));
    }

    /** Whether nobody wrote in front of RAM or behind it. */
    boolean isGuardIntact() {
        return isUntouched(guarded.asSlice(0, GUARD)) && isUntouched(guarded.asSlice(GUARD + ram.byteSize(), GUARD));
    }

    private static boolean isUntouched(MemorySegment guard) {
        byte[] bytes = guard.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        for (byte b : bytes) {
            if (b != UNTOUCHED) {
                return false;
            }
        }
        return true;
    }

    /** Fills RAM without telling anybody, for a machine that is about to start. */
    void clear() {
        ram.fill((byte) 0);
    }

    @Override
    public long readAddress(long page) {
        return page < pages && devices[(int) page] == null ? ram.address() + (page << PAGE_SHIFT) : 0;
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
        int page = (int) (physical >> PAGE_SHIFT);
        int first = (int) physical & 0xFFF;
        boolean marked = lines[page] != 0;
        for (int line = first >> 6; line <= first + length - 1 >> 6; line++) {
            lines[page] |= 1L << line;
        }
        if (!marked) {
            changed(page, 1);
        }
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
        logging = on;
        dirty.clear();
        changed(0, pages);
    }

    @Override
    public BitSet takeDirty() {
        BitSet taken = (BitSet) dirty.clone();
        dirty.clear();
        changed(0, pages);
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

    @Override
    public int read(long physical, int size) {
        int page = page(physical);
        if (page >= 0 && devices[page] != null) {
            return devices[page].read(physical, size);
        }
        int value = 0;
        for (int i = 0; i < size; i++) {
            value |= readByte(physical + i) << 8 * i;
        }
        return value;
    }

    private int readByte(long physical) {
        return page(physical) < 0 ? 0xFF : HostMemory.getByte(ram.address() + physical);
    }

    @Override
    public void write(long physical, int size, int value) {
        int page = page(physical);
        if (page >= 0 && devices[page] != null) {
            devices[page].write(physical, size, value);
            return;
        }
        for (int i = 0; i < size; i++) {
            writeByte(physical + i, value >>> 8 * i);
        }
    }

    private void writeByte(long physical, int value) {
        int page = page(physical);
        if (page < 0 || readOnly[page]) {
            return;
        }
        if ((lines[page] >>> (physical >> 6 & 63) & 1) != 0) {
            listeners.forEach(l -> l.codeWritten(physical, 1));
        }
        if (logging && !dirty.get(page)) {
            dirty.set(page);
            changed(page, 1);
        }
        HostMemory.putByte(ram.address() + physical, value);
    }

    private int page(long physical) {
        long page = physical >> PAGE_SHIFT;
        return page >= 0 && page < pages ? (int) page : -1;
    }

    @Override
    public void copyOut(long physical, MemorySegment target, long offset, long length) {
        for (long i = 0; i < length; i++) {
            target.set(java.lang.foreign.ValueLayout.JAVA_BYTE, offset + i, (byte) read(physical + i, 1));
        }
    }

    @Override
    public void copyIn(long physical, MemorySegment source, long offset, long length) {
        for (long i = 0; i < length; i++) {
            write(physical + i, 1, source.get(java.lang.foreign.ValueLayout.JAVA_BYTE, offset + i));
        }
    }

    /** All of RAM. */
    byte[] snapshot() {
        return ram.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    }

    int hash() {
        return Arrays.hashCode(snapshot());
    }
}
