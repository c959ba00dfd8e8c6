package org.jeroboam.cpu.x86.exec;

/**
 * A flag-setting instruction and the conditional jump behind it as one object. Both count: when the budget has room for
 * the first only, or the jump's link is stale, the jump runs by itself next. The condition is looked up in a mask of 16
 * bits by CF, ZF, SF differs from OF, and SF.
 */
final class FusedJump {
    private static final int BELOW = 0xAAAA;
    private static final int EQUAL = 0xCCCC;
    private static final int LESS = 0xF0F0;
    private static final int SIGN = 0xFF00;

    private FusedJump() {}

    /** The mask for a condition code, or 0 when it tests OF or PF. */
    static int mask(int condition) {
        int plain =
                switch (condition >> 1) {
                    case 1 -> BELOW;
                    case 2 -> EQUAL;
                    case 3 -> BELOW | EQUAL;
                    case 4 -> SIGN;
                    case 6 -> LESS;
                    case 7 -> LESS | EQUAL;
                    default -> 0;
                };
        return plain == 0 || (condition & 1) == 0 ? plain : ~plain & 0xFFFF;
    }

    /**
     * Joins two instructions.
     *
     * @param first sets flags
     * @param jump follows it
     * @param mask of the jump's condition
     * @return null when there is no class for the pair
     */
    static Insn join(Insn first, Branch jump, int mask) {
        if (mask == 0) {
            return null;
        }
        return switch (first) {
            case AluRegister.CmpRr test -> new AluRegisterCmpRr(test, jump, mask);
            case AluRegister.CmpRi test -> new AluRegisterCmpRi(test, jump, mask);
            case AluRegister.TestRr test -> new AluRegisterTestRr(test, jump, mask);
            case AluRegister.TestRi test -> new AluRegisterTestRi(test, jump, mask);
            case AluRegister.SubRi test -> new AluRegisterSubRi(test, jump, mask);
            case AluRegister.AddRi test -> new AluRegisterAddRi(test, jump, mask);
            case AluRegister.AndRi test -> new AluRegisterAndRi(test, jump, mask);
            case AluMemory.CmpRm test -> new AluMemoryCmpRm(test, jump, mask);
            case AluMemory.CmpMr test -> new AluMemoryCmpMr(test, jump, mask);
            case AluMemory.CmpMi test -> new AluMemoryCmpMi(test, jump, mask);
            case AluMemory.TestMi test -> new AluMemoryTestMi(test, jump, mask);
            case AluByte.CmpRr test -> new AluByteCmpRr(test, jump, mask);
            case AluByte.CmpRi test -> new AluByteCmpRi(test, jump, mask);
            case AluByte.CmpMi test -> new AluByteCmpMi(test, jump, mask);
            case AluByte.TestRr test -> new AluByteTestRr(test, jump, mask);
            case AluByte.TestRi test -> new AluByteTestRi(test, jump, mask);
            case AluByte.TestMi test -> new AluByteTestMi(test, jump, mask);
            case Unary.DecR test -> new UnaryDecR(test, jump, mask);
            default -> null;
        };
    }

    /** Whether the condition holds after the last flag-setting instruction. */
    private static boolean holds(Cpu cpu, int mask) {
        int r = cpu.result;
        int c = cpu.carries;
        int index = c >>> 31; // CF
        index |= ((r | -r) >>> 30 & 2) ^ 2; // ZF
        index |= (r ^ c ^ c << 1) >>> 29 & 4; // SF differs from OF
        index |= r >>> 28 & 8; // SF
        return (mask >>> index & 1) != 0;
    }

    /** The second half. */
    private static Insn jump(Cpu cpu, Branch jump, int mask) {
        int budget = cpu.budget;
        if (budget <= 1) {
            return jump;
        }
        if (!holds(cpu, mask)) {
            cpu.budget = budget - 1;
            return jump.next;
        }
        if (!cpu.holds(jump.takenStamp)) {
            return jump;
        }
        cpu.budget = budget - 1;
        return jump.taken;
    }

    private static final class AluRegisterCmpRr extends Insn {
        private final AluRegister.CmpRr test;
        private final Branch jump;
        private final int mask;

