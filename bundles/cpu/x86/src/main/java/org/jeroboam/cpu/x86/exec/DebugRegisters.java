package org.jeroboam.cpu.x86.exec;

import org.jeroboam.hardware.cpu.CpuFeature;

/**
 * DR0 to DR7 and their breakpoints (Intel SDM volume 3, chapter 17). Nothing here is on the path of an instruction
 * unless DR7 enables a breakpoint: pages with data breakpoints stay out of the TLB, code breakpoints make the run
 * loop step.
 */
final class DebugRegisters {
    /** DR6: a breakpoint, B0 to B3. */
    static final int DR6_B = 15;
    /** DR6: general detect. */
    static final int DR6_BD = 1 << 13;
    /** DR6: single step. */
    static final int DR6_BS = 1 << 14;
    /** DR6: task switch. */
    static final int DR6_BT = 1 << 15;

    private static final int DR6_FIXED = 0xFFFF_0FF0;
    private static final int DR7_FIXED = 0x400;
    private static final int DR7_WRITABLE = 0xFFFF_23FF;
    private static final int DR7_GD = 1 << 13;
    private static final int DR7_LOCAL = 0x155;

    private static final int EXECUTE = 0;
    private static final int WRITE = 1;
    private static final int IO = 2;
    private static final int READ_WRITE = 3;

    private final Cpu cpu;
    private boolean codeArmed;
    private boolean dataArmed;
    private boolean ioArmed;

    DebugRegisters(Cpu cpu) {
        this.cpu = cpu;
    }

    /** To be called after a change of DR0 to DR7 or CR4.DE from outside. */
    void refresh() {
        codeArmed = false;
        boolean wasArmed = dataArmed;
        dataArmed = false;
        ioArmed = false;
        for (int i = 0; i < 4; i++) {
            if (!enabled(i)) {
                continue;
            }
            switch (type(i)) {
                case EXECUTE -> codeArmed = true;
                case IO -> ioArmed |= (cpu.cr4 & Cpu.CR4_DE) != 0;
                default -> dataArmed = true;
            }
        }
        if (dataArmed || wasArmed) {
            cpu.mmu.flushAll();
        }
        cpu.attention();
    }

    private boolean enabled(int i) {
        return (cpu.dr[7] >>> 2 * i & 3) != 0;
    }

    private int type(int i) {
        return cpu.dr[7] >>> 16 + 4 * i & 3;
    }

    /**
     * Length of breakpoint i in bytes; 2 (binary 10) is undefined and taken as 8-byte by later processors: 4 here.
     */
    private int length(int i) {
        return switch (cpu.dr[7] >>> 18 + 4 * i & 3) {
            case 0 -> 1;
            case 1 -> 2;
            default -> 4;
        };
    }

    /** MOV from DRn. */
    int read(int number) {
        check(number);
        return cpu.dr[alias(number)];
    }

    /** MOV to DRn. */
    void write(int number, int value) {
        check(number);
        switch (alias(number)) {
            case 6 -> cpu.dr[6] = value & ~DR6_FIXED & 0xE00F | DR6_FIXED;
            case 7 -> {
                cpu.dr[7] = value & DR7_WRITABLE | DR7_FIXED;
                refresh();
            }
            default -> {
                cpu.dr[number] = value;
                refresh();
            }
        }
    }

    private void check(int number) {
        if ((number == 4 || number == 5) && (cpu.cr4 & Cpu.CR4_DE) != 0 && cpu.model.has(CpuFeature.DE)) {
            throw cpu.fault(GuestFault.UD);
        }
        cpu.requirePrivilege();
        if ((cpu.dr[7] & DR7_GD) != 0) {
            throw debugFault(DR6_BD);
        }
    }

    private static int alias(int number) {
        return number == 4 || number == 5 ? number + 2 : number;
    }

    /** The #DB fault of the instruction that did not execute, its reason in DR6. */
    GuestFault debugFault(int reason) {
        cpu.dr[6] |= reason;
        return cpu.fault(GuestFault.DB);
    }

    /** What entering the #DB handler does to DR7 and DEBUGCTL. */
    void enterHandler() {
        cpu.dr[7] &= ~DR7_GD;
        cpu.msrs.debugControl &= ~(Msrs.DEBUGCTL_LBR | Msrs.DEBUGCTL_BTF);
    }

    /** A task switch clears the local enables. */
    void taskSwitch() {
        if ((cpu.dr[7] & DR7_LOCAL) != 0) {
            cpu.dr[7] &= ~DR7_LOCAL;
            refresh();
        }
    }

    /**
     * Whether any code breakpoint is enabled: the run loop then asks {@link #codeBreakpoint} before each instruction.
     */
    boolean codeArmed() {
        return codeArmed;
    }

    /**
     * Looks for a breakpoint on an instruction.
     *
     * @param linear its linear address
     * @return DR6 bits, 0 when there is none
     */
    int codeBreakpoint(int linear) {
        if (!codeArmed) {
            return 0;
        }
        int enabledHits = 0;
        int hits = 0;
        for (int i = 0; i < 4; i++) {
            if (type(i) == EXECUTE && cpu.dr[i] == linear) {
                hits |= 1 << i;
                if (enabled(i)) {
                    enabledHits |= 1 << i;
                }
            }
        }
        return enabledHits == 0 ? 0 : hits;
    }

    /** Whether any data breakpoint is enabled. */
    boolean dataArmed() {
        return dataArmed;
    }

    /** Whether a linear page must stay out of the TLB because a data breakpoint lies in it. */
    boolean watches(int linearPage) {
        if (!dataArmed) {
            return false;
        }
        for (int i = 0; i < 4; i++) {
            if (enabled(i) && (type(i) & 1) != 0 && cpu.dr[i] >>> 12 == linearPage) {
                return true;
            }
        }
        return false;
    }

    /** Tells of an access to a watched page: a hit becomes a trap after the instruction. */
    void dataAccess(int linear, int size, boolean write) {
        if (!dataArmed) {
            return;
        }
        int hits = 0;
        boolean hit = false;
        for (int i = 0; i < 4; i++) {
            int type = type(i);
            if ((type == READ_WRITE || type == WRITE && write) && overlaps(i, linear, size)) {
                hits |= 1 << i;
                hit |= enabled(i);
            }
        }
        if (hit) {
            trap(hits);
        }
    }

    /** Tells of a port access. */
    void ioAccess(int port, int size) {
        if (!ioArmed) {
            return;
        }
        int hits = 0;
        boolean hit = false;
        for (int i = 0; i < 4; i++) {
            if (type(i) == IO && overlaps(i, port, size)) {
                hits |= 1 << i;
                hit |= enabled(i);
            }
        }
        if (hit) {
            trap(hits);
        }
    }

    /** Breakpoints are aligned to their length. */
    private boolean overlaps(int i, int address, int size) {
        int length = length(i);
        int start = cpu.dr[i] & -length;
        return address - start >= 0 && address - start < length || start - address >= 0 && start - address < size;
    }

    private void trap(int hits) {
        cpu.pendingDebug |= hits;
        cpu.attention();
    }
}
