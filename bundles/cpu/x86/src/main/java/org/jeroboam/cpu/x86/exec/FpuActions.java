package org.jeroboam.cpu.x86.exec;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.cpu.x86.fpu.Fpu;

/**
 * From x87 operations to the methods of {@link Fpu}, with their memory operands. Destinations are checked before the
 * unit changes.
 */
final class FpuActions {
    private static final Map<Op, FpuInsn.Action> TABLE = new EnumMap<>(Op.class);

    private static final Set<Op> CONTROL = EnumSet.of(
            Op.FLDCW,
            Op.FLDENV,
            Op.FRSTOR,
            Op.FNSTCW,
            Op.FNSTSW,
            Op.FNSTENV,
            Op.FNSAVE,
            Op.FNCLEX,
            Op.FNINIT,
            Op.FNOP_LEGACY,
            Op.FXSAVE,
            Op.FXRSTOR);

    static {
        arithmetic();
        comparisons();
        transfers();
        functions();
        control();
    }

    private FpuActions() {}

    /** The action of an operation, or null when it is not x87. */
    static FpuInsn.Action of(Op op) {
        return TABLE.get(op);
    }

    /** Whether an operation leaves instruction and data pointers alone. */
    static boolean isControl(Op op) {
        return CONTROL.contains(op);
    }

    private static void arithmetic() {
        binary(Op.FADD, Op.FADDP, Op.FIADD, Fpu.ADD);
        binary(Op.FMUL, Op.FMULP, Op.FIMUL, Fpu.MUL);
        binary(Op.FSUB, Op.FSUBP, Op.FISUB, Fpu.SUB);
        binary(Op.FSUBR, Op.FSUBRP, Op.FISUBR, Fpu.SUBR);
        binary(Op.FDIV, Op.FDIVP, Op.FIDIV, Fpu.DIV);
        binary(Op.FDIVR, Op.FDIVRP, Op.FIDIVR, Fpu.DIVR);
    }

    private static void binary(Op plain, Op popping, Op integer, int operation) {
        TABLE.put(plain, (cpu, fpu, in, offset) -> {
            if (in.kind2 == OperandKind.MEM) {
                withMemory(cpu, fpu, in, offset, operation);
            } else if (in.reg1 == 0) {
                fpu.arithmetic(operation, in.reg2);
            } else {
                fpu.arithmeticTo(operation, in.reg1);
            }
        });
        TABLE.put(popping, (cpu, fpu, in, offset) -> fpu.arithmeticPop(operation, in.reg1));
        TABLE.put(integer, (cpu, fpu, in, offset) -> fpu.arithmeticInteger(operation, readInteger(cpu, in, offset)));
    }

    private static void withMemory(Cpu cpu, Fpu fpu, Instruction in, int offset, int operation) {
        if (in.memorySize == 4) {
            fpu.arithmeticM32(operation, cpu.seg.read32(in.segment, offset));
        } else {
            fpu.arithmeticM64(operation, cpu.seg.read64(in.segment, offset));
        }
    }

    private static int readInteger(Cpu cpu, Instruction in, int offset) {
        return in.memorySize == 2 ? (short) cpu.seg.read16(in.segment, offset) : cpu.seg.read32(in.segment, offset);
    }

