package org.jeroboam.cpu.x86.exec;

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

    private final Action action;

    private SseFloat(int eip, Instruction in, int mode, Action action) {
        super(eip, in, mode);
        this.action = action;
    }

    /** The object of a floating-point instruction with an XMM destination, or null when it is none. */
    static Insn of(int eip, Instruction in, int mode) {
        Action action = action(in.op);
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

    /** What an operation does, made when it is first met; null when it is none of these. */
    private static Action action(Op op) {
        Single single = singles(op);
        if (single != null) {
            return single(single, isPacked(op));
        }
        Binary64 binary64 = binaries(op);
        return binary64 != null ? binary64(binary64, isPacked(op)) : conversion(op);
    }

    private static boolean isPacked(Op op) {
        return switch (op) {
            case ADDPS,
                    SUBPS,
                    MULPS,
                    DIVPS,
                    MINPS,
                    MAXPS,
                    SQRTPS,
                    CMPPS,
                    RCPPS,
                    RSQRTPS,
                    ADDPD,
                    SUBPD,
                    MULPD,
                    DIVPD,
                    MINPD,
                    MAXPD,
                    SQRTPD,
                    CMPPD -> true;
            default -> false;
        };
    }

    private static Single singles(Op op) {
        return switch (op) {
            case ADDPS, ADDSS -> (u, a, b, imm) -> u.single.add(a, b);
            case SUBPS, SUBSS -> (u, a, b, imm) -> u.single.subtract(a, b);
            case MULPS, MULSS -> (u, a, b, imm) -> u.single.multiply(a, b);
            case DIVPS, DIVSS -> (u, a, b, imm) -> u.single.divide(a, b);
            case MINPS, MINSS -> (u, a, b, imm) -> u.single.least(a, b);
            case MAXPS, MAXSS -> (u, a, b, imm) -> u.single.greatest(a, b);
            case SQRTPS, SQRTSS -> (u, a, b, imm) -> u.single.squareRoot(b);
            case CMPPS, CMPSS -> (u, a, b, imm) -> u.single.compareMask(a, b, imm);
            case RCPPS, RCPSS -> (u, a, b, imm) -> SseSingle.reciprocal(b);
            case RSQRTPS, RSQRTSS -> (u, a, b, imm) -> SseSingle.reciprocalRoot(b);
            default -> null;
        };
    }

    private static Binary64 binaries(Op op) {
        return switch (op) {
            case ADDPD, ADDSD -> (u, a, b, imm) -> u.binary64.add(a, b);
            case SUBPD, SUBSD -> (u, a, b, imm) -> u.binary64.subtract(a, b);
            case MULPD, MULSD -> (u, a, b, imm) -> u.binary64.multiply(a, b);
            case DIVPD, DIVSD -> (u, a, b, imm) -> u.binary64.divide(a, b);
            case MINPD, MINSD -> (u, a, b, imm) -> u.binary64.least(a, b);
            case MAXPD, MAXSD -> (u, a, b, imm) -> u.binary64.greatest(a, b);
            case SQRTPD, SQRTSD -> (u, a, b, imm) -> u.binary64.squareRoot(b);
            case CMPPD, CMPSD -> (u, a, b, imm) -> u.binary64.compareMask(a, b, imm);
            default -> null;
        };
    }

    private static Action single(Single operation, boolean packed) {
        if (packed) {
            return (u, low, high, imm) -> {
                u.resultLow = both(operation, u, low, u.low, imm);
                u.resultHigh = both(operation, u, high, u.high, imm);
            };
        }
        return (u, low, high, imm) -> {
            u.resultLow = low & ~DWORD | operation.apply(u, (int) low, (int) u.low, imm) & DWORD;
            u.resultHigh = high;
        };
    }

    private static long both(Single operation, SseUnit u, long a, long b, int imm) {
        int lower = operation.apply(u, (int) a, (int) b, imm);
        return pack(lower, operation.apply(u, (int) (a >>> 32), (int) (b >>> 32), imm));
    }

    private static Action binary64(Binary64 operation, boolean packed) {
        if (packed) {
            return (u, low, high, imm) -> {
                u.resultLow = operation.apply(u, low, u.low, imm);
                u.resultHigh = operation.apply(u, high, u.high, imm);
            };
        }
        return (u, low, high, imm) -> {
            u.resultLow = operation.apply(u, low, u.low, imm);
            u.resultHigh = high;
        };
    }

    private static Action conversion(Op op) {
        return switch (op) {
            case CVTDQ2PS ->
                (u, low, high, imm) -> {
                    u.resultLow = integersToSingles(u, u.low);
                    u.resultHigh = integersToSingles(u, u.high);
                };
            case CVTPS2DQ ->
                (u, low, high, imm) -> {
                    u.resultLow = singlesToIntegers(u, u.low);
                    u.resultHigh = singlesToIntegers(u, u.high);
                };
            case CVTTPS2DQ ->
                (u, low, high, imm) -> {
                    u.resultLow = singlesToIntegersTruncated(u, u.low);
                    u.resultHigh = singlesToIntegersTruncated(u, u.high);
                };
            case CVTDQ2PD ->
                (u, low, high, imm) -> {
                    u.resultLow = SseConversion.integerToDouble((int) u.low);
                    u.resultHigh = SseConversion.integerToDouble((int) (u.low >>> 32));
                };
            case CVTPD2DQ ->
                (u, low, high, imm) -> {
                    u.resultLow = doublesToIntegers(u);
                    u.resultHigh = 0;
                };
            case CVTTPD2DQ ->
                (u, low, high, imm) -> {
                    u.resultLow = doublesToIntegersTruncated(u);
                    u.resultHigh = 0;
                };
            case CVTPS2PD ->
                (u, low, high, imm) -> {
                    u.resultLow = u.conversion.singleToDouble((int) u.low);
                    u.resultHigh = u.conversion.singleToDouble((int) (u.low >>> 32));
                };
            case CVTPD2PS ->
                (u, low, high, imm) -> {
                    int lower = u.conversion.doubleToSingle(u.low);
                    u.resultLow = pack(lower, u.conversion.doubleToSingle(u.high));
                    u.resultHigh = 0;
                };
            case CVTSS2SD ->
                (u, low, high, imm) -> {
                    u.resultLow = u.conversion.singleToDouble((int) u.low);
                    u.resultHigh = high;
                };
            case CVTSD2SS ->
                (u, low, high, imm) -> {
                    u.resultLow = low & ~DWORD | u.conversion.doubleToSingle(u.low) & DWORD;
                    u.resultHigh = high;
                };
            default -> null;
        };
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
