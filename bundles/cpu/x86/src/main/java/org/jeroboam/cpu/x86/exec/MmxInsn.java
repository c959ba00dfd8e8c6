package org.jeroboam.cpu.x86.exec;

import java.util.EnumMap;
import java.util.Map;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.cpu.x86.fpu.Fpu;
import org.jeroboam.cpu.x86.fpu.Mmx;

/**
 * An instruction on MMX registers (Intel SDM volume 1, chapter 9): memory is read before the x87 unit enters the MMX
 * state.
 */
final class MmxInsn extends Insn {
    /** What an instruction does. */
    @FunctionalInterface
    private interface Action {
        void run(Cpu cpu, Fpu fpu, Instruction in);
    }

    /** The ordinary case: destination = destination op source. */
    @FunctionalInterface
    private interface Operation {
        long apply(long a, long b);
    }

    private static final Map<Op, Action> TABLE = new EnumMap<>(Op.class);

    static {
        binary(Op.PACKSSWB, Mmx::packsswb);
        binary(Op.PACKSSDW, Mmx::packssdw);
        binary(Op.PACKUSWB, Mmx::packuswb);
        binary(Op.PADDB, Mmx::paddb);
        binary(Op.PADDW, Mmx::paddw);
        binary(Op.PADDD, Mmx::paddd);
        binary(Op.PADDQ, (a, b) -> a + b);
        binary(Op.PADDSB, Mmx::paddsb);
        binary(Op.PADDSW, Mmx::paddsw);
        binary(Op.PADDUSB, Mmx::paddusb);
        binary(Op.PADDUSW, Mmx::paddusw);
        binary(Op.PAND, Mmx::pand);
        binary(Op.PANDN, Mmx::pandn);
        binary(Op.POR, Mmx::por);
        binary(Op.PXOR, Mmx::pxor);
        binary(Op.PCMPEQB, Mmx::pcmpeqb);
        binary(Op.PCMPEQW, Mmx::pcmpeqw);
        binary(Op.PCMPEQD, Mmx::pcmpeqd);
        binary(Op.PCMPGTB, Mmx::pcmpgtb);
        binary(Op.PCMPGTW, Mmx::pcmpgtw);
        binary(Op.PCMPGTD, Mmx::pcmpgtd);
        binary(Op.PMADDWD, Mmx::pmaddwd);
        binary(Op.PMULHW, Mmx::pmulhw);
        binary(Op.PMULHUW, Mmx::pmulhuw);
        binary(Op.PMULLW, Mmx::pmullw);
        binary(Op.PMULUDQ, (a, b) -> (a & 0xFFFF_FFFFL) * (b & 0xFFFF_FFFFL));
        binary(Op.PSLLW, Mmx::psllw);
        binary(Op.PSLLD, Mmx::pslld);
        binary(Op.PSLLQ, Mmx::psllq);
        binary(Op.PSRAW, Mmx::psraw);
        binary(Op.PSRAD, Mmx::psrad);
        binary(Op.PSRLW, Mmx::psrlw);
        binary(Op.PSRLD, Mmx::psrld);
        binary(Op.PSRLQ, Mmx::psrlq);
        binary(Op.PSUBB, Mmx::psubb);
        binary(Op.PSUBW, Mmx::psubw);
        binary(Op.PSUBD, Mmx::psubd);
        binary(Op.PSUBQ, (a, b) -> a - b);
        binary(Op.PSUBSB, Mmx::psubsb);
        binary(Op.PSUBSW, Mmx::psubsw);
        binary(Op.PSUBUSB, Mmx::psubusb);
        binary(Op.PSUBUSW, Mmx::psubusw);
        binary(Op.PUNPCKHBW, Mmx::punpckhbw);
        binary(Op.PUNPCKHWD, Mmx::punpckhwd);
        binary(Op.PUNPCKHDQ, Mmx::punpckhdq);
        binary(Op.PUNPCKLBW, Mmx::punpcklbw);
        binary(Op.PUNPCKLWD, Mmx::punpcklwd);
        binary(Op.PUNPCKLDQ, Mmx::punpckldq);
        binary(Op.PAVGB, Mmx::pavgb);
        binary(Op.PAVGW, Mmx::pavgw);
        binary(Op.PMAXSW, Mmx::pmaxsw);
        binary(Op.PMAXUB, Mmx::pmaxub);
        binary(Op.PMINSW, Mmx::pminsw);
        binary(Op.PMINUB, Mmx::pminub);
        binary(Op.PSADBW, Mmx::psadbw);
        TABLE.put(Op.MOVD, MmxInsn::move);
        TABLE.put(Op.MOVQ, MmxInsn::move);
        TABLE.put(Op.MOVNTQ, MmxInsn::move);
        TABLE.put(Op.PSHUFW, (cpu, fpu, in) -> {
            long source = source(cpu, fpu, in);
            fpu.enterMmx();
            fpu.setMm(in.reg1, Mmx.pshufw(source, in.imm));
        });
        TABLE.put(Op.PEXTRW, (cpu, fpu, in) -> {
            fpu.enterMmx();
            cpu.gpr[in.reg1] = Mmx.pextrw(fpu.mm(in.reg2), in.imm & 3);
        });
        TABLE.put(Op.PINSRW, (cpu, fpu, in) -> {
            int word = Operands.read(cpu, in, 2) & 0xFFFF;
            fpu.enterMmx();
            fpu.setMm(in.reg1, Mmx.pinsrw(fpu.mm(in.reg1), word, in.imm & 3));
        });
        TABLE.put(Op.PMOVMSKB, (cpu, fpu, in) -> {
            fpu.enterMmx();
            cpu.gpr[in.reg1] = Mmx.pmovmskb(fpu.mm(in.reg2));
        });
        TABLE.put(Op.MASKMOVQ, MmxInsn::maskedMove);
        TABLE.put(Op.EMMS, (cpu, fpu, in) -> fpu.emms());
    }

