package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.cpu.x86.fpu.Mmx;
import org.jeroboam.cpu.x86.sse.SseInteger;

/** An integer, logical or shuffling instruction with an XMM destination. Raises nothing once its source is read. */
final class SsePacked extends SseInsn {
    /** Changes destination register {@code a} by the source in the unit. */
    @FunctionalInterface
    private interface Action {
        void run(SseUnit unit, int a, int imm);
    }

    /** One half of a register. */
    @FunctionalInterface
    private interface Half {
        long apply(long a, long b);
    }

    private final Action action;

    private SsePacked(int eip, Instruction in, int mode, Action action) {
        super(eip, in, mode);
        this.action = action;
    }

    /** The object of such an instruction, or null when it is none. */
    static Insn of(int eip, Instruction in, int mode) {
        Action action = action(in.op);
        if (action == null) {
            return null;
        }
        if (in.kind2 == OperandKind.IMM) {
            return new Immediate(eip, in, mode, action);
        }
        return in.op == Op.PINSRW ? new Insert(eip, in, mode, action) : new SsePacked(eip, in, mode, action);
    }

    @Override
    Insn exec(Cpu cpu) {
        cpu.fpu.requireSse();
        SseUnit unit = cpu.fpu.sse;
        load(cpu, unit);
        action.run(unit, a, imm);
        return next;
    }

    /** A shift by an immediate count. */
    private static final class Immediate extends SseInsn {
        private final Action action;

        Immediate(int eip, Instruction in, int mode, Action action) {
            super(eip, in, mode);
            this.action = action;
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.fpu.requireSse();
            SseUnit unit = cpu.fpu.sse;
            unit.low = imm & 0xFF;
            action.run(unit, a, imm);
            return next;
        }
    }

    /** PINSRW: a word of a general register or memory. */
    private static final class Insert extends SseInsn {
        private final Action action;
        private final boolean memory;

        Insert(int eip, Instruction in, int mode, Action action) {
            super(eip, in, mode);
            this.action = action;
            memory = in.kind2 == OperandKind.MEM;
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.fpu.requireSse();
            SseUnit unit = cpu.fpu.sse;
            unit.low = memory ? read16(cpu) : cpu.gpr[b] & 0xFFFF;
            action.run(unit, a, imm);
            return next;
        }
    }

    /** What an operation does, made when it is first met; null when it is none of these. */
    private static Action action(Op op) {
        Half half = half(op);
        if (half != null) {
            return (u, a, imm) -> {
                u.xmm[a] = half.apply(u.xmm[a], u.low);
                u.xmm[a + 1] = half.apply(u.xmm[a + 1], u.high);
            };
        }
        Action action = arrangement(op);
        return action != null ? action : shuffle(op);
    }

    /** What works on both halves alike. */
    private static Half half(Op op) {
        return switch (op) {
            case ANDPS, ANDPD, PAND -> Mmx::pand;
            case ANDNPS, ANDNPD, PANDN -> Mmx::pandn;
            case ORPS, ORPD, POR -> Mmx::por;
            case XORPS, XORPD, PXOR -> Mmx::pxor;
            case PADDB -> Mmx::paddb;
            case PADDW -> Mmx::paddw;
            case PADDD -> Mmx::paddd;
            case PADDQ -> Long::sum;
            case PADDSB -> Mmx::paddsb;
            case PADDSW -> Mmx::paddsw;
            case PADDUSB -> Mmx::paddusb;
            case PADDUSW -> Mmx::paddusw;
            case PSUBB -> Mmx::psubb;
            case PSUBW -> Mmx::psubw;
            case PSUBD -> Mmx::psubd;
            case PSUBQ -> (a, b) -> a - b;
            case PSUBSB -> Mmx::psubsb;
            case PSUBSW -> Mmx::psubsw;
            case PSUBUSB -> Mmx::psubusb;
            case PSUBUSW -> Mmx::psubusw;
            case PCMPEQB -> Mmx::pcmpeqb;
            case PCMPEQW -> Mmx::pcmpeqw;
            case PCMPEQD -> Mmx::pcmpeqd;
            case PCMPGTB -> Mmx::pcmpgtb;
            case PCMPGTW -> Mmx::pcmpgtw;
            case PCMPGTD -> Mmx::pcmpgtd;
            case PMADDWD -> Mmx::pmaddwd;
            case PMULHW -> Mmx::pmulhw;
            case PMULHUW -> Mmx::pmulhuw;
            case PMULLW -> Mmx::pmullw;
            case PMULUDQ -> SseInteger::multiplyUnsigned;
            case PAVGB -> Mmx::pavgb;
            case PAVGW -> Mmx::pavgw;
            case PMAXSW -> Mmx::pmaxsw;
            case PMAXUB -> Mmx::pmaxub;
            case PMINSW -> Mmx::pminsw;
            case PMINUB -> Mmx::pminub;
            case PSADBW -> Mmx::psadbw;
            default -> null;
        };
    }

