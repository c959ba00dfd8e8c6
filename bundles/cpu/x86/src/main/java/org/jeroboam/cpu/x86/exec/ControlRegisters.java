package org.jeroboam.cpu.x86.exec;

import org.jeroboam.hardware.cpu.CpuFeature;
import org.jeroboam.hardware.cpu.CpuModel;

/** CR0, CR2, CR3 and CR4 (Intel SDM volume 3, 2.5; volume 2, MOV to and from control registers, LMSW). */
final class ControlRegisters {
    private static final int CR0_ET = 1 << 4;
    private static final int CR0_NW = 1 << 29;
    private static final int CR0_CD = 1 << 30;
    private static final int CR0_WRITABLE = Cpu.CR0_PE
            | Cpu.CR0_MP
            | Cpu.CR0_EM
            | Cpu.CR0_TS
            | Cpu.CR0_NE
            | Cpu.CR0_WP
            | Cpu.CR0_AM
            | CR0_NW
            | CR0_CD
            | Cpu.CR0_PG;

    private static final int CR4_MCE = 1 << 6;
    private static final int CR4_PCE = 1 << 8;
    private static final int CR4_OSFXSR = 1 << 9;
    private static final int CR4_OSXMMEXCPT = 1 << 10;

    /** Reserved bits of a present page directory pointer, for 36-bit physical addresses. */
    private static final long PDPTE_RESERVED = 0xFFFF_FFF0_0000_01E6L;

    private ControlRegisters() {}

    /** MOV from CRn. */
    static int read(Cpu cpu, int number) {
        cpu.requirePrivilege();
        return switch (number) {
            case 0 -> cpu.cr0;
            case 2 -> cpu.cr2;
            case 3 -> cpu.cr3;
            default -> cpu.cr4;
        };
    }

    /** MOV to CRn. */
    static void write(Cpu cpu, int number, int value) {
        cpu.requirePrivilege();
        switch (number) {
            case 0 -> writeCr0(cpu, value);
            case 2 -> cpu.cr2 = value;
            case 3 -> loadCr3(cpu, value);
            default -> writeCr4(cpu, value);
        }
    }

    /** LMSW: the low four bits of CR0, of which PE can only be set. */
    static void loadMachineStatusWord(Cpu cpu, int value) {
        cpu.requirePrivilege();
        writeCr0(cpu, cpu.cr0 & ~(Cpu.CR0_MP | Cpu.CR0_EM | Cpu.CR0_TS) | value & 15);
    }

    private static void writeCr0(Cpu cpu, int requested) {
        int value = requested & CR0_WRITABLE | CR0_ET;
        if ((value & Cpu.CR0_PG) != 0 && (value & Cpu.CR0_PE) == 0 || (value & CR0_NW) != 0 && (value & CR0_CD) == 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        int changed = cpu.cr0 ^ value;
        if ((value & Cpu.CR0_PG) != 0
                && (changed & (Cpu.CR0_PG | CR0_CD | CR0_NW)) != 0
                && (cpu.cr4 & Cpu.CR4_PAE) != 0) {
            loadDirectoryPointers(cpu, cpu.cr3);
        }
        cpu.cr0 = value;
        if ((changed & (Cpu.CR0_PG | Cpu.CR0_PE | Cpu.CR0_WP)) != 0) {
            cpu.mmu.flushAll();
        }
        cpu.modeChanged();
        cpu.attention();
    }

    /** Raises the fault of {@link #loadCr3}. */
    static void checkCr3(Cpu cpu, int value) {
        if ((cpu.cr4 & Cpu.CR4_PAE) != 0) {
            for (int i = 0; i < 4; i++) {
                directoryPointer(cpu, value, i);
            }
        }
    }

    /** Loads CR3, the page directory pointers under PAE, and drops the TLB but for global pages. */
    static void loadCr3(Cpu cpu, int value) {
        if ((cpu.cr0 & Cpu.CR0_PG) != 0 && (cpu.cr4 & Cpu.CR4_PAE) != 0) {
            loadDirectoryPointers(cpu, value);
        }
        cpu.cr3 = value;
        cpu.mmu.flush();
    }

    private static void writeCr4(Cpu cpu, int value) {
        if ((value & ~writableCr4(cpu.model)) != 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        int changed = cpu.cr4 ^ value;
        int paging = Cpu.CR4_PAE | Cpu.CR4_PSE | Cpu.CR4_PGE;
        if ((value & Cpu.CR4_PAE) != 0 && (cpu.cr0 & Cpu.CR0_PG) != 0 && (changed & paging) != 0) {
            loadDirectoryPointers(cpu, cpu.cr3);
        }
        cpu.cr4 = value;
        if ((changed & paging) != 0) {
            cpu.mmu.flushAll();
        }
        if ((changed & Cpu.CR4_DE) != 0) {
            cpu.debug.refresh();
        }
        cpu.modeChanged();
    }

    private static int writableCr4(CpuModel model) {
        int bits = CR4_PCE;
        bits |= model.has(CpuFeature.VME) ? Cpu.CR4_VME | Cpu.CR4_PVI : 0;
        bits |= model.has(CpuFeature.TSC) ? Cpu.CR4_TSD : 0;
        bits |= model.has(CpuFeature.DE) ? Cpu.CR4_DE : 0;
        bits |= model.has(CpuFeature.PSE) ? Cpu.CR4_PSE : 0;
        bits |= model.has(CpuFeature.PAE) ? Cpu.CR4_PAE : 0;
        bits |= model.has(CpuFeature.MCE) ? CR4_MCE : 0;
        bits |= model.has(CpuFeature.PGE) ? Cpu.CR4_PGE : 0;
        bits |= model.has(CpuFeature.FXSR) ? CR4_OSFXSR : 0;
        bits |= model.has(CpuFeature.SSE) ? CR4_OSXMMEXCPT : 0;
        return bits;
    }

    /** Reads all four before it takes any. */
    private static void loadDirectoryPointers(Cpu cpu, int cr3) {
        long first = directoryPointer(cpu, cr3, 0);
        long second = directoryPointer(cpu, cr3, 1);
        long third = directoryPointer(cpu, cr3, 2);
        cpu.pdpte[3] = directoryPointer(cpu, cr3, 3);
        cpu.pdpte[2] = third;
        cpu.pdpte[1] = second;
        cpu.pdpte[0] = first;
    }

    private static long directoryPointer(Cpu cpu, int cr3, int index) {
        long address = (cr3 & 0xFFFF_FFE0L) + 8 * index;
        long entry = cpu.mmu.readPhysical64(cpu.a20 ? address : address & ~(1L << 20));
        if ((entry & 1) != 0 && (entry & PDPTE_RESERVED) != 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        return entry;
    }
}
