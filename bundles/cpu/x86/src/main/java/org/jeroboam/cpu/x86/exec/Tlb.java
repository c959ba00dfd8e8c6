package org.jeroboam.cpu.x86.exec;

import java.lang.foreign.MemorySegment;
import org.jeroboam.hardware.memory.HostMemory;
import org.jeroboam.hardware.memory.MemoryMap;

/**
 * Flat software TLBs: for each access kind and privilege a table with one entry per linear page of the 4 GiB, which is
 * 0 or the difference of host address and linear address. The write tables hold only pages with a direct write address
 * (RAM, dirty bit set, no code, not under a clean dirty log), so a miss is the only special case of an access.
 */
final class Tlb {
    private static final int PAGES = 1 << 20;
    static final long TABLE_BYTES = PAGES * 8L;
    /** Entries that a list of filled pages holds before the list is flushed. */
    private static final int LISTED = 8192;
    /** Bit beside a linear page in the list: the entries are those for CPL 3. */
    static final int USER = PAGES;

    /** Base of a table that is always empty: accesses that must be looked at one by one. */
    final long none;

    final long supervisorRead;
    final long supervisorWrite;
    final long userRead;
    final long userWrite;
    /** For pages with code: where {@link CodeBytes} tells which bytes may be written, or 0. */
    final long supervisorBeside;

    final long userBeside;

    private final long[] beside = new long[64];
    private int besides;
    private final long block;
    private boolean freed;
    private final boolean[] large = new boolean[1024];
    private final Filled local = new Filled();
    private final Filled global = new Filled();
    /** Null until an accelerator wants to fill entries itself. */
    private WalkTables walks;

    Tlb() {
        block = NativeTables.allocate(7 * TABLE_BYTES);
        none = block;
        supervisorRead = block + TABLE_BYTES;
        supervisorWrite = block + 2 * TABLE_BYTES;
        supervisorBeside = block + 3 * TABLE_BYTES;
        userRead = block + 4 * TABLE_BYTES;
        userWrite = block + 5 * TABLE_BYTES;
        userBeside = block + 6 * TABLE_BYTES;
    }

    /** Address of a page's entry. */
    static long slot(long table, int linear) {
        return table + ((long) (linear >>> 12) << 3);
    }

    /**
     * Enters a page.
     *
     * @param linear any address in it
     * @param physicalPage what it maps
     * @param user whether for CPL 3
     * @param isGlobal whether it survives loads of CR3
     * @param readHost host address of the page, or 0 to leave the read entry alone
     * @param writeHost host address of the page, or 0 to leave the write entry alone
     */
    void fill(int linear, int physicalPage, boolean user, boolean isGlobal, long readHost, long writeHost) {
        long page = linear & 0xFFFF_F000L;
        (isGlobal ? global : local).add(linear >>> 12 | (user ? USER : 0), physicalPage);
        if (readHost != 0) {
            HostMemory.putLong(slot(user ? userRead : supervisorRead, linear), readHost - page);
        }
        if (writeHost != 0) {
            HostMemory.putLong(slot(user ? userWrite : supervisorWrite, linear), writeHost - page);
        }
    }

    /** Lets generated code fill entries too. */
    WalkTables share() {
        walks = new WalkTables();
        local.mailbox = walks.address + WalkTables.LOCAL;
        global.mailbox = walks.address + WalkTables.GLOBAL;
        return walks;
    }

    /** What generated code shares, or null. */
    WalkTables shared() {
        return walks;
    }

    /** Makes room in lists that generated code has filled. */
    void makeRoom() {
        local.makeRoom();
        global.makeRoom();
    }

    /** A physical page was looked at: generated code may do so too from now on. */
    void look(MemoryMap memory, long page) {
        if (walks != null) {
            walks.look(memory, page);
        }
    }

    /**
     * Enters a page with code that {@link #fill} has just entered for reads.
     *
     * @return false when it was there before
     */
    boolean fillBeside(int linear, boolean user, long record) {
        long slot = slot(user ? userBeside : supervisorBeside, linear);
        if (HostMemory.getLong(slot) == record) {
            return false;
        }
        if (besides == beside.length) {
            forgetBeside();
        }
        beside[besides++] = slot;
        HostMemory.putLong(slot, record);
        return true;
    }