    private static void comparisons() {
        TABLE.put(Op.FCOM, (cpu, fpu, in, offset) -> {
            if (in.kind2 == OperandKind.MEM) {
                withMemory(cpu, fpu, in, offset, Fpu.COM);
            } else {
                fpu.fcom(in.reg2);
            }
        });
        TABLE.put(Op.FCOMP, (cpu, fpu, in, offset) -> {
            if (in.kind2 == OperandKind.MEM) {
                withMemory(cpu, fpu, in, offset, Fpu.COMP);
            } else {
                fpu.fcomp(in.reg2);
            }
        });
        TABLE.put(Op.FCOMPP, (cpu, fpu, in, offset) -> fpu.fcompp());
        TABLE.put(Op.FUCOM, (cpu, fpu, in, offset) -> fpu.fucom(in.reg2));
        TABLE.put(Op.FUCOMP, (cpu, fpu, in, offset) -> fpu.fucomp(in.reg2));
        TABLE.put(Op.FUCOMPP, (cpu, fpu, in, offset) -> fpu.fucompp());
        TABLE.put(Op.FICOM, (cpu, fpu, in, offset) -> fpu.arithmeticInteger(Fpu.COM, readInteger(cpu, in, offset)));
        TABLE.put(Op.FICOMP, (cpu, fpu, in, offset) -> fpu.arithmeticInteger(Fpu.COMP, readInteger(cpu, in, offset)));
        TABLE.put(Op.FCOMI, (cpu, fpu, in, offset) -> cpu.setStatus(fpu.fcomi(in.reg2, false)));
        TABLE.put(Op.FCOMIP, (cpu, fpu, in, offset) -> cpu.setStatus(fpu.fcomi(in.reg2, true)));
        TABLE.put(Op.FUCOMI, (cpu, fpu, in, offset) -> cpu.setStatus(fpu.fucomi(in.reg2, false)));
        TABLE.put(Op.FUCOMIP, (cpu, fpu, in, offset) -> cpu.setStatus(fpu.fucomi(in.reg2, true)));
        TABLE.put(Op.FTST, (cpu, fpu, in, offset) -> fpu.ftst());
        TABLE.put(Op.FXAM, (cpu, fpu, in, offset) -> fpu.fxam());
    }

    private static void transfers() {
        TABLE.put(Op.FLD, FpuActions::load);
        TABLE.put(Op.FST, (cpu, fpu, in, offset) -> {
            if (in.kind1 == OperandKind.MEM) {
                store(cpu, fpu, in, offset);
            } else {
                fpu.fst(in.reg1);
            }
        });
        TABLE.put(Op.FSTP, (cpu, fpu, in, offset) -> {
            if (in.kind1 != OperandKind.MEM) {
                storeAndPop(fpu, in);
            } else if (store(cpu, fpu, in, offset)) {
                fpu.pop();
            }
        });
        TABLE.put(
                Op.FILD,
                (cpu, fpu, in, offset) -> fpu.fild(
                        in.memorySize == 8 ? cpu.seg.read64(in.segment, offset) : readInteger(cpu, in, offset)));
        TABLE.put(Op.FIST, FpuActions::storeInteger);
        TABLE.put(Op.FISTP, (cpu, fpu, in, offset) -> {
            storeInteger(cpu, fpu, in, offset);
            if (fpu.mayStore()) {
                fpu.pop();
            }
        });
        TABLE.put(Op.FBLD, (cpu, fpu, in, offset) -> {
            int linear = cpu.fpu.readable(in.segment, offset, 10);
            fpu.fbld(cpu.mmu.read64(linear), cpu.mmu.read16(linear + 8));
        });
        TABLE.put(Op.FBSTP, (cpu, fpu, in, offset) -> {
            int linear = cpu.fpu.writable(in.segment, offset, 10);
            long low = fpu.fbstp();
            if (fpu.mayStore()) {
                cpu.mmu.write64(linear, low);
                cpu.mmu.write16(linear + 8, fpu.storeHigh());
                fpu.pop();
            }
        });
        TABLE.put(Op.FXCH, (cpu, fpu, in, offset) -> fpu.fxch(in.reg1));
        TABLE.put(Op.FCMOVCC, (cpu, fpu, in, offset) -> fpu.fcmov(in.reg2, Conditions.holds(cpu, in.condition)));
        TABLE.put(Op.FFREE, (cpu, fpu, in, offset) -> fpu.ffree(in.reg1));
        TABLE.put(Op.FFREEP, (cpu, fpu, in, offset) -> fpu.ffreep(in.reg1));
    }

    /** FSTP ST(i), and the duplicate encoding D9 D8 that differs on an empty register. */
    private static void storeAndPop(Fpu fpu, Instruction in) {
        if (in.opcode >>> 8 == 1) {
            fpu.fstp1(in.reg1);
        } else {
            fpu.fstp(in.reg1);
        }
    }

