package org.jeroboam.machine.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jeroboam.hardware.board.Backing;

/** Memory of a device that outlives the device's implementation. */
public final class BackingMemory implements Backing {
    private final String device;
    private final String name;
    private final long size;
    private final long address;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;
    private final PhysicalMap map;

    BackingMemory(String device, String name, long size, PhysicalMap map) {
        this.device = device;
        this.name = name;
        this.size = size;
        this.map = map;
        address = HostPages.allocate(size);
        // A user that outlives the machine meets an exception instead of somebody else's memory.
        segment = MemorySegment.ofAddress(address).reinterpret(size, arena, null);
    }

    @Override
    public MemorySegment segment() {
        return segment;
    }

    @Override
    public void written(long offset, long length) {
        map.backingWritten(this, offset, length);
    }

    /** The device's name. */
    public String device() {
        return device;
    }

    /** The name within the device. */
    public String name() {
        return name;
    }

    /** Bytes. */
    public long size() {
        return size;
    }

    /** Host address of the n-th page. */
    public long pageAddress(long index) {
        return address + (index << 12);
    }

    long address() {
        return address;
    }

    void close() {
        arena.close();
        HostPages.free(address, size);
    }
}