    /** Packs, unpacks and shifts. */
    private static Action arrangement(Op op) {
        return switch (op) {
            case PACKSSWB -> pack(Mmx::packsswb);
            case PACKSSDW -> pack(Mmx::packssdw);
            case PACKUSWB -> pack(Mmx::packuswb);
            case PUNPCKLBW -> unpackLow(Mmx::punpcklbw, Mmx::punpckhbw);
            case PUNPCKHBW -> unpackHigh(Mmx::punpcklbw, Mmx::punpckhbw);
            case PUNPCKLWD -> unpackLow(Mmx::punpcklwd, Mmx::punpckhwd);
            case PUNPCKHWD -> unpackHigh(Mmx::punpcklwd, Mmx::punpckhwd);
            case PUNPCKLDQ -> unpackLow(Mmx::punpckldq, Mmx::punpckhdq);
            case PUNPCKHDQ -> unpackHigh(Mmx::punpckldq, Mmx::punpckhdq);
            case UNPCKLPS -> unpackLow(Mmx::punpckldq, Mmx::punpckhdq);
            case UNPCKHPS -> unpackHigh(Mmx::punpckldq, Mmx::punpckhdq);
            case PUNPCKLQDQ -> unpackLow((a, b) -> a, (a, b) -> b);
            case PUNPCKHQDQ -> unpackHigh((a, b) -> a, (a, b) -> b);
            case UNPCKLPD -> unpackLow((a, b) -> a, (a, b) -> b);
            case UNPCKHPD -> unpackHigh((a, b) -> a, (a, b) -> b);
            case PSLLW -> shift(Mmx::psllw);
            case PSLLD -> shift(Mmx::pslld);
            case PSLLQ -> shift(Mmx::psllq);
            case PSRAW -> shift(Mmx::psraw);
            case PSRAD -> shift(Mmx::psrad);
            case PSRLW -> shift(Mmx::psrlw);
            case PSRLD -> shift(Mmx::psrld);
            case PSRLQ -> shift(Mmx::psrlq);
            case PSLLDQ ->
                (u, a, imm) -> {
                    long low = u.xmm[a];
                    u.xmm[a] = SseInteger.shiftLeftBytes(0, low, imm & 0xFF);
                    u.xmm[a + 1] = SseInteger.shiftLeftBytes(low, u.xmm[a + 1], imm & 0xFF);
                };
            case PSRLDQ ->
                (u, a, imm) -> {
                    long high = u.xmm[a + 1];
                    u.xmm[a] = SseInteger.shiftRightBytes(u.xmm[a], high, imm & 0xFF);
                    u.xmm[a + 1] = SseInteger.shiftRightBytes(high, 0, imm & 0xFF);
                };
            default -> null;
        };
    }

    /** The low half of the result comes from the destination, the high one from the source. */
    private static Action pack(Half operation) {
        return (u, a, imm) -> {
            u.xmm[a] = operation.apply(u.xmm[a], u.xmm[a + 1]);
            u.xmm[a + 1] = operation.apply(u.low, u.high);
        };
    }

    /** The result interleaves the low halves of both operands. */
    private static Action unpackLow(Half first, Half second) {
        return (u, a, imm) -> {
            long half = u.xmm[a];
            u.xmm[a] = first.apply(half, u.low);
            u.xmm[a + 1] = second.apply(half, u.low);
        };
    }

    /** The result interleaves the high halves of both operands. */
    private static Action unpackHigh(Half first, Half second) {
        return (u, a, imm) -> {
            long half = u.xmm[a + 1];
            u.xmm[a] = first.apply(half, u.high);
            u.xmm[a + 1] = second.apply(half, u.high);
        };
    }

    /** The low word of the source counts, all 64 bits of it. */
    private static Action shift(Half operation) {
        return (u, a, imm) -> {
            u.xmm[a] = operation.apply(u.xmm[a], u.low);
            u.xmm[a + 1] = operation.apply(u.xmm[a + 1], u.low);
        };
    }

    private static Action shuffle(Op op) {
        return switch (op) {
            case SHUFPS ->
                (u, a, imm) -> {
                    u.xmm[a] = SseInteger.pair(u.xmm[a], u.xmm[a + 1], imm);
                    u.xmm[a + 1] = SseInteger.pair(u.low, u.high, imm >> 4);
                };
            case SHUFPD ->
                (u, a, imm) -> {
                    u.xmm[a] = u.xmm[a + (imm & 1)];
                    u.xmm[a + 1] = (imm & 2) == 0 ? u.low : u.high;
                };
            case PSHUFD ->
                (u, a, imm) -> {
                    u.xmm[a] = SseInteger.pair(u.low, u.high, imm);
                    u.xmm[a + 1] = SseInteger.pair(u.low, u.high, imm >> 4);
                };
            case PSHUFLW ->
                (u, a, imm) -> {
                    u.xmm[a] = Mmx.pshufw(u.low, imm);
                    u.xmm[a + 1] = u.high;
                };
            case PSHUFHW ->
                (u, a, imm) -> {
                    u.xmm[a] = u.low;
                    u.xmm[a + 1] = Mmx.pshufw(u.high, imm);
                };
            case PINSRW ->
                (u, a, imm) -> {
                    int half = a + (imm >> 2 & 1);
                    u.xmm[half] = Mmx.pinsrw(u.xmm[half], (int) u.low, imm & 3);
                };
            default -> null;
        };
    }
}
