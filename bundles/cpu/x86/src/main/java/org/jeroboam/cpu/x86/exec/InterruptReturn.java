package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.EFlags;

/** IRET in all its forms (Intel SDM volume 2, IRET). */
final class InterruptReturn {
    private static final int ALWAYS = EFlags.STATUS | EFlags.TF | EFlags.DF | EFlags.NT;

    private static final int ONLY_WIDE = EFlags.RF | EFlags.AC | EFlags.ID;

    private InterruptReturn() {}

    /** IRET (size 2) or IRETD (size 4). @param nextEip offset behind the instruction */
    static void run(Cpu cpu, int size, int nextEip) {
        if (cpu.nmiBlocked) { // even if this IRET faults
            cpu.nmiBlocked = false;
            cpu.attention();
        }
        if (!cpu.protectedMode()) {
            real(cpu, size, ALWAYS | EFlags.IF | EFlags.IOPL);
        } else if (cpu.v86()) {
            fromV86(cpu, size);
        } else if (cpu.flag(EFlags.NT)) {
            toPreviousTask(cpu, nextEip);
        } else {
            inProtectedMode(cpu, size);
        }
    }

    private static void real(Cpu cpu, int size, int flagMask) {
        int offset = cpu.stack.peek(size, 0);
        int selector = cpu.stack.peek(size, size) & 0xFFFF;
        int flags = cpu.stack.peek(size, 2 * size);
        if (Integer.compareUnsigned(offset, cpu.limit[Cpu.CS]) > 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        cpu.stack.setPointer(cpu.stack.pointer() + 3 * size);
        cpu.segmentation.installRealOrV86(Cpu.CS, selector);
        cpu.eip = offset;
        cpu.setEflags(flags, size == 4 ? flagMask | ONLY_WIDE : flagMask);
        cpu.modeChanged();
    }

    private static void fromV86(Cpu cpu, int size) {
        if (cpu.iopl() == 3) {
            real(cpu, size, ALWAYS | EFlags.IF);
            return;
        }
        if ((cpu.cr4 & Cpu.CR4_VME) == 0 || size == 4) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        int flags = cpu.stack.peek(size, 2 * size);
        if ((flags & EFlags.TF) != 0 || (flags & EFlags.IF) != 0 && cpu.flag(EFlags.VIP)) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        real(cpu, size, ALWAYS);
        cpu.setEflags((flags & EFlags.IF) != 0 ? EFlags.VIF : 0, EFlags.VIF);
    }

    private static void toPreviousTask(Cpu cpu, int nextEip) {
        Segmentation segmentation = cpu.segmentation;
        int selector = cpu.mmu.readSystem16(cpu.base[Cpu.TR]);
        if ((selector & 4) != 0
                || Descriptor.isNull(selector)
                || !segmentation.fetch(selector)
                || !Descriptor.isBusyTss(segmentation.high)) {
            throw segmentation.selectorFault(GuestFault.TS, selector);
        }
        if (!Descriptor.isPresent(segmentation.high)) {
            throw segmentation.selectorFault(GuestFault.NP, selector);
        }
        TaskSwitch.run(cpu, selector, TaskSwitch.Kind.RETURN, nextEip, cpu.eflags());
    }

    private static void inProtectedMode(Cpu cpu, int size) {
        int offset = cpu.stack.peek(size, 0);
        int selector = cpu.stack.peek(size, size) & 0xFFFF;
        int flags = cpu.stack.peek(size, 2 * size);
        if (size == 4 && (flags & EFlags.VM) != 0 && cpu.cpl == 0) {
            toV86(cpu, offset, selector, flags);
            return;
        }
        int mask = ALWAYS;
        if (cpu.cpl <= cpu.iopl()) {
            mask |= EFlags.IF;
        }
        if (cpu.cpl == 0) {
            mask |= EFlags.IOPL;
        }
        if (size == 4) {
            mask |= ONLY_WIDE;
            if (cpu.cpl == 0) {
                mask |= EFlags.VIF | EFlags.VIP;
            }
        }
        FarReturn.run(cpu, selector, offset, size, 3 * size, 0);
        cpu.setEflags(flags, mask);
        cpu.modeChanged();
    }

    private static void toV86(Cpu cpu, int offset, int selector, int flags) {
        int[] items = new int[6]; // ESP, SS, ES, DS, FS, GS
        for (int i = 0; i < items.length; i++) {
            items[i] = cpu.stack.peek(4, 12 + 4 * i);
        }
        if (Integer.compareUnsigned(offset, 0xFFFF) > 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        Segmentation segmentation = cpu.segmentation;
        segmentation.installV86(Cpu.CS, selector);
        segmentation.installV86(Cpu.SS, items[1]);
        segmentation.installV86(Cpu.ES, items[2]);
        segmentation.installV86(Cpu.DS, items[3]);
        segmentation.installV86(Cpu.FS, items[4]);
        segmentation.installV86(Cpu.GS, items[5]);
        cpu.gpr[Cpu.ESP] = items[0];
        cpu.cpl = 3;
        cpu.eip = offset;
        cpu.setEflags(flags, ALWAYS | ONLY_WIDE | EFlags.IF | EFlags.IOPL | EFlags.VM | EFlags.VIF | EFlags.VIP);
        cpu.modeChanged();
    }
}
