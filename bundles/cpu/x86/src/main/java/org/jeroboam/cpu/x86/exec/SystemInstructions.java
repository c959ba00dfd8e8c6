package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.OperandKind;

/** Descriptor table registers, segment queries, MSRs, counters, SYSENTER, HLT (Intel SDM volume 2). */
final class SystemInstructions {
    private static final int CR4_PCE = 1 << 8;

    /** Access rights that LAR reports: descriptor bits 8-15 and 20-23. */
    private static final int LAR_MASK = 0xF0_FF00;

    /** Attributes of execute-only code: present, a segment, code, not readable. */
    private static final int EXECUTE_ONLY = 0x98;

    private static final int EXECUTE_ONLY_MASK = 0x9A;

    private SystemInstructions() {}

    private static void requireProtected(Cpu cpu) {
        if (!cpu.protectedNotV86()) {
            throw cpu.fault(GuestFault.UD);
        }
    }

    /** SGDT and SIDT: six bytes whatever the operand size. */
    static void storeTable(Cpu cpu, Instruction in, int base, int limit) {
        int offset = Operands.offset(cpu, in);
        // Both parts are checked before either is written.
        int linear = cpu.seg.linearWrite(in.segment, offset, 6);
        cpu.mmu.probeWrite(linear, 6);
        cpu.mmu.write16(linear, limit);
        cpu.mmu.write32(linear + 2, base);
    }

    /** LGDT. */
    static void loadGdt(Cpu cpu, Instruction in) {
        cpu.requirePrivilege();
        int offset = Operands.offset(cpu, in);
        int limit = cpu.seg.read16(in.segment, offset);
        cpu.gdtBase = tableBase(cpu, in, offset);
        cpu.gdtLimit = limit;
        cpu.modeEpoch++;
    }

    /** LIDT. */
    static void loadIdt(Cpu cpu, Instruction in) {
        cpu.requirePrivilege();
        int offset = Operands.offset(cpu, in);
        int limit = cpu.seg.read16(in.segment, offset);
        cpu.idtBase = tableBase(cpu, in, offset);
        cpu.idtLimit = limit;
        cpu.modeEpoch++;
    }

    /** The base has 24 bits with 16-bit operands. */
    private static int tableBase(Cpu cpu, Instruction in, int offset) {
        int second = in.addressSize == 2 ? offset + 2 & 0xFFFF : offset + 2;
        int base = cpu.seg.read32(in.segment, second);
        return in.operandSize == 2 ? base & 0xFF_FFFF : base;
    }

    /** LLDT. */
    static void loadLdt(Cpu cpu, Instruction in) {
        requireProtected(cpu);
        cpu.requirePrivilege();
        int selector = Operands.read(cpu, in, 1) & 0xFFFF;
        Segmentation segmentation = cpu.segmentation;
        if (Descriptor.isNull(selector)) {
            segmentation.installNull(Cpu.LDTR, selector);
            return;
        }
        if ((selector & 4) != 0
                || !segmentation.fetch(selector)
                || Descriptor.systemType(segmentation.high) != Descriptor.LDT) {
            throw segmentation.selectorFault(GuestFault.GP, selector);
        }
        if (!Descriptor.isPresent(segmentation.high)) {
            throw segmentation.selectorFault(GuestFault.NP, selector);
        }
        segmentation.install(Cpu.LDTR, selector, segmentation.low, segmentation.high);
    }

    /** LTR: marks the task busy. */
    static void loadTask(Cpu cpu, Instruction in) {
        requireProtected(cpu);
        cpu.requirePrivilege();
        int selector = Operands.read(cpu, in, 1) & 0xFFFF;
        Segmentation segmentation = cpu.segmentation;
        if (Descriptor.isNull(selector)) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        if ((selector & 4) != 0 || !segmentation.fetch(selector) || !Descriptor.isAvailableTss(segmentation.high)) {
            throw segmentation.selectorFault(GuestFault.GP, selector);
        }
        if (!Descriptor.isPresent(segmentation.high)) {
            throw segmentation.selectorFault(GuestFault.NP, selector);
        }
        int high = segmentation.high | Descriptor.HIGH_BUSY;
        cpu.mmu.writeSystem8(segmentation.address + 5, high >>> 8 & 0xFF);
        segmentation.install(Cpu.TR, selector, segmentation.low, high);
        cpu.modeEpoch++;
    }

    /** SLDT and STR: a register of 32 bits gets the selector zero-extended. */
    static void storeSelector(Cpu cpu, Instruction in, int register) {
        requireProtected(cpu);
        Operands.write(cpu, in, 1, cpu.selector[register]);
    }