    /** There are few: whoever drops pages drops all of these. */
    private void forgetBeside() {
        for (int i = 0; i < besides; i++) {
            HostMemory.putLong(beside[i], 0);
        }
        besides = 0;
    }

    /** Notes that pages of this 4 MiB region come from a large page, all of which one INVLPG drops. */
    void noteLarge(int linear) {
        if (!large[linear >>> 22]) {
            large[linear >>> 22] = true;
            if (walks != null) {
                walks.noteLarge(linear >>> 22);
            }
        }
    }

    /** Drops all pages but the global ones. */
    void flushLocal() {
        local.flush();
    }

    void flushAll() {
        local.flush();
        global.flush();
    }

    /**
     * INVLPG: drops the page, or all 4 KiB pieces of a large page.
     *
     * @return whether pages of a large page may have been dropped
     */
    boolean invalidate(int linear) {
        if (freed) {
            return false;
        }
        flushPage(linear);
        if (large[linear >>> 22] || walks != null && walks.isLarge(linear >>> 22)) {
            local.dropRegion(linear >>> 22);
            global.dropRegion(linear >>> 22);
            return true;
        }
        return false;
    }

    private void flushPage(int linear) {
        for (long table = supervisorRead; table <= userBeside; table += TABLE_BYTES) {
            HostMemory.putLong(slot(table, linear), 0);
        }
    }

    /** Drops every entry that maps one of these physical pages. */
    void dropPhysical(long firstPage, long count) {
        local.drop(firstPage, count);
        global.drop(firstPage, count);
        if (walks != null && !freed) {
            walks.drop(firstPage, count);
        }
    }

    /** Gives the tables back; nothing may be looked up afterwards. */
    void free() {
        if (!freed) {
            freed = true;
            besides = 0;
            local.forget();
            global.forget();
            NativeTables.free(block);
            if (walks != null) {
                walks.free();
            }
        }
    }

    /** The pages that may have an entry, with their privilege, so that a flush touches only those. */
    private final class Filled {
        private final int[] linearPages = new int[LISTED];
        private final int[] physicalPages = new int[LISTED];
        private int count;
        /** Host address of the list to which generated code adds, or 0. */
        private long mailbox;
        /** For what was in it. */
        private int[] letters;

        void forget() {
            count = 0;
            mailbox = 0;
        }

        void makeRoom() {
            if (mailbox != 0 && HostMemory.getInt(mailbox) == WalkTables.LISTED) {
                collect();
            }
        }

        /** Takes over what generated code has added. */
        private void collect() {
            if (mailbox == 0) {
                return;
            }
            int added = HostMemory.getInt(mailbox);
            if (added == 0) {
                return;
            }
            if (letters == null) {
                letters = new int[2 * WalkTables.LISTED];
            }
            HostMemory.putInt(mailbox, 0);
            HostMemory.copyOut(mailbox + WalkTables.ELEMENTS, MemorySegment.ofArray(letters), 0, 8L * added);
            for (int i = 0; i < added; i++) {
                add(letters[2 * i], letters[2 * i + 1]);
            }
        }

        void add(int linearPage, int physicalPage) {
            if (count > 0 && linearPages[count - 1] == linearPage && physicalPages[count - 1] == physicalPage) {
                return;
            }
            if (count == LISTED) {
                flushListed();
            }
            linearPages[count] = linearPage;
            physicalPages[count] = physicalPage;
            count++;
        }

        void flush() {
            forgetBeside();
            collect();
            flushListed();
        }

        private void flushListed() {
            for (int i = 0; i < count; i++) {
                forget(i);
            }
            count = 0;
        }

        void dropRegion(int region) {
            forgetBeside();
            collect();
            for (int i = 0; i < count; i++) {
                if ((linearPages[i] & PAGES - 1) >>> 10 == region) {
                    forget(i);
                }
            }
        }

        void drop(long firstPage, long pages) {
            forgetBeside();
            collect();
            for (int i = 0; i < count; i++) {
                long distance = (physicalPages[i] & 0xFFFF_FFFFL) - firstPage;
                if (distance >= 0 && distance < pages) {
                    forget(i);
                }
            }
        }

        private void forget(int i) {
            int page = linearPages[i];
            boolean user = (page & USER) != 0;
            HostMemory.putLong(slot(user ? userRead : supervisorRead, page << 12), 0);
            HostMemory.putLong(slot(user ? userWrite : supervisorWrite, page << 12), 0);
        }
    }
}
