package org.jeroboam.cpu.x86.exec;

import java.util.EnumMap;
import java.util.Map;
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

    private static final Map<Op, Action> TABLE = new EnumMap<>(Op.class);

    static {
        logical();
        halves();
        packs();
        unpacks();
        shifts();
        shuffles();
    }

    private final Action action;

    private SsePacked(int eip, Instruction in, int mode, Action action) {
        super(eip, in, mode);
        this.action = action;
    }

    /** The object of such an instruction, or null when it is none. */
    static Insn of(int eip, Instruction in, int mode) {
        Action action = TABLE.get(in.op);
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

    private static void half(Op op, Half operation) {
        TABLE.put(op, (u, a, imm) -> {
            u.xmm[a] = operation.apply(u.xmm[a], u.low);
            u.xmm[a + 1] = operation.apply(u.xmm[a + 1], u.high);
        });
    }

    private static void logical() {
        for (Op op : new Op[] {Op.ANDPS, Op.ANDPD, Op.PAND}) {
            half(op, Mmx::pand);
        }
        for (Op op : new Op[] {Op.ANDNPS, Op.ANDNPD, Op.PANDN}) {
            half(op, Mmx::pandn);
        }
        for (Op op : new Op[] {Op.ORPS, Op.ORPD, Op.POR}) {
            half(op, Mmx::por);
        }
        for (Op op : new Op[] {Op.XORPS, Op.XORPD, Op.PXOR}) {
            half(op, Mmx::pxor);
        }
    }

    private static void halves() {
        half(Op.PADDB, Mmx::paddb);
        half(Op.PADDW, Mmx::paddw);
        half(Op.PADDD, Mmx::paddd);
        half(Op.PADDQ, Long::sum);
        half(Op.PADDSB, Mmx::paddsb);
        half(Op.PADDSW, Mmx::paddsw);
        half(Op.PADDUSB, Mmx::paddusb);
        half(Op.PADDUSW, Mmx::paddusw);
        half(Op.PSUBB, Mmx::psubb);
        half(Op.PSUBW, Mmx::psubw);
        half(Op.PSUBD, Mmx::psubd);
        half(Op.PSUBQ, (a, b) -> a - b);
        half(Op.PSUBSB, Mmx::psubsb);
        half(Op.PSUBSW, Mmx::psubsw);
        half(Op.PSUBUSB, Mmx::psubusb);
        half(Op.PSUBUSW, Mmx::psubusw);
        half(Op.PCMPEQB, Mmx::pcmpeqb);
        half(Op.PCMPEQW, Mmx::pcmpeqw);
        half(Op.PCMPEQD, Mmx::pcmpeqd);
        half(Op.PCMPGTB, Mmx::pcmpgtb);
        half(Op.PCMPGTW, Mmx::pcmpgtw);
        half(Op.PCMPGTD, Mmx::pcmpgtd);
        half(Op.PMADDWD, Mmx::pmaddwd);
        half(Op.PMULHW, Mmx::pmulhw);
        half(Op.PMULHUW, Mmx::pmulhuw);
        half(Op.PMULLW, Mmx::pmullw);
        half(Op.PMULUDQ, SseInteger::multiplyUnsigned);
        half(Op.PAVGB, Mmx::pavgb);
        half(Op.PAVGW, Mmx::pavgw);
        half(Op.PMAXSW, Mmx::pmaxsw);
        half(Op.PMAXUB, Mmx::pmaxub);
        half(Op.PMINSW, Mmx::pminsw);
        half(Op.PMINUB, Mmx::pminub);
        half(Op.PSADBW, Mmx::psadbw);
    }

    private static void packs() {
        pack(Op.PACKSSWB, Mmx::packsswb);
        pack(Op.PACKSSDW, Mmx::packssdw);
        pack(Op.PACKUSWB, Mmx::packuswb);
    }

    /** The low half of the result comes from the destination, the high one from the source. */
    private static void pack(Op op, Half operation) {
        TABLE.put(op, (u, a, imm) -> {
            u.xmm[a] = operation.apply(u.xmm[a], u.xmm[a + 1]);
            u.xmm[a + 1] = operation.apply(u.low, u.high);
        });
    }

    private static void unpacks() {
        unpack(Op.PUNPCKLBW, Op.PUNPCKHBW, Mmx::punpcklbw, Mmx::punpckhbw);
        unpack(Op.PUNPCKLWD, Op.PUNPCKHWD, Mmx::punpcklwd, Mmx::punpckhwd);
        unpack(Op.PUNPCKLDQ, Op.PUNPCKHDQ, Mmx::punpckldq, Mmx::punpckhdq);
        unpack(Op.UNPCKLPS, Op.UNPCKHPS, Mmx::punpckldq, Mmx::punpckhdq);
        unpack(Op.PUNPCKLQDQ, Op.PUNPCKHQDQ, (a, b) -> a, (a, b) -> b);
        unpack(Op.UNPCKLPD, Op.UNPCKHPD, (a, b) -> a, (a, b) -> b);
    }

    /** The result interleaves the low or the high halves of both operands. */
    private static void unpack(Op lower, Op upper, Half first, Half second) {
        TABLE.put(lower, (u, a, imm) -> {
            long half = u.xmm[a];
            u.xmm[a] = first.apply(half, u.low);
            u.xmm[a + 1] = second.apply(half, u.low);
        });
        TABLE.put(upper, (u, a, imm) -> {
            long half = u.xmm[a + 1];
            u.xmm[a] = first.apply(half, u.high);
            u.xmm[a + 1] = second.apply(half, u.high);
        });
    }

    private static void shifts() {
        shift(Op.PSLLW, Mmx::psllw);
        shift(Op.PSLLD, Mmx::pslld);
        shift(Op.PSLLQ, Mmx::psllq);
        shift(Op.PSRAW, Mmx::psraw);
        shift(Op.PSRAD, Mmx::psrad);
        shift(Op.PSRLW, Mmx::psrlw);
        shift(Op.PSRLD, Mmx::psrld);
        shift(Op.PSRLQ, Mmx::psrlq);
        TABLE.put(Op.PSLLDQ, (u, a, imm) -> {
            long low = u.xmm[a];
            u.xmm[a] = SseInteger.shiftLeftBytes(0, low, imm & 0xFF);
            u.xmm[a + 1] = SseInteger.shiftLeftBytes(low, u.xmm[a + 1], imm & 0xFF);
        });
        TABLE.put(Op.PSRLDQ, (u, a, imm) -> {
            long high = u.xmm[a + 1];
            u.xmm[a] = SseInteger.shiftRightBytes(u.xmm[a], high, imm & 0xFF);
            u.xmm[a + 1] = SseInteger.shiftRightBytes(high, 0, imm & 0xFF);
        });
    }

    /** The low word of the source counts, all 64 bits of it. */
    private static void shift(Op op, Half operation) {
        TABLE.put(op, (u, a, imm) -> {
            u.xmm[a] = operation.apply(u.xmm[a], u.low);
            u.xmm[a + 1] = operation.apply(u.xmm[a + 1], u.low);
        });
    }

    private static void shuffles() {
        TABLE.put(Op.SHUFPS, (u, a, imm) -> {
            u.xmm[a] = SseInteger.pair(u.xmm[a], u.xmm[a + 1], imm);
            u.xmm[a + 1] = SseInteger.pair(u.low, u.high, imm >> 4);
        });
        TABLE.put(Op.SHUFPD, (u, a, imm) -> {
            u.xmm[a] = u.xmm[a + (imm & 1)];
            u.xmm[a + 1] = (imm & 2) == 0 ? u.low : u.high;
        });
        TABLE.put(Op.PSHUFD, (u, a, imm) -> {
            u.xmm[a] = SseInteger.pair(u.low, u.high, imm);
            u.xmm[a + 1] = SseInteger.pair(u.low, u.high, imm >> 4);
        });
        TABLE.put(Op.PSHUFLW, (u, a, imm) -> {
            u.xmm[a] = Mmx.pshufw(u.low, imm);
            u.xmm[a + 1] = u.high;
        });
        TABLE.put(Op.PSHUFHW, (u, a, imm) -> {
            u.xmm[a] = u.low;
            u.xmm[a + 1] = Mmx.pshufw(u.high, imm);
        });
        TABLE.put(Op.PINSRW, (u, a, imm) -> {
            int half = a + (imm >> 2 & 1);
            u.xmm[half] = Mmx.pinsrw(u.xmm[half], (int) u.low, imm & 3);
        });
    }
}
