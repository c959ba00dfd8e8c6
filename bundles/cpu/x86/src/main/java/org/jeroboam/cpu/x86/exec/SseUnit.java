package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.fpu.Fpu;
import org.jeroboam.cpu.x86.sse.SseConversion;
import org.jeroboam.cpu.x86.sse.SseDouble;
import org.jeroboam.cpu.x86.sse.SseEnvironment;
import org.jeroboam.cpu.x86.sse.SseSingle;

/** SSE and SSE2 in their processor: the registers, the arithmetic, a source operand, a result on its way, and #XM. */
final class SseUnit {
    private static final int CR4_OSXMMEXCPT = 1 << 10;

    /** XMMn in elements 2n (bits 63-0) and 2n + 1. */
    final long[] xmm;

    /** Source operand. */
    long low;

    long high;

    /** Result of a floating-point instruction that may still trap. */
    long resultLow;

    long resultHigh;

    private final SseEnvironment env = new SseEnvironment();
    final SseSingle single = new SseSingle(env);
    final SseDouble binary64 = new SseDouble(env);
    final SseConversion conversion = new SseConversion(env);

    private final Fpu fpu;

    SseUnit(Fpu fpu) {
        this.fpu = fpu;
        xmm = fpu.xmm();
    }

    /** Before a floating-point operation. */
    void begin() {
        env.begin(fpu.mxcsr());
    }

    /** After it, before anything is written: flags into MXCSR, and #XM (or #UD) when one of them is not masked. */
    void finish(Cpu cpu) {
        if (env.isRaised()) {
            fpu.setMxcsr(env.finish());
            if (env.isTrapping()) {
                throw cpu.fault((cpu.cr4 & CR4_OSXMMEXCPT) != 0 ? GuestFault.XM : GuestFault.UD);
            }
        }
    }
}