    private static void load(Cpu cpu, Fpu fpu, Instruction in, int offset) {
        if (in.kind1 != OperandKind.MEM) {
            fpu.fld(in.reg1);
        } else if (in.memorySize == 4) {
            fpu.fldM32(cpu.seg.read32(in.segment, offset));
        } else if (in.memorySize == 8) {
            fpu.fldM64(cpu.seg.read64(in.segment, offset));
        } else {
            int linear = cpu.fpu.readable(in.segment, offset, 10);
            long significand = cpu.mmu.read64(linear);
            fpu.fldM80(cpu.mmu.read16(linear + 8), significand);
        }
    }

    /** Stores ST(0). @return whether it did, so that a popping form may pop */
    private static boolean store(Cpu cpu, Fpu fpu, Instruction in, int offset) {
        int linear = cpu.fpu.writable(in.segment, offset, in.memorySize);
        switch (in.memorySize) {
            case 4 -> {
                int bits = fpu.fstM32();
                if (fpu.mayStore()) {
                    cpu.mmu.write32(linear, bits);
                }
            }
            case 8 -> {
                long bits = fpu.fstM64();
                if (fpu.mayStore()) {
                    cpu.mmu.write64(linear, bits);
                }
            }
            default -> {
                long significand = fpu.fstM80();
                if (fpu.mayStore()) {
                    cpu.mmu.write64(linear, significand);
                    cpu.mmu.write16(linear + 8, fpu.storeHigh());
                }
            }
        }
        return fpu.mayStore();
    }

    private static void storeInteger(Cpu cpu, Fpu fpu, Instruction in, int offset) {
        int linear = cpu.fpu.writable(in.segment, offset, in.memorySize);
        switch (in.memorySize) {
            case 2 -> {
                int value = fpu.fistM16();
                if (fpu.mayStore()) {
                    cpu.mmu.write16(linear, value);
                }
            }
            case 4 -> {
                int value = fpu.fistM32();
                if (fpu.mayStore()) {
                    cpu.mmu.write32(linear, value);
                }
            }
            default -> {
                long value = fpu.fistM64();
                if (fpu.mayStore()) {
                    cpu.mmu.write64(linear, value);
                }
            }
        }
    }

    private static void functions() {
        TABLE.put(Op.FLD1, (cpu, fpu, in, offset) -> fpu.fld1());
        TABLE.put(Op.FLDL2T, (cpu, fpu, in, offset) -> fpu.fldl2t());
        TABLE.put(Op.FLDL2E, (cpu, fpu, in, offset) -> fpu.fldl2e());
        TABLE.put(Op.FLDPI, (cpu, fpu, in, offset) -> fpu.fldpi());
        TABLE.put(Op.FLDLG2, (cpu, fpu, in, offset) -> fpu.fldlg2());
        TABLE.put(Op.FLDLN2, (cpu, fpu, in, offset) -> fpu.fldln2());
        TABLE.put(Op.FLDZ, (cpu, fpu, in, offset) -> fpu.fldz());
        TABLE.put(Op.FCHS, (cpu, fpu, in, offset) -> fpu.fchs());
        TABLE.put(Op.FABS, (cpu, fpu, in, offset) -> fpu.fabs());
        TABLE.put(Op.FSQRT, (cpu, fpu, in, offset) -> fpu.fsqrt());
        TABLE.put(Op.FRNDINT, (cpu, fpu, in, offset) -> fpu.frndint());
        TABLE.put(Op.FSCALE, (cpu, fpu, in, offset) -> fpu.fscale());
        TABLE.put(Op.FXTRACT, (cpu, fpu, in, offset) -> fpu.fxtract());
        TABLE.put(Op.FPREM, (cpu, fpu, in, offset) -> fpu.fprem());
        TABLE.put(Op.FPREM1, (cpu, fpu, in, offset) -> fpu.fprem1());
        TABLE.put(Op.F2XM1, (cpu, fpu, in, offset) -> fpu.f2xm1());
        TABLE.put(Op.FYL2X, (cpu, fpu, in, offset) -> fpu.fyl2x());
        TABLE.put(Op.FYL2XP1, (cpu, fpu, in, offset) -> fpu.fyl2xp1());
        TABLE.put(Op.FPTAN, (cpu, fpu, in, offset) -> fpu.fptan());
        TABLE.put(Op.FPATAN, (cpu, fpu, in, offset) -> fpu.fpatan());
        TABLE.put(Op.FSIN, (cpu, fpu, in, offset) -> fpu.fsin());
        TABLE.put(Op.FCOS, (cpu, fpu, in, offset) -> fpu.fcos());
        TABLE.put(Op.FSINCOS, (cpu, fpu, in, offset) -> fpu.fsincos());
        TABLE.put(Op.FNOP, (cpu, fpu, in, offset) -> fpu.fnop());
        TABLE.put(Op.FINCSTP, (cpu, fpu, in, offset) -> fpu.fincstp());
        TABLE.put(Op.FDECSTP, (cpu, fpu, in, offset) -> fpu.fdecstp());
    }

