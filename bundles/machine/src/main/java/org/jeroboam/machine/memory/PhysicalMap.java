package org.jeroboam.machine.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jeroboam.hardware.board.MemoryHandler;
import org.jeroboam.hardware.memory.HostMemory;
import org.jeroboam.hardware.memory.MemoryListener;
import org.jeroboam.hardware.memory.MemoryMap;
import org.jeroboam.machine.board.PartFailures;

/**
 * The physical address space of 36 bits. Where nothing but RAM or nothing at all is, there is no table: the address
 * follows from the page number. Only regions of 4 MiB with a window or a closed piece of DRAM have a {@link Leaf}.
 *
 * <p>DRAM that is open hides windows; among windows the one of the highest rank answers, and of equal ranks the newest.
 */
public final class PhysicalMap implements MemoryMap {
    static final long PAGES = 1L << 24;

    /** Only cores listen; what one throws must not look like the fault of the device that wrote. */
    private static final String CORE = "cpu";

    private static final int LEAF_SHIFT = 10;
    private static final int LEAF_MASK = (1 << LEAF_SHIFT) - 1;
    private static final int FIRST_CLOSABLE = 0xA0;
    private static final int CLOSABLE_END = 0x100;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final class Leaf {
        final long[] read = new long[1 << LEAF_SHIFT];
        final long[] write = new long[1 << LEAF_SHIFT];
        final Window[] reader = new Window[1 << LEAF_SHIFT];
        final Window[] writer = new Window[1 << LEAF_SHIFT];
    }

    private final GuestRam ram;
    private final PartFailures failures;
    private final Leaf[] leaves = new Leaf[(int) (PAGES >>> LEAF_SHIFT)];
    private final long[][] code = new long[(int) (PAGES >>> LEAF_SHIFT)][];
    private final BitSet readable = new BitSet();
    private final BitSet writable = new BitSet();
    /** By rank; of equal ranks the newest is last. */
    private final List<Window> windows = new ArrayList<>();

    private final BitSet dirty = new BitSet();
    private MemoryListener[] listeners = new MemoryListener[0];
    private boolean logging;
    /** The registers that were accessed last. */
    Window last;

    /**
     * Creates the map with DRAM from A0000h to FFFFFh closed.
     *
     * @param ram the machine's RAM
     * @param failures told when a window's handler throws
     */
    public PhysicalMap(GuestRam ram, PartFailures failures) {
        this.ram = ram;
        this.failures = failures;
        rebuild(FIRST_CLOSABLE, CLOSABLE_END - FIRST_CLOSABLE);
    }

    /** A device's registers; see {@link org.jeroboam.hardware.board.Board#mapDevice}. */
    public Window mapDevice(String owner, long rank, long base, long length, MemoryHandler handler) {
        checkRange(base, length);
        return add(new Window(this, owner, rank, base, length, handler, failures));
    }

    /** A backing; see {@link org.jeroboam.hardware.board.Board#mapBacking}. */
    public Window mapBacking(
            String owner, long rank, long base, long length, BackingMemory backing, long offset, boolean writable) {
        checkRange(base, length);
        if (offset < 0 || (offset & 0xFFF) != 0 || length > backing.size() || offset > backing.size() - length) {
            throw new IllegalArgumentException("backing " + backing.name() + " of " + backing.device() + " has no "
                    + length + " bytes at " + offset);
        }
        return add(new Window(this, owner, rank, base, length, backing, offset, writable));
    }

    /** Opens or closes DRAM; see {@link org.jeroboam.hardware.board.Board#setDramAccess}. */
    public void setDramAccess(long base, long length, boolean read, boolean write) {
        int first = (int) Math.max(base >>> 12, FIRST_CLOSABLE);
        int end = (int) Math.min(base + length >>> 12, CLOSABLE_END);
        boolean changed = false;
        for (int page = first; page < end; page++) {
            changed |= readable.get(page) != read || writable.get(page) != write;
            readable.set(page, read);
            writable.set(page, write);
        }
        if (changed) {
            rebuild(first, end - first);
            changed(first, end - first);
        }
    }

    /** Closes all DRAM that can be closed, as power on does. */
    public void closeDram() {
        setDramAccess((long) FIRST_CLOSABLE << 12, (long) (CLOSABLE_END - FIRST_CLOSABLE) << 12, false, false);
    }