    /** LAR. */
    static void lar(Cpu cpu, Instruction in) {
        requireProtected(cpu);
        int selector = Operands.read(cpu, in, 2) & 0xFFFF;
        // Available and busy TSS, LDT, call and task gates.
        boolean valid = isVisible(cpu, selector, 0b0001_1010_0011_1110);
        if (valid) {
            Operands.setReg(cpu, in.operandSize, in.reg1, cpu.segmentation.high & LAR_MASK);
        }
        cpu.setEflags(valid ? EFlags.ZF : 0, EFlags.ZF);
    }

    /** LSL. */
    static void lsl(Cpu cpu, Instruction in) {
        requireProtected(cpu);
        int selector = Operands.read(cpu, in, 2) & 0xFFFF;
        // Only what has a limit: TSS and LDT.
        boolean valid = isVisible(cpu, selector, 0b0000_1010_0000_1110);
        if (valid) {
            int limit = Descriptor.limit(cpu.segmentation.low, cpu.segmentation.high);
            Operands.setReg(cpu, in.operandSize, in.reg1, limit);
        }
        cpu.setEflags(valid ? EFlags.ZF : 0, EFlags.ZF);
    }

    /** Fetches a descriptor and tells whether CPL and RPL may see it. @param systemTypes bit n for system type n */
    private static boolean isVisible(Cpu cpu, int selector, int systemTypes) {
        if (Descriptor.isNull(selector) || !cpu.segmentation.fetch(selector)) {
            return false;
        }
        int high = cpu.segmentation.high;
        if (!Descriptor.isSegment(high) && (systemTypes >>> Descriptor.systemType(high) & 1) == 0) {
            return false;
        }
        int dpl = Descriptor.dpl(high);
        return Descriptor.isConforming(high) || cpu.cpl <= dpl && (selector & 3) <= dpl;
    }

    /** VERR and VERW. */
    static void verify(Cpu cpu, Instruction in, boolean write) {
        requireProtected(cpu);
        int selector = Operands.read(cpu, in, 1) & 0xFFFF;
        boolean valid = isVisible(cpu, selector, 0);
        if (valid) {
            int high = cpu.segmentation.high;
            valid = write ? Descriptor.isWritableData(high) : Descriptor.isReadable(high);
        }
        cpu.setEflags(valid ? EFlags.ZF : 0, EFlags.ZF);
    }

    /** ARPL. */
    static void arpl(Cpu cpu, Instruction in) {
        requireProtected(cpu);
        int destination = Operands.read(cpu, in, 1) & 0xFFFF;
        int rpl = Operands.read(cpu, in, 2) & 3;
        boolean raise = (destination & 3) < rpl;
        if (raise) {
            Operands.write(cpu, in, 1, destination & ~3 | rpl);
        }
        cpu.setEflags(raise ? EFlags.ZF : 0, EFlags.ZF);
    }

    /** SMSW: all of CR0 to a 32-bit register. */
    static void storeMachineStatusWord(Cpu cpu, Instruction in) {
        Operands.write(cpu, in, 1, cpu.cr0);
    }

    /** MOV Sreg, r/m. */
    static void loadSegment(Cpu cpu, Instruction in) {
        cpu.segmentation.load(in.reg1, Operands.read(cpu, in, 2) & 0xFFFF);
        if (in.reg1 == Cpu.SS) {
            cpu.inhibitInterrupts(true);
        }
    }

    /** POP Sreg: ESP moves by the old stack's size. */
    static void popSegment(Cpu cpu, Instruction in) {
        int selector = cpu.stack.peek(in.operandSize == 4 ? 4 : 2, 0) & 0xFFFF;
        int mask = cpu.stack.mask();
        int pointer = cpu.gpr[Cpu.ESP] & ~mask | cpu.gpr[Cpu.ESP] + in.operandSize & mask;
        cpu.segmentation.load(in.reg1, selector);
        cpu.gpr[Cpu.ESP] = pointer;
        if (in.reg1 == Cpu.SS) {
            cpu.inhibitInterrupts(true);
        }
    }

    /** LES, LDS, LSS, LFS, LGS. */
    static void loadFarPointer(Cpu cpu, Instruction in, int register) {
        int offset = Operands.offset(cpu, in);
        int value = cpu.seg.read(in.segment, offset, in.operandSize);
        int selector = farSelector(cpu, in, offset);
        cpu.segmentation.load(register, selector);
        Operands.setReg(cpu, in.operandSize, in.reg1, value);
    }

    /** The selector behind the offset of a far pointer in memory. */
    static int farSelector(Cpu cpu, Instruction in, int offset) {
        int second = offset + in.operandSize;
        return cpu.seg.read16(in.segment, in.addressSize == 2 ? second & 0xFFFF : second);
    }

    /** LMSW. */
    static void loadMachineStatusWord(Cpu cpu, Instruction in) {
        cpu.requirePrivilege();
        ControlRegisters.loadMachineStatusWord(cpu, Operands.read(cpu, in, 1));
    }

    /** CLTS. */
    static void clts(Cpu cpu) {
        cpu.requirePrivilege();
        cpu.cr0 &= ~Cpu.CR0_TS;
    }

