package org.jeroboam.hardware.testkit;

import java.lang.foreign.MemorySegment;
import org.jeroboam.hardware.memory.PhysicalMemory;

/** Guest memory as one device sees it; after detach reads give ones and writes vanish. */
final class ScopedMemory implements PhysicalMemory {
    private final Scope scope;
    private final FakeMemory memory;

    ScopedMemory(Scope scope, FakeMemory memory) {
        this.scope = scope;
        this.memory = memory;
    }

    @Override
    public int read(long physical, int size) {
        return scope.late() ? FakePorts.mask(-1, size) : memory.read(physical, size);
    }

    @Override
    public void write(long physical, int size, int value) {
        if (!scope.late()) {
            memory.write(physical, size, value);
        }
    }

    @Override
    public void copyOut(long physical, MemorySegment target, long offset, long length) {
        if (scope.late()) {
            target.asSlice(offset, length).fill((byte) -1);
        } else {
            memory.copyOut(physical, target, offset, length);
        }
    }

    @Override
    public void copyIn(long physical, MemorySegment source, long offset, long length) {
        if (!scope.late()) {
            memory.copyIn(physical, source, offset, length);
        }
    }
}