    /** The open DRAM for a saved state: readable pages, then writable ones. */
    public long[][] dramAccess() {
        return new long[][] {readable.toLongArray(), writable.toLongArray()};
    }

    /** Takes what {@link #dramAccess} gave. */
    public void restoreDramAccess(long[][] saved) {
        BitSet reads = BitSet.valueOf(saved[0]);
        BitSet writes = BitSet.valueOf(saved[1]);
        for (int page = FIRST_CLOSABLE; page < CLOSABLE_END; page++) {
            setDramAccess((long) page << 12, PAGE_SIZE, reads.get(page), writes.get(page));
        }
    }

    /** Forgets all code marks; for restored memory, before a core is loaded. */
    public void clearAllCode() {
        Arrays.fill(code, null);
    }

    /** Whose registers were accessed last; for a glance at a machine thread that does not come back. */
    public String lastOwner() {
        Window window = last;
        return window == null ? null : window.owner;
    }

    /** Forgets all listeners: the core that listened is abandoned. */
    public void dropListeners() {
        listeners = new MemoryListener[0];
    }

    /** Tables on the heap, of at most 24 KiB each. */
    int tables() {
        int count = 0;
        for (int i = 0; i < leaves.length; i++) {
            count += (leaves[i] == null ? 0 : 1) + (code[i] == null ? 0 : 1);
        }
        return count;
    }

    void remove(Window window) {
        if (windows.remove(window)) {
            last = last == window ? null : last;
            rebuild(window.firstPage, window.endPage - window.firstPage);
            changed(window.firstPage, window.endPage - window.firstPage);
        }
    }

    void backingWritten(BackingMemory backing, long offset, long length) {
        for (int i = 0; i < windows.size(); i++) {
            Window window = windows.get(i);
            if (window.backing == backing) {
                long from = Math.max(offset, window.firstOffset());
                long end = Math.min(offset + length, window.endOffset());
                announce(window.physical(from), end - from);
            }
        }
    }

    private void announce(long physical, long length) {
        long at = physical;
        long left = length;
        while (left > 0) {
            int part = (int) Math.min(left, PAGE_SIZE - (at & 0xFFF));
            codeTouched(at, part);
            at += part;
            left -= part;
        }
    }

    private Window add(Window window) {
        int at = windows.size();
        while (at > 0 && windows.get(at - 1).rank > window.rank) {
            at--;
        }
        windows.add(at, window);
        rebuild(window.firstPage, window.endPage - window.firstPage);
        changed(window.firstPage, window.endPage - window.firstPage);
        return window;
    }

    private static void checkRange(long base, long length) {
        if (base < 0 || length <= 0 || (base & 0xFFF) != 0 || (length & 0xFFF) != 0 || base >= PAGES << 12) {
            throw new IllegalArgumentException("cannot map " + length + " bytes at " + Long.toHexString(base)
                    + "h: base and length are multiples of 4096 below 64 GiB");
        }
    }

    private void rebuild(long first, long count) {
        List<Window> here = new ArrayList<>();
        for (Window window : windows) {
            if (window.firstPage < first + count && window.endPage > first) {
                here.add(window);
            }
        }
        for (long page = first; page < first + count; page++) {
            Window top = null;
            for (int i = here.size() - 1; i >= 0 && top == null; i--) {
                top = here.get(i).covers(page) ? here.get(i) : null;
            }
            set(page, top);
        }
    }

    private void set(long page, Window top) {
        long address = ram.hostAddress(page);
        boolean closable = page >= FIRST_CLOSABLE && page < CLOSABLE_END;
        boolean reads = address != 0 && (!closable || readable.get((int) page));
        boolean writes = address != 0 && (!closable || writable.get((int) page));
        int directory = (int) (page >>> LEAF_SHIFT);
        Leaf leaf = leaves[directory];
        if (leaf == null) {
            if (top == null && reads == writes && reads == (address != 0)) {
                return;
            }
            leaf = newLeaf(directory);
        }
        int at = (int) page & LEAF_MASK;
        boolean backed = top != null && !top.isDevice();
        leaf.read[at] = reads ? address : backed ? top.hostAddress(page) : 0;
        leaf.write[at] = writes ? address : backed && top.writable ? top.hostAddress(page) : 0;
        leaf.reader[at] = !reads && top != null && top.isDevice() ? top : null;
        leaf.writer[at] = !writes && top != null && top.isDevice() ? top : null;
    }

