package org.jeroboam.machine.board;

import java.lang.foreign.MemorySegment;
import org.jeroboam.hardware.memory.PhysicalMemory;

/** Guest memory for one part, until its scope ends. */
final class ScopedMemory implements PhysicalMemory {
    private PhysicalMemory memory;

    ScopedMemory(PhysicalMemory memory) {
        this.memory = memory;
    }

    void revoke() {
        memory = null;
    }

    @Override
    public int read(long physical, int size) {
        return memory == null ? -1 : memory.read(physical, size);
    }

    @Override
    public void write(long physical, int size, int value) {
        if (memory != null) {
            memory.write(physical, size, value);
        }
    }

    @Override
    public void copyOut(long physical, MemorySegment target, long offset, long length) {
        if (memory != null) {
            memory.copyOut(physical, target, offset, length);
        }
    }

    @Override
    public void copyIn(long physical, MemorySegment source, long offset, long length) {
        if (memory != null) {
            memory.copyIn(physical, source, offset, length);
        }
    }
}
