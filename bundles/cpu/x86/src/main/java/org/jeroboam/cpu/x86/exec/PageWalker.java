package org.jeroboam.cpu.x86.exec;

import org.jeroboam.hardware.memory.MemoryMap;

/**
 * The page walk (Intel SDM volume 3, chapter 4: 32-bit and PAE paging): 4 KiB, 4 MiB and 2 MiB pages, WP, U/S, accessed
 * and dirty bits, reserved bits, page fault error codes and CR2. After a walk the fields tell more of the leaf.
 */
final class PageWalker {
    private static final int PRESENT = 1;
    private static final int WRITABLE = 1 << 1;
    private static final int USER = 1 << 2;
    private static final int ACCESSED = 1 << 5;
    private static final int DIRTY = 1 << 6;
    private static final int LARGE = 1 << 7;
    private static final int GLOBAL = 1 << 8;

    private static final int ERROR_PRESENT = 1;
    private static final int ERROR_WRITE = 1 << 1;
    private static final int ERROR_USER = 1 << 2;
    private static final int ERROR_RESERVED = 1 << 3;

    /** Bits 17 to 21 of a 4 MiB page's entry; 13 to 16 are address bits 32 to 35 (PSE-36). */
    private static final int RESERVED_4M = 0x3E_0000;
    /** Bits above 36-bit physical addresses. */
    private static final long RESERVED_PAE = 0xFFFF_FFF0_0000_0000L;
    /** Bits 13 to 20 of a 2 MiB page's entry. */
    private static final long RESERVED_2M = 0x1F_E000;

    private static final long FRAME_PAE = 0xF_FFFF_F000L;

    /** Whether a write with the same privilege would need no further walk. */
    boolean writable;
    /** Whether the entry survives loads of CR3. */
    boolean global;
    /** Whether the page is larger than 4 KiB. */
    boolean large;

    private final Cpu cpu;
    private final MemoryMap memory;
    private final Tlb tlb;

    PageWalker(Cpu cpu, Tlb tlb) {
        this.cpu = cpu;
        this.tlb = tlb;
        this.memory = cpu.bus.memory();
    }

    /**
     * Translates an address.
     *
     * @param linear linear address
     * @param write whether to check and prepare for a write
     * @param user whether the access has user privilege
     * @return physical address, A20 applied; or, negative, {@code ~} of the error code of a page fault
     */
    long walk(int linear, boolean write, boolean user) {
        large = false;
        if (cpu.cr0 >= 0) { // PG is the sign
            writable = true;
            global = false;
            return gate(linear & 0xFFFF_FFFFL);
        }
        return (cpu.cr4 & Cpu.CR4_PAE) != 0 ? walkPae(linear, write, user) : walk32(linear, write, user);
    }

    /** The fault that {@link #walk} found. CR2 is set. */
    GuestFault fault(int linear, long walked) {
        cpu.cr2 = linear;
        return cpu.fault(GuestFault.PF, (int) ~walked);
    }

    /** The same without a trace: no rights are checked, no bits set, nothing thrown; -1 when the page is not present. */
    long peek(int linear) {
        if (cpu.cr0 >= 0) {
            return gate(linear & 0xFFFF_FFFFL);
        }
        return (cpu.cr4 & Cpu.CR4_PAE) != 0 ? peekPae(linear) : peek32(linear);
    }

    private long peek32(int linear) {
        int pde = memory.read(gate((cpu.cr3 & 0xFFFF_F000L) + (linear >>> 22 << 2)), 4);
        if ((pde & PRESENT) == 0) {
            return -1;
        }
        if ((pde & LARGE) != 0 && (cpu.cr4 & Cpu.CR4_PSE) != 0) {
            return gate((long) (pde >>> 13 & 15) << 32 | pde & 0xFFC0_0000L | linear & 0x3F_FFFF);
        }
        int pte = memory.read(gate((pde & 0xFFFF_F000L) + (linear >>> 12 & 0x3FF) * 4), 4);
        return (pte & PRESENT) == 0 ? -1 : gate(pte & 0xFFFF_F000L | linear & 0xFFF);
    }

