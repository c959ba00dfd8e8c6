package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.EFlags;

/**
 * Hardware task switches between 16-bit and 32-bit tasks (Intel SDM volume 3, chapter 7). Faults before the switch
 * leave the old task untouched: both state segments are probed first. Faults while the new task's segments are
 * loaded belong to the new task, whose registers are then in place with the failing segment unusable.
 */
final class TaskSwitch {
    /** What causes the switch: decides on busy bits, NT and the back link. */
    enum Kind {
        /** JMP. */
        JUMP,
        /** CALL, interrupt or exception: the new task is nested in the old one. */
        CALL,
        /** IRET with NT set. */
        RETURN
    }

    private static final int LAST32 = 0x67;
    private static final int LAST16 = 0x2B;
    private static final int CR3 = 0x1C;
    private static final int EIP32 = 0x20;
    private static final int EFLAGS32 = 0x24;
    private static final int GPR32 = 0x28;
    private static final int SEGMENTS32 = 0x48;
    private static final int LDT32 = 0x60;
    private static final int TRAP32 = 0x64;
    private static final int IP16 = 0x0E;
    private static final int FLAGS16 = 0x10;
    private static final int GPR16 = 0x12;
    private static final int SEGMENTS16 = 0x22;
    private static final int LDT16 = 0x2A;

    private static final int FLAGS_LOADED = 0x3F_7FD5;

    private final Cpu cpu;
    private final Segmentation segmentation;
    private final boolean wide;
    private final int base;

    private TaskSwitch(Cpu cpu, int newBase, boolean newWide) {
        this.cpu = cpu;
        this.segmentation = cpu.segmentation;
        this.base = newBase;
        this.wide = newWide;
    }

    /** Fetches the descriptor that a task gate names and checks it. */
    static void checkGateTarget(Cpu cpu, int selector) {
        Segmentation segmentation = cpu.segmentation;
        if ((selector & 4) != 0 || Descriptor.isNull(selector) || !segmentation.fetch(selector)) {
            throw segmentation.selectorFault(GuestFault.GP, selector);
        }
        if (!Descriptor.isAvailableTss(segmentation.high)) {
            throw segmentation.selectorFault(GuestFault.GP, selector);
        }
        if (!Descriptor.isPresent(segmentation.high)) {
            throw segmentation.selectorFault(GuestFault.NP, selector);
        }
    }

    /**
     * Switches to the task whose descriptor {@link Segmentation} holds.
     *
     * @param selector of the new task
     * @param kind what caused it
     * @param returnEip EIP to save for the old task
     * @param flags EFLAGS to save for the old task
     */
    static void run(Cpu cpu, int selector, Kind kind, int returnEip, int flags) {
        Segmentation segmentation = cpu.segmentation;
        int low = segmentation.low;
        int high = segmentation.high;
        int address = segmentation.address;
        boolean wide = (Descriptor.systemType(high) & Descriptor.WIDE) != 0;
        int last = wide ? LAST32 : LAST16;
        if (Integer.compareUnsigned(Descriptor.limit(low, high), last) < 0) {
            throw segmentation.selectorFault(GuestFault.TS, selector);
        }
        int newBase = Descriptor.base(low, high);
        probe(cpu, kind, address, newBase, last);
        if (wide && (cpu.cr0 & Cpu.CR0_PG) != 0) {
            ControlRegisters.checkCr3(cpu, cpu.mmu.readSystem32(newBase + CR3));
        }
        int oldSelector = cpu.selector[Cpu.TR];
        saveOld(cpu, returnEip, kind == Kind.RETURN ? flags & ~EFlags.NT : flags);
        if (kind != Kind.CALL) {
            setBusy(cpu, oldDescriptor(cpu), false);
        }
        if (kind != Kind.RETURN) {
            setBusy(cpu, address, true);
        }
        if (kind == Kind.CALL) {
            cpu.mmu.writeSystem16(newBase, oldSelector);
        }
        segmentation.install(Cpu.TR, selector, low, high | Descriptor.HIGH_BUSY);
        cpu.cr0 |= Cpu.CR0_TS;
        cpu.debug.taskSwitch();
        new TaskSwitch(cpu, newBase, wide).load(kind == Kind.CALL);
    }

    /** Raises the page faults that the writes and reads up to the commit could. */
    private static void probe(Cpu cpu, Kind kind, int descriptor, int newBase, int last) {
        Mmu mmu = cpu.mmu;
        boolean oldWide = (cpu.attr[Cpu.TR] & Descriptor.WIDE) != 0;
        int oldBase = cpu.base[Cpu.TR];
        mmu.probeSystemWrite(oldBase + (oldWide ? EIP32 : IP16), 1);
        mmu.probeSystemWrite(oldBase + (oldWide ? LDT32 : LDT16) - 1, 1);
        mmu.probeSystemRead(newBase, 1);
        mmu.probeSystemRead(newBase + last, 1);
        if (kind == Kind.CALL) {
            mmu.probeSystemWrite(newBase, 2);
        }
        if (kind != Kind.CALL) {
            mmu.probeSystemWrite(oldDescriptor(cpu) + 5, 1);
        }
        if (kind != Kind.RETURN) {
            mmu.probeSystemWrite(descriptor + 5, 1);
        }
    }

    private static int oldDescriptor(Cpu cpu) {
        return cpu.gdtBase + (cpu.selector[Cpu.TR] & 0xFFF8);
    }

    private static void setBusy(Cpu cpu, int descriptor, boolean busy) {
        int type = cpu.mmu.readSystem8(descriptor + 5);
        cpu.mmu.writeSystem8(descriptor + 5, busy ? type | Descriptor.BUSY : type & ~Descriptor.BUSY);
    }

