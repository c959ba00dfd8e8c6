package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.EFlags;

/** CLI, STI, PUSHF and POPF by mode, privilege, VME and PVI (Intel SDM volume 2; volume 3, 20.3 and 20.4). */
final class FlagInstructions {
    private static final int USER = EFlags.STATUS | EFlags.TF | EFlags.DF | EFlags.NT;
    private static final int USER_WIDE = EFlags.AC | EFlags.ID;
    private static final int PUSHED = 0xFC_FFFF; // without RF and VM

    private FlagInstructions() {}

    /** CLI. */
    static void cli(Cpu cpu) {
        cpu.setEflags(0, interruptFlag(cpu));
    }

    /** STI: interrupts wait for one more instruction if they were off. */
    static void sti(Cpu cpu) {
        int flag = interruptFlag(cpu);
        if (flag == EFlags.VIF) {
            if (cpu.flag(EFlags.VIP)) {
                throw cpu.fault(GuestFault.GP, 0);
            }
            cpu.setEflags(EFlags.VIF, EFlags.VIF);
        } else if (!cpu.flag(EFlags.IF)) {
            cpu.setEflags(EFlags.IF, EFlags.IF);
            cpu.inhibitInterrupts(false);
        }
    }

    /** The flag that CLI and STI work on: IF, or VIF under VME and PVI. */
    private static int interruptFlag(Cpu cpu) {
        if (!cpu.protectedMode() || cpu.cpl <= cpu.iopl()) {
            return EFlags.IF;
        }
        int extension = cpu.v86() ? Cpu.CR4_VME : Cpu.CR4_PVI;
        if (cpu.cpl == 3 && (cpu.cr4 & extension) != 0) {
            return EFlags.VIF;
        }
        throw cpu.fault(GuestFault.GP, 0);
    }

    /** PUSHF (size 2) and PUSHFD (size 4). */
    static void pushf(Cpu cpu, int size) {
        int flags = cpu.eflags() & PUSHED;
        if (cpu.v86() && cpu.iopl() < 3) {
            requireVme(cpu, size);
            flags = flags & ~EFlags.IF | EFlags.IOPL | (cpu.flag(EFlags.VIF) ? EFlags.IF : 0);
        }
        cpu.stack.push(size, flags);
    }

    /** POPF (size 2) and POPFD (size 4). */
    static void popf(Cpu cpu, int size) {
        int value = cpu.stack.peek(size, 0);
        int mask = size == 4 ? USER | USER_WIDE : USER;
        if (cpu.v86() && cpu.iopl() < 3) {
            requireVme(cpu, size);
            if ((value & EFlags.TF) != 0 || (value & EFlags.IF) != 0 && cpu.flag(EFlags.VIP)) {
                throw cpu.fault(GuestFault.GP, 0);
            }
            mask |= EFlags.VIF;
            value = (value & EFlags.IF) != 0 ? value | EFlags.VIF : value & ~EFlags.VIF;
        } else {
            if (cpu.cpl <= cpu.iopl()) {
                mask |= EFlags.IF;
            }
            if (cpu.cpl == 0) {
                mask |= EFlags.IOPL;
            }
        }
        cpu.stack.setPointer(cpu.stack.pointer() + size);
        cpu.setEflags(value, mask);
    }

    private static void requireVme(Cpu cpu, int size) {
        if ((cpu.cr4 & Cpu.CR4_VME) == 0 || size == 4) {
            throw cpu.fault(GuestFault.GP, 0);
        }
    }
}
