package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.hardware.memory.HostMemory;

/** Doubleword arithmetic and logic with a memory operand, as source or destination. */
final class AluMemory {
    private AluMemory() {}

    /** Register with memory as the source, or null. */
    static Insn source(int eip, Instruction in, int mode) {
        return switch (in.op) {
            case ADD -> new AddRm(eip, in, mode);
            case OR -> new OrRm(eip, in, mode);
            case ADC -> new AdcRm(eip, in, mode);
            case SBB -> new SbbRm(eip, in, mode);
            case AND -> new AndRm(eip, in, mode);
            case SUB -> new SubRm(eip, in, mode);
            case XOR -> new XorRm(eip, in, mode);
            case CMP -> new CmpRm(eip, in, mode);
            default -> null;
        };
    }

    /** Memory with a register, or null. */
    static Insn withRegister(int eip, Instruction in, int mode) {
        return switch (in.op) {
            case ADD -> new AddMr(eip, in, mode);
            case OR -> new OrMr(eip, in, mode);
            case ADC -> new AdcMr(eip, in, mode);
            case SBB -> new SbbMr(eip, in, mode);
            case AND -> new AndMr(eip, in, mode);
            case SUB -> new SubMr(eip, in, mode);
            case XOR -> new XorMr(eip, in, mode);
            case CMP -> new CmpMr(eip, in, mode);
            case TEST -> new TestMr(eip, in, mode);
            default -> null;
        };
    }

    /** Memory with an immediate, or null. */
    static Insn withImmediate(int eip, Instruction in, int mode) {
        return switch (in.op) {
            case ADD -> new AddMi(eip, in, mode);
            case OR -> new OrMi(eip, in, mode);
            case ADC -> new AdcMi(eip, in, mode);
            case SBB -> new SbbMi(eip, in, mode);
            case AND -> new AndMi(eip, in, mode);
            case SUB -> new SubMi(eip, in, mode);
            case XOR -> new XorMi(eip, in, mode);
            case CMP -> new CmpMi(eip, in, mode);
            case TEST -> new TestMi(eip, in, mode);
            default -> null;
        };
    }

    private static final class AddRm extends MemInsn {
        private final byte a;

        AddRm(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            int b = read32(cpu);
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.add32(cpu, gpr[a], b);
            return next;
        }
    }

    private static final class AddMr extends MemInsn {
        private final byte b;

        AddMr(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int linear = target(cpu, 4);
            long host = cpu.mmu.direct(linear, 3);
            if (host != 0) {
                HostMemory.putInt(host, Alu.add32(cpu, HostMemory.getInt(host), cpu.gpr[b]));
            } else {
                int a = cpu.mmu.modify(linear, 4);
                cpu.mmu.write32(linear, Alu.add32(cpu, a, cpu.gpr[b]));
            }
            return next;
        }
    }

    private static final class AddMi extends MemInsn {
        private final int value;

        AddMi(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            int linear = target(cpu, 4);
            long host = cpu.mmu.direct(linear, 3);
            if (host != 0) {
                HostMemory.putInt(host, Alu.add32(cpu, HostMemory.getInt(host), value));
            } else {
                int a = cpu.mmu.modify(linear, 4);
                cpu.mmu.write32(linear, Alu.add32(cpu, a, value));
            }
            return next;
        }
    }

    private static final class OrRm extends MemInsn {
        private final byte a;

        OrRm(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            int b = read32(cpu);
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.logic32(cpu, gpr[a] | b);
            return next;
        }
    }

    private static final class OrMr extends MemInsn {
        private final byte b;

        OrMr(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int linear = target(cpu, 4);
            long host = cpu.mmu.direct(linear, 3);
            if (host != 0) {
                HostMemory.putInt(host, Alu.logic32(cpu, HostMemory.getInt(host) | cpu.gpr[b]));
            } else {
                int a = cpu.mmu.modify(linear, 4);
                cpu.mmu.write32(linear, Alu.logic32(cpu, a | cpu.gpr[b]));
            }
            return next;
        }
    }

