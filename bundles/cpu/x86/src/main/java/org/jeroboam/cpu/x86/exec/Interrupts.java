package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.EFlags;

/**
 * Delivery of exceptions and interrupts (Intel SDM volume 3, chapters 6 and 20; volume 2, INT n): through the
 * interrupt vector table in real mode and by VME redirection, through gates otherwise. {@link Cpu#eip} is the offset
 * to return to when a method named {@code deliver} is called, and the entry point of the handler afterwards.
 */
final class Interrupts {
    private static final int NMI_VECTOR = 2;

    /** IDT bit of an error code. */
    private static final int ERROR_IDT = 2;

    private static final int TSS32_IO_MAP = 0x66;

    /** What asks for delivery; decides on privilege checks and the EXT bit. */
    private enum Source {
        /** INT n: gate DPL is checked, V86 mode needs IOPL 3 or redirection. */
        INT_N,
        /** INT3 and INTO: gate DPL is checked. */
        TRAP_INSTRUCTION,
        /** Exceptions, external interrupts, NMI. */
        EVENT
    }

    private final Cpu cpu;
    private final Segmentation segmentation;

    Interrupts(Cpu cpu) {
        this.cpu = cpu;
        this.segmentation = cpu.segmentation;
    }

    /** Delivers the fault of the instruction at {@link Cpu#eip}; a double fault or shutdown if that fails too. */
    void deliverFault(GuestFault fault) {
        int vector = fault.vector;
        int errorCode = fault.errorCode;
        boolean hasErrorCode = fault.hasErrorCode;
        while (true) {
            try {
                int flags = cpu.eflags();
                if (vector == GuestFault.DB) {
                    cpu.debug.enterHandler();
                } else {
                    flags |= EFlags.RF;
                }
                event(vector, cpu.eip, flags, errorCode, hasErrorCode);
                return;
            } catch (GuestFault second) {
                if (vector == GuestFault.DF) {
                    cpu.shutdown = true;
                    cpu.attention();
                    return;
                }
                if (isDouble(vector, second.vector)) {
                    vector = GuestFault.DF;
                    errorCode = 0;
                    hasErrorCode = true;
                } else {
                    vector = second.vector;
                    errorCode = second.errorCode;
                    hasErrorCode = second.hasErrorCode;
                }
            }
        }
    }

    /** Intel SDM volume 3, table 6-5. */
    static boolean isDouble(int first, int second) {
        return isContributory(second) && (isContributory(first) || first == GuestFault.PF)
                || first == GuestFault.PF && second == GuestFault.PF;
    }

    private static boolean isContributory(int vector) {
        return vector == GuestFault.DE || vector >= GuestFault.TS && vector <= GuestFault.GP;
    }

    /** Delivers a hardware interrupt. */
    void deliverExternal(int vector) {
        external(vector, cpu.eflags());
    }

    /** Delivers the latched NMI and blocks further ones until IRET. */
    void deliverNmi() {
        cpu.nmiPending = false;
        cpu.nmiBlocked = true;
        external(NMI_VECTOR, cpu.eflags());
    }

    /** Delivers the debug trap whose reasons are in {@link Cpu#pendingDebug}. */
    void deliverDebugTrap() {
        cpu.dr[6] |= cpu.pendingDebug;
        cpu.pendingDebug = 0;
        cpu.debug.enterHandler();
        external(GuestFault.DB, cpu.eflags());
    }

    private void external(int vector, int flags) {
        try {
            event(vector, cpu.eip, flags, 0, false);
        } catch (GuestFault fault) {
            deliverFault(fault);
        }
    }

    void event(int vector, int returnEip, int flags, int errorCode, boolean hasErrorCode) {
        segmentation.external = 1;
        try {
            if (cpu.protectedMode()) {
                throughGate(vector, Source.EVENT, returnEip, flags, errorCode, hasErrorCode);
            } else {
                throughVectorTable(vector, returnEip, flags, cpu.idtBase, cpu.idtLimit);
            }
        } finally {
            segmentation.external = 0;
        }
        cpu.halted = false;
    }

    /** INT n. @param nextEip offset behind the instruction */
    void interruptInstruction(int vector, int nextEip) {
        software(vector, nextEip, Source.INT_N);
    }

    /** INT3 and INTO, the condition of which the caller has checked. @param nextEip offset behind the instruction */
    void trapInstruction(int vector, int nextEip) {
        software(vector, nextEip, Source.TRAP_INSTRUCTION);
    }