    private static void control() {
        TABLE.put(Op.FNCLEX, (cpu, fpu, in, offset) -> fpu.fnclex());
        TABLE.put(Op.FNINIT, (cpu, fpu, in, offset) -> fpu.fninit());
        TABLE.put(Op.FNOP_LEGACY, (cpu, fpu, in, offset) -> fpu.fnop());
        TABLE.put(Op.FLDCW, (cpu, fpu, in, offset) -> fpu.fldcw(cpu.seg.read16(in.segment, offset)));
        TABLE.put(Op.FNSTCW, (cpu, fpu, in, offset) -> cpu.seg.write16(in.segment, offset, fpu.fnstcw()));
        TABLE.put(Op.FNSTSW, (cpu, fpu, in, offset) -> Operands.write(cpu, in, 1, fpu.fnstsw()));
        TABLE.put(Op.FLDENV, (cpu, fpu, in, offset) -> {
            readImage(cpu, in, offset);
            fpu.fldenv(cpu.fpu.image, in.operandSize == 4, cpu.fpu.realLayout());
        });
        TABLE.put(Op.FRSTOR, (cpu, fpu, in, offset) -> {
            readImage(cpu, in, offset);
            fpu.frstor(cpu.fpu.image, in.operandSize == 4, cpu.fpu.realLayout());
        });
        TABLE.put(Op.FNSTENV, (cpu, fpu, in, offset) -> {
            int linear = cpu.fpu.writable(in.segment, offset, in.memorySize);
            int length = fpu.fnstenv(cpu.fpu.image, in.operandSize == 4, cpu.fpu.realLayout());
            cpu.fpu.write(linear, 0, length);
        });
        TABLE.put(Op.FNSAVE, (cpu, fpu, in, offset) -> {
            int linear = cpu.fpu.writable(in.segment, offset, in.memorySize);
            int length = fpu.fnsave(cpu.fpu.image, in.operandSize == 4, cpu.fpu.realLayout());
            cpu.fpu.write(linear, 0, length);
        });
        TABLE.put(Op.FXSAVE, (cpu, fpu, in, offset) -> {
            requireAligned(cpu, in, offset);
            cpu.fpu.fxsave(cpu.fpu.writable(in.segment, offset, Fpu.FXSAVE));
        });
        TABLE.put(Op.FXRSTOR, (cpu, fpu, in, offset) -> {
            requireAligned(cpu, in, offset);
            cpu.fpu.fxrstor(cpu.fpu.readable(in.segment, offset, Fpu.FXSAVE));
        });
    }

    private static void readImage(Cpu cpu, Instruction in, int offset) {
        cpu.fpu.read(cpu.fpu.readable(in.segment, offset, in.memorySize), in.memorySize);
    }

    private static void requireAligned(Cpu cpu, Instruction in, int offset) {
        if ((cpu.base[in.segment] + offset & 15) != 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
    }
}
