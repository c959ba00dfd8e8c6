package org.jeroboam.cpu.x86.exec;

import java.util.EnumMap;
import java.util.Map;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.sse.SseConversion;
import org.jeroboam.cpu.x86.sse.SseSingle;

/** A floating-point instruction whose destination is an XMM register, written when no exception is unmasked. */
final class SseFloat extends SseInsn {
    /** Computes the result from the old destination and the source in the unit. */
    @FunctionalInterface
    private interface Action {
        void run(SseUnit unit, long low, long high, int imm);
    }

    /** One element of single precision. */
    @FunctionalInterface
    private interface Single {
        int apply(SseUnit unit, int a, int b, int imm);
    }

    /** One element of double precision. */
    @FunctionalInterface
    private interface Binary64 {
        long apply(SseUnit unit, long a, long b, int imm);
    }

    private static final long DWORD = 0xFFFF_FFFFL;

    private static final Map<Op, Action> TABLE = new EnumMap<>(Op.class);

    static {
        single(Op.ADDPS, Op.ADDSS, (u, a, b, imm) -> u.single.add(a, b));
        single(Op.SUBPS, Op.SUBSS, (u, a, b, imm) -> u.single.subtract(a, b));
        single(Op.MULPS, Op.MULSS, (u, a, b, imm) -> u.single.multiply(a, b));
        single(Op.DIVPS, Op.DIVSS, (u, a, b, imm) -> u.single.divide(a, b));
        single(Op.MINPS, Op.MINSS, (u, a, b, imm) -> u.single.least(a, b));
        single(Op.MAXPS, Op.MAXSS, (u, a, b, imm) -> u.single.greatest(a, b));
        single(Op.SQRTPS, Op.SQRTSS, (u, a, b, imm) -> u.single.squareRoot(b));
        single(Op.CMPPS, Op.CMPSS, (u, a, b, imm) -> u.single.compareMask(a, b, imm));
        single(Op.RCPPS, Op.RCPSS, (u, a, b, imm) -> SseSingle.reciprocal(b));
        single(Op.RSQRTPS, Op.RSQRTSS, (u, a, b, imm) -> SseSingle.reciprocalRoot(b));
        binary64(Op.ADDPD, Op.ADDSD, (u, a, b, imm) -> u.binary64.add(a, b));
        binary64(Op.SUBPD, Op.SUBSD, (u, a, b, imm) -> u.binary64.subtract(a, b));
        binary64(Op.MULPD, Op.MULSD, (u, a, b, imm) -> u.binary64.multiply(a, b));
        binary64(Op.DIVPD, Op.DIVSD, (u, a, b, imm) -> u.binary64.divide(a, b));
        binary64(Op.MINPD, Op.MINSD, (u, a, b, imm) -> u.binary64.least(a, b));
        binary64(Op.MAXPD, Op.MAXSD, (u, a, b, imm) -> u.binary64.greatest(a, b));
        binary64(Op.SQRTPD, Op.SQRTSD, (u, a, b, imm) -> u.binary64.squareRoot(b));
        binary64(Op.CMPPD, Op.CMPSD, (u, a, b, imm) -> u.binary64.compareMask(a, b, imm));
        conversions();
    }

    private final Action action;

    private SseFloat(int eip, Instruction in, int mode, Action action) {
        super(eip, in, mode);
        this.action = action;
    }

    /** The object of a floating-point instruction with an XMM destination, or null when it is none. */
    static Insn of(int eip, Instruction in, int mode) {
        Action action = TABLE.get(in.op);
        return action == null ? null : new SseFloat(eip, in, mode, action);
    }

    @Override
    Insn exec(Cpu cpu) {
        cpu.fpu.requireSse();
        SseUnit unit = cpu.fpu.sse;
        load(cpu, unit);
        unit.begin();
        long[] xmm = unit.xmm;
        action.run(unit, xmm[a], xmm[a + 1], imm);
        unit.finish(cpu);
        xmm[a] = unit.resultLow;
        xmm[a + 1] = unit.resultHigh;
        return next;
    }

    private static void single(Op packed, Op scalar, Single operation) {
        TABLE.put(packed, (u, low, high, imm) -> {
            u.resultLow = both(operation, u, low, u.low, imm);
            u.resultHigh = both(operation, u, high, u.high, imm);
        });
        TABLE.put(scalar, (u, low, high, imm) -> {
            u.resultLow = low & ~DWORD | operation.apply(u, (int) low, (int) u.low, imm) & DWORD;
            u.resultHigh = high;
        });
    }

