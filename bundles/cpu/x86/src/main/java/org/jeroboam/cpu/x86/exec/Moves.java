package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.OperandKind;

/** The frequent forms of MOV, MOVZX, MOVSX and LEA. */
final class Moves {
    private Moves() {}

    /** The class for a form of MOV, or null. */
    static Insn mov(int eip, Instruction in, int mode) {
        return switch (in.kind1) {
            case REG32 ->
                switch (in.kind2) {
                    case REG32 -> new Rr(eip, in);
                    case IMM -> new Ri(eip, in);
                    case MEM -> new Load32(eip, in, mode);
                    default -> null;
                };
            case REG16 ->
                switch (in.kind2) {
                    case REG16 -> new Rr16(eip, in);
                    case MEM -> new Load16(eip, in, mode);
                    default -> null;
                };
            case REG8 ->
                switch (in.kind2) {
                    case REG8 -> new Rr8(eip, in);
                    case IMM -> new Ri8(eip, in);
                    case MEM -> new Load8(eip, in, mode);
                    default -> null;
                };
            case MEM -> store(eip, in, mode);
            default -> null;
        };
    }

    private static Insn store(int eip, Instruction in, int mode) {
        boolean immediate = in.kind2 == OperandKind.IMM;
        return switch (in.memorySize) {
            case 1 -> immediate ? new Store8i(eip, in, mode) : new Store8(eip, in, mode);
            case 2 -> immediate ? new Store16i(eip, in, mode) : new Store16(eip, in, mode);
            case 4 -> immediate ? new Store32i(eip, in, mode) : new Store32(eip, in, mode);
            default -> null;
        };
    }

    /** The class for MOVZX to a doubleword, or null. */
    static Insn movzx(int eip, Instruction in, int mode) {
        if (in.kind1 != OperandKind.REG32) {
            return null;
        }
        return switch (in.kind2) {
            case REG8 -> new Zero8(eip, in);
            case REG16 -> new Zero16(eip, in);
            case MEM -> in.memorySize == 1 ? new ZeroM8(eip, in, mode) : new ZeroM16(eip, in, mode);
            default -> null;
        };
    }

    /** The class for MOVSX to a doubleword, or null. */
    static Insn movsx(int eip, Instruction in, int mode) {
        if (in.kind1 != OperandKind.REG32) {
            return null;
        }
        return switch (in.kind2) {
            case REG8 -> new Sign8(eip, in);
            case REG16 -> new Sign16(eip, in);
            case MEM -> in.memorySize == 1 ? new SignM8(eip, in, mode) : new SignM16(eip, in, mode);
            default -> null;
        };
    }

    /** The class for LEA to a doubleword, or null. */
    static Insn lea(int eip, Instruction in, int mode) {
        return in.kind1 == OperandKind.REG32 ? new Lea(eip, in, mode) : null;
    }

    private static final class Rr extends Insn {
        private final byte a;
        private final byte b;

        Rr(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = gpr[b];
            return next;
        }
    }

    private static final class Ri extends Insn {
        private final byte a;
        private final int value;

        Ri(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.gpr[a] = value;
            return next;
        }
    }

    private static final class Load32 extends MemInsn {
        private final byte a;

        Load32(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.gpr[a] = read32(cpu);
            return next;
        }
    }

    private static final class Rr16 extends Insn {
        private final byte a;
        private final byte b;

        Rr16(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            Operands.setReg16(cpu, a, cpu.gpr[b]);
            return next;
        }
    }

    private static final class Load16 extends MemInsn {
        private final byte a;

        Load16(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            int value = read16(cpu);
            Operands.setReg16(cpu, a, value);
            return next;
        }
    }

    private static final class Rr8 extends Insn {
        private final byte a;
        private final byte b;

        Rr8(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            Operands.setReg8(cpu, a, Operands.reg8(cpu, b));
            return next;
        }
    }

    private static final class Ri8 extends Insn {
        private final byte a;
        private final int value;

        Ri8(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            Operands.setReg8(cpu, a, value);
            return next;
        }
    }

    private static final class Load8 extends MemInsn {
        private final byte a;

        Load8(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            int value = read8(cpu);
            Operands.setReg8(cpu, a, value);
            return next;
        }
    }

    private static final class Store8 extends MemInsn {
        private final byte b;

        Store8(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            write8(cpu, Operands.reg8(cpu, b));
            return next;
        }
    }

    private static final class Store8i extends MemInsn {
        private final int value;

        Store8i(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            write8(cpu, value);
            return next;
        }
    }

    private static final class Store16 extends MemInsn {
        private final byte b;

        Store16(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            write16(cpu, cpu.gpr[b]);
            return next;
        }
    }

    private static final class Store16i extends MemInsn {
        private final int value;

        Store16i(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            write16(cpu, value);
            return next;
        }
    }

    private static final class Store32 extends MemInsn {
        private final byte b;

        Store32(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            write32(cpu, cpu.gpr[b]);
            return next;
        }
    }

    private static final class Store32i extends MemInsn {
        private final int value;

        Store32i(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            write32(cpu, value);
            return next;
        }
    }

    private static final class Zero8 extends Insn {
        private final byte a;
        private final byte b;

        Zero8(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.gpr[a] = Operands.reg8(cpu, b);
            return next;
        }
    }

    private static final class Zero16 extends Insn {
        private final byte a;
        private final byte b;

        Zero16(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = gpr[b] & 0xFFFF;
            return next;
        }
    }

    private static final class Sign8 extends Insn {
        private final byte a;
        private final byte b;

        Sign8(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.gpr[a] = (byte) Operands.reg8(cpu, b);
            return next;
        }
    }

    private static final class Sign16 extends Insn {
        private final byte a;
        private final byte b;

        Sign16(int eip, Instruction in) {
            super(eip);
            a = (byte) in.reg1;
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int[] gpr = cpu.gpr;
            gpr[a] = (short) gpr[b];
            return next;
        }
    }

    private static final class ZeroM8 extends MemInsn {
        private final byte a;

        ZeroM8(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.gpr[a] = read8(cpu);
            return next;
        }
    }

    private static final class ZeroM16 extends MemInsn {
        private final byte a;

        ZeroM16(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.gpr[a] = read16(cpu);
            return next;
        }
    }

    private static final class SignM8 extends MemInsn {
        private final byte a;

        SignM8(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.gpr[a] = (byte) read8(cpu);
            return next;
        }
    }

    private static final class SignM16 extends MemInsn {
        private final byte a;

        SignM16(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.gpr[a] = (short) read16(cpu);
            return next;
        }
    }

    private static final class Lea extends MemInsn {
        private final byte a;

        Lea(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.gpr[a] = offset(cpu);
            return next;
        }
    }
}
