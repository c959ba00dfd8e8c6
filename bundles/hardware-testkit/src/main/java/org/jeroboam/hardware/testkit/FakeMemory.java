package org.jeroboam.hardware.testkit;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.jeroboam.hardware.board.Backing;
import org.jeroboam.hardware.board.MemoryHandler;
import org.jeroboam.hardware.memory.PhysicalMemory;

/**
 * Flat RAM from address 0 with device pages and host memory over it, as {@link org.jeroboam.hardware.board.Board}
 * describes.
 */
public final class FakeMemory implements PhysicalMemory {
    private static final int FIRST_CLOSED = 0xA0;
    private static final int END_CLOSED = 0x100;

    private final byte[] ram;
    private final List<Window> windows = new ArrayList<>();
    private final boolean[] readable = new boolean[END_CLOSED];
    private final boolean[] writable = new boolean[END_CLOSED];

    /** Pages with a handler or with host memory. */
    record Window(long base, long length, MemoryHandler handler, Backing backing, long offset, boolean writable) {
        boolean holds(long physical) {
            return physical >= base && physical - base < length;
        }
    }

    FakeMemory(int size) {
        ram = new byte[size];
        Arrays.fill(readable, 0, FIRST_CLOSED, true);
        Arrays.fill(writable, 0, FIRST_CLOSED, true);
    }

    /**
     * The RAM itself.
     *
     * @return all bytes from address 0
     */
    public byte[] ram() {
        return ram;
    }

    @Override
    public int read(long physical, int size) {
        Window window = find(physical, false);
        if (window != null && window.handler() != null && sameWindow(window, physical, size, false)) {
            return FakePorts.mask(window.handler().readMemory(physical - window.base(), size), size);
        }
        int result = 0;
        for (int i = 0; i < size; i++) {
            result |= (readByte(physical + i) & 0xFF) << 8 * i;
        }
        return result;
    }

    @Override
    public void write(long physical, int size, int value) {
        Window window = find(physical, true);
        if (window != null && window.handler() != null && sameWindow(window, physical, size, true)) {
            window.handler().writeMemory(physical - window.base(), size, FakePorts.mask(value, size));
            return;
        }
        for (int i = 0; i < size; i++) {
            writeByte(physical + i, value >>> 8 * i);
        }
    }

    @Override
    public void copyOut(long physical, MemorySegment target, long offset, long length) {
        if (allRam(physical, length, false)) {
            MemorySegment.copy(MemorySegment.ofArray(ram), physical, target, offset, length);
            return;
        }
        for (long i = 0; i < length; i++) {
            target.set(ValueLayout.JAVA_BYTE, offset + i, (byte) readByte(physical + i));
        }
    }

    @Override
    public void copyIn(long physical, MemorySegment source, long offset, long length) {
        if (allRam(physical, length, true)) {
            MemorySegment.copy(source, offset, MemorySegment.ofArray(ram), physical, length);
            return;
        }
        for (long i = 0; i < length; i++) {
            writeByte(physical + i, source.get(ValueLayout.JAVA_BYTE, offset + i));
        }
    }

    Window map(Window window) {
        if ((window.base() | window.length() | window.offset()) % PAGE_SIZE != 0 || window.length() <= 0) {
            throw new IllegalArgumentException("not whole pages: base " + Long.toHexString(window.base()) + "h, length "
                    + Long.toHexString(window.length()) + "h");
        }
        windows.add(window);
        return window;
    }

    void unmap(Window window) {
        windows.removeIf(w -> w == window);
    }

    void setDramAccess(long base, long length, boolean read, boolean write) {
        int first = (int) (base >> PAGE_SHIFT);
        int end = (int) (base + length >> PAGE_SHIFT);
        if ((base | length) % PAGE_SIZE != 0 || first < FIRST_CLOSED || end > END_CLOSED || length < 0) {
            throw new IllegalArgumentException("no DRAM to open at " + Long.toHexString(base) + "h");
        }
        Arrays.fill(readable, first, end, read);
        Arrays.fill(writable, first, end, write);
    }

    /** An address that a device answers, or null when there is none. */
    Long any(Random random) {
        List<Window> devices = windows.stream()
                .filter(w -> w.handler() != null)
                .sorted(Comparator.comparingLong(Window::base).thenComparingLong(Window::length))
                .toList();
        if (devices.isEmpty()) {
            return null;
        }
        Window window = devices.get(random.nextInt(devices.size()));
        return window.base() + (long) (random.nextDouble() * window.length());
    }

    void takeConditionOf(FakeMemory other) {
        System.arraycopy(other.ram, 0, ram, 0, Math.min(ram.length, other.ram.length));
        System.arraycopy(other.readable, 0, readable, 0, readable.length);
        System.arraycopy(other.writable, 0, writable, 0, writable.length);
    }

    private boolean allRam(long physical, long length, boolean write) {
        if (physical < 0 || length < 0 || physical > ram.length - length) {
            return false;
        }
        for (long page = physical >> PAGE_SHIFT; page <= physical + Math.max(length - 1, 0) >> PAGE_SHIFT; page++) {
            if (!dram(page << PAGE_SHIFT, write) || page >= END_CLOSED && find(page << PAGE_SHIFT, write) != null) {
                return false;
            }
        }
        return true;
    }

    private boolean sameWindow(Window window, long physical, int size, boolean write) {
        long last = physical + size - 1;
        return physical >> PAGE_SHIFT == last >> PAGE_SHIFT && find(last, write) == window;
    }

    private boolean dram(long physical, boolean write) {
        if (physical < 0 || physical >= ram.length) {
            return false;
        }
        int page = (int) (physical >> PAGE_SHIFT);
        return page >= END_CLOSED || (write ? writable[page] : readable[page]);
    }

    private Window find(long physical, boolean write) {
        int page = (int) Math.min(physical >>> PAGE_SHIFT, Integer.MAX_VALUE);
        if (page < END_CLOSED && dram(physical, write)) {
            return null;
        }
        for (int i = windows.size() - 1; i >= 0; i--) {
            if (windows.get(i).holds(physical)) {
                return windows.get(i);
            }
        }
        return null;
    }

    private int readByte(long physical) {
        Window window = find(physical, false);
        if (window != null) {
            long at = physical - window.base();
            return window.handler() != null
                    ? window.handler().readMemory(at, 1)
                    : window.backing().segment().get(ValueLayout.JAVA_BYTE, window.offset() + at);
        }
        return dram(physical, false) ? ram[(int) physical] : 0xFF;
    }

    private void writeByte(long physical, int value) {
        Window window = find(physical, true);
        if (window != null) {
            long at = physical - window.base();
            if (window.handler() != null) {
                window.handler().writeMemory(at, 1, value & 0xFF);
            } else if (window.writable()) {
                window.backing().segment().set(ValueLayout.JAVA_BYTE, window.offset() + at, (byte) value);
            }
        } else if (dram(physical, true)) {
            ram[(int) physical] = (byte) value;
        }
    }
}