        AluRegisterCmpRr(AluRegister.CmpRr test, Branch jump, int mask) {
            super(test.eip);
            this.test = test;
            this.jump = jump;
            this.mask = mask;
        }

        @Override
        Insn exec(Cpu cpu) {
            test.exec(cpu);
            return jump(cpu, jump, mask);
        }
    }

    private static final class AluRegisterCmpRi extends Insn {
        private final AluRegister.CmpRi test;
        private final Branch jump;
        private final int mask;

        AluRegisterCmpRi(AluRegister.CmpRi test, Branch jump, int mask) {
            super(test.eip);
            this.test = test;
            this.jump = jump;
            this.mask = mask;
        }

        @Override
        Insn exec(Cpu cpu) {
            test.exec(cpu);
            return jump(cpu, jump, mask);
        }
    }

    private static final class AluRegisterTestRr extends Insn {
        private final AluRegister.TestRr test;
        private final Branch jump;
        private final int mask;

        AluRegisterTestRr(AluRegister.TestRr test, Branch jump, int mask) {
            super(test.eip);
            this.test = test;
            this.jump = jump;
            this.mask = mask;
        }

        @Override
        Insn exec(Cpu cpu) {
            test.exec(cpu);
            return jump(cpu, jump, mask);
        }
    }

    private static final class AluRegisterTestRi extends Insn {
        private final AluRegister.TestRi test;
        private final Branch jump;
        private final int mask;

        AluRegisterTestRi(AluRegister.TestRi test, Branch jump, int mask) {
            super(test.eip);
            this.test = test;
            this.jump = jump;
            this.mask = mask;
        }

        @Override
        Insn exec(Cpu cpu) {
            test.exec(cpu);
            return jump(cpu, jump, mask);
        }
    }

    private static final class AluRegisterSubRi extends Insn {
        private final AluRegister.SubRi test;
        private final Branch jump;
        private final int mask;

        AluRegisterSubRi(AluRegister.SubRi test, Branch jump, int mask) {
            super(test.eip);
            this.test = test;
            this.jump = jump;
            this.mask = mask;
        }

        @Override
        Insn exec(Cpu cpu) {
            test.exec(cpu);
            return jump(cpu, jump, mask);
        }
    }

    private static final class AluRegisterAddRi extends Insn {
        private final AluRegister.AddRi test;
        private final Branch jump;
        private final int mask;

        AluRegisterAddRi(AluRegister.AddRi test, Branch jump, int mask) {
            super(test.eip);
            this.test = test;
            this.jump = jump;
            this.mask = mask;
        }

        @Override
        Insn exec(Cpu cpu) {
            test.exec(cpu);
            return jump(cpu, jump, mask);
        }
    }

    private static final class AluRegisterAndRi extends Insn {
        private final AluRegister.AndRi test;
        private final Branch jump;
        private final int mask;

        AluRegisterAndRi(AluRegister.AndRi test, Branch jump, int mask) {
            super(test.eip);
            this.test = test;
            this.jump = jump;
            this.mask = mask;
        }

        @Override
        Insn exec(Cpu cpu) {
            test.exec(cpu);
            return jump(cpu, jump, mask);
        }
    }

    private static final class AluMemoryCmpRm extends Insn {
        private final AluMemory.CmpRm test;
        private final Branch jump;
        private final int mask;

        AluMemoryCmpRm(AluMemory.CmpRm test, Branch jump, int mask) {
            super(test.eip);
            this.test = test;
            this.jump = jump;
            this.mask = mask;
        }

        @Override
        Insn exec(Cpu cpu) {
            test.exec(cpu);
            return jump(cpu, jump, mask);
        }
    }

    private static final class AluMemoryCmpMr extends Insn {
        private final AluMemory.CmpMr test;
        private final Branch jump;
        private final int mask;

        AluMemoryCmpMr(AluMemory.CmpMr test, Branch jump, int mask) {
            super(test.eip);
            this.test = test;
            this.jump = jump;
            this.mask = mask;
        }

        @Override
        Insn exec(Cpu cpu) {
            test.exec(cpu);
            return jump(cpu, jump, mask);
        }
    }