    private static void saveOld(Cpu cpu, int eip, int flags) {
        Mmu mmu = cpu.mmu;
        int tss = cpu.base[Cpu.TR];
        if ((cpu.attr[Cpu.TR] & Descriptor.WIDE) != 0) {
            mmu.writeSystem32(tss + EIP32, eip);
            mmu.writeSystem32(tss + EFLAGS32, flags);
            for (int i = 0; i < 8; i++) {
                mmu.writeSystem32(tss + GPR32 + 4 * i, cpu.gpr[i]);
            }
            for (int i = 0; i < 6; i++) {
                mmu.writeSystem16(tss + SEGMENTS32 + 4 * i, cpu.selector[i]);
            }
        } else {
            mmu.writeSystem16(tss + IP16, eip);
            mmu.writeSystem16(tss + FLAGS16, flags);
            for (int i = 0; i < 8; i++) {
                mmu.writeSystem16(tss + GPR16 + 2 * i, cpu.gpr[i]);
            }
            for (int i = 0; i < 4; i++) {
                mmu.writeSystem16(tss + SEGMENTS16 + 2 * i, cpu.selector[i]);
            }
        }
    }

    private int word(int offset) {
        return cpu.mmu.readSystem16(base + offset);
    }

    private int dword(int offset) {
        return cpu.mmu.readSystem32(base + offset);
    }

    private void load(boolean nested) {
        int flags = wide ? dword(EFLAGS32) : word(FLAGS16);
        int eip = wide ? dword(EIP32) : word(IP16);
        int ldt = word(wide ? LDT32 : LDT16);
        int trap = wide ? word(TRAP32) & 1 : 0;
        int[] registers = new int[8];
        for (int i = 0; i < 8; i++) {
            registers[i] = wide ? dword(GPR32 + 4 * i) : 0xFFFF_0000 | word(GPR16 + 2 * i);
        }
        int[] selectors = new int[6];
        for (int i = 0; i < (wide ? 6 : 4); i++) {
            selectors[i] = word(wide ? SEGMENTS32 + 4 * i : SEGMENTS16 + 2 * i);
        }
        if (wide && (cpu.cr0 & Cpu.CR0_PG) != 0) {
            int cr3 = dword(CR3);
            if (cr3 != cpu.cr3) {
                ControlRegisters.loadCr3(cpu, cr3);
            }
        }
        System.arraycopy(registers, 0, cpu.gpr, 0, 8);
        cpu.eip = eip;
        boolean v86 = wide && (flags & EFlags.VM) != 0;
        // Until they are checked, all segments are unusable, with the privilege that the new CS asks for.
        int level = v86 ? 3 : selectors[Cpu.CS] & 3;
        for (int i = 0; i < 6; i++) {
            segmentation.installNull(i, selectors[i]);
        }
        cpu.cpl = level;
        int mask = wide ? FLAGS_LOADED : FLAGS_LOADED & 0xFFFF;
        cpu.setEflags(nested ? flags | EFlags.NT : flags, mask | EFlags.NT | EFlags.VM);
        if (!wide) {
            cpu.setEflags(0, EFlags.VM | EFlags.RF);
        }
        cpu.modeChanged();
        cpu.attention();
        loadLdt(ldt);
        if (v86) {
            for (int i = 0; i < 6; i++) {
                segmentation.installV86(i, selectors[i]);
            }
        } else {
            loadCode(selectors[Cpu.CS]);
            segmentation.checkStack(selectors[Cpu.SS], level, GuestFault.TS);
            segmentation.touch();
            segmentation.install(Cpu.SS, selectors[Cpu.SS], segmentation.low, segmentation.high);
            loadData(Cpu.DS, selectors);
            loadData(Cpu.ES, selectors);
            loadData(Cpu.FS, selectors);
            loadData(Cpu.GS, selectors);
        }
        cpu.modeChanged();
        if (trap != 0) {
            cpu.pendingDebug |= DebugRegisters.DR6_BT;
        }
        if (Integer.compareUnsigned(eip, cpu.limit[Cpu.CS]) > 0) {
            throw segmentation.plainFault(GuestFault.GP);
        }
    }

    private void loadLdt(int selector) {
        segmentation.installNull(Cpu.LDTR, selector);
        if (Descriptor.isNull(selector)) {
            return;
        }
        if ((selector & 4) != 0
                || !segmentation.fetch(selector)
                || Descriptor.systemType(segmentation.high) != Descriptor.LDT
                || !Descriptor.isPresent(segmentation.high)) {
            throw segmentation.selectorFault(GuestFault.TS, selector);
        }
        segmentation.install(Cpu.LDTR, selector, segmentation.low, segmentation.high);
    }

    private void loadCode(int selector) {
        if (Descriptor.isNull(selector)) {
            throw segmentation.selectorFault(GuestFault.TS, selector);
        }
        segmentation.fetchOrFault(selector, GuestFault.TS);
        int high = segmentation.high;
        int dpl = Descriptor.dpl(high);
        int rpl = selector & 3;
        if (!Descriptor.isCode(high) || (Descriptor.isConforming(high) ? dpl > rpl : dpl != rpl)) {
            throw segmentation.selectorFault(GuestFault.TS, selector);
        }
        if (!Descriptor.isPresent(high)) {
            throw segmentation.selectorFault(GuestFault.NP, selector);
        }
        segmentation.touch();
        segmentation.install(Cpu.CS, selector, segmentation.low, segmentation.high);
        cpu.modeChanged();
    }

    private void loadData(int register, int[] selectors) {
        if (Descriptor.isNull(selectors[register])) {
            return;
        }
        segmentation.checkData(selectors[register], cpu.cpl, GuestFault.TS);
        segmentation.touch();
        segmentation.install(register, selectors[register], segmentation.low, segmentation.high);
    }
}
