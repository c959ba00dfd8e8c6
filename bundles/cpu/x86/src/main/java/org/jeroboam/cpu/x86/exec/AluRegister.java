package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.Instruction;

/** Doubleword arithmetic and logic on registers: register with register, register with immediate. */
final class AluRegister {
    private AluRegister() {}

    /** Register with register, or null. */
    static Insn withRegister(int eip, Instruction in) {
        return switch (in.op) {
            case ADD -> new AddRr(eip, in);
            case OR -> new OrRr(eip, in);
            case ADC -> new AdcRr(eip, in);
            case SBB -> new SbbRr(eip, in);
            case AND -> new AndRr(eip, in);
            case SUB -> new SubRr(eip, in);
            case XOR -> new XorRr(eip, in);
            case CMP -> new CmpRr(eip, in);
            case TEST -> new TestRr(eip, in);
            default -> null;
        };
    }

    /** Register with immediate, or null. */
    static Insn withImmediate(int eip, Instruction in) {
        return switch (in.op) {
            case ADD -> new AddRi(eip, in);
            case OR -> new OrRi(eip, in);
            case ADC -> new AdcRi(eip, in);
            case SBB -> new SbbRi(eip, in);
            case AND -> new AndRi(eip, in);
            case SUB -> new SubRi(eip, in);
            case XOR -> new XorRi(eip, in);
            case CMP -> new CmpRi(eip, in);
            case TEST -> new TestRi(eip, in);
            default -> null;
        };
    }

    private static final class AddRr extends Insn {
        private final byte a;
        private final byte b;

        AddRr(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.add32(cpu, gpr[a], gpr[b]);
            return next;
        }
    }

    static final class AddRi extends Insn {
        private final byte a;
        private final int value;

        AddRi(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.add32(cpu, gpr[a], value);
            return next;
        }
    }

    private static final class OrRr extends Insn {
        private final byte a;
        private final byte b;

        OrRr(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.logic32(cpu, gpr[a] | gpr[b]);
            return next;
        }
    }

    private static final class OrRi extends Insn {
        private final byte a;
        private final int value;

        OrRi(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.logic32(cpu, gpr[a] | value);
            return next;
        }
    }

    private static final class AdcRr extends Insn {
        private final byte a;
        private final byte b;

        AdcRr(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.adc32(cpu, gpr[a], gpr[b]);
            return next;
        }
    }

    private static final class AdcRi extends Insn {
        private final byte a;
        private final int value;

        AdcRi(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.adc32(cpu, gpr[a], value);
            return next;
        }
    }

    private static final class SbbRr extends Insn {
        private final byte a;
        private final byte b;

        SbbRr(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.sbb32(cpu, gpr[a], gpr[b]);
            return next;
        }
    }

    private static final class SbbRi extends Insn {
        private final byte a;
        private final int value;

        SbbRi(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.sbb32(cpu, gpr[a], value);
            return next;
        }
    }

    private static final class AndRr extends Insn {
        private final byte a;
        private final byte b;

        AndRr(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.logic32(cpu, gpr[a] & gpr[b]);
            return next;
        }
    }

    static final class AndRi extends Insn {
        private final byte a;
        private final int value;

        AndRi(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.logic32(cpu, gpr[a] & value);
            return next;
        }
    }

    private static final class SubRr extends Insn {
        private final byte a;
        private final byte b;

        SubRr(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.sub32(cpu, gpr[a], gpr[b]);
            return next;
        }
    }

    static final class SubRi extends Insn {
        private final byte a;
        private final int value;

        SubRi(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.sub32(cpu, gpr[a], value);
            return next;
        }
    }

    private static final class XorRr extends Insn {
        private final byte a;
        private final byte b;

        XorRr(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.logic32(cpu, gpr[a] ^ gpr[b]);
            return next;
        }
    }

    private static final class XorRi extends Insn {
        private final byte a;
        private final int value;

        XorRi(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.logic32(cpu, gpr[a] ^ value);
            return next;
        }
    }

    static final class CmpRr extends Insn {
        private final byte a;
        private final byte b;

        CmpRr(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            Alu.sub32(cpu, gpr[a], gpr[b]);
            return next;
        }
    }

    static final class CmpRi extends Insn {
        private final byte a;
        private final int value;

        CmpRi(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            Alu.sub32(cpu, cpu.gpr[a], value);
            return next;
        }
    }

    static final class TestRr extends Insn {
        private final byte a;
        private final byte b;

        TestRr(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            Alu.logic32(cpu, gpr[a] & gpr[b]);
            return next;
        }
    }

    static final class TestRi extends Insn {
        private final byte a;
        private final int value;

        TestRi(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            Alu.logic32(cpu, cpu.gpr[a] & value);
            return next;
        }
    }
}