    /**
     * F1: a debug trap for which DR6 has no bit and whose gate may have any DPL. @param nextEip behind the
     * instruction
     */
    void icebp(int nextEip) {
        cpu.debug.enterHandler();
        event(GuestFault.DB, nextEip, cpu.eflags(), 0, false);
        cpu.stepSuppressed = true;
    }

    private void software(int vector, int nextEip, Source source) {
        int flags = cpu.eflags() & ~EFlags.RF;
        if (!cpu.protectedMode()) {
            throughVectorTable(vector, nextEip, flags, cpu.idtBase, cpu.idtLimit);
        } else if (!cpu.v86() || source != Source.INT_N) {
            throughGate(vector, source, nextEip, flags, 0, false);
        } else if ((cpu.cr4 & Cpu.CR4_VME) != 0 && isRedirected(vector)) {
            redirect(vector, nextEip, flags);
        } else if (cpu.iopl() < 3) {
            throw cpu.fault(GuestFault.GP, 0);
        } else {
            throughGate(vector, source, nextEip, flags, 0, false);
        }
        cpu.stepSuppressed = true;
    }

    /** The bitmap of 32 bytes below the I/O map of a 32-bit TSS has a 0 for vectors that V86 mode handles itself. */
    private boolean isRedirected(int vector) {
        if ((cpu.attr[Cpu.TR] & Descriptor.WIDE) == 0 || Integer.compareUnsigned(cpu.limit[Cpu.TR], 0x67) < 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        int map = cpu.mmu.readSystem16(cpu.base[Cpu.TR] + TSS32_IO_MAP);
        int offset = map - 32 + (vector >>> 3);
        if (offset < 0 || Integer.compareUnsigned(offset, cpu.limit[Cpu.TR]) > 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        return (cpu.mmu.readSystem8(cpu.base[Cpu.TR] + offset) >>> (vector & 7) & 1) == 0;
    }

    private void redirect(int vector, int nextEip, int flags) {
        if (cpu.iopl() == 3) {
            throughVectorTable(vector, nextEip, flags, 0, 0x3FF);
            return;
        }
        int virtual = flags & ~EFlags.IF | EFlags.IOPL | ((flags & EFlags.VIF) != 0 ? EFlags.IF : 0);
        int interruptFlag = cpu.systemFlags & EFlags.IF;
        throughVectorTable(vector, nextEip, virtual, 0, 0x3FF);
        cpu.setEflags(interruptFlag, EFlags.IF | EFlags.VIF);
    }

    private void throughVectorTable(int vector, int returnEip, int flags, int table, int tableLimit) {
        if (vector * 4 + 3 > tableLimit) {
            throw cpu.fault(GuestFault.GP, vector * 8 + ERROR_IDT + segmentation.external);
        }
        boolean v86 = cpu.v86();
        int target = v86 ? cpu.mmu.read32(table + vector * 4) : cpu.mmu.readSystem32(table + vector * 4);
        int offset = target & 0xFFFF;
        if (Integer.compareUnsigned(offset, cpu.limit[Cpu.CS]) > 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        PendingStack stack = segmentation.pending;
        stack.current();
        stack.reserve(3, 2);
        stack.push(flags, 2);
        stack.push(cpu.selector[Cpu.CS], 2);
        stack.push(returnEip, 2);
        cpu.gpr[Cpu.ESP] = stack.esp();
        segmentation.installRealOrV86(Cpu.CS, target >>> 16);
        cpu.eip = offset;
        cpu.setEflags(0, EFlags.IF | EFlags.TF | EFlags.RF | (v86 ? 0 : EFlags.AC));
        cpu.modeChanged();
    }

    private void throughGate(int vector, Source source, int returnEip, int flags, int errorCode, boolean hasErrorCode) {
        int gateError = vector * 8 + ERROR_IDT + segmentation.external;
        if (vector * 8 + 7 > cpu.idtLimit) {
            throw cpu.fault(GuestFault.GP, gateError);
        }
        int low = cpu.mmu.readSystem32(cpu.idtBase + vector * 8);
        int high = cpu.mmu.readSystem32(cpu.idtBase + vector * 8 + 4);
        int type = Descriptor.systemType(high);
        boolean interruptGate = (type | Descriptor.WIDE) == Descriptor.INTERRUPT_GATE32;
        boolean trapGate = (type | Descriptor.WIDE) == Descriptor.TRAP_GATE32;
        if (!interruptGate && !trapGate && type != Descriptor.TASK_GATE) {
            throw cpu.fault(GuestFault.GP, gateError);
        }
        if (source != Source.EVENT && Descriptor.dpl(high) < cpu.cpl) {
            throw cpu.fault(GuestFault.GP, gateError);
        }
        if (!Descriptor.isPresent(high)) {
            throw cpu.fault(GuestFault.NP, gateError);
        }
        if (type == Descriptor.TASK_GATE) {
            toTask(Descriptor.gateSelector(low), returnEip, flags, errorCode, hasErrorCode);
        } else {
            toHandler(low, high, interruptGate, returnEip, flags, errorCode, hasErrorCode);
        }
    }

    private void toTask(int selector, int returnEip, int flags, int errorCode, boolean hasErrorCode) {
        TaskSwitch.checkGateTarget(cpu, selector);
        TaskSwitch.run(cpu, selector, TaskSwitch.Kind.CALL, returnEip, flags);
        if (hasErrorCode) {
            int size = (cpu.attr[Cpu.TR] & Descriptor.WIDE) != 0 ? 4 : 2;
            PendingStack stack = segmentation.pending;
            stack.current();
            stack.reserve(1, size);
            stack.push(errorCode, size);
            cpu.gpr[Cpu.ESP] = stack.esp();
        }
    }

    private void toHandler(
            int gateLow,
            int gateHigh,
            boolean interruptGate,
            int returnEip,
            int flags,
            int errorCode,
            boolean hasErrorCode) {
        int size = (Descriptor.systemType(gateHigh) & Descriptor.WIDE) != 0 ? 4 : 2;
        int offset = Descriptor.gateOffset(gateLow, gateHigh);
        int selector = Descriptor.gateSelector(gateLow);
        if (Descriptor.isNull(selector)) {
            throw segmentation.plainFault(GuestFault.GP);
        }
        segmentation.fetchOrFault(selector, GuestFault.GP);
        int low = segmentation.low;
        int high = segmentation.high;
        int address = segmentation.address;
        if (!Descriptor.isCode(high) || Descriptor.dpl(high) > cpu.cpl) {
            throw segmentation.selectorFault(GuestFault.GP, selector);
        }
        if (!Descriptor.isPresent(high)) {
            throw segmentation.selectorFault(GuestFault.NP, selector);
        }
        int level = Descriptor.isConforming(high) ? cpu.cpl : Descriptor.dpl(high);
        boolean v86 = cpu.v86();
        if (v86 && level != 0) {
            throw segmentation.selectorFault(GuestFault.GP, selector);
        }
        PendingStack stack = segmentation.pending;
        int items = hasErrorCode ? 4 : 3;
        int stackLow = 0;
        int stackHigh = 0;
        int stackSelector = 0;
        if (level < cpu.cpl) {
            stackSelector = InnerStack.open(cpu, level);
            stackLow = segmentation.low;
            items += v86 ? 6 : 2;
        } else {
            stack.current();
        }
        stack.reserve(items, size);
        if (Integer.compareUnsigned(offset, Descriptor.limit(low, high)) > 0) {
            throw segmentation.plainFault(GuestFault.GP);
        }
        if (level < cpu.cpl) {
            segmentation.touch();
            stackHigh = segmentation.high;
        }
        high = segmentation.touched(address, high);
        if (level < cpu.cpl) {
            if (v86) {
                stack.push(cpu.selector[Cpu.GS], size);
                stack.push(cpu.selector[Cpu.FS], size);
                stack.push(cpu.selector[Cpu.DS], size);
                stack.push(cpu.selector[Cpu.ES], size);
            }
            stack.push(cpu.selector[Cpu.SS], size);
            stack.push(cpu.gpr[Cpu.ESP], size);
        }
        stack.push(flags, size);
        stack.push(cpu.selector[Cpu.CS], size);
        stack.push(returnEip, size);
        if (hasErrorCode) {
            stack.push(errorCode, size);
        }
        if (level < cpu.cpl) {
            segmentation.install(Cpu.SS, stackSelector, stackLow, stackHigh);
            if (v86) {
                segmentation.installNull(Cpu.GS, 0);
                segmentation.installNull(Cpu.FS, 0);
                segmentation.installNull(Cpu.DS, 0);
                segmentation.installNull(Cpu.ES, 0);
            }
        }
        cpu.gpr[Cpu.ESP] = stack.esp();
        segmentation.install(Cpu.CS, selector & ~3 | level, low, high);
        cpu.cpl = level;
        cpu.eip = offset;
        int cleared = EFlags.TF | EFlags.VM | EFlags.RF | EFlags.NT;
        cpu.setEflags(0, interruptGate ? cleared | EFlags.IF : cleared);
        cpu.modeChanged();
    }
}
