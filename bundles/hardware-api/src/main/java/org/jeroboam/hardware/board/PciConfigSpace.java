package org.jeroboam.hardware.board;

import java.util.Arrays;

/**
 * The 256 bytes of configuration space that most functions have: a value and a mask of writable bits per byte. A function
 * composes one, sets its identity and masks, and reacts to writes in its own code. Not thread-safe.
 */
public final class PciConfigSpace {
    /** Bytes in a configuration space. */
    public static final int SIZE = 256;

    private final byte[] value = new byte[SIZE];
    private final byte[] writable = new byte[SIZE];
    private final byte[] clearedByOne = new byte[SIZE];

    /** Creates a space of read-only zeros. */
    public PciConfigSpace() {}

    /**
     * Sets a value, writable or not.
     *
     * @param register byte offset
     * @param size 1 to 4 bytes
     * @param newValue little-endian value
     * @return this
     */
    public PciConfigSpace set(int register, int size, int newValue) {
        store(value, register, size, newValue);
        return this;
    }

    /**
     * Makes bits writable.
     *
     * @param register byte offset
     * @param size 1 to 4 bytes
     * @param mask bits that guests can write
     * @return this
     */
    public PciConfigSpace writable(int register, int size, int mask) {
        store(writable, register, size, mask);
        return this;
    }

    /**
     * Makes bits such that writing 1 clears them, as in the status register.
     *
     * @param register byte offset
     * @param size 1 to 4 bytes
     * @param mask the bits
     * @return this
     */
    public PciConfigSpace clearedByOne(int register, int size, int mask) {
        store(clearedByOne, register, size, mask);
        return this;
    }

    /**
     * Reads.
     *
     * @param register byte offset
     * @param size 1, 2 or 4 bytes
     * @return the value, zero-extended
     */
    public int read(int register, int size) {
        int result = 0;
        for (int i = 0; i < size; i++) {
            result |= (value[register + i & 0xFF] & 0xFF) << 8 * i;
        }
        return result;
    }

    /**
     * A guest's write: only writable bits change.
     *
     * @param register byte offset
     * @param size 1, 2 or 4 bytes
     * @param newValue zero-extended
     */
    public void write(int register, int size, int newValue) {
        for (int i = 0; i < size; i++) {
            int at = register + i & 0xFF;
            int b = newValue >> 8 * i & 0xFF;
            int kept = value[at] & ~writable[at] & ~(clearedByOne[at] & b);
            value[at] = (byte) (kept | b & writable[at]);
        }
    }

    /**
     * All values, for the device's state.
     *
     * @return a copy of 256 bytes
     */
    public byte[] toBytes() {
        return value.clone();
    }

    /**
     * Takes saved values; masks stay as they are.
     *
     * @param bytes from {@link #toBytes()}; shorter ones leave the rest unchanged
     */
    public void restore(byte[] bytes) {
        System.arraycopy(bytes, 0, value, 0, Math.min(SIZE, bytes.length));
    }

    /** Makes all values zero, before a reset sets them anew. */
    public void clear() {
        Arrays.fill(value, (byte) 0);
    }

    private static void store(byte[] target, int register, int size, int bits) {
        for (int i = 0; i < size; i++) {
            target[register + i & 0xFF] = (byte) (bits >>> 8 * i);
        }
    }
}
