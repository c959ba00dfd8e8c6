package org.jeroboam.cpu.x86.exec;

/**
 * Fields of the eight bytes of a segment or gate descriptor, given as its low and high word (Intel SDM volume 3,
 * figures 3-8 and 6-2), and of the attributes that {@link Cpu#attr} holds.
 */
final class Descriptor {
    static final int AVAILABLE_TSS16 = 1;
    static final int LDT = 2;
    static final int CALL_GATE16 = 4;
    static final int TASK_GATE = 5;
    static final int INTERRUPT_GATE16 = 6;
    static final int TRAP_GATE16 = 7;
    static final int AVAILABLE_TSS32 = 9;
    static final int CALL_GATE32 = 12;
    static final int INTERRUPT_GATE32 = 14;
    static final int TRAP_GATE32 = 15;
    /** Bit of a TSS type: busy. */
    static final int BUSY = 2;
    /** Bit of a gate or TSS type: 32-bit. */
    static final int WIDE = 8;

    /** Bits of the high word. */
    static final int HIGH_ACCESSED = 1 << 8;

    static final int HIGH_BUSY = BUSY << 8;

    /** Attributes of a null selector's register in protected mode. */
    static final int ATTR_NULL = 0;
    /** Attributes of segment registers in V86 mode: present, DPL 3, writable data, accessed. */
    static final int ATTR_V86 = 0xF3;
    /** Attributes of a data segment in real mode. */
    static final int ATTR_REAL = 0x93;

    private static final int HIGH_PRESENT = 1 << 15;
    private static final int HIGH_SEGMENT = 1 << 12;
    private static final int HIGH_CODE = 1 << 11;
    private static final int HIGH_CONFORMING = 1 << 10;
    private static final int HIGH_READ_OR_WRITE = 1 << 9;
    private static final int HIGH_GRANULAR = 1 << 23;

    private Descriptor() {}

    static int base(int low, int high) {
        return low >>> 16 | (high & 0xFF) << 16 | high & 0xFF00_0000;
    }

    /** Last offset in bytes, granularity applied. */
    static int limit(int low, int high) {
        int limit = low & 0xFFFF | high & 0xF_0000;
        return (high & HIGH_GRANULAR) != 0 ? limit << 12 | 0xFFF : limit;
    }

    static int attributes(int high) {
        return high >>> 8 & 0xF0FF;
    }

    static boolean isPresent(int high) {
        return (high & HIGH_PRESENT) != 0;
    }

    static int dpl(int high) {
        return high >>> 13 & 3;
    }

    /** Code or data, as opposed to gates, TSS and LDT. */
    static boolean isSegment(int high) {
        return (high & HIGH_SEGMENT) != 0;
    }

    /** The four type bits of a system descriptor, or -1 for code and data. */
    static int systemType(int high) {
        return isSegment(high) ? -1 : high >>> 8 & 15;
    }

    static boolean isCode(int high) {
        return (high & (HIGH_SEGMENT | HIGH_CODE)) == (HIGH_SEGMENT | HIGH_CODE);
    }

    static boolean isConforming(int high) {
        return (high & (HIGH_SEGMENT | HIGH_CODE | HIGH_CONFORMING)) == (HIGH_SEGMENT | HIGH_CODE | HIGH_CONFORMING);
    }

    static boolean isWritableData(int high) {
        return (high & (HIGH_SEGMENT | HIGH_CODE | HIGH_READ_OR_WRITE)) == (HIGH_SEGMENT | HIGH_READ_OR_WRITE);
    }

    /** Data, or code that may be read. */
    static boolean isReadable(int high) {
        return isSegment(high) && ((high & HIGH_CODE) == 0 || (high & HIGH_READ_OR_WRITE) != 0);
    }

    static boolean isAvailableTss(int high) {
        return (systemType(high) | WIDE) == AVAILABLE_TSS32;
    }

    static boolean isBusyTss(int high) {
        return (systemType(high) | WIDE) == (AVAILABLE_TSS32 | BUSY);
    }

    /** A selector that refers to nothing: index 0 in the GDT. */
    static boolean isNull(int selector) {
        return (selector & 0xFFFC) == 0;
    }

    static int gateSelector(int low) {
        return low >>> 16;
    }

    /** The entry point of a call, interrupt or trap gate. */
    static int gateOffset(int low, int high) {
        return (systemType(high) & WIDE) != 0 ? high & 0xFFFF_0000 | low & 0xFFFF : low & 0xFFFF;
    }
}
