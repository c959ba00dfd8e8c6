package org.jeroboam.device.ide;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A command descriptor block of 12 bytes; numbers are big-endian. */
final class Cdb {
    static final int LENGTH = 12;

    private final byte[] bytes = new byte[LENGTH];

    void take(MemorySegment source) {
        MemorySegment.copy(source, ValueLayout.JAVA_BYTE, 0, bytes, 0, LENGTH);
    }

    int operation() {
        return at(0);
    }

    int at(int index) {
        return bytes[index] & 0xFF;
    }

    int word(int index) {
        return at(index) << 8 | at(index + 1);
    }

    int triple(int index) {
        return at(index) << 16 | word(index + 1);
    }

    long dword(int index) {
        return (long) word(index) << 16 | word(index + 2);
    }
}