    private Leaf newLeaf(int directory) {
        Leaf leaf = new Leaf();
        for (int i = 0; i <= LEAF_MASK; i++) {
            long address = ram.hostAddress(((long) directory << LEAF_SHIFT) + i);
            leaf.read[i] = address;
            leaf.write[i] = address;
        }
        leaves[directory] = leaf;
        return leaf;
    }

    private long readHost(long page) {
        Leaf leaf = leaves[(int) (page >>> LEAF_SHIFT)];
        return leaf == null ? ram.hostAddress(page) : leaf.read[(int) page & LEAF_MASK];
    }

    private long writeHost(long page) {
        Leaf leaf = leaves[(int) (page >>> LEAF_SHIFT)];
        return leaf == null ? ram.hostAddress(page) : leaf.write[(int) page & LEAF_MASK];
    }

    @Override
    public long readAddress(long page) {
        return page < 0 || page >= PAGES ? 0 : readHost(page);
    }

    @Override
    public long writeAddress(long page) {
        if (page < 0 || page >= PAGES) {
            return 0;
        }
        long address = writeHost(page);
        if (address == 0 || codeLines(page) != 0) {
            return 0;
        }
        return logging && !dirty.get((int) page) && ram.hostAddress(page) == address ? 0 : address;
    }

    @Override
    public int read(long physical, int size) {
        long page = physical >>> PAGE_SHIFT;
        if (page >= PAGES) {
            return ones(size);
        }
        if ((physical & 0xFFF) + size > PAGE_SIZE) {
            int value = 0;
            for (int i = 0; i < size; i++) {
                value |= read(physical + i, 1) << 8 * i;
            }
            return value;
        }
        long address = readHost(page);
        if (address != 0) {
            return get(address + (physical & 0xFFF), size);
        }
        Leaf leaf = leaves[(int) (page >>> LEAF_SHIFT)];
        Window window = leaf == null ? null : leaf.reader[(int) page & LEAF_MASK];
        return window == null ? ones(size) : window.read(physical, size);
    }

    @Override
    public void write(long physical, int size, int value) {
        long page = physical >>> PAGE_SHIFT;
        if (page >= PAGES) {
            return;
        }
        if ((physical & 0xFFF) + size > PAGE_SIZE) {
            for (int i = 0; i < size; i++) {
                write(physical + i, 1, value >>> 8 * i);
            }
            return;
        }
        long address = writeHost(page);
        if (address != 0) {
            put(address + (physical & 0xFFF), size, value);
            written(page, address, physical, size);
            return;
        }
        Leaf leaf = leaves[(int) (page >>> LEAF_SHIFT)];
        Window window = leaf == null ? null : leaf.writer[(int) page & LEAF_MASK];
        if (window != null) {
            window.write(physical, size, value);
        }
    }

    @Override
    public void copyOut(long physical, MemorySegment target, long offset, long length) {
        long at = physical;
        long to = offset;
        long left = length;
        while (left > 0) {
            int part = (int) Math.min(left, PAGE_SIZE - (at & 0xFFF));
            long page = at >>> PAGE_SHIFT;
            long address = readAddress(page);
            if (address != 0) {
                HostMemory.copyOut(address + (at & 0xFFF), target, to, part);
            } else {
                readSlowly(at, target, to, part);
            }
            at += part;
            to += part;
            left -= part;
        }
    }

    @Override
    public void copyIn(long physical, MemorySegment source, long offset, long length) {
        long at = physical;
        long from = offset;
        long left = length;
        while (left > 0) {
            int part = (int) Math.min(left, PAGE_SIZE - (at & 0xFFF));
            long page = at >>> PAGE_SHIFT;
            long address = page >= PAGES ? 0 : writeHost(page);
            if (address != 0) {
                HostMemory.copyIn(address + (at & 0xFFF), source, from, part);
                written(page, address, at, part);
            } else {
                writeSlowly(at, source, from, part);
            }
            at += part;
            from += part;
            left -= part;
        }
    }

    /** Device pages see aligned accesses of four bytes, and single bytes at the ends. */
    private void readSlowly(long physical, MemorySegment target, long offset, int length) {
        int done = 0;
        while (done < length) {
            if ((physical + done & 3) == 0 && length - done >= 4) {
                target.set(INT, offset + done, read(physical + done, 4));
                done += 4;
            } else {
                target.set(ValueLayout.JAVA_BYTE, offset + done, (byte) read(physical + done, 1));
                done++;
            }
        }
    }