    /** CLFLUSH: the checks of a byte load, but for one from execute-only code. */
    static void clflush(Cpu cpu, Instruction in) {
        int offset = Operands.offset(cpu, in);
        boolean code = cpu.protectedNotV86() && (cpu.attr[in.segment] & EXECUTE_ONLY_MASK) == EXECUTE_ONLY;
        if (code && Integer.compareUnsigned(offset, cpu.limit[in.segment]) <= 0) {
            cpu.mmu.read8(cpu.base[in.segment] + offset);
        } else {
            cpu.seg.read8(in.segment, offset);
        }
    }

    /** INVLPG. */
    static void invlpg(Cpu cpu, Instruction in) {
        cpu.requirePrivilege();
        cpu.mmu.flushPage(cpu.base[in.segment] + Operands.offset(cpu, in));
    }

    /** HLT. */
    static void hlt(Cpu cpu) {
        cpu.requirePrivilege();
        cpu.halted = true;
        cpu.attention();
    }

    /** RDTSC. */
    static void rdtsc(Cpu cpu) {
        if ((cpu.cr4 & Cpu.CR4_TSD) != 0 && cpu.cpl != 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        setEdxEax(cpu, cpu.msrs.timeStamp());
    }

    /** RDPMC: two counters, which do not count. */
    static void rdpmc(Cpu cpu) {
        int counter = cpu.gpr[Cpu.ECX];
        if ((cpu.cr4 & CR4_PCE) == 0 && cpu.cpl != 0 || Integer.compareUnsigned(counter, 1) > 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        setEdxEax(cpu, cpu.msrs.read(0xC1 + counter));
    }

    /** RDMSR. */
    static void rdmsr(Cpu cpu) {
        cpu.requirePrivilege();
        setEdxEax(cpu, cpu.msrs.read(cpu.gpr[Cpu.ECX]));
    }

    /** WRMSR. */
    static void wrmsr(Cpu cpu) {
        cpu.requirePrivilege();
        long value = (long) cpu.gpr[Cpu.EDX] << 32 | cpu.gpr[Cpu.EAX] & 0xFFFF_FFFFL;
        cpu.msrs.write(cpu.gpr[Cpu.ECX], value);
        cpu.modeEpoch++;
    }

    private static void setEdxEax(Cpu cpu, long value) {
        cpu.gpr[Cpu.EAX] = (int) value;
        cpu.gpr[Cpu.EDX] = (int) (value >>> 32);
    }

    /** SYSENTER: flat segments behind each other from SYSENTER_CS. */
    static void sysenter(Cpu cpu) {
        int selector = cpu.msrs.sysenterCs & 0xFFFC;
        if (!cpu.protectedMode() || selector == 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        cpu.segmentation.loadFlat(selector, selector + 8, 0);
        cpu.gpr[Cpu.ESP] = cpu.msrs.sysenterEsp;
        cpu.eip = cpu.msrs.sysenterEip;
        cpu.setEflags(0, EFlags.VM | EFlags.IF | EFlags.RF);
        cpu.modeChanged();
    }

    /** SYSEXIT to EDX with stack ECX. */
    static void sysexit(Cpu cpu) {
        int selector = cpu.msrs.sysenterCs & 0xFFFC;
        if (!cpu.protectedMode() || cpu.cpl != 0 || selector == 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        cpu.segmentation.loadFlat(selector + 16 | 3, selector + 24 | 3, 3);
        cpu.gpr[Cpu.ESP] = cpu.gpr[Cpu.ECX];
        cpu.eip = cpu.gpr[Cpu.EDX];
        cpu.modeChanged();
    }

    /** LDMXCSR. */
    static void loadMxcsr(Cpu cpu, Instruction in) {
        cpu.fpu.requireSse();
        int value = Operands.read(cpu, in, 1);
        if ((value & ~FpuUnit.mxcsrMask(cpu.model)) != 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        cpu.fpu.fpu.setMxcsr(value);
    }

    /** STMXCSR. */
    static void storeMxcsr(Cpu cpu, Instruction in) {
        cpu.fpu.requireSse();
        Operands.write(cpu, in, 1, cpu.fpu.fpu.mxcsr());
    }

    /** MOV from DRn or CRn, which have 32-bit registers whatever the operand size. */
    static void readSpecial(Cpu cpu, Instruction in) {
        cpu.gpr[in.reg1] = in.kind2 == OperandKind.CR ? ControlRegisters.read(cpu, in.reg2) : cpu.debug.read(in.reg2);
    }

    /** MOV to DRn or CRn. */
    static void writeSpecial(Cpu cpu, Instruction in) {
        if (in.kind1 == OperandKind.CR) {
            ControlRegisters.write(cpu, in.reg1, cpu.gpr[in.reg2]);
        } else {
            cpu.debug.write(in.reg1, cpu.gpr[in.reg2]);
        }
    }
}