    private static final class AluMemoryCmpMi extends Insn {
        private final AluMemory.CmpMi test;
        private final Branch jump;
        private final int mask;

        AluMemoryCmpMi(AluMemory.CmpMi test, Branch jump, int mask) {
            super(test.eip);
            this.test = test;
            this.jump = jump;
            this.mask = mask;
        }

        @Override
        Insn exec(Cpu cpu) {
            test.exec(cpu);
            return jump(cpu, jump, mask);
        }
    }

    private static final class AluMemoryTestMi extends Insn {
        private final AluMemory.TestMi test;
        private final Branch jump;
        private final int mask;

        AluMemoryTestMi(AluMemory.TestMi test, Branch jump, int mask) {
            super(test.eip);
            this.test = test;
            this.jump = jump;
            this.mask = mask;
        }

        @Override
        Insn exec(Cpu cpu) {
            test.exec(cpu);
            return jump(cpu, jump, mask);
        }
    }

    private static final class AluByteCmpRr extends Insn {
        private final AluByte.CmpRr test;
        private final Branch jump;
        private final int mask;

        AluByteCmpRr(AluByte.CmpRr test, Branch jump, int mask) {
            super(test.eip);
            this.test = test;
            this.jump = jump;
            this.mask = mask;
        }

        @Override
        Insn exec(Cpu cpu) {
            test.exec(cpu);
            return jump(cpu, jump, mask);
        }
    }

    private static final class AluByteCmpRi extends Insn {
        private final AluByte.CmpRi test;
        private final Branch jump;
        private final int mask;

        AluByteCmpRi(AluByte.CmpRi test, Branch jump, int mask) {
            super(test.eip);
            this.test = test;
            this.jump = jump;
            this.mask = mask;
        }

        @Override
        Insn exec(Cpu cpu) {
            test.exec(cpu);
            return jump(cpu, jump, mask);
        }
    }

    private static final class AluByteCmpMi extends Insn {
        private final AluByte.CmpMi test;
        private final Branch jump;
        private final int mask;

        AluByteCmpMi(AluByte.CmpMi test, Branch jump, int mask) {
            super(test.eip);
            this.test = test;
            this.jump = jump;
            this.mask = mask;
        }

        @Override
        Insn exec(Cpu cpu) {
            test.exec(cpu);
            return jump(cpu, jump, mask);
        }
    }

    private static final class AluByteTestRr extends Insn {
        private final AluByte.TestRr test;
        private final Branch jump;
        private final int mask;

        AluByteTestRr(AluByte.TestRr test, Branch jump, int mask) {
            super(test.eip);
            this.test = test;
            this.jump = jump;
            this.mask = mask;
        }

        @Override
        Insn exec(Cpu cpu) {
            test.exec(cpu);
            return jump(cpu, jump, mask);
        }
    }

    private static final class AluByteTestRi extends Insn {
        private final AluByte.TestRi test;
        private final Branch jump;
        private final int mask;

        AluByteTestRi(AluByte.TestRi test, Branch jump, int mask) {
            super(test.eip);
            this.test = test;
            this.jump = jump;
            this.mask = mask;
        }

        @Override
        Insn exec(Cpu cpu) {
            test.exec(cpu);
            return jump(cpu, jump, mask);
        }
    }

    private static final class AluByteTestMi extends Insn {
        private final AluByte.TestMi test;
        private final Branch jump;
        private final int mask;

        AluByteTestMi(AluByte.TestMi test, Branch jump, int mask) {
            super(test.eip);
            this.test = test;
            this.jump = jump;
            this.mask = mask;
        }

        @Override
        Insn exec(Cpu cpu) {
            test.exec(cpu);
            return jump(cpu, jump, mask);
        }
    }

    private static final class UnaryDecR extends Insn {
        private final Unary.DecR test;
        private final Branch jump;
        private final int mask;

        UnaryDecR(Unary.DecR test, Branch jump, int mask) {
            super(test.eip);
            this.test = test;
            this.jump = jump;
            this.mask = mask;
        }

        @Override
        Insn exec(Cpu cpu) {
            test.exec(cpu);
            return jump(cpu, jump, mask);
        }
    }
}
