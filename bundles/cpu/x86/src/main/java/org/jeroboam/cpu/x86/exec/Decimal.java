package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;

/** Decimal adjustments. Undefined flags: OF is 0, AAA and AAS set SF, ZF and PF by AL, AAM and AAD clear CF and AF. */
final class Decimal {
    private Decimal() {}

    private static int al(Cpu cpu) {
        return cpu.gpr[Cpu.EAX] & 0xFF;
    }

    private static void setAl(Cpu cpu, int value) {
        Operands.setReg8(cpu, Cpu.EAX, value);
    }

    private static int status(Cpu cpu, int value, boolean carry, boolean auxiliary) {
        cpu.result = (byte) value;
        cpu.carries = 0;
        int status = Flags.status(cpu.result, 0);
        return status | (carry ? EFlags.CF : 0) | (auxiliary ? EFlags.AF : 0);
    }

    static void daa(Cpu cpu) {
        int flags = cpu.eflags();
        int old = al(cpu);
        boolean low = (old & 15) > 9 || (flags & EFlags.AF) != 0;
        boolean high = old > 0x99 || (flags & EFlags.CF) != 0;
        int value = old + (low ? 6 : 0) + (high ? 0x60 : 0) & 0xFF;
        setAl(cpu, value);
        cpu.setStatus(status(cpu, value, high, low));
    }

    static void das(Cpu cpu) {
        int flags = cpu.eflags();
        int old = al(cpu);
        boolean low = (old & 15) > 9 || (flags & EFlags.AF) != 0;
        boolean high = old > 0x99 || (flags & EFlags.CF) != 0;
        boolean borrow = high || low && old < 6;
        int value = old - (low ? 6 : 0) - (high ? 0x60 : 0) & 0xFF;
        setAl(cpu, value);
        cpu.setStatus(status(cpu, value, borrow, low));
    }

    static void aaa(Cpu cpu) {
        boolean adjust = (al(cpu) & 15) > 9 || (cpu.eflags() & EFlags.AF) != 0;
        int ax = cpu.gpr[Cpu.EAX] & 0xFFFF;
        if (adjust) {
            ax += 0x106;
        }
        Operands.setReg16(cpu, Cpu.EAX, ax & 0xFF0F);
        cpu.setStatus(status(cpu, ax & 15, adjust, adjust));
    }

    static void aas(Cpu cpu) {
        boolean adjust = (al(cpu) & 15) > 9 || (cpu.eflags() & EFlags.AF) != 0;
        int ax = cpu.gpr[Cpu.EAX] & 0xFFFF;
        if (adjust) {
            ax -= 0x106;
        }
        Operands.setReg16(cpu, Cpu.EAX, ax & 0xFF0F);
        cpu.setStatus(status(cpu, ax & 15, adjust, adjust));
    }

    static void aam(Cpu cpu, Instruction in) {
        int base = in.imm & 0xFF;
        if (base == 0) {
            throw cpu.fault(GuestFault.DE);
        }
        int old = al(cpu);
        Operands.setReg16(cpu, Cpu.EAX, old / base << 8 | old % base);
        Alu.logic8(cpu, old % base);
    }

    static void aad(Cpu cpu, Instruction in) {
        int ax = cpu.gpr[Cpu.EAX];
        int value = (ax & 0xFF) + (ax >>> 8 & 0xFF) * (in.imm & 0xFF) & 0xFF;
        Operands.setReg16(cpu, Cpu.EAX, value);
        Alu.logic8(cpu, value);
    }
}
