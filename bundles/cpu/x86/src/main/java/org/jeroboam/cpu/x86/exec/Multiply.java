package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.Instruction;

/**
 * MUL, IMUL, DIV, IDIV. Undefined flags: SF, ZF and PF of a product follow its low half, AF is 0; a division changes
 * none.
 */
final class Multiply {
    private static final int OVERFLOW = 1 << 31; // CF and OF set: bit 31 without bit 30

    private Multiply() {}

    static void mul(Cpu cpu, Instruction in) {
        int size = Operands.size(in, 1);
        int b = Operands.read(cpu, in, 1);
        int[] gpr = cpu.gpr;
        if (size == 4) {
            long product = (gpr[Cpu.EAX] & 0xFFFF_FFFFL) * (b & 0xFFFF_FFFFL);
            gpr[Cpu.EAX] = (int) product;
            gpr[Cpu.EDX] = (int) (product >>> 32);
            setFlags(cpu, (int) product, product >>> 32 != 0);
        } else if (size == 2) {
            int product = (gpr[Cpu.EAX] & 0xFFFF) * b;
            Operands.setReg16(cpu, Cpu.EAX, product);
            Operands.setReg16(cpu, Cpu.EDX, product >>> 16);
            setFlags(cpu, (short) product, product >>> 16 != 0);
        } else {
            int product = (gpr[Cpu.EAX] & 0xFF) * b;
            Operands.setReg16(cpu, Cpu.EAX, product);
            setFlags(cpu, (byte) product, product >>> 8 != 0);
        }
    }

    static void imul1(Cpu cpu, Instruction in) {
        int size = Operands.size(in, 1);
        int b = Alu.extend(size, Operands.read(cpu, in, 1));
        int[] gpr = cpu.gpr;
        if (size == 4) {
            long product = (long) gpr[Cpu.EAX] * b;
            gpr[Cpu.EAX] = (int) product;
            gpr[Cpu.EDX] = (int) (product >>> 32);
            setFlags(cpu, (int) product, product != (int) product);
        } else if (size == 2) {
            int product = (short) gpr[Cpu.EAX] * b;
            Operands.setReg16(cpu, Cpu.EAX, product);
            Operands.setReg16(cpu, Cpu.EDX, product >>> 16);
            setFlags(cpu, (short) product, product != (short) product);
        } else {
            int product = (byte) gpr[Cpu.EAX] * b;
            Operands.setReg16(cpu, Cpu.EAX, product);
            setFlags(cpu, (byte) product, product != (byte) product);
        }
    }

    /** The two and three operand forms, on 2 or 4 bytes. */
    static int imul(Cpu cpu, int size, int a, int b) {
        long product = (long) Alu.extend(size, a) * Alu.extend(size, b);
        int r = Alu.extend(size, (int) product);
        setFlags(cpu, r, product != r);
        return r;
    }

    /** The two and three operand forms on doublewords. */
    static int imul32(Cpu cpu, int a, int b) {
        long product = (long) a * b;
        int r = (int) product;
        setFlags(cpu, r, product != r);
        return r;
    }

    private static void setFlags(Cpu cpu, int low, boolean overflow) {
        cpu.result = low;
        cpu.carries = overflow ? OVERFLOW : 0;
    }

    static void div(Cpu cpu, Instruction in) {
        int size = Operands.size(in, 1);
        int divisor = Operands.read(cpu, in, 1);
        if (divisor == 0) {
            throw cpu.fault(GuestFault.DE);
        }
        int[] gpr = cpu.gpr;
        if (size == 4) {
            long dividend = (long) gpr[Cpu.EDX] << 32 | gpr[Cpu.EAX] & 0xFFFF_FFFFL;
            long by = divisor & 0xFFFF_FFFFL;
            long quotient = Long.divideUnsigned(dividend, by);
            if (quotient >>> 32 != 0) {
                throw cpu.fault(GuestFault.DE);
            }
            gpr[Cpu.EDX] = (int) Long.remainderUnsigned(dividend, by);
            gpr[Cpu.EAX] = (int) quotient;
        } else if (size == 2) {
            long dividend = (gpr[Cpu.EDX] << 16 | gpr[Cpu.EAX] & 0xFFFF) & 0xFFFF_FFFFL;
            long quotient = dividend / divisor;
            if (quotient > 0xFFFF) {
                throw cpu.fault(GuestFault.DE);
            }
            Operands.setReg16(cpu, Cpu.EDX, (int) (dividend % divisor));
            Operands.setReg16(cpu, Cpu.EAX, (int) quotient);
        } else {
            int dividend = gpr[Cpu.EAX] & 0xFFFF;
            int quotient = dividend / divisor;
            if (quotient > 0xFF) {
                throw cpu.fault(GuestFault.DE);
            }
            Operands.setReg16(cpu, Cpu.EAX, dividend % divisor << 8 | quotient);
        }
    }

    static void idiv(Cpu cpu, Instruction in) {
        int size = Operands.size(in, 1);
        int divisor = Alu.extend(size, Operands.read(cpu, in, 1));
        if (divisor == 0) {
            throw cpu.fault(GuestFault.DE);
        }
        int[] gpr = cpu.gpr;
        if (size == 4) {
            long dividend = (long) gpr[Cpu.EDX] << 32 | gpr[Cpu.EAX] & 0xFFFF_FFFFL;
            long quotient = dividend / divisor;
            if (quotient != (int) quotient || dividend == Long.MIN_VALUE && divisor == -1) {
                throw cpu.fault(GuestFault.DE);
            }
            gpr[Cpu.EDX] = (int) (dividend % divisor);
            gpr[Cpu.EAX] = (int) quotient;
        } else if (size == 2) {
            long dividend = gpr[Cpu.EDX] << 16 | gpr[Cpu.EAX] & 0xFFFF;
            long quotient = dividend / divisor;
            if (quotient != (short) quotient) {
                throw cpu.fault(GuestFault.DE);
            }
            Operands.setReg16(cpu, Cpu.EDX, (int) (dividend % divisor));
            Operands.setReg16(cpu, Cpu.EAX, (int) quotient);
        } else {
            int dividend = (short) gpr[Cpu.EAX];
            int quotient = dividend / divisor;
            if (quotient != (byte) quotient) {
                throw cpu.fault(GuestFault.DE);
            }
            Operands.setReg16(cpu, Cpu.EAX, (dividend % divisor & 0xFF) << 8 | quotient & 0xFF);
        }
    }
}
