package org.jeroboam.cpu.x86.exec;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.jeroboam.hardware.memory.HostMemory;
import org.jeroboam.hardware.memory.MemoryMap;

/**
 * What an accelerator's code needs to walk page tables and to fill the TLB itself, outside the heap. Which physical pages
 * the TLB may hold is known of those that were looked at since their mapping changed last: whatever makes the TLB forget
 * a physical page (the map, its first code, a dirty log) makes this table forget it at the same moment, so that neither
 * needs to know why. Pages that the code enters are listed here until the {@link Tlb} takes the lists over.
 *
 * <p>Layout, from {@link #address} on: at {@link #DIRECT} eight bytes for each page below 4 GiB, 0 or the host address to read
 * it at, with bit 0 when it may be written there; at {@link #LOCAL} and {@link #GLOBAL} a count, and in eight bytes each at
 * {@link #ELEMENTS} the linear page (with {@link #USER} when it is entered for CPL 3) and the physical page; at
 * {@link #LARGE} a byte for each 4 MiB of linear addresses, not 0 when a large page may have been entered there. What else
 * INVLPG needs a closer look for is told at {@link #ENTERED} and {@link #REMEMBERED}.
 */
public final class WalkTables {
    private static final int PAGES = 1 << 20;

    /** By physical page. */
    public static final int DIRECT = 0;
    /** Bit of an element of {@link #DIRECT}: writes may go there too. */
    public static final int WRITABLE = 1;
    /** The list of pages that loads of CR3 drop. */
    public static final int LOCAL = 8 * PAGES;
    /** Elements that a list takes; one that is full is for the TLB to empty. */
    public static final int LISTED = 2047;
    /** Of a list: its first element. */
    public static final int ELEMENTS = 8;

    private static final int LIST_BYTES = ELEMENTS + 8 * LISTED;

    /** The list of global pages. */
    public static final int GLOBAL = LOCAL + LIST_BYTES;
    /** Bit of a linear page in a list. */
    public static final int USER = Tlb.USER;
    /** By bits 22 to 31 of the linear address. */
    public static final int LARGE = GLOBAL + LIST_BYTES;

    /** A bit for linear pages, by the lowest bits of their number, that INVLPG may have to end links to code for. */
    public static final int ENTERED = LARGE + 1024;

    private static final int ENTERED_BYTES = 8 * EnteredPages.WORDS;
    /** Of a linear page's number: what {@link #ENTERED} goes by. */
    public static final int ENTERED_MASK = 8 * ENTERED_BYTES - 1;
    /** Four bytes, not 0 when the MMU remembers translations of pages that are not in the TLB. */
    public static final int REMEMBERED = ENTERED + ENTERED_BYTES;

    private static final int BYTES = REMEMBERED + 8;

    /** Host address of it all. */
    public final long address = NativeTables.allocate(BYTES);

    /** The pages of {@link #DIRECT} that are not 0, and of those the {@link #WRITABLE} ones: single accesses outside the heap are dear. */
    private final BitSet known = new BitSet();

    private final BitSet settled = new BitSet();

    private final long[] filter = new long[EnteredPages.WORDS];

    WalkTables() {}

    /** Finds out where a page can be read and written, if that is not known. */
    void look(MemoryMap memory, long physicalPage) {
        if (physicalPage >= PAGES) {
            return;
        }
        int page = (int) physicalPage;
        if (settled.get(page)) {
            return;
        }
        long read = memory.readAddress(page);
        if (read == 0) {
            return;
        }
        boolean writable = memory.writeAddress(page) == read;
        if (writable || !known.get(page)) {
            HostMemory.putLong(address + DIRECT + 8L * page, writable ? read | WRITABLE : read);
            known.set(page);
            settled.set(page, writable);
        }
    }

    /** Forgets pages. */
    void drop(long firstPage, long count) {
        int from = (int) Math.min(firstPage, PAGES);
        int end = (int) Math.min(firstPage + count, PAGES);
        for (int page = known.nextSetBit(from); page >= 0 && page < end; page = known.nextSetBit(page + 1)) {
            HostMemory.putLong(address + DIRECT + 8L * page, 0);
        }
        known.clear(from, end);
        settled.clear(from, end);
    }

    void noteLarge(int region) {
        HostMemory.putByte(address + LARGE + region, 1);
    }

    void noteEntered(int linearPage) {
        long at = address + ENTERED + (linearPage >>> 3 & ENTERED_BYTES - 1);
        HostMemory.putByte(at, HostMemory.getByte(at) | 1 << (linearPage & 7));
    }

    /** Links lead to other pages now: those of both lists. */
    void setEntered(EnteredPages one, EnteredPages other) {
        for (int i = 0; i < EnteredPages.WORDS; i++) {
            filter[i] = one.filter(i) | other.filter(i);
        }
        HostMemory.copyIn(address + ENTERED, MemorySegment.ofArray(filter), 0, ENTERED_BYTES);
    }

    void setRemembered(boolean any) {
        HostMemory.putInt(address + REMEMBERED, any ? 1 : 0);
    }

    boolean isLarge(int region) {
        return HostMemory.getByte(address + LARGE + region) != 0;
    }

    void free() {
        NativeTables.free(address);
    }
}