    private long peekPae(int linear) {
        long pdpte = cpu.pdpte[linear >>> 30];
        if ((pdpte & PRESENT) == 0) {
            return -1;
        }
        long pde = read64(gate((pdpte & FRAME_PAE) + (linear >>> 21 & 0x1FF) * 8));
        if ((pde & PRESENT) == 0) {
            return -1;
        }
        if ((pde & LARGE) != 0) {
            return gate(pde & FRAME_PAE & ~0x1F_FFFFL | linear & 0x1F_FFFF);
        }
        long pte = read64(gate((pde & FRAME_PAE) + (linear >>> 12 & 0x1FF) * 8));
        return (pte & PRESENT) == 0 ? -1 : gate(pte & FRAME_PAE | linear & 0xFFF);
    }

    /** Whether a fetch finds a physical page at an address, and would leave no trace in the tables; nor does this. */
    boolean leads(int linear, long physicalPage, boolean user) {
        if (cpu.cr0 >= 0) {
            return false;
        }
        int wanted = user ? PRESENT | ACCESSED | USER : PRESENT | ACCESSED;
        long found = (cpu.cr4 & Cpu.CR4_PAE) != 0 ? leadsPae(linear, wanted) : leads32(linear, wanted);
        return found >= 0 && found >>> 12 == physicalPage;
    }

    private long leads32(int linear, int wanted) {
        int pde = memory.read(gate((cpu.cr3 & 0xFFFF_F000L) + (linear >>> 22 << 2)), 4);
        if ((pde & wanted) != wanted) {
            return -1;
        }
        if ((pde & LARGE) != 0 && (cpu.cr4 & Cpu.CR4_PSE) != 0) {
            return (pde & RESERVED_4M) != 0 ? -1 : peek32(linear);
        }
        int pte = memory.read(gate((pde & 0xFFFF_F000L) + (linear >>> 12 & 0x3FF) * 4), 4);
        return (pte & wanted) != wanted ? -1 : gate(pte & 0xFFFF_F000L);
    }

    private long leadsPae(int linear, int wanted) {
        long pdpte = cpu.pdpte[linear >>> 30];
        if ((pdpte & PRESENT) == 0) {
            return -1;
        }
        long pde = read64(gate((pdpte & FRAME_PAE) + (linear >>> 21 & 0x1FF) * 8));
        if ((pde & wanted) != wanted || (pde & RESERVED_PAE) != 0) {
            return -1;
        }
        if ((pde & LARGE) != 0) {
            return (pde & RESERVED_2M) != 0 ? -1 : peekPae(linear);
        }
        long pte = read64(gate((pde & FRAME_PAE) + (linear >>> 12 & 0x1FF) * 8));
        return (pte & wanted) != wanted || (pte & RESERVED_PAE) != 0 ? -1 : gate(pte & FRAME_PAE);
    }

    /** Applies the A20 gate. */
    private long gate(long physical) {
        return cpu.a20 ? physical : physical & ~(1L << 20);
    }

    private long walk32(int linear, boolean write, boolean user) {
        long pdeAddress = gate((cpu.cr3 & 0xFFFF_F000L) + (linear >>> 22 << 2));
        tlb.look(memory, pdeAddress >>> 12);
        int pde = memory.read(pdeAddress, 4);
        if ((pde & PRESENT) == 0) {
            return pageFault(write, user, 0);
        }
        if ((pde & LARGE) != 0 && (cpu.cr4 & Cpu.CR4_PSE) != 0) {
            if ((pde & RESERVED_4M) != 0) {
                return pageFault(write, user, ERROR_PRESENT | ERROR_RESERVED);
            }
            if (refused(write, user, pde)) {
                return pageFault(write, user, ERROR_PRESENT);
            }
            mark(pdeAddress, pde, write ? ACCESSED | DIRTY : ACCESSED);
            leaf(pde, pde, write, user);
            large = true;
            long high = (long) (pde >>> 13 & 15) << 32;
            return gate(high | pde & 0xFFC0_0000L | linear & 0x3F_FFFF);
        }
        long pteAddress = gate((pde & 0xFFFF_F000L) + (linear >>> 12 & 0x3FF) * 4);
        tlb.look(memory, pteAddress >>> 12);
        int pte = memory.read(pteAddress, 4);
        if ((pte & PRESENT) == 0) {
            return pageFault(write, user, 0);
        }
        if (refused(write, user, pde & pte)) {
            return pageFault(write, user, ERROR_PRESENT);
        }
        mark(pdeAddress, pde, ACCESSED);
        mark(pteAddress, pte, write ? ACCESSED | DIRTY : ACCESSED);
        leaf(pte, pde & pte, write, user);
        return gate(pte & 0xFFFF_F000L | linear & 0xFFF);
    }