    private final Instruction in;
    private final Action action;

    private MmxInsn(int eip, Instruction in, Action action) {
        super(eip);
        this.in = in.copy();
        this.action = action;
    }

    /** Makes the object of an instruction on MMX registers, or returns null when it is none. */
    static Insn link(Instruction in, int eip) {
        Action action = in.usesXmm() ? null : TABLE.get(in.op);
        return action == null ? null : new MmxInsn(eip, in, action);
    }

    @Override
    Insn exec(Cpu cpu) {
        FpuUnit unit = cpu.fpu;
        unit.requireMmx();
        if (unit.reportPending()) {
            cpu.eip = eip;
            return cpu.dispatch;
        }
        action.run(cpu, unit.fpu, in);
        return next;
    }

    private static void binary(Op op, Operation operation) {
        TABLE.put(op, (cpu, fpu, in) -> {
            long source = source(cpu, fpu, in);
            fpu.enterMmx();
            fpu.setMm(in.reg1, operation.apply(fpu.mm(in.reg1), source));
        });
    }

    /** Operand 2: a register of either kind, 4 or 8 bytes of memory, or the count of a shift. */
    private static long source(Cpu cpu, Fpu fpu, Instruction in) {
        return switch (in.kind2) {
            case MMX -> fpu.mm(in.reg2);
            case MEM -> {
                int offset = Operands.offset(cpu, in);
                yield in.memorySize == 8
                        ? cpu.seg.read64(in.segment, offset)
                        : cpu.seg.read32(in.segment, offset) & 0xFFFF_FFFFL;
            }
            default -> Operands.read(cpu, in, 2) & 0xFFFF_FFFFL;
        };
    }

    private static void move(Cpu cpu, Fpu fpu, Instruction in) {
        if (in.kind1 == OperandKind.MMX) {
            long source = source(cpu, fpu, in);
            fpu.enterMmx();
            fpu.setMm(in.reg1, source);
            return;
        }
        long value = fpu.mm(in.reg2);
        if (in.kind1 == OperandKind.MEM && in.memorySize == 8) {
            cpu.seg.write64(in.segment, Operands.offset(cpu, in), value);
        } else {
            Operands.write(cpu, in, 1, (int) value);
        }
        fpu.enterMmx();
    }

    /** MASKMOVQ: bytes of operand 1 whose mask byte has its sign, to DS:EDI. */
    private static void maskedMove(Cpu cpu, Fpu fpu, Instruction in) {
        int offset = in.addressSize == 2 ? cpu.gpr[Cpu.EDI] & 0xFFFF : cpu.gpr[Cpu.EDI];
        int linear = cpu.fpu.writable(in.segment, offset, 8);
        long value = fpu.mm(in.reg1);
        long mask = fpu.mm(in.reg2);
        fpu.enterMmx();
        for (int i = 0; i < 8; i++) {
            if ((mask >>> 8 * i + 7 & 1) != 0) {
                cpu.mmu.write8(linear + i, (int) (value >>> 8 * i));
            }
        }
    }
}
