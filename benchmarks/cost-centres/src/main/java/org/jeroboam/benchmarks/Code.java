package org.jeroboam.benchmarks;

import java.util.Arrays;

/** Machine code on its way to a guest's memory. */
final class Code {
    private final int origin;
    private byte[] bytes = new byte[256];
    private int length;

    /**
     * Starts empty.
     *
     * @param origin linear address of the first byte
     */
    Code(int origin) {
        this.origin = origin;
    }

    int here() {
        return origin + length;
    }

    /** Adds bytes. */
    Code put(int... values) {
        for (int value : values) {
            if (length == bytes.length) {
                bytes = Arrays.copyOf(bytes, 2 * length);
            }
            bytes[length++] = (byte) value;
        }
        return this;
    }

    /** Adds four bytes, little-endian. */
    Code put32(int value) {
        return put(value, value >> 8, value >> 16, value >> 24);
    }

    /** JMP to a linear address. */
    Code jump(int target) {
        return put(0xE9).put32(target - here() - 4);
    }

    /** CALL of a linear address. */
    Code call(int target) {
        return put(0xE8).put32(target - here() - 4);
    }

    byte[] bytes() {
        return Arrays.copyOf(bytes, length);
    }
}
