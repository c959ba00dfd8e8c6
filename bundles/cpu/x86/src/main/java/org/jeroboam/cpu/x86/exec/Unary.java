package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.hardware.memory.HostMemory;

/** Frequent doubleword forms with one operand or a shift count: INC, DEC, NEG, NOT, shifts, IMUL, SETcc, CMOVcc. */
final class Unary {
    private Unary() {}

    /** INC, DEC, NEG or NOT of a doubleword, or null. */
    static Insn of(int eip, Instruction in, int mode) {
        if (in.kind1 == OperandKind.REG32) {
            return switch (in.op) {
                case INC -> new IncR(eip, in);
                case DEC -> new DecR(eip, in);
                case NEG -> new NegR(eip, in);
                case NOT -> new NotR(eip, in);
                default -> null;
            };
        }
        if (in.kind1 == OperandKind.MEM && in.memorySize == 4) {
            return switch (in.op) {
                case INC -> new IncM(eip, in, mode);
                case DEC -> new DecM(eip, in, mode);
                default -> null;
            };
        }
        return null;
    }

    /** A shift or rotate of a doubleword register, or null. */
    static Insn shift(int eip, Instruction in) {
        if (in.kind1 != OperandKind.REG32) {
            return null;
        }
        if (in.kind2 == OperandKind.IMM) {
            if ((in.imm & 31) == 0) {
                return null;
            }
            return switch (in.op) {
                case SHL -> new ShlRi(eip, in);
                case SHR -> new ShrRi(eip, in);
                case SAR -> new SarRi(eip, in);
                case ROL -> new RolRi(eip, in);
                case ROR -> new RorRi(eip, in);
                default -> null;
            };
        }
        return switch (in.op) {
            case SHL -> new ShlRc(eip, in);
            case SHR -> new ShrRc(eip, in);
            case SAR -> new SarRc(eip, in);
            default -> null;
        };
    }

    /** IMUL of a doubleword register, or null. */
    static Insn imul(int eip, Instruction in, int mode) {
        if (in.kind1 != OperandKind.REG32) {
            return null;
        }
        boolean memory = in.kind2 == OperandKind.MEM;
        if (in.kind3 == OperandKind.IMM) {
            return memory ? new ImulRmi(eip, in, mode) : new ImulRri(eip, in);
        }
        return memory ? new ImulRm(eip, in, mode) : new ImulRr(eip, in);
    }

    /** CMOVcc of a doubleword, or null. */
    static Insn cmov(int eip, Instruction in, int mode) {
        if (in.kind1 != OperandKind.REG32) {
            return null;
        }
        return in.kind2 == OperandKind.MEM ? new CmovRm(eip, in, mode) : new CmovRr(eip, in);
    }

    /** SETcc of a register, or null. */
    static Insn set(int eip, Instruction in) {
        return in.kind1 == OperandKind.REG8 ? new Set(eip, in) : null;
    }

    private static final class IncR extends Insn {
        private final byte a;

        IncR(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.inc32(cpu, gpr[a]);
            return next;
        }
    }

    static final class DecR extends Insn {
        private final byte a;

        DecR(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.dec32(cpu, gpr[a]);
            return next;
        }
    }

    private static final class NegR extends Insn {
        private final byte a;

        NegR(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.sub32(cpu, 0, gpr[a]);
            return next;
        }
    }

    private static final class NotR extends Insn {
        private final byte a;

        NotR(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = ~gpr[a];
            return next;
        }
    }

    private static final class IncM extends MemInsn {
        IncM(int eip, Instruction in, int mode) {
            super(eip, in, mode);
        }

        @Override
        Insn exec(Cpu cpu) {
            int linear = target(cpu, 4);
            long host = cpu.mmu.direct(linear, 3);
            if (host != 0) {
                HostMemory.putInt(host, Alu.inc32(cpu, HostMemory.getInt(host)));
            } else {
                int old = cpu.mmu.modify(linear, 4);
                cpu.mmu.write32(linear, Alu.inc32(cpu, old));
            }
            return next;
        }
    }

    private static final class DecM extends MemInsn {
        DecM(int eip, Instruction in, int mode) {
            super(eip, in, mode);
        }

