package org.jeroboam.cpu.x86.exec;

import org.jeroboam.hardware.memory.HostMemory;
import org.jeroboam.hardware.memory.MemoryMap;

/**
 * Linear memory: the fast paths through the {@link Tlb}, and the operations that change it. Values are zero-extended.
 * Plain accesses have the privilege of CPL; those named {@code System} that of the supervisor (descriptor tables, task
 * state). Every method may throw a page fault (or #AC); a write that faults has written nothing.
 */
final class Mmu {
    final Tlb tlb = new Tlb();
    private final Cpu cpu;
    private final MemoryMap memory;
    private final MmuSlow slow;

    /** Tables of the current privilege. */
    private long readTable = tlb.supervisorRead;

    private long writeTable = tlb.supervisorWrite;
    private boolean user;
    private int lastFault = -1;
    private int fills;

    Mmu(Cpu cpu) {
        this.cpu = cpu;
        this.memory = cpu.bus.memory();
        this.slow = new MmuSlow(cpu, tlb);
    }

    int read8(int linear) {
        long entry = HostMemory.getLong(Tlb.slot(readTable, linear));
        if (entry != 0) {
            return HostMemory.getByte(entry + (linear & 0xFFFF_FFFFL));
        }
        return slow.read(linear, 1, user);
    }

    int read16(int linear) {
        long entry = HostMemory.getLong(Tlb.slot(readTable, linear));
        if (entry != 0 && (linear & 0xFFF) < 0xFFF) {
            return HostMemory.getShort(entry + (linear & 0xFFFF_FFFFL));
        }
        return slow.read(linear, 2, user);
    }

    int read32(int linear) {
        long entry = HostMemory.getLong(Tlb.slot(readTable, linear));
        if (entry != 0 && (linear & 0xFFF) < 0xFFD) {
            return HostMemory.getInt(entry + (linear & 0xFFFF_FFFFL));
        }
        return slow.read(linear, 4, user);
    }

    long read64(int linear) {
        long entry = HostMemory.getLong(Tlb.slot(readTable, linear));
        if (entry != 0 && (linear & 0xFFF) < 0xFF9) {
            return HostMemory.getLong(entry + (linear & 0xFFFF_FFFFL));
        }
        return slow.read64(linear, user);
    }

    void write8(int linear, int value) {
        long entry = HostMemory.getLong(Tlb.slot(writeTable, linear));
        if (entry != 0) {
            HostMemory.putByte(entry + (linear & 0xFFFF_FFFFL), value);
        } else {
            slow.write(linear, 1, value, user);
        }
    }

    void write16(int linear, int value) {
        long entry = HostMemory.getLong(Tlb.slot(writeTable, linear));
        if (entry != 0 && (linear & 0xFFF) < 0xFFF) {
            HostMemory.putShort(entry + (linear & 0xFFFF_FFFFL), value);
        } else {
            slow.write(linear, 2, value, user);
        }
    }

    void write32(int linear, int value) {
        long entry = HostMemory.getLong(Tlb.slot(writeTable, linear));
        if (entry != 0 && (linear & 0xFFF) < 0xFFD) {
            HostMemory.putInt(entry + (linear & 0xFFFF_FFFFL), value);
        } else {
            slow.write(linear, 4, value, user);
        }
    }

    void write64(int linear, long value) {
        long entry = HostMemory.getLong(Tlb.slot(writeTable, linear));
        if (entry != 0 && (linear & 0xFFF) < 0xFF9) {
            HostMemory.putLong(entry + (linear & 0xFFFF_FFFFL), value);
        } else {
            slow.write64(linear, value, user);
        }
    }

    /**
     * Start of a read-modify-write: the host address when the page can be written directly.
     *
     * @param last operand size minus 1
     * @return host address, or 0: then {@link #modify} reads and {@code write} writes back
     */
    long direct(int linear, int last) {
        long entry = HostMemory.getLong(Tlb.slot(writeTable, linear));
        return entry != 0 && (linear & 0xFFF) + last < 0x1000 ? entry + (linear & 0xFFFF_FFFFL) : 0;
    }

    /** As {@link #direct}, for reading. */
    long directRead(int linear, int last) {
        long entry = HostMemory.getLong(Tlb.slot(readTable, linear));
        return entry != 0 && (linear & 0xFFF) + last < 0x1000 ? entry + (linear & 0xFFFF_FFFFL) : 0;
    }

    /** Reads for a read-modify-write: faults as a write does. */
    int modify(int linear, int size) {
        long host = direct(linear, size - 1);
        if (host != 0) {
            return get(host, size);
        }
        slow.probeWrite(linear, size, user);
        return slow.read(linear, size, user);
    }

    /** Raises the fault that a write would raise. */
    void probeWrite(int linear, int size) {
        if (direct(linear, size - 1) == 0) {
            slow.probeWrite(linear, size, user);
        }
    }

    /** Raises the fault that a read would raise. */
    void probeRead(int linear, int size) {
        if (directRead(linear, size - 1) == 0) {
            slow.probeRead(linear, size, user);
        }
    }

    int readSystem8(int linear) {
        return readSystem(linear, 1);
    }

