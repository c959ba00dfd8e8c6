package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.cpu.x86.sse.SseConversion;
import org.jeroboam.cpu.x86.sse.SseInteger;

/** SSE between XMM registers and what is not: general registers and EFLAGS. */
final class SseScalars {
    private static final long DWORD = 0xFFFF_FFFFL;

    private SseScalars() {}

    /** The object of such an instruction, or null when it is none. */
    static Insn of(int eip, Instruction in, int mode) {
        return switch (in.op) {
            case COMISS, UCOMISS, COMISD, UCOMISD -> new Compare(eip, in, mode);
            case CVTSS2SI, CVTTSS2SI, CVTSD2SI, CVTTSD2SI -> new ToInteger(eip, in, mode);
            case CVTSI2SS, CVTSI2SD -> new FromInteger(eip, in, mode);
            case MOVMSKPS, MOVMSKPD -> new Signs(eip, in, mode);
            default -> null;
        };
    }

    /** COMISS and its kin: ZF PF CF by order, the other arithmetic flags 0. */
    private static final class Compare extends SseInsn {
        private static final int[] STATUS = {EFlags.CF, EFlags.ZF, 0, EFlags.ZF | EFlags.PF | EFlags.CF};

        private final boolean single;
        private final boolean quietly;

        Compare(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            single = in.op == Op.COMISS || in.op == Op.UCOMISS;
            quietly = in.op == Op.UCOMISS || in.op == Op.UCOMISD;
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.fpu.requireSse();
            SseUnit unit = cpu.fpu.sse;
            load(cpu, unit);
            unit.begin();
            long value = unit.xmm[a];
            int order = single
                    ? unit.single.compare((int) value, (int) unit.low, quietly)
                    : unit.binary64.compare(value, unit.low, quietly);
            unit.finish(cpu);
            cpu.setStatus(STATUS[order + 1]);
            return next;
        }
    }

    /** To a general register. */
    private static final class ToInteger extends SseInsn {
        private final boolean single;
        private final boolean truncated;

        ToInteger(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            single = in.op == Op.CVTSS2SI || in.op == Op.CVTTSS2SI;
            truncated = in.op == Op.CVTTSS2SI || in.op == Op.CVTTSD2SI;
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.fpu.requireSse();
            SseUnit unit = cpu.fpu.sse;
            load(cpu, unit);
            unit.begin();
            SseConversion conversion = unit.conversion;
            int result;
            if (single) {
                int bits = (int) unit.low;
                result = truncated ? conversion.singleToIntegerTruncated(bits) : conversion.singleToInteger(bits);
            } else {
                long bits = unit.low;
                result = truncated ? conversion.doubleToIntegerTruncated(bits) : conversion.doubleToInteger(bits);
            }
            unit.finish(cpu);
            cpu.gpr[a] = result;
            return next;
        }
    }

    /** From a general register or memory; the rest of the XMM register stays. */
    private static final class FromInteger extends SseInsn {
        private final boolean single;
        private final boolean memory;

        FromInteger(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            single = in.op == Op.CVTSI2SS;
            memory = in.kind2 == OperandKind.MEM;
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.fpu.requireSse();
            SseUnit unit = cpu.fpu.sse;
            int value = memory ? read32(cpu) : cpu.gpr[b];
            if (single) {
                unit.begin();
                int result = unit.conversion.integerToSingle(value);
                unit.finish(cpu);
                unit.xmm[a] = unit.xmm[a] & ~DWORD | result & DWORD;
            } else {
                unit.xmm[a] = SseConversion.integerToDouble(value);
            }
            return next;
        }
    }

    /** MOVMSKPS and MOVMSKPD. */
    private static final class Signs extends SseInsn {
        private final boolean single;

        Signs(int eip, Instruction in, int mode) {
            super(eip, in, mode);
            single = in.op == Op.MOVMSKPS;
        }

        @Override
        Insn exec(Cpu cpu) {
            cpu.fpu.requireSse();
            long low = cpu.fpu.sse.xmm[b];
            long high = cpu.fpu.sse.xmm[b + 1];
            cpu.gpr[a] = single ? SseInteger.signsOfSingles(low, high) : (int) (low >>> 63 | high >>> 62 & 2);
            return next;
        }
    }
}