    private static final class OrMi extends MemInsn {
        private final int value;

        OrMi(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            int linear = target(cpu, 4);
            long host = cpu.mmu.direct(linear, 3);
            if (host != 0) {
                HostMemory.putInt(host, Alu.logic32(cpu, HostMemory.getInt(host) | value));
            } else {
                int a = cpu.mmu.modify(linear, 4);
                cpu.mmu.write32(linear, Alu.logic32(cpu, a | value));
            }
            return next;
        }
    }

    private static final class AdcRm extends MemInsn {
        private final byte a;

        AdcRm(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            int b = read32(cpu);
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.adc32(cpu, gpr[a], b);
            return next;
        }
    }

    private static final class AdcMr extends MemInsn {
        private final byte b;

        AdcMr(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int linear = target(cpu, 4);
            long host = cpu.mmu.direct(linear, 3);
            if (host != 0) {
                HostMemory.putInt(host, Alu.adc32(cpu, HostMemory.getInt(host), cpu.gpr[b]));
            } else {
                int a = cpu.mmu.modify(linear, 4);
                cpu.mmu.write32(linear, Alu.adc32(cpu, a, cpu.gpr[b]));
            }
            return next;
        }
    }

    private static final class AdcMi extends MemInsn {
        private final int value;

        AdcMi(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            int linear = target(cpu, 4);
            long host = cpu.mmu.direct(linear, 3);
            if (host != 0) {
                HostMemory.putInt(host, Alu.adc32(cpu, HostMemory.getInt(host), value));
            } else {
                int a = cpu.mmu.modify(linear, 4);
                cpu.mmu.write32(linear, Alu.adc32(cpu, a, value));
            }
            return next;
        }
    }

    private static final class SbbRm extends MemInsn {
        private final byte a;

        SbbRm(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            int b = read32(cpu);
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.sbb32(cpu, gpr[a], b);
            return next;
        }
    }

    private static final class SbbMr extends MemInsn {
        private final byte b;

        SbbMr(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int linear = target(cpu, 4);
            long host = cpu.mmu.direct(linear, 3);
            if (host != 0) {
                HostMemory.putInt(host, Alu.sbb32(cpu, HostMemory.getInt(host), cpu.gpr[b]));
            } else {
                int a = cpu.mmu.modify(linear, 4);
                cpu.mmu.write32(linear, Alu.sbb32(cpu, a, cpu.gpr[b]));
            }
            return next;
        }
    }

    private static final class SbbMi extends MemInsn {
        private final int value;

        SbbMi(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            int linear = target(cpu, 4);
            long host = cpu.mmu.direct(linear, 3);
            if (host != 0) {
                HostMemory.putInt(host, Alu.sbb32(cpu, HostMemory.getInt(host), value));
            } else {
                int a = cpu.mmu.modify(linear, 4);
                cpu.mmu.write32(linear, Alu.sbb32(cpu, a, value));
            }
            return next;
        }
    }

    private static final class AndRm extends MemInsn {
        private final byte a;

        AndRm(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            int b = read32(cpu);
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.logic32(cpu, gpr[a] & b);
            return next;
        }
    }

    private static final class AndMr extends MemInsn {
        private final byte b;

        AndMr(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int linear = target(cpu, 4);
            long host = cpu.mmu.direct(linear, 3);
            if (host != 0) {
                HostMemory.putInt(host, Alu.logic32(cpu, HostMemory.getInt(host) & cpu.gpr[b]));
            } else {
                int a = cpu.mmu.modify(linear, 4);
                cpu.mmu.write32(linear, Alu.logic32(cpu, a & cpu.gpr[b]));
            }
            return next;
        }
    }

    private static final class AndMi extends MemInsn {
        private final int value;