    private static long both(Single operation, SseUnit u, long a, long b, int imm) {
        int lower = operation.apply(u, (int) a, (int) b, imm);
        return pack(lower, operation.apply(u, (int) (a >>> 32), (int) (b >>> 32), imm));
    }

    private static void binary64(Op packed, Op scalar, Binary64 operation) {
        TABLE.put(packed, (u, low, high, imm) -> {
            u.resultLow = operation.apply(u, low, u.low, imm);
            u.resultHigh = operation.apply(u, high, u.high, imm);
        });
        TABLE.put(scalar, (u, low, high, imm) -> {
            u.resultLow = operation.apply(u, low, u.low, imm);
            u.resultHigh = high;
        });
    }

    private static void conversions() {
        TABLE.put(Op.CVTDQ2PS, (u, low, high, imm) -> {
            u.resultLow = integersToSingles(u, u.low);
            u.resultHigh = integersToSingles(u, u.high);
        });
        TABLE.put(Op.CVTPS2DQ, (u, low, high, imm) -> {
            u.resultLow = singlesToIntegers(u, u.low);
            u.resultHigh = singlesToIntegers(u, u.high);
        });
        TABLE.put(Op.CVTTPS2DQ, (u, low, high, imm) -> {
            u.resultLow = singlesToIntegersTruncated(u, u.low);
            u.resultHigh = singlesToIntegersTruncated(u, u.high);
        });
        TABLE.put(Op.CVTDQ2PD, (u, low, high, imm) -> {
            u.resultLow = SseConversion.integerToDouble((int) u.low);
            u.resultHigh = SseConversion.integerToDouble((int) (u.low >>> 32));
        });
        TABLE.put(Op.CVTPD2DQ, (u, low, high, imm) -> {
            u.resultLow = doublesToIntegers(u);
            u.resultHigh = 0;
        });
        TABLE.put(Op.CVTTPD2DQ, (u, low, high, imm) -> {
            u.resultLow = doublesToIntegersTruncated(u);
            u.resultHigh = 0;
        });
        TABLE.put(Op.CVTPS2PD, (u, low, high, imm) -> {
            u.resultLow = u.conversion.singleToDouble((int) u.low);
            u.resultHigh = u.conversion.singleToDouble((int) (u.low >>> 32));
        });
        TABLE.put(Op.CVTPD2PS, (u, low, high, imm) -> {
            int lower = u.conversion.doubleToSingle(u.low);
            u.resultLow = pack(lower, u.conversion.doubleToSingle(u.high));
            u.resultHigh = 0;
        });
        TABLE.put(Op.CVTSS2SD, (u, low, high, imm) -> {
            u.resultLow = u.conversion.singleToDouble((int) u.low);
            u.resultHigh = high;
        });
        TABLE.put(Op.CVTSD2SS, (u, low, high, imm) -> {
            u.resultLow = low & ~DWORD | u.conversion.doubleToSingle(u.low) & DWORD;
            u.resultHigh = high;
        });
    }

    static long pack(int lower, int upper) {
        return lower & DWORD | (long) upper << 32;
    }

    static long integersToSingles(SseUnit u, long a) {
        int lower = u.conversion.integerToSingle((int) a);
        return pack(lower, u.conversion.integerToSingle((int) (a >>> 32)));
    }

    static long singlesToIntegers(SseUnit u, long a) {
        int lower = u.conversion.singleToInteger((int) a);
        return pack(lower, u.conversion.singleToInteger((int) (a >>> 32)));
    }

    static long singlesToIntegersTruncated(SseUnit u, long a) {
        int lower = u.conversion.singleToIntegerTruncated((int) a);
        return pack(lower, u.conversion.singleToIntegerTruncated((int) (a >>> 32)));
    }

    static long doublesToIntegers(SseUnit u) {
        int lower = u.conversion.doubleToInteger(u.low);
        return pack(lower, u.conversion.doubleToInteger(u.high));
    }

    static long doublesToIntegersTruncated(SseUnit u) {
        int lower = u.conversion.doubleToIntegerTruncated(u.low);
        return pack(lower, u.conversion.doubleToIntegerTruncated(u.high));
    }
}
