package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Trait;
import org.jeroboam.cpu.x86.fpu.Mmx;

/** Makes the objects of instructions on XMM registers. */
final class SseLinker {
    private SseLinker() {}

    /**
     * Makes the object of an instruction.
     *
     * @param in not kept
     * @param eip its offset in CS
     * @param mode MODE bits of {@link Cpu}
     * @return null when it is none on XMM registers
     */
    static Insn link(Instruction in, int eip, int mode) {
        if (in.op.has(Trait.MMX) && !in.usesXmm()) {
            return null;
        }
        Insn insn = SseMoves.of(eip, in, mode);
        if (insn == null) {
            insn = SsePacked.of(eip, in, mode);
        }
        if (insn == null) {
            insn = SseFloat.of(eip, in, mode);
        }
        if (insn == null) {
            insn = SseScalars.of(eip, in, mode);
        }
        if (insn == null) {
            insn = SseMmx.of(eip, in, mode);
        }
        return insn != null ? insn : rest(in, eip);
    }

    private static Insn rest(Instruction in, int eip) {
        return switch (in.op) {
            case PMOVMSKB -> new PlainInsn(eip, in, SseLinker::byteSigns);
            case PEXTRW -> new PlainInsn(eip, in, SseLinker::extractWord);
            case MASKMOVDQU -> new PlainInsn(eip, in, SseLinker::maskedMove);
            default -> null;
        };
    }

    private static void byteSigns(Cpu cpu, Instruction in) {
        cpu.fpu.requireSse();
        long[] xmm = cpu.fpu.sse.xmm;
        int at = 2 * in.reg2;
        cpu.gpr[in.reg1] = Mmx.pmovmskb(xmm[at]) | Mmx.pmovmskb(xmm[at + 1]) << 8;
    }

    private static void extractWord(Cpu cpu, Instruction in) {
        cpu.fpu.requireSse();
        cpu.gpr[in.reg1] = Mmx.pextrw(cpu.fpu.sse.xmm[2 * in.reg2 + (in.imm >> 2 & 1)], in.imm & 3);
    }

    /** MASKMOVDQU: bytes of operand 1 whose mask byte has its sign, to DS:EDI. */
    private static void maskedMove(Cpu cpu, Instruction in) {
        cpu.fpu.requireSse();
        int offset = in.addressSize == 2 ? cpu.gpr[Cpu.EDI] & 0xFFFF : cpu.gpr[Cpu.EDI];
        int linear = cpu.fpu.writable(in.segment, offset, 16);
        long[] xmm = cpu.fpu.sse.xmm;
        for (int i = 0; i < 16; i++) {
            int half = i >> 3;
            int shift = 8 * (i & 7);
            if ((xmm[2 * in.reg2 + half] >>> shift + 7 & 1) != 0) {
                cpu.mmu.write8(linear + i, (int) (xmm[2 * in.reg1 + half] >>> shift));
            }
        }
    }
}