        @Override
        Insn exec(Cpu cpu) {
            int linear = target(cpu, 4);
            long host = cpu.mmu.direct(linear, 3);
            if (host != 0) {
                HostMemory.putInt(host, Alu.dec32(cpu, HostMemory.getInt(host)));
            } else {
                int old = cpu.mmu.modify(linear, 4);
                cpu.mmu.write32(linear, Alu.dec32(cpu, old));
            }
            return next;
        }
    }

    private static final class ShlRi extends Insn {
        private final byte a;
        private final byte count;

        ShlRi(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            count = (byte) (in.imm & 31);
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Shifts.shl32(cpu, gpr[a], count);
            return next;
        }
    }

    private static final class ShlRc extends Insn {
        private final byte a;

        ShlRc(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            int count = gpr[Cpu.ECX] & 31;
            if (count != 0) {
                gpr[a] = Shifts.shl32(cpu, gpr[a], count);
            }
            return next;
        }
    }

    private static final class ShrRi extends Insn {
        private final byte a;
        private final byte count;

        ShrRi(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            count = (byte) (in.imm & 31);
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Shifts.shr32(cpu, gpr[a], count);
            return next;
        }
    }

    private static final class ShrRc extends Insn {
        private final byte a;

        ShrRc(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            int count = gpr[Cpu.ECX] & 31;
            if (count != 0) {
                gpr[a] = Shifts.shr32(cpu, gpr[a], count);
            }
            return next;
        }
    }

    private static final class SarRi extends Insn {
        private final byte a;
        private final byte count;

        SarRi(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            count = (byte) (in.imm & 31);
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Shifts.sar32(cpu, gpr[a], count);
            return next;
        }
    }

    private static final class SarRc extends Insn {
        private final byte a;

        SarRc(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            int count = gpr[Cpu.ECX] & 31;
            if (count != 0) {
                gpr[a] = Shifts.sar32(cpu, gpr[a], count);
            }
            return next;
        }
    }

    private static final class RolRi extends Insn {
        private final byte a;
        private final byte count;

        RolRi(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            count = (byte) (in.imm & 31);
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Shifts.rol(cpu, 4, gpr[a], count);
            return next;
        }
    }

    private static final class RorRi extends Insn {
        private final byte a;
        private final byte count;

        RorRi(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            count = (byte) (in.imm & 31);
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Shifts.ror(cpu, 4, gpr[a], count);
            return next;
        }
    }

    private static final class ImulRr extends Insn {
        private final byte a;
        private final byte b;

        ImulRr(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Multiply.imul32(cpu, gpr[a], gpr[b]);
            return next;
        }
    }

    private static final class ImulRri extends Insn {
        private final byte a;
        private final byte b;
        private final int value;

        ImulRri(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            b = (byte) in.reg2;
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Multiply.imul32(cpu, gpr[b], value);
            return next;
        }
    }

    private static final class ImulRm extends MemInsn {
        private final byte a;

        ImulRm(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            int value = read32(cpu);
            int[] gpr = cpu.gpr;
            gpr[a] = Multiply.imul32(cpu, gpr[a], value);
            return next;
        }
    }

    private static final class ImulRmi extends MemInsn {
        private final byte a;
        private final int value;

        ImulRmi(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            a = (byte) in.reg1;
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.gpr[a] = Multiply.imul32(cpu, read32(cpu), value);
            return next;
        }
    }

    private static final class CmovRr extends Insn {
        private final byte a;
        private final byte b;
        private final byte condition;

        CmovRr(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            b = (byte) in.reg2;
            condition = (byte) in.condition;
        }

        @Override
        Insn exec(Cpu cpu) {
            if (Conditions.holds(cpu, condition)) {
                int[] gpr = cpu.gpr;
                gpr[a] = gpr[b];
            }
            return next;
        }
    }

    private static final class CmovRm extends MemInsn {
        private final byte a;
        private final byte condition;

        CmovRm(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            a = (byte) in.reg1;
            condition = (byte) in.condition;
        }

        @Override
        Insn exec(Cpu cpu) {
            int value = read32(cpu);
            if (Conditions.holds(cpu, condition)) {
                cpu.gpr[a] = value;
            }
            return next;
        }
    }

    private static final class Set extends Insn {
        private final byte a;
        private final byte condition;

        Set(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            condition = (byte) in.condition;
        }

        @Override
        Insn exec(Cpu cpu) {
            Operands.setReg8(cpu, a, Conditions.holds(cpu, condition) ? 1 : 0);
            return next;
        }
    }
}
