package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.cpu.x86.Trait;

/** Moves to, from and between XMM registers. */
final class SseMoves {
    private SseMoves() {}

    /** The object of a move, or null when it is none. */
    static Insn of(int eip, Instruction in, int mode) {
        boolean store = in.kind1 == OperandKind.MEM;
        boolean memory = store || in.kind2 == OperandKind.MEM;
        return switch (in.op) {
            case MOVAPS, MOVAPD, MOVDQA, MOVUPS, MOVUPD, MOVDQU, MOVNTPS, MOVNTPD, MOVNTDQ ->
                store ? new Store(eip, in, mode) : new Load(eip, in, mode);
            case MOVSS ->
                store
                        ? new StoreLow32(eip, in, mode)
                        : memory ? new Load(eip, in, mode) : new Merge(eip, in, mode, 0xFFFF_FFFFL);
            case MOVSD ->
                store
                        ? new StoreHalf(eip, in, mode, 0)
                        : memory ? new Load(eip, in, mode) : new Merge(eip, in, mode, -1);
            case MOVD -> movd(eip, in, mode);
            case MOVQ -> store ? new StoreHalf(eip, in, mode, 0) : new LoadQuadword(eip, in, mode);
            case MOVLPS, MOVLPD -> store ? new StoreHalf(eip, in, mode, 0) : new LoadHalf(eip, in, mode, 0, 0);
            case MOVHPS, MOVHPD -> store ? new StoreHalf(eip, in, mode, 1) : new LoadHalf(eip, in, mode, 1, 0);
            case MOVHLPS -> new LoadHalf(eip, in, mode, 0, 1);
            case MOVLHPS -> new LoadHalf(eip, in, mode, 1, 0);
            default -> null;
        };
    }

    private static Insn movd(int eip, Instruction in, int mode) {
        return switch (in.kind1) {
            case MEM -> new StoreLow32(eip, in, mode);
            case REG32 -> new ToGeneral(eip, in, mode);
            default -> in.kind2 == OperandKind.MEM ? new Load(eip, in, mode) : new FromGeneral(eip, in, mode);
        };
    }

    /** The whole register, from a register or from memory, which may be shorter and is zero-extended then. */
    private static final class Load extends SseInsn {
        Load(int eip, Instruction in, int mode) {
            super(eip, in, mode);
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.fpu.requireSse();
            SseUnit unit = cpu.fpu.sse;
            load(cpu, unit);
            unit.xmm[a] = unit.low;
            unit.xmm[a + 1] = unit.high;
            return next;
        }
    }

    private static final class Store extends SseInsn {
        private final boolean aligned;

        Store(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            aligned = !in.op.has(Trait.UNALIGNED);
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.fpu.requireSse();
            long[] xmm = cpu.fpu.sse.xmm;
            store(cpu, xmm[b], xmm[b + 1], aligned);
            return next;
        }
    }

    /** A scalar from register to register: the rest stays. */
    private static final class Merge extends SseInsn {
        private final long mask;

        Merge(int eip, Instruction in, int mode, long mask) {
            super(eip, in, mode);
            this.mask = mask;
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.fpu.requireSse();
            long[] xmm = cpu.fpu.sse.xmm;
            xmm[a] = xmm[a] & ~mask | xmm[b] & mask;
            return next;
        }
    }

    private static final class StoreLow32 extends SseInsn {
        StoreLow32(int eip, Instruction in, int mode) {
            super(eip, in, mode);
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.fpu.requireSse();
            write32(cpu, (int) cpu.fpu.sse.xmm[b]);
            return next;
        }
    }

    private static final class StoreHalf extends SseInsn {
        private final int half;

        StoreHalf(int eip, Instruction in, int mode, int half) {
            super(eip, in, mode);
            this.half = half;
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.fpu.requireSse();
            cpu.mmu.write64(target(cpu, 8), cpu.fpu.sse.xmm[b + half]);
            return next;
        }
    }

    /** One half, from memory or from a half of a register: the other half stays. */
    private static final class LoadHalf extends SseInsn {
        private final int half;
        private final int from;

        LoadHalf(int eip, Instruction in, int mode, int half, int from) {
            super(eip, in, mode);
            this.half = half;
            this.from = from;
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.fpu.requireSse();
            SseUnit unit = cpu.fpu.sse;
            load(cpu, unit);
            unit.xmm[a + half] = from == 0 ? unit.low : unit.high;
            return next;
        }
    }

    /** MOVQ: the upper half becomes zero, from a register too. */
    private static final class LoadQuadword extends SseInsn {
        LoadQuadword(int eip, Instruction in, int mode) {
            super(eip, in, mode);
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.fpu.requireSse();
            SseUnit unit = cpu.fpu.sse;
            load(cpu, unit);
            unit.xmm[a] = unit.low;
            unit.xmm[a + 1] = 0;
            return next;
        }
    }

    private static final class ToGeneral extends SseInsn {
        ToGeneral(int eip, Instruction in, int mode) {
            super(eip, in, mode);
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.fpu.requireSse();
            cpu.gpr[a] = (int) cpu.fpu.sse.xmm[b];
            return next;
        }
    }

    private static final class FromGeneral extends SseInsn {
        FromGeneral(int eip, Instruction in, int mode) {
            super(eip, in, mode);
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.fpu.requireSse();
            long[] xmm = cpu.fpu.sse.xmm;
            xmm[a] = cpu.gpr[b] & 0xFFFF_FFFFL;
            xmm[a + 1] = 0;
            return next;
        }
    }
}