    private long walkPae(int linear, boolean write, boolean user) {
        long pdpte = cpu.pdpte[linear >>> 30];
        if ((pdpte & PRESENT) == 0) {
            return pageFault(write, user, 0);
        }
        long pdeAddress = gate((pdpte & FRAME_PAE) + (linear >>> 21 & 0x1FF) * 8);
        long pde = read64(pdeAddress);
        if ((pde & PRESENT) == 0) {
            return pageFault(write, user, 0);
        }
        if ((pde & RESERVED_PAE) != 0) {
            return pageFault(write, user, ERROR_PRESENT | ERROR_RESERVED);
        }
        if ((pde & LARGE) != 0) {
            if ((pde & RESERVED_2M) != 0) {
                return pageFault(write, user, ERROR_PRESENT | ERROR_RESERVED);
            }
            if (refused(write, user, (int) pde)) {
                return pageFault(write, user, ERROR_PRESENT);
            }
            mark(pdeAddress, (int) pde, write ? ACCESSED | DIRTY : ACCESSED);
            leaf((int) pde, (int) pde, write, user);
            large = true;
            return gate(pde & FRAME_PAE & ~0x1F_FFFFL | linear & 0x1F_FFFF);
        }
        long pteAddress = gate((pde & FRAME_PAE) + (linear >>> 12 & 0x1FF) * 8);
        long pte = read64(pteAddress);
        if ((pte & PRESENT) == 0) {
            return pageFault(write, user, 0);
        }
        if ((pte & RESERVED_PAE) != 0) {
            return pageFault(write, user, ERROR_PRESENT | ERROR_RESERVED);
        }
        if (refused(write, user, (int) (pde & pte))) {
            return pageFault(write, user, ERROR_PRESENT);
        }
        mark(pdeAddress, (int) pde, ACCESSED);
        mark(pteAddress, (int) pte, write ? ACCESSED | DIRTY : ACCESSED);
        leaf((int) pte, (int) (pde & pte), write, user);
        return gate(pte & FRAME_PAE | linear & 0xFFF);
    }

    private long read64(long physical) {
        return memory.read(physical, 4) & 0xFFFF_FFFFL | (long) memory.read(physical + 4, 4) << 32;
    }

    private boolean mayWrite(boolean user, int rights) {
        return (rights & WRITABLE) != 0 || !user && (cpu.cr0 & Cpu.CR0_WP) == 0;
    }

    private boolean refused(boolean write, boolean user, int rights) {
        return user && (rights & USER) == 0 || write && !mayWrite(user, rights);
    }

    private void leaf(int entry, int rights, boolean write, boolean user) {
        writable = mayWrite(user, rights) && (write || (entry & DIRTY) != 0);
        global = (entry & GLOBAL) != 0 && (cpu.cr4 & Cpu.CR4_PGE) != 0;
    }

    /** Sets accessed and dirty bits that are not set yet. They are in the low word of either format. */
    private void mark(long address, int entry, int bits) {
        if ((entry & bits) != bits) {
            memory.write(address, 4, entry | bits);
        }
    }

    private static long pageFault(boolean write, boolean user, int error) {
        return ~(long) (error | (write ? ERROR_WRITE : 0) | (user ? ERROR_USER : 0));
    }
}
