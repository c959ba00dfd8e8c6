package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.SegmentState;

/** Moves the architectural state between {@link Cpu} and {@link CpuState}. */
final class StateTransfer {
    private StateTransfer() {}

    static void save(Cpu cpu, CpuState s) {
        System.arraycopy(cpu.gpr, 0, s.gpr, 0, 8);
        s.eip = cpu.eip;
        s.eflags = cpu.eflags();
        for (int i = 0; i < 8; i++) {
            s.segments[i] = new SegmentState(cpu.selector[i], cpu.base[i], cpu.limit[i], cpu.attr[i]);
        }
        s.gdtBase = cpu.gdtBase;
        s.gdtLimit = cpu.gdtLimit;
        s.idtBase = cpu.idtBase;
        s.idtLimit = cpu.idtLimit;
        s.cr0 = cpu.cr0;
        s.cr2 = cpu.cr2;
        s.cr3 = cpu.cr3;
        s.cr4 = cpu.cr4;
        s.pdpte = cpu.pdpte.clone();
        s.dr = cpu.dr.clone();
        s.tscOffset = cpu.tscOffset;
        s.retired = cpu.retired();
        s.halted = cpu.halted;
        s.shutdown = cpu.shutdown;
        s.stiShadow = cpu.shadowed() && !cpu.shadowOfSs;
        s.movSsShadow = cpu.shadowed() && cpu.shadowOfSs;
        s.nmiPending = cpu.nmiPending;
        s.nmiBlocked = cpu.nmiBlocked;
        s.pendingDebug = cpu.pendingDebug;
        s.a20 = cpu.a20;
        s.interruptLine = cpu.interruptLine;
        s.ferr = cpu.ferr;
        cpu.msrs.save(s);
        cpu.fpu.save(s);
    }

    static void load(Cpu cpu, CpuState s) {
        System.arraycopy(s.gpr, 0, cpu.gpr, 0, 8);
        cpu.eip = s.eip;
        for (int i = 0; i < 8; i++) {
            SegmentState segment = s.segments[i];
            cpu.selector[i] = segment.selector() & 0xFFFF;
            cpu.base[i] = segment.base();
            cpu.limit[i] = segment.limit();
            cpu.attr[i] = segment.attributes();
        }
        cpu.gdtBase = s.gdtBase;
        cpu.gdtLimit = s.gdtLimit;
        cpu.idtBase = s.idtBase;
        cpu.idtLimit = s.idtLimit;
        cpu.cr0 = s.cr0;
        cpu.cr2 = s.cr2;
        cpu.cr3 = s.cr3;
        cpu.cr4 = s.cr4;
        System.arraycopy(s.pdpte, 0, cpu.pdpte, 0, 4);
        System.arraycopy(s.dr, 0, cpu.dr, 0, 8);
        cpu.tscOffset = s.tscOffset;
        cpu.budget = 0;
        cpu.reserve = 0;
        cpu.goal = s.retired;
        cpu.halted = s.halted;
        cpu.shutdown = s.shutdown;
        cpu.shadowOfSs = s.movSsShadow;
        cpu.shadowAt = s.stiShadow || s.movSsShadow ? s.retired : -1;
        cpu.nmiPending = s.nmiPending;
        cpu.nmiBlocked = s.nmiBlocked;
        cpu.pendingDebug = s.pendingDebug;
        cpu.a20 = s.a20;
        cpu.interruptLine = s.interruptLine;
        cpu.ferr = s.ferr;
        cpu.systemFlags = s.eflags & ~EFlags.STATUS | EFlags.RESERVED_1;
        cpu.setStatus(s.eflags & EFlags.STATUS);
        cpu.cpl = privilege(cpu);
        cpu.msrs.load(s);
        cpu.fpu.load(s);
        cpu.debug.refresh();
    }

    /** CPL: 0 in real mode, 3 in V86 mode, else the DPL of SS, which follows it always. */
    private static int privilege(Cpu cpu) {
        if (!cpu.protectedMode()) {
            return 0;
        }
        return cpu.v86() ? 3 : cpu.attr[Cpu.SS] >> 5 & 3;
    }
}
