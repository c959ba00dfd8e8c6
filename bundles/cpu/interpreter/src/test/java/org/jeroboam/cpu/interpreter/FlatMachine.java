package org.jeroboam.cpu.interpreter;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.memory.MemoryListener;
import org.jeroboam.hardware.memory.MemoryMap;

/** The pins of a processor with 64 KiB of RAM, whose last page is also the one with the reset vector, and ports that are noted. */
final class FlatMachine implements CpuBus, MemoryMap {
    private static final int SIZE = 1 << 16;
    private static final int PAGES = SIZE >> PAGE_SHIFT;
    private static final long RESET_PAGE = 0xFFFFF;

    final List<MemoryListener> listeners = new ArrayList<>();
    final StringBuilder ports = new StringBuilder();
    private final MemorySegment ram = Arena.ofAuto().allocate(SIZE, PAGE_SIZE);
    private final long[] lines = new long[PAGES];

    /** RAM that begins with what another one holds. */
    FlatMachine(FlatMachine other) {
        ram.copyFrom(other.ram);
    }

    /** A program at 1000h, to which the reset vector leads. */
    FlatMachine(byte[] program) {
        MemorySegment.copy(MemorySegment.ofArray(program), 0, ram, 0x1000, program.length);
        byte[] jump = {(byte) 0xEA, 0x00, 0x10, 0x00, 0x00};
        MemorySegment.copy(MemorySegment.ofArray(jump), 0, ram, SIZE - 16, jump.length);
    }

    private static int page(long page) {
        return page == RESET_PAGE ? PAGES - 1 : page < PAGES ? (int) page : -1;
    }

    @Override
    public MemoryMap memory() {
        return this;
    }

    @Override
    public int readPort(int port, int size) {
        return port + size;
    }

    @Override
    public void writePort(int port, int size, int value) {
        ports.append(port).append('.').append(size).append('=').append(value).append(' ');
    }

    @Override
    public int acknowledgeInterrupt() {
        return 8;
    }

    @Override
    public long timeStamp() {
        return 0;
    }

    @Override
    public void setFerr(boolean asserted) {
        ports.append("ferr ");
    }

    @Override
    public long readAddress(long page) {
        return page(page) < 0 ? 0 : ram.address() + ((long) page(page) << PAGE_SHIFT);
    }

    @Override
    public long writeAddress(long page) {
        return page(page) < 0 || lines[page(page)] != 0 ? 0 : readAddress(page);
    }

    private long offset(long physical) {
        int page = page(physical >>> PAGE_SHIFT);
        return page < 0 ? -1 : ((long) page << PAGE_SHIFT) + (physical & PAGE_SIZE - 1);
    }

    @Override
    public int read(long physical, int size) {
        int value = 0;
        for (int i = 0; i < size; i++) {
            long at = offset(physical + i);
            value |=
                    (at < 0 ? 0xFF : Byte.toUnsignedInt(ram.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at))) << 8 * i;
        }
        return value;
    }

    @Override
    public void write(long physical, int size, int value) {
        for (int i = 0; i < size; i++) {
            long at = offset(physical + i);
            if (at >= 0) {
                ram.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at, (byte) (value >> 8 * i));
            }
        }
        listeners.forEach(listener -> listener.codeWritten(physical, size));
    }

    @Override
    public void copyOut(long physical, MemorySegment target, long offset, long length) {
        MemorySegment.copy(ram, physical, target, offset, length);
    }

    @Override
    public void copyIn(long physical, MemorySegment source, long offset, long length) {
        MemorySegment.copy(source, offset, ram, physical, length);
    }

    @Override
    public void markCode(long physical, int length) {
        if (page(physical >>> PAGE_SHIFT) >= 0) {
            lines[page(physical >>> PAGE_SHIFT)] = -1;
        }
    }

    @Override
    public long codeLines(long page) {
        return page(page) < 0 ? 0 : lines[page(page)];
    }

    @Override
    public void clearCode(long page) {
        if (page(page) >= 0) {
            lines[page(page)] = 0;
        }
    }

    @Override
    public void setDirtyLog(boolean on) {
        // nobody asks
    }

    @Override
    public BitSet takeDirty() {
        return new BitSet();
    }

    @Override
    public void addListener(MemoryListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(MemoryListener listener) {
        listeners.remove(listener);
    }
}
