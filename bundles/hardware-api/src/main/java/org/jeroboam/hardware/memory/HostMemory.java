package org.jeroboam.hardware.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Little-endian access to host addresses that {@link MemoryMap} gave. This is the one place where raw addresses are
 * dereferenced: an address that did not come from the map can end the process.
 */
public final class HostMemory {
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private HostMemory() {}

    /**
     * Reads a byte.
     *
     * @param address host address
     * @return the byte, zero-extended
     */
    public static int getByte(long address) {
        return ALL.get(ValueLayout.JAVA_BYTE, address) & 0xFF;
    }

    /**
     * Reads two bytes.
     *
     * @param address host address, of any alignment
     * @return the value, zero-extended
     */
    public static int getShort(long address) {
        return ALL.get(SHORT, address) & 0xFFFF;
    }

    /**
     * Reads four bytes.
     *
     * @param address host address, of any alignment
     * @return the value
     */
    public static int getInt(long address) {
        return ALL.get(INT, address);
    }

    /**
     * Reads eight bytes.
     *
     * @param address host address, of any alignment
     * @return the value
     */
    public static long getLong(long address) {
        return ALL.get(LONG, address);
    }

    /**
     * Writes a byte.
     *
     * @param address host address
     * @param value its low 8 bits are written
     */
    public static void putByte(long address, int value) {
        ALL.set(ValueLayout.JAVA_BYTE, address, (byte) value);
    }

    /**
     * Writes two bytes.
     *
     * @param address host address, of any alignment
     * @param value its low 16 bits are written
     */
    public static void putShort(long address, int value) {
        ALL.set(SHORT, address, (short) value);
    }

    /**
     * Writes four bytes.
     *
     * @param address host address, of any alignment
     * @param value the value
     */
    public static void putInt(long address, int value) {
        ALL.set(INT, address, value);
    }

    /**
     * Writes eight bytes.
     *
     * @param address host address, of any alignment
     * @param value the value
     */
    public static void putLong(long address, long value) {
        ALL.set(LONG, address, value);
    }

    /**
     * Copies bytes between host memory and a segment.
     *
     * @param address host address
     * @param target where to
     * @param offset first byte in {@code target}
     * @param length bytes
     */
    public static void copyOut(long address, MemorySegment target, long offset, long length) {
        MemorySegment.copy(ALL, address, target, offset, length);
    }

    /**
     * Copies bytes from a segment to host memory.
     *
     * @param address host address
     * @param source where from
     * @param offset first byte in {@code source}
     * @param length bytes
     */
    public static void copyIn(long address, MemorySegment source, long offset, long length) {
        MemorySegment.copy(source, offset, ALL, address, length);
    }

    /**
     * Copies bytes within host memory. The ranges may overlap: what is written is what was there before.
     *
     * @param from host address
     * @param to host address
     * @param length bytes
     */
    public static void copy(long from, long to, long length) {
        MemorySegment.copy(ALL, from, ALL, to, length);
    }
}
