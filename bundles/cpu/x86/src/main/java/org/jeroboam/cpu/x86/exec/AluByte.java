package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.hardware.memory.HostMemory;

/** Byte arithmetic and logic. CMP and TEST have classes of their own; the others share one per form. */
final class AluByte {
    private AluByte() {}

    /** Byte register with byte register, or null. */
    static Insn registers(int eip, Instruction in) {
        return switch (in.op) {
            case CMP -> new CmpRr(eip, in);
            case TEST -> new TestRr(eip, in);
            default -> new GroupRr(eip, in, number(in));
        };
    }

    /** Byte register with immediate, or null. */
    static Insn immediate(int eip, Instruction in) {
        return switch (in.op) {
            case CMP -> new CmpRi(eip, in);
            case TEST -> new TestRi(eip, in);
            default -> new GroupRi(eip, in, number(in));
        };
    }

    /** Byte register with memory as the source, or null. */
    static Insn source(int eip, Instruction in, int mode) {
        return switch (in.op) {
            case CMP -> new CmpRm(eip, in, mode);
            case TEST -> null;
            default -> new GroupRm(eip, in, mode, number(in));
        };
    }

    /** Memory with byte register, or null. */
    static Insn memory(int eip, Instruction in, int mode) {
        return switch (in.op) {
            case CMP -> new CmpMr(eip, in, mode);
            case TEST -> new TestMr(eip, in, mode);
            default -> new GroupMr(eip, in, mode, number(in));
        };
    }

    /** Memory with immediate, or null. */
    static Insn memoryImmediate(int eip, Instruction in, int mode) {
        return switch (in.op) {
            case CMP -> new CmpMi(eip, in, mode);
            case TEST -> new TestMi(eip, in, mode);
            default -> new GroupMi(eip, in, mode, number(in));
        };
    }

    private static int number(Instruction in) {
        return switch (in.op) {
            case ADD -> Alu.ADD;
            case OR -> Alu.OR;
            case ADC -> Alu.ADC;
            case SBB -> Alu.SBB;
            case AND -> Alu.AND;
            case SUB -> Alu.SUB;
            case XOR -> Alu.XOR;
            default -> throw new IllegalArgumentException(in.op + " is not of this group");
        };
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
            Alu.sub8(cpu, Operands.reg8(cpu, a), Operands.reg8(cpu, b));
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
            Alu.sub8(cpu, Operands.reg8(cpu, a), value);
            return next;
        }
    }

    private static final class CmpRm extends MemInsn {
        private final byte a;

        CmpRm(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            int value = read8(cpu);
            Alu.sub8(cpu, Operands.reg8(cpu, a), value);
            return next;
        }
    }

    private static final class CmpMr extends MemInsn {
        private final byte b;

        CmpMr(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int value = read8(cpu);
            Alu.sub8(cpu, value, Operands.reg8(cpu, b));
            return next;
        }
    }

    static final class CmpMi extends MemInsn {
        private final int value;

        CmpMi(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            Alu.sub8(cpu, read8(cpu), value);
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
            Alu.logic8(cpu, Operands.reg8(cpu, a) & Operands.reg8(cpu, b));
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
            Alu.logic8(cpu, Operands.reg8(cpu, a) & value);
            return next;
        }
    }

    private static final class TestMr extends MemInsn {
        private final byte b;

        TestMr(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int value = read8(cpu);
            Alu.logic8(cpu, value & Operands.reg8(cpu, b));
            return next;
        }
    }

    static final class TestMi extends MemInsn {
        private final int value;

        TestMi(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            Alu.logic8(cpu, read8(cpu) & value);
            return next;
        }
    }

    private static final class GroupRr extends Insn {
        private final byte operation;
        private final byte a;
        private final byte b;

        GroupRr(int eip, Instruction in, int number) {
            super(eip);
            operation = (byte) number;
            a = (byte) in.reg1;
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            Operands.setReg8(cpu, a, Alu.group8(cpu, operation, Operands.reg8(cpu, a), Operands.reg8(cpu, b)));
            return next;
        }
    }

    private static final class GroupRi extends Insn {
        private final byte operation;
        private final byte a;
        private final int value;

        GroupRi(int eip, Instruction in, int number) {
            super(eip);
            operation = (byte) number;
            a = (byte) in.reg1;
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            Operands.setReg8(cpu, a, Alu.group8(cpu, operation, Operands.reg8(cpu, a), value));
            return next;
        }
    }

    private static final class GroupRm extends MemInsn {
        private final byte operation;
        private final byte a;

        GroupRm(int eip, Instruction in, int mode, int number) {
            super(eip, in, mode);
            operation = (byte) number;
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            int value = read8(cpu);
            Operands.setReg8(cpu, a, Alu.group8(cpu, operation, Operands.reg8(cpu, a), value));
            return next;
        }
    }

    private static final class GroupMr extends MemInsn {
        private final byte operation;
        private final byte b;

        GroupMr(int eip, Instruction in, int mode, int number) {
            super(eip, in, mode);
            operation = (byte) number;
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int linear = target(cpu, 1);
            long host = cpu.mmu.direct(linear, 0);
            if (host != 0) {
                HostMemory.putByte(host, Alu.group8(cpu, operation, HostMemory.getByte(host), Operands.reg8(cpu, b)));
            } else {
                int old = cpu.mmu.modify(linear, 1);
                cpu.mmu.write8(linear, Alu.group8(cpu, operation, old, Operands.reg8(cpu, b)));
            }
            return next;
        }
    }

    private static final class GroupMi extends MemInsn {
        private final byte operation;
        private final int value;

        GroupMi(int eip, Instruction in, int mode, int number) {
            super(eip, in, mode);
            operation = (byte) number;
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            int linear = target(cpu, 1);
            long host = cpu.mmu.direct(linear, 0);
            if (host != 0) {
                HostMemory.putByte(host, Alu.group8(cpu, operation, HostMemory.getByte(host), value));
            } else {
                int old = cpu.mmu.modify(linear, 1);
                cpu.mmu.write8(linear, Alu.group8(cpu, operation, old, value));
            }
            return next;
        }
    }
}