    int readSystem16(int linear) {
        return readSystem(linear, 2);
    }

    int readSystem32(int linear) {
        return readSystem(linear, 4);
    }

    private int readSystem(int linear, int size) {
        long entry = HostMemory.getLong(Tlb.slot(tlb.supervisorRead, linear));
        if (entry != 0 && (linear & 0xFFF) + size <= 0x1000) {
            long host = entry + (linear & 0xFFFF_FFFFL);
            return get(host, size);
        }
        return slow.readSystem(linear, size, false);
    }

    private static int get(long host, int size) {
        return switch (size) {
            case 1 -> HostMemory.getByte(host);
            case 2 -> HostMemory.getShort(host);
            default -> HostMemory.getInt(host);
        };
    }

    void writeSystem8(int linear, int value) {
        long host = directSystem(linear, 0);
        if (host != 0) {
            HostMemory.putByte(host, value);
        } else {
            slow.writeSystem(linear, 1, value, false);
        }
    }

    void writeSystem16(int linear, int value) {
        long host = directSystem(linear, 1);
        if (host != 0) {
            HostMemory.putShort(host, value);
        } else {
            slow.writeSystem(linear, 2, value, false);
        }
    }

    void writeSystem32(int linear, int value) {
        long host = directSystem(linear, 3);
        if (host != 0) {
            HostMemory.putInt(host, value);
        } else {
            slow.writeSystem(linear, 4, value, false);
        }
    }

    void probeSystemWrite(int linear, int size) {
        if (directSystem(linear, size - 1) == 0) {
            slow.probeSystem(linear, size, true, false);
        }
    }

    /** The host address that the supervisor may write, or 0. */
    private long directSystem(int linear, int last) {
        long entry = HostMemory.getLong(Tlb.slot(tlb.supervisorWrite, linear));
        return entry != 0 && (linear & 0xFFF) + last < 0x1000 ? entry + (linear & 0xFFFF_FFFFL) : 0;
    }

    void probeSystemRead(int linear, int size) {
        slow.probeSystem(linear, size, false, false);
    }

    long readPhysical64(long physical) {
        return memory.read(physical, 4) & 0xFFFF_FFFFL | (long) memory.read(physical + 4, 4) << 32;
    }

    /** Whether the page of the last {@link #translateFetch} is global. */
    boolean lastGlobal() {
        return slow.lastGlobal();
    }

    /** Physical address of an instruction byte. */
    long translateFetch(int linear) {
        return slow.translate(linear, false, user);
    }

    /** A load of CR3: drops all but global pages. */
    void flush() {
        tlb.flushLocal();
        slow.forget();
        cpu.code.spaces.change();
    }

    /** A change of paging as such: drops everything. */
    void flushAll() {
        tlb.flushAll();
        slow.forget();
        cpu.unlink();
    }

    /** INVLPG. */
    void flushPage(int linear) {
        boolean large = tlb.invalidate(linear);
        slow.forget();
        cpu.code.spaces.invalidate(linear, large);
    }

    /** Pages of the physical map changed, or got their first code. */
    void dropPhysical(long firstPage, long count) {
        tlb.dropPhysical(firstPage, count);
    }

    /** Chooses tables by CPL and alignment checking. */
    void selectTables() {
        user = cpu.cpl == 3;
        slow.selectAlignment();
        if (slow.alignmentChecked()) {
            readTable = tlb.none;
            writeTable = tlb.none;
        } else if (user) {
            readTable = tlb.userRead;
            writeTable = tlb.userWrite;
        } else {
            readTable = tlb.supervisorRead;
            writeTable = tlb.supervisorWrite;
        }
    }

    long readTable() {
        return readTable;
    }

    /** Whether the tables are of use. */
    boolean direct() {
        return readTable != tlb.none;
    }

    /** Whether generated code may walk the page tables of 32-bit paging: nothing else needs a look at each page. */
    boolean mayWalk() {
        return cpu.cr0 < 0 // PG is the sign
                && (cpu.cr4 & Cpu.CR4_PAE) == 0
                && cpu.a20
                && !cpu.debug.dataArmed()
                && !cpu.breakpoints.dataArmed();
    }

    /** Enters a page into the TLB for the present privilege, without a trace if that faults. */
    boolean fill(int linear, boolean write) {
        long physical = slow.look(linear, write, user);
        lastFault = physical < 0 ? (int) ~physical : -1;
        if ((++fills & 63) == 0) {
            tlb.makeRoom();
        }
        if (physical < 0) {
            return false;
        }
        return HostMemory.getLong(Tlb.slot(write ? writeTable : readTable, linear)) != 0
                || write && direct() && slow.fillBeside(linear, physical, user);
    }

    /** The error code of the page fault that the last {@link #fill} met, or -1. */
    int lastFault() {
        return lastFault;
    }

    void close() {
        tlb.free();
    }

    /** Whether a fetch finds a physical page at an address, and would leave no trace in the tables; nor does this. */
    boolean leads(int linear, long physicalPage, boolean user) {
        return slow.leads(linear, physicalPage, user);
    }

    /** Where an address leads, without a trace; -1 when nowhere. */
    long peek(int linear) {
        return slow.peek(linear);
    }
}
