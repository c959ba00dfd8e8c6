package org.jeroboam.cpu.interpreter;

/** Conditional jumps, one class per condition so that each compiles to its own test. */
final class Jcc {
    private Jcc() {}

    /** Makes the jump for a condition, the low four bits of its opcode. */
    static Branch of(int eip, int target, int condition) {
        return switch (condition) {
            case 0 -> new O(eip, target);
            case 1 -> new No(eip, target);
            case 2 -> new B(eip, target);
            case 3 -> new Ae(eip, target);
            case 4 -> new E(eip, target);
            case 5 -> new Ne(eip, target);
            case 6 -> new Be(eip, target);
            case 7 -> new A(eip, target);
            case 8 -> new S(eip, target);
            case 9 -> new Ns(eip, target);
            case 10 -> new P(eip, target);
            case 11 -> new Np(eip, target);
            case 12 -> new L(eip, target);
            case 13 -> new Ge(eip, target);
            case 14 -> new Le(eip, target);
            case 15 -> new G(eip, target);
            default -> throw new IllegalArgumentException("no such condition: " + condition);
        };
    }

    private static final class O extends Branch {
        O(int eip, int target) {
            super(eip, target);
        }

        @Override
        Insn exec(Cpu cpu) {
            return Conditions.overflow(cpu) ? take(cpu) : next;
        }
    }

    private static final class No extends Branch {
        No(int eip, int target) {
            super(eip, target);
        }

        @Override
        Insn exec(Cpu cpu) {
            return !Conditions.overflow(cpu) ? take(cpu) : next;
        }
    }

    private static final class B extends Branch {
        B(int eip, int target) {
            super(eip, target);
        }

        @Override
        Insn exec(Cpu cpu) {
            return Conditions.below(cpu) ? take(cpu) : next;
        }
    }

    private static final class Ae extends Branch {
        Ae(int eip, int target) {
            super(eip, target);
        }

        @Override
        Insn exec(Cpu cpu) {
            return !Conditions.below(cpu) ? take(cpu) : next;
        }
    }

    private static final class E extends Branch {
        E(int eip, int target) {
            super(eip, target);
        }

        @Override
        Insn exec(Cpu cpu) {
            return Conditions.equal(cpu) ? take(cpu) : next;
        }
    }

    private static final class Ne extends Branch {
        Ne(int eip, int target) {
            super(eip, target);
        }

        @Override
        Insn exec(Cpu cpu) {
            return !Conditions.equal(cpu) ? take(cpu) : next;
        }
    }

    private static final class Be extends Branch {
        Be(int eip, int target) {
            super(eip, target);
        }

        @Override
        Insn exec(Cpu cpu) {
            return Conditions.belowOrEqual(cpu) ? take(cpu) : next;
        }
    }

    private static final class A extends Branch {
        A(int eip, int target) {
            super(eip, target);
        }

        @Override
        Insn exec(Cpu cpu) {
            return !Conditions.belowOrEqual(cpu) ? take(cpu) : next;
        }
    }

    private static final class S extends Branch {
        S(int eip, int target) {
            super(eip, target);
        }

        @Override
        Insn exec(Cpu cpu) {
            return Conditions.sign(cpu) ? take(cpu) : next;
        }
    }

    private static final class Ns extends Branch {
        Ns(int eip, int target) {
            super(eip, target);
        }

        @Override
        Insn exec(Cpu cpu) {
            return !Conditions.sign(cpu) ? take(cpu) : next;
        }
    }

    private static final class P extends Branch {
        P(int eip, int target) {
            super(eip, target);
        }

        @Override
        Insn exec(Cpu cpu) {
            return Conditions.parity(cpu) ? take(cpu) : next;
        }
    }

    private static final class Np extends Branch {
        Np(int eip, int target) {
            super(eip, target);
        }

        @Override
        Insn exec(Cpu cpu) {
            return !Conditions.parity(cpu) ? take(cpu) : next;
        }
    }

    private static final class L extends Branch {
        L(int eip, int target) {
            super(eip, target);
        }

        @Override
        Insn exec(Cpu cpu) {
            return Conditions.less(cpu) ? take(cpu) : next;
        }
    }

    private static final class Ge extends Branch {
        Ge(int eip, int target) {
            super(eip, target);
        }

        @Override
        Insn exec(Cpu cpu) {
            return !Conditions.less(cpu) ? take(cpu) : next;
        }
    }

    private static final class Le extends Branch {
        Le(int eip, int target) {
            super(eip, target);
        }

        @Override
        Insn exec(Cpu cpu) {
            return Conditions.lessOrEqual(cpu) ? take(cpu) : next;
        }
    }

    private static final class G extends Branch {
        G(int eip, int target) {
            super(eip, target);
        }

        @Override
        Insn exec(Cpu cpu) {
            return !Conditions.lessOrEqual(cpu) ? take(cpu) : next;
        }
    }
}