    private void writeSlowly(long physical, MemorySegment source, long offset, int length) {
        int done = 0;
        while (done < length) {
            if ((physical + done & 3) == 0 && length - done >= 4) {
                write(physical + done, 4, source.get(INT, offset + done));
                done += 4;
            } else {
                write(physical + done, 1, source.get(ValueLayout.JAVA_BYTE, offset + done));
                done++;
            }
        }
    }

    private void written(long page, long address, long physical, int length) {
        if (logging && ram.hostAddress(page) == address) {
            dirty.set((int) page);
        }
        codeTouched(physical, length);
    }

    private void codeTouched(long physical, int length) {
        long page = physical >>> PAGE_SHIFT;
        long[] lines = code[(int) (page >>> LEAF_SHIFT)];
        if (lines != null && (lines[(int) page & LEAF_MASK] & lineMask(physical, length)) != 0) {
            for (MemoryListener listener : listeners) {
                try {
                    listener.codeWritten(physical, length);
                } catch (RuntimeException | Error e) {
                    failures.failed(CORE, e);
                }
            }
        }
    }

    private static long lineMask(long physical, int length) {
        int first = (int) physical >>> 6 & 63;
        int last = (int) (physical + length - 1) >>> 6 & 63;
        return -1L >>> 63 - (last - first) << first;
    }

    @Override
    public void markCode(long physical, int length) {
        long page = physical >>> PAGE_SHIFT;
        if (page >= PAGES || length <= 0) {
            return;
        }
        int directory = (int) (page >>> LEAF_SHIFT);
        if (code[directory] == null) {
            code[directory] = new long[1 << LEAF_SHIFT];
        }
        // A machine runs one core, so there is no listener beside the caller whose write TLB could hold the page.
        code[directory][(int) page & LEAF_MASK] |= lineMask(physical, length);
    }

    @Override
    public long codeLines(long page) {
        if (page < 0 || page >= PAGES) {
            return 0;
        }
        long[] lines = code[(int) (page >>> LEAF_SHIFT)];
        return lines == null ? 0 : lines[(int) page & LEAF_MASK];
    }

    @Override
    public void clearCode(long page) {
        if (codeLines(page) != 0 && !failures.stranger()) {
            code[(int) (page >>> LEAF_SHIFT)][(int) page & LEAF_MASK] = 0;
        }
    }

    @Override
    public void setDirtyLog(boolean on) {
        if (on != logging) {
            logging = on;
            dirty.clear();
            changed(0, ram.lowSize() >>> PAGE_SHIFT);
            if (ram.highSize() > 0) {
                changed(GuestRam.HIGH_BASE >>> PAGE_SHIFT, ram.highSize() >>> PAGE_SHIFT);
            }
        }
    }

    @Override
    public BitSet takeDirty() {
        BitSet taken = (BitSet) dirty.clone();
        dirty.clear();
        for (int from = taken.nextSetBit(0); from >= 0; ) {
            int end = taken.nextClearBit(from);
            changed(from, end - from);
            from = taken.nextSetBit(end);
        }
        return taken;
    }

    @Override
    public void addListener(MemoryListener listener) {
        listeners = Arrays.copyOf(listeners, listeners.length + 1);
        listeners[listeners.length - 1] = listener;
    }

    @Override
    public void removeListener(MemoryListener listener) {
        if (failures.stranger()) {
            return; // an abandoned core, forgotten already
        }
        listeners = Arrays.stream(listeners).filter(l -> l != listener).toArray(MemoryListener[]::new);
    }

    private void changed(long first, long count) {
        for (MemoryListener listener : listeners) {
            try {
                listener.pagesChanged(first, count);
            } catch (RuntimeException | Error e) {
                failures.failed(CORE, e);
            }
        }
    }

    static int ones(int size) {
        return size == 4 ? -1 : (1 << 8 * size) - 1;
    }

    private static int get(long address, int size) {
        return switch (size) {
            case 1 -> HostMemory.getByte(address);
            case 2 -> HostMemory.getShort(address);
            default -> HostMemory.getInt(address);
        };
    }

    private static void put(long address, int size, int value) {
        switch (size) {
            case 1 -> HostMemory.putByte(address, value);
            case 2 -> HostMemory.putShort(address, value);
            default -> HostMemory.putInt(address, value);
        }
    }
}
