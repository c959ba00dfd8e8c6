package org.jeroboam.cpu.x86.exec;

import java.util.ArrayList;
import java.util.List;

/**
 * The world of an oracle case, the same on the host's processor and on ours: a user program of Linux with some memory
 * at fixed addresses and a local descriptor table. The rest of the address space is not mapped.
 */
final class OracleLayout {
    /** Code: 16 blocks of 64 KiB, filled with INT3. The last page of each block holds nothing else. */
    static final int CODE = 0x1000_0000;

    static final int CODE_SIZE = 1 << 20;
    static final int BLOCK = 1 << 16;
    /** Start of a block's page without instructions. */
    static final int LANDING = 0xF000;

    /** Data: base of most segments. Pages 1 to 3, 6, 7 and 15 can be written, page 4 read. */
    static final int DATA = 0x2000_0000;

    static final int WRITABLE_FROM = DATA + 0x1000;
    static final int READ_ONLY = DATA + 0x4000;
    static final int ABSENT = DATA + 0x5000;
    static final int STACK = DATA + 0x6000;
    static final int STACK_END = DATA + 0x8000;
    static final int LAST_PAGE = DATA + 0xF000;

    /** Linux: flat code and data of a 32-bit program, in the GDT. */
    static final int USER_CODE = 0x23;

    static final int USER_DATA = 0x2B;

    /** Memory. @param protection 1 read, 2 write, 4 execute */
    record Region(int address, int bytes, int protection) {
        boolean writable() {
            return (protection & 2) != 0;
        }

        boolean isCode() {
            return address == CODE;
        }
    }

    static final List<Region> REGIONS = List.of(
            new Region(CODE, CODE_SIZE, 7),
            new Region(WRITABLE_FROM, 0x3000, 3),
            new Region(READ_ONLY, 0x1000, 1),
            new Region(STACK, 0x2000, 3),
            new Region(LAST_PAGE, 0x1000, 3));

    private static final int DATA_SEGMENT = 0;
    private static final int EXPAND_DOWN = 1;
    private static final int CODE_SEGMENT = 2;

    /**
     * An entry of the local descriptor table, as Linux's modify_ldt takes it.
     *
     * @param contents 0 data, 1 expand-down data, 2 code
     * @param restricted read-only data, execute-only code
     */
    record Segment(
            int index,
            int base,
            int limit,
            boolean wide,
            int contents,
            boolean restricted,
            boolean pages,
            boolean present) {
        int selector() {
            return index << 3 | 7;
        }

        /** Bits of struct user_desc behind the limit; the last is the descriptor's available bit. */
        int flags() {
            return (wide ? 1 : 0)
                    | contents << 1
                    | (restricted ? 8 : 0)
                    | (pages ? 0x10 : 0)
                    | (present ? 0 : 0x20)
                    | 0x40;
        }

        int low() {
            return limit & 0xFFFF | base << 16;
        }

        /** Privilege 3, accessed. */
        int high() {
            int type = 0x10 | contents << 2 | (restricted ? 0 : 2) | 1;
            int access = type | 0x60 | (present ? 0x80 : 0);
            int size = (pages ? 8 : 0) | (wide ? 4 : 0) | 1;
            return base >>> 16 & 0xFF | access << 8 | limit & 0xF_0000 | size << 20 | base & 0xFF00_0000;
        }
    }

    static final Segment DATA32 = data(0, 0xFFFF, true);
    static final Segment STACK16 = data(1, 0xFFFF, false);
    static final Segment READ_ONLY_DATA = new Segment(2, DATA, 0xFFFF, true, DATA_SEGMENT, true, false, true);
    static final Segment DOWN32 = new Segment(3, DATA, 0x1FFF, true, EXPAND_DOWN, false, false, true);
    static final Segment DOWN16 = new Segment(4, DATA, 0x2FFF, false, EXPAND_DOWN, false, false, true);
    static final Segment SMALL = data(5, 0x27F3, true);
    static final Segment ABSENT_DATA = new Segment(6, DATA, 0xFFFF, true, DATA_SEGMENT, false, false, false);
    static final Segment CODE32 = new Segment(7, 0, 0xF_FFFF, true, CODE_SEGMENT, false, true, true);
    static final Segment EXECUTE_ONLY = new Segment(8, 0, 0xF_FFFF, true, CODE_SEGMENT, true, true, true);
    static final Segment ABSENT_CODE = new Segment(9, 0, 0xF_FFFF, true, CODE_SEGMENT, false, true, false);
    static final Segment PAGED = new Segment(10, DATA, 7, true, DATA_SEGMENT, false, true, true);
    static final Segment DOWN_READ_ONLY = new Segment(11, DATA, 0x1FFF, true, EXPAND_DOWN, true, false, true);
    static final Segment SHORT_CODE = new Segment(14, CODE, 0xFFFF, true, CODE_SEGMENT, false, false, true);

    private static final int FIRST_CODE16 = 16;
    static final int LDT_ENTRIES = 32;

    /** All entries; the rest of the table's {@link #LDT_ENTRIES} is empty. */
    static final List<Segment> LDT = ldt();

    private OracleLayout() {}

    private static Segment data(int index, int limit, boolean wide) {
        return new Segment(index, DATA, limit, wide, DATA_SEGMENT, false, false, true);
    }

    private static List<Segment> ldt() {
        List<Segment> all = new ArrayList<>(List.of(
                DATA32,
                STACK16,
                READ_ONLY_DATA,
                DOWN32,
                DOWN16,
                SMALL,
                ABSENT_DATA,
                CODE32,
                EXECUTE_ONLY,
                ABSENT_CODE,
                PAGED,
                DOWN_READ_ONLY,
                SHORT_CODE));
        for (int block = 0; block < CODE_SIZE / BLOCK; block++) {
            all.add(code16(block));
        }
        return List.copyOf(all);
    }

    /** 16-bit code in a block. */
    static Segment code16(int block) {
        return new Segment(FIRST_CODE16 + block, CODE + block * BLOCK, 0xFFFF, false, CODE_SEGMENT, false, false, true);
    }

    /** The entry of a selector, or null when it is none of ours. */
    static Segment segment(int selector) {
        return (selector & 7) != 7
                ? null
                : LDT.stream().filter(s -> s.index == selector >> 3).findFirst().orElse(null);
    }

    /** Base of the segment that a usable selector names. */
    static int base(int selector) {
        Segment segment = segment(selector);
        return segment == null ? 0 : segment.base;
    }
}
