package org.jeroboam.device.ide;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Builds the data of a packet command, byte by byte; numbers are big-endian. */
final class Reply {
    private final MemorySegment target;
    private int length;

    Reply(MemorySegment target) {
        this.target = target;
    }

    Reply begin() {
        length = 0;
        return this;
    }

    int length() {
        return length;
    }

    Reply put(int value) {
        target.set(ValueLayout.JAVA_BYTE, length++, (byte) value);
        return this;
    }

    Reply word(int value) {
        return put(value >> 8).put(value);
    }

    Reply dword(long value) {
        return word((int) (value >> 16)).word((int) value);
    }

    Reply zeros(int count) {
        for (int i = 0; i < count; i++) {
            put(0);
        }
        return this;
    }

    /** Text of a fixed width, filled with spaces. */
    Reply text(String text, int width) {
        for (int i = 0; i < width; i++) {
            put(i < text.length() ? text.charAt(i) : ' ');
        }
        return this;
    }

    /** Puts a value where its place was kept. */
    void patch(int at, int value) {
        target.set(ValueLayout.JAVA_BYTE, at, (byte) value);
    }

    /** Puts the number of bytes that follow a length of 16 bits at {@code at} there. */
    Reply lengthAt(int at) {
        int following = length - at - 2;
        patch(at, following >> 8);
        patch(at + 1, following);
        return this;
    }
}
