package org.jeroboam.cpu.x86.exec;

import java.util.Arrays;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.hardware.memory.HostMemory;
import org.jeroboam.hardware.memory.MemoryMap;

/**
 * What the TLB's fast path leaves over: misses, page-crossing accesses, device pages, watched pages, alignment checks.
 */
final class MmuSlow {
    private final Cpu cpu;
    private final MemoryMap memory;
    private final Tlb tlb;
    private final PageWalker walker;
    private boolean alignmentChecked;

    /**
     * The last translations of pages without a TLB entry (device pages), by privilege and access: linear page, or -1.
     */
    private final int[] recentPage = {-1, -1, -1, -1};

    private final long[] recentPhysical = new long[4];
    /** Whether any of them is. */
    private boolean remembers;

    MmuSlow(Cpu cpu, Tlb tlb) {
        this.cpu = cpu;
        this.memory = cpu.bus.memory();
        this.tlb = tlb;
        this.walker = new PageWalker(cpu, tlb);
    }

    void forget() {
        if (remembers) {
            Arrays.fill(recentPage, -1);
            setRemembers(false);
        }
    }

    private void setRemembers(boolean any) {
        if (remembers != any && tlb.shared() != null) {
            tlb.shared().setRemembered(any);
        }
        remembers = any;
    }

    /** Whether the last page walk ended in a global page. */
    boolean lastGlobal() {
        return walker.global;
    }

    boolean alignmentChecked() {
        return alignmentChecked;
    }

    void selectAlignment() {
        alignmentChecked = cpu.cpl == 3 && (cpu.cr0 & Cpu.CR0_AM) != 0 && cpu.flag(EFlags.AC);
    }

    int read(int linear, int size, boolean user) {
        checkWrap(linear, size);
        checkAlignment(linear, size, user);
        return readSystem(linear, size, user);
    }

    /** As {@link #read}, without the checks of an instruction's operand. */
    int readSystem(int linear, int size, boolean user) {
        int value;
        if ((linear & 0xFFF) + size <= 0x1000) {
            value = memory.read(translate(linear, false, user), size);
        } else {
            int first = 0x1000 - (linear & 0xFFF);
            long low = translate(linear, false, user);
            long high = translate(linear + first, false, user);
            value = 0;
            for (int i = 0; i < size; i++) {
                value |= memory.read(i < first ? low + i : high + i - first, 1) << 8 * i;
            }
        }
        watch(linear, size, false);
        return value;
    }

    long read64(int linear, boolean user) {
        checkWrap(linear, 8);
        checkAlignment(linear, 8, user);
        if ((linear & 0xFFF) > 0xFF8) {
            probeRead(linear, 8, user);
        }
        boolean checked = alignmentChecked;
        alignmentChecked = false;
        try {
            return read(linear, 4, user) & 0xFFFF_FFFFL | (long) read(linear + 4, 4, user) << 32;
        } finally {
            alignmentChecked = checked;
        }
    }

    void write(int linear, int size, int value, boolean user) {
        checkWrap(linear, size);
        checkAlignment(linear, size, user);
        writeSystem(linear, size, value, user);
    }

    /** As {@link #write}, without the checks of an instruction's operand. */
    void writeSystem(int linear, int size, int value, boolean user) {
        if ((linear & 0xFFF) + size <= 0x1000) {
            memory.write(translate(linear, true, user), size, value);
        } else {
            int first = 0x1000 - (linear & 0xFFF);
            long low = translate(linear, true, user);
            long high = translate(linear + first, true, user);
            for (int i = 0; i < size; i++) {
                memory.write(i < first ? low + i : high + i - first, 1, value >>> 8 * i);
            }
        }
        watch(linear, size, true);
    }

    void write64(int linear, long value, boolean user) {
        probeWrite(linear, 8, user);
        boolean checked = alignmentChecked;
        alignmentChecked = false;
        try {
            write(linear, 4, (int) value, user);
            write(linear + 4, 4, (int) (value >>> 32), user);
        } finally {
            alignmentChecked = checked;
        }
    }

