package org.jeroboam.cpu.x86.exec;

/**
 * Which bytes of some pages hold code, outside the heap so that generated code can look: a bit for each byte, 8 bytes of nothing for
 * looks that reach beyond, and the page's host address.
 */
final class CodeBytes implements AutoCloseable {
    /** Offset of the page's host address in a record. */
    static final int HOST = 520;

    private static final int RECORD = 544;
    private static final int COUNT = 1024;

    private long block;
    private final long[] free = new long[COUNT];
    private int left;

    /** A record, or 0 when there is none left. */
    long take() {
        if (block == 0) {
            block = NativeTables.allocate((long) COUNT * RECORD);
            for (int i = 0; i < COUNT; i++) {
                free[left++] = block + (long) i * RECORD;
            }
        }
        return left == 0 ? 0 : free[--left];
    }

    /** Takes a record back that no TLB entry leads to any more. */
    void give(long record) {
        free[left++] = record;
    }

    @Override
    public void close() {
        if (block != 0) {
            NativeTables.free(block);
            block = 0;
            left = 0;
        }
    }
}
