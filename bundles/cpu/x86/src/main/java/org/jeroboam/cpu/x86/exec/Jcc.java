package org.jeroboam.cpu.x86.exec;

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

    /** The {@link FusedJump#mask} of a jump made here, 0 for others. */
    static int mask(Branch branch) {
        return branch instanceof Conditional conditional ? FusedJump.mask(conditional.condition()) : 0;
    }

    /** A conditional jump. */
    private abstract static class Conditional extends Branch {
        Conditional(int eip, int target) {
            super(eip, target);
        }

        abstract int condition();
    }

    private static final class O extends Conditional {
        O(int eip, int target) {
            super(eip, target);
        }

        @Override
        int condition() {
            return 0;
        }

        @Override
        Insn exec(Cpu cpu) {
            return Conditions.overflow(cpu) ? take(cpu) : next;
        }
    }

    private static final class No extends Conditional {
        No(int eip, int target) {
            super(eip, target);
        }

        @Override
        int condition() {
            return 1;
        }

        @Override
        Insn exec(Cpu cpu) {
            return !Conditions.overflow(cpu) ? take(cpu) : next;
        }
    }

    private static final class B extends Conditional {
        B(int eip, int target) {
            super(eip, target);
        }

        @Override
        int condition() {
            return 2;
        }

        @Override
        Insn exec(Cpu cpu) {
            return Conditions.below(cpu) ? take(cpu) : next;
        }
    }

    private static final class Ae extends Conditional {
        Ae(int eip, int target) {
            super(eip, target);
        }

        @Override
        int condition() {
            return 3;
        }

        @Override
        Insn exec(Cpu cpu) {
            return !Conditions.below(cpu) ? take(cpu) : next;
        }
    }

    private static final class E extends Conditional {
        E(int eip, int target) {
            super(eip, target);
        }

        @Override
        int condition() {
            return 4;
        }

        @Override
        Insn exec(Cpu cpu) {
            return Conditions.equal(cpu) ? take(cpu) : next;
        }
    }

    private static final class Ne extends Conditional {
        Ne(int eip, int target) {
            super(eip, target);
        }

        @Override
        int condition() {
            return 5;
        }

        @Override
        Insn exec(Cpu cpu) {
            return !Conditions.equal(cpu) ? take(cpu) : next;
        }
    }

    private static final class Be extends Conditional {
        Be(int eip, int target) {
            super(eip, target);
        }

        @Override
        int condition() {
            return 6;
        }

        @Override
        Insn exec(Cpu cpu) {
            return Conditions.belowOrEqual(cpu) ? take(cpu) : next;
        }
    }

    private static final class A extends Conditional {
        A(int eip, int target) {
            super(eip, target);
        }

        @Override
        int condition() {
            return 7;
        }

        @Override
        Insn exec(Cpu cpu) {
            return !Conditions.belowOrEqual(cpu) ? take(cpu) : next;
        }
    }

    private static final class S extends Conditional {
        S(int eip, int target) {
            super(eip, target);
        }

        @Override
        int condition() {
            return 8;
        }

        @Override
        Insn exec(Cpu cpu) {
            return Conditions.sign(cpu) ? take(cpu) : next;
        }
    }

    private static final class Ns extends Conditional {
        Ns(int eip, int target) {
            super(eip, target);
        }

        @Override
        int condition() {
            return 9;
        }

        @Override
        Insn exec(Cpu cpu) {
            return !Conditions.sign(cpu) ? take(cpu) : next;
        }
    }

    private static final class P extends Conditional {
        P(int eip, int target) {
            super(eip, target);
        }

        @Override
        int condition() {
            return 10;
        }

        @Override
        Insn exec(Cpu cpu) {
            return Conditions.parity(cpu) ? take(cpu) : next;
        }
    }

    private static final class Np extends Conditional {
        Np(int eip, int target) {
            super(eip, target);
        }

        @Override
        int condition() {
            return 11;
        }

        @Override
        Insn exec(Cpu cpu) {
            return !Conditions.parity(cpu) ? take(cpu) : next;
        }
    }

    private static final class L extends Conditional {
        L(int eip, int target) {
            super(eip, target);
        }

        @Override
        int condition() {
            return 12;
        }

        @Override
        Insn exec(Cpu cpu) {
            return Conditions.less(cpu) ? take(cpu) : next;
        }
    }

    private static final class Ge extends Conditional {
        Ge(int eip, int target) {
            super(eip, target);
        }

        @Override
        int condition() {
            return 13;
        }

        @Override
        Insn exec(Cpu cpu) {
            return !Conditions.less(cpu) ? take(cpu) : next;
        }
    }

    private static final class Le extends Conditional {
        Le(int eip, int target) {
            super(eip, target);
        }

        @Override
        int condition() {
            return 14;
        }

        @Override
        Insn exec(Cpu cpu) {
            return Conditions.lessOrEqual(cpu) ? take(cpu) : next;
        }
    }

    private static final class G extends Conditional {
        G(int eip, int target) {
            super(eip, target);
        }

        @Override
        int condition() {
            return 15;
        }

        @Override
        Insn exec(Cpu cpu) {
            return !Conditions.lessOrEqual(cpu) ? take(cpu) : next;
        }
    }
}