    void probeRead(int linear, int size, boolean user) {
        checkWrap(linear, size);
        checkAlignment(linear, size, user);
        probeSystem(linear, size, false, user);
    }

    void probeWrite(int linear, int size, boolean user) {
        checkWrap(linear, size);
        checkAlignment(linear, size, user);
        probeSystem(linear, size, true, user);
    }

    /** Raises the page fault that an access would raise. */
    void probeSystem(int linear, int size, boolean write, boolean user) {
        translate(linear, write, user);
        if ((linear & 0xFFF) + size > 0x1000) {
            translate(linear + size - 1 & ~0xFFF, write, user);
        }
    }

    /** Translates, and enters the page into the TLB when it has a direct address. */
    long translate(int linear, boolean write, boolean user) {
        long physical = look(linear, write, user);
        if (physical < 0) {
            throw walker.fault(linear, physical);
        }
        return physical;
    }

    /** The same, but a page fault is {@code ~} of its error code, and CR2 stays. */
    long look(int linear, boolean write, boolean user) {
        int recent = (user ? 2 : 0) + (write ? 1 : 0);
        if (recentPage[recent] == linear >>> 12) {
            return recentPhysical[recent] | linear & 0xFFF;
        }
        long physical = walker.walk(linear, write, user);
        if (physical < 0) {
            return physical;
        }
        long page = physical >>> 12;
        if (cpu.debug.watches(linear >>> 12) || cpu.breakpoints.watches(linear >>> 12)) {
            return physical;
        }
        long readHost = memory.readAddress(page);
        tlb.look(memory, page);
        // The write table serves instructions that read and write too: what they read must be what reads see.
        long writeHost = walker.writable && memory.writeAddress(page) == readHost ? readHost : 0;
        if (readHost != 0 || writeHost != 0) {
            if (walker.large) {
                tlb.noteLarge(linear);
            }
            tlb.fill(linear, (int) page, user, walker.global, readHost, writeHost);
        } else {
            recentPage[recent] = linear >>> 12;
            recentPhysical[recent] = page << 12;
            setRemembers(true);
        }
        return physical;
    }

    boolean leads(int linear, long physicalPage, boolean user) {
        return walker.leads(linear, physicalPage, user);
    }

    /** Lets an accelerator write beside the code of a page that was just looked up for a write; false when it may already. */
    boolean fillBeside(int linear, long physical, boolean user) {
        if (HostMemory.getLong(Tlb.slot(user ? tlb.userRead : tlb.supervisorRead, linear)) == 0) {
            return false; // a device or a watched page
        }
        long record = cpu.code.record(physical >>> 12);
        return record != 0 && tlb.fillBeside(linear, user, record);
    }

    /** Where an address leads, without a trace; -1 when nowhere. */
    long peek(int linear) {
        return walker.peek(linear);
    }

    /**
     * In flat mode segment limits are not looked at, for no access reaches beyond FFFFFFFFh but one that wraps around:
     * its instruction is executed again with all checks.
     */
    private void checkWrap(int linear, int size) {
        if ((cpu.mode & Cpu.MODE_FLAT) != 0 && linear < 0 && linear + size > 0) {
            throw cpu.fault(GuestFault.RETRY);
        }
    }

    /** Only data accesses of CPL 3 are checked (Intel SDM volume 3, 6.15, #AC). */
    private void checkAlignment(int linear, int size, boolean user) {
        if (alignmentChecked && user && (linear & Math.min(size, 8) - 1) != 0) {
            throw cpu.fault(GuestFault.AC, 0);
        }
    }

    private void watch(int linear, int size, boolean write) {
        if (cpu.debug.watches(linear >>> 12) || cpu.debug.watches(linear + size - 1 >>> 12)) {
            cpu.debug.dataAccess(linear, size, write);
        }
        cpu.breakpoints.dataAccess(linear, size, write);
    }
}
