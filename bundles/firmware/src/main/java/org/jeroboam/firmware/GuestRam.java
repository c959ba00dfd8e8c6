package org.jeroboam.firmware;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jeroboam.hardware.memory.PhysicalMemory;

/** Writes into guest memory in the sizes that tables have. */
record GuestRam(PhysicalMemory memory) {
    void putByte(long address, int value) {
        memory.write(address, 1, value);
    }

    void putShort(long address, int value) {
        memory.write(address, 2, value);
    }

    void putInt(long address, int value) {
        memory.write(address, 4, value);
    }

    void putLong(long address, long value) {
        putInt(address, (int) value);
        putInt(address + 4, (int) (value >>> 32));
    }

    void put(long address, byte[] bytes) {
        memory.copyIn(address, MemorySegment.ofArray(bytes), 0, bytes.length);
    }

    void put(long address, ByteBuffer source, int offset, int length) {
        memory.copyIn(address, MemorySegment.ofBuffer(source.duplicate().clear()), offset, length);
    }

    void clear(long address, long length) {
        byte[] zeros = new byte[(int) Math.min(length, 1 << 16)];
        for (long done = 0; done < length; done += zeros.length) {
            memory.copyIn(address + done, MemorySegment.ofArray(zeros), 0, Math.min(zeros.length, length - done));
        }
    }
}
