package org.jeroboam.cpu.x86.exec;

import java.util.EnumMap;
import java.util.Map;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.cpu.x86.fpu.Fpu;
import org.jeroboam.cpu.x86.sse.SseConversion;

/**
 * An instruction between XMM and MMX registers: also reports pending x87 exceptions and enters the MMX state. CVTPI2PD
 * from memory does neither (Intel SDM volume 2).
 */
final class SseMmx extends SseInsn {
    /** Computes the result for an XMM or MMX register from the source in the unit. */
    @FunctionalInterface
    private interface Action {
        void run(SseUnit unit);
    }

    private static final Map<Op, Action> TABLE = new EnumMap<>(Op.class);

    static {
        TABLE.put(Op.CVTPI2PS, u -> u.resultLow = SseFloat.integersToSingles(u, u.low));
        TABLE.put(Op.CVTPI2PD, u -> {
            u.resultLow = SseConversion.integerToDouble((int) u.low);
            u.resultHigh = SseConversion.integerToDouble((int) (u.low >>> 32));
        });
        TABLE.put(Op.CVTPS2PI, u -> u.resultLow = SseFloat.singlesToIntegers(u, u.low));
        TABLE.put(Op.CVTTPS2PI, u -> u.resultLow = SseFloat.singlesToIntegersTruncated(u, u.low));
        TABLE.put(Op.CVTPD2PI, u -> u.resultLow = SseFloat.doublesToIntegers(u));
        TABLE.put(Op.CVTTPD2PI, u -> u.resultLow = SseFloat.doublesToIntegersTruncated(u));
        TABLE.put(Op.MOVDQ2Q, u -> u.resultLow = u.low);
        TABLE.put(Op.MOVQ2DQ, u -> {
            u.resultLow = u.low;
            u.resultHigh = 0;
        });
    }

    private final Action action;
    private final boolean fromMmx;
    private final boolean toXmm;
    private final boolean mmx;

    private SseMmx(int eip, Instruction in, int mode, Action action) {
        super(eip, in, mode);
        this.action = action;
        fromMmx = in.kind2 == OperandKind.MMX;
        toXmm = in.kind1 == OperandKind.XMM;
        mmx = in.op != Op.CVTPI2PD || fromMmx;
    }

    /** The object of such an instruction, or null when it is none. */
    static Insn of(int eip, Instruction in, int mode) {
        Action action = TABLE.get(in.op);
        return action == null ? null : new SseMmx(eip, in, mode, action);
    }

    @Override
    Insn exec(Cpu cpu) {
        FpuUnit x87 = cpu.fpu;
        x87.requireSse();
        if (mmx && x87.reportPending()) {
            cpu.eip = eip;
            return cpu.dispatch;
        }
        SseUnit unit = x87.sse;
        Fpu fpu = x87.fpu;
        if (fromMmx) {
            unit.low = fpu.mm(b);
        } else {
            load(cpu, unit);
        }
        unit.resultHigh = toXmm ? unit.xmm[a + 1] : 0;
        unit.begin();
        action.run(unit);
        unit.finish(cpu);
        if (mmx) {
            fpu.enterMmx();
        }
        if (toXmm) {
            unit.xmm[a] = unit.resultLow;
            unit.xmm[a + 1] = unit.resultHigh;
        } else {
            fpu.setMm(a, unit.resultLow);
        }
        return next;
    }
}
