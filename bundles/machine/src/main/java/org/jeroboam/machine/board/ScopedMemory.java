package org.jeroboam.machine.board;

import java.lang.foreign.MemorySegment;
import org.jeroboam.hardware.memory.PhysicalMemory;

/** Guest memory for one part, until its scope ends. */
final class ScopedMemory implements PhysicalMemory {
    private volatile PhysicalMemory memory;

    ScopedMemory(PhysicalMemory memory) {
        this.memory = memory;
    }

    void revoke() {
        memory = null;
    }

    @Override
    public int read(long physical, int size) {
        PhysicalMemory now = memory;
        return now == null ? -1 : now.read(physical, size);
    }

    @Override
    public void write(long physical, int size, int value) {
        PhysicalMemory now = memory;
        if (now != null) {
            now.write(physical, size, value);
        }
    }

    @Override
    public void copyOut(long physical, MemorySegment target, long offset, long length) {
        PhysicalMemory now = memory;
        if (now != null) {
            now.copyOut(physical, target, offset, length);
        }
    }

    @Override
    public void copyIn(long physical, MemorySegment source, long offset, long length) {
        PhysicalMemory now = memory;
        if (now != null) {
            now.copyIn(physical, source, offset, length);
        }
    }
}