        AndMi(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            int linear = target(cpu, 4);
            long host = cpu.mmu.direct(linear, 3);
            if (host != 0) {
                HostMemory.putInt(host, Alu.logic32(cpu, HostMemory.getInt(host) & value));
            } else {
                int a = cpu.mmu.modify(linear, 4);
                cpu.mmu.write32(linear, Alu.logic32(cpu, a & value));
            }
            return next;
        }
    }

    private static final class SubRm extends MemInsn {
        private final byte a;

        SubRm(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            int b = read32(cpu);
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.sub32(cpu, gpr[a], b);
            return next;
        }
    }

    private static final class SubMr extends MemInsn {
        private final byte b;

        SubMr(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int linear = target(cpu, 4);
            long host = cpu.mmu.direct(linear, 3);
            if (host != 0) {
                HostMemory.putInt(host, Alu.sub32(cpu, HostMemory.getInt(host), cpu.gpr[b]));
            } else {
                int a = cpu.mmu.modify(linear, 4);
                cpu.mmu.write32(linear, Alu.sub32(cpu, a, cpu.gpr[b]));
            }
            return next;
        }
    }

    private static final class SubMi extends MemInsn {
        private final int value;

        SubMi(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            int linear = target(cpu, 4);
            long host = cpu.mmu.direct(linear, 3);
            if (host != 0) {
                HostMemory.putInt(host, Alu.sub32(cpu, HostMemory.getInt(host), value));
            } else {
                int a = cpu.mmu.modify(linear, 4);
                cpu.mmu.write32(linear, Alu.sub32(cpu, a, value));
            }
            return next;
        }
    }

    private static final class XorRm extends MemInsn {
        private final byte a;

        XorRm(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            int b = read32(cpu);
            int[] gpr = cpu.gpr;
            gpr[a] = Alu.logic32(cpu, gpr[a] ^ b);
            return next;
        }
    }

    private static final class XorMr extends MemInsn {
        private final byte b;

        XorMr(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int linear = target(cpu, 4);
            long host = cpu.mmu.direct(linear, 3);
            if (host != 0) {
                HostMemory.putInt(host, Alu.logic32(cpu, HostMemory.getInt(host) ^ cpu.gpr[b]));
            } else {
                int a = cpu.mmu.modify(linear, 4);
                cpu.mmu.write32(linear, Alu.logic32(cpu, a ^ cpu.gpr[b]));
            }
            return next;
        }
    }

    private static final class XorMi extends MemInsn {
        private final int value;

        XorMi(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            value = in.imm;
        }

        @Override
        Insn exec(Cpu cpu) {
            int linear = target(cpu, 4);
            long host = cpu.mmu.direct(linear, 3);
            if (host != 0) {
                HostMemory.putInt(host, Alu.logic32(cpu, HostMemory.getInt(host) ^ value));
            } else {
                int a = cpu.mmu.modify(linear, 4);
                cpu.mmu.write32(linear, Alu.logic32(cpu, a ^ value));
            }
            return next;
        }
    }

    static final class CmpRm extends MemInsn {
        private final byte a;

        CmpRm(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            a = (byte) in.reg1;
        }

        @Override
        Insn exec(Cpu cpu) {
            int b = read32(cpu);
            Alu.sub32(cpu, cpu.gpr[a], b);
            return next;
        }
    }

    static final class CmpMr extends MemInsn {
        private final byte b;

        CmpMr(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            b = (byte) in.reg2;
        }

        @Override
        Insn exec(Cpu cpu) {
            int a = read32(cpu);
            Alu.sub32(cpu, a, cpu.gpr[b]);
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
            Alu.sub32(cpu, read32(cpu), value);
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
            int a = read32(cpu);
            Alu.logic32(cpu, a & cpu.gpr[b]);
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
            Alu.logic32(cpu, read32(cpu) & value);
            return next;
        }
    }
}
