package org.jeroboam.cpu.x86.exec;

import java.util.EnumSet;
import java.util.Set;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.cpu.x86.fpu.Fpu;

/**
 * From x87 operations to the methods of {@link Fpu}, with their memory operands. Destinations are checked before the
 * unit changes. An action is made when its operation is first met: all of them at once cost a start tens of milliseconds.
 */
final class FpuActions {
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

    private FpuActions() {}

    /** The action of an operation, or null when it is not x87. */
    static FpuInsn.Action of(Op op) {
        FpuInsn.Action action = arithmetic(op);
        action = action != null ? action : comparisons(op);
        action = action != null ? action : transfers(op);
        action = action != null ? action : functions(op);
        return action != null ? action : control(op);
    }

    /** Whether an operation leaves instruction and data pointers alone. */
    static boolean isControl(Op op) {
        return CONTROL.contains(op);
    }

    private static FpuInsn.Action arithmetic(Op op) {
        return switch (op) {
            case FADD -> plain(Fpu.ADD);
            case FMUL -> plain(Fpu.MUL);
            case FSUB -> plain(Fpu.SUB);
            case FSUBR -> plain(Fpu.SUBR);
            case FDIV -> plain(Fpu.DIV);
            case FDIVR -> plain(Fpu.DIVR);
            case FADDP -> popping(Fpu.ADD);
            case FMULP -> popping(Fpu.MUL);
            case FSUBP -> popping(Fpu.SUB);
            case FSUBRP -> popping(Fpu.SUBR);
            case FDIVP -> popping(Fpu.DIV);
            case FDIVRP -> popping(Fpu.DIVR);
            case FIADD -> integer(Fpu.ADD);
            case FIMUL -> integer(Fpu.MUL);
            case FISUB -> integer(Fpu.SUB);
            case FISUBR -> integer(Fpu.SUBR);
            case FIDIV -> integer(Fpu.DIV);
            case FIDIVR -> integer(Fpu.DIVR);
            default -> null;
        };
    }

    private static FpuInsn.Action plain(int operation) {
        return (cpu, fpu, in, offset) -> {
            if (in.kind2 == OperandKind.MEM) {
                withMemory(cpu, fpu, in, offset, operation);
            } else if (in.reg1 == 0) {
                fpu.arithmetic(operation, in.reg2);
            } else {
                fpu.arithmeticTo(operation, in.reg1);
            }
        };
    }

    private static FpuInsn.Action popping(int operation) {
        return (cpu, fpu, in, offset) -> fpu.arithmeticPop(operation, in.reg1);
    }

    private static FpuInsn.Action integer(int operation) {
        return (cpu, fpu, in, offset) -> fpu.arithmeticInteger(operation, readInteger(cpu, in, offset));
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

    private static FpuInsn.Action comparisons(Op op) {
        return switch (op) {
            case FCOM ->
                (cpu, fpu, in, offset) -> {
                    if (in.kind2 == OperandKind.MEM) {
                        withMemory(cpu, fpu, in, offset, Fpu.COM);
                    } else {
                        fpu.fcom(in.reg2);
                    }
                };
            case FCOMP ->
                (cpu, fpu, in, offset) -> {
                    if (in.kind2 == OperandKind.MEM) {
                        withMemory(cpu, fpu, in, offset, Fpu.COMP);
                    } else {
                        fpu.fcomp(in.reg2);
                    }
                };
            case FCOMPP -> (cpu, fpu, in, offset) -> fpu.fcompp();
            case FUCOM -> (cpu, fpu, in, offset) -> fpu.fucom(in.reg2);
            case FUCOMP -> (cpu, fpu, in, offset) -> fpu.fucomp(in.reg2);
            case FUCOMPP -> (cpu, fpu, in, offset) -> fpu.fucompp();
            case FICOM -> (cpu, fpu, in, offset) -> fpu.arithmeticInteger(Fpu.COM, readInteger(cpu, in, offset));
            case FICOMP -> (cpu, fpu, in, offset) -> fpu.arithmeticInteger(Fpu.COMP, readInteger(cpu, in, offset));
            case FCOMI -> (cpu, fpu, in, offset) -> cpu.setStatus(fpu.fcomi(in.reg2, false));
            case FCOMIP -> (cpu, fpu, in, offset) -> cpu.setStatus(fpu.fcomi(in.reg2, true));
            case FUCOMI -> (cpu, fpu, in, offset) -> cpu.setStatus(fpu.fucomi(in.reg2, false));
            case FUCOMIP -> (cpu, fpu, in, offset) -> cpu.setStatus(fpu.fucomi(in.reg2, true));
            case FTST -> (cpu, fpu, in, offset) -> fpu.ftst();
            case FXAM -> (cpu, fpu, in, offset) -> fpu.fxam();
            default -> null;
        };
    }

    private static FpuInsn.Action transfers(Op op) {
        return switch (op) {
            case FLD -> FpuActions::load;
            case FST ->
                (cpu, fpu, in, offset) -> {
                    if (in.kind1 == OperandKind.MEM) {
                        store(cpu, fpu, in, offset);
                    } else {
                        fpu.fst(in.reg1);
                    }
                };
            case FSTP ->
                (cpu, fpu, in, offset) -> {
                    if (in.kind1 != OperandKind.MEM) {
                        storeAndPop(fpu, in);
                    } else if (store(cpu, fpu, in, offset)) {
                        fpu.pop();
                    }
                };
            case FILD ->
                (cpu, fpu, in, offset) -> fpu.fild(
                        in.memorySize == 8 ? cpu.seg.read64(in.segment, offset) : readInteger(cpu, in, offset));
            case FIST -> FpuActions::storeInteger;
            case FISTP ->
                (cpu, fpu, in, offset) -> {
                    storeInteger(cpu, fpu, in, offset);
                    if (fpu.mayStore()) {
                        fpu.pop();
                    }
                };
            case FBLD ->
                (cpu, fpu, in, offset) -> {
                    int linear = cpu.fpu.readable(in.segment, offset, 10);
                    fpu.fbld(cpu.mmu.read64(linear), cpu.mmu.read16(linear + 8));
                };
            case FBSTP ->
                (cpu, fpu, in, offset) -> {
                    int linear = cpu.fpu.writable(in.segment, offset, 10);
                    long low = fpu.fbstp();
                    if (fpu.mayStore()) {
                        cpu.mmu.write64(linear, low);
                        cpu.mmu.write16(linear + 8, fpu.storeHigh());
                        fpu.pop();
                    }
                };
            case FXCH -> (cpu, fpu, in, offset) -> fpu.fxch(in.reg1);
            case FCMOVCC -> (cpu, fpu, in, offset) -> fpu.fcmov(in.reg2, Conditions.holds(cpu, in.condition));
            case FFREE -> (cpu, fpu, in, offset) -> fpu.ffree(in.reg1);
            case FFREEP -> (cpu, fpu, in, offset) -> fpu.ffreep(in.reg1);
            default -> null;
        };
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

    private static FpuInsn.Action functions(Op op) {
        return switch (op) {
            case FLD1 -> (cpu, fpu, in, offset) -> fpu.fld1();
            case FLDL2T -> (cpu, fpu, in, offset) -> fpu.fldl2t();
            case FLDL2E -> (cpu, fpu, in, offset) -> fpu.fldl2e();
            case FLDPI -> (cpu, fpu, in, offset) -> fpu.fldpi();
            case FLDLG2 -> (cpu, fpu, in, offset) -> fpu.fldlg2();
            case FLDLN2 -> (cpu, fpu, in, offset) -> fpu.fldln2();
            case FLDZ -> (cpu, fpu, in, offset) -> fpu.fldz();
            case FCHS -> (cpu, fpu, in, offset) -> fpu.fchs();
            case FABS -> (cpu, fpu, in, offset) -> fpu.fabs();
            case FSQRT -> (cpu, fpu, in, offset) -> fpu.fsqrt();
            case FRNDINT -> (cpu, fpu, in, offset) -> fpu.frndint();
            case FSCALE -> (cpu, fpu, in, offset) -> fpu.fscale();
            case FXTRACT -> (cpu, fpu, in, offset) -> fpu.fxtract();
            case FPREM -> (cpu, fpu, in, offset) -> fpu.fprem();
            case FPREM1 -> (cpu, fpu, in, offset) -> fpu.fprem1();
            case F2XM1 -> (cpu, fpu, in, offset) -> fpu.f2xm1();
            case FYL2X -> (cpu, fpu, in, offset) -> fpu.fyl2x();
            case FYL2XP1 -> (cpu, fpu, in, offset) -> fpu.fyl2xp1();
            case FPTAN -> (cpu, fpu, in, offset) -> fpu.fptan();
            case FPATAN -> (cpu, fpu, in, offset) -> fpu.fpatan();
            case FSIN -> (cpu, fpu, in, offset) -> fpu.fsin();
            case FCOS -> (cpu, fpu, in, offset) -> fpu.fcos();
            case FSINCOS -> (cpu, fpu, in, offset) -> fpu.fsincos();
            case FNOP -> (cpu, fpu, in, offset) -> fpu.fnop();
            case FINCSTP -> (cpu, fpu, in, offset) -> fpu.fincstp();
            case FDECSTP -> (cpu, fpu, in, offset) -> fpu.fdecstp();
            default -> null;
        };
    }

    private static FpuInsn.Action control(Op op) {
        return switch (op) {
            case FNCLEX -> (cpu, fpu, in, offset) -> fpu.fnclex();
            case FNINIT -> (cpu, fpu, in, offset) -> fpu.fninit();
            case FNOP_LEGACY -> (cpu, fpu, in, offset) -> fpu.fnop();
            case FLDCW -> (cpu, fpu, in, offset) -> fpu.fldcw(cpu.seg.read16(in.segment, offset));
            case FNSTCW -> (cpu, fpu, in, offset) -> cpu.seg.write16(in.segment, offset, fpu.fnstcw());
            case FNSTSW -> (cpu, fpu, in, offset) -> Operands.write(cpu, in, 1, fpu.fnstsw());
            case FLDENV ->
                (cpu, fpu, in, offset) -> {
                    readImage(cpu, in, offset);
                    fpu.fldenv(cpu.fpu.image, in.operandSize == 4, cpu.fpu.realLayout());
                };
            case FRSTOR ->
                (cpu, fpu, in, offset) -> {
                    readImage(cpu, in, offset);
                    fpu.frstor(cpu.fpu.image, in.operandSize == 4, cpu.fpu.realLayout());
                };
            case FNSTENV ->
                (cpu, fpu, in, offset) -> {
                    int linear = cpu.fpu.writable(in.segment, offset, in.memorySize);
                    int length = fpu.fnstenv(cpu.fpu.image, in.operandSize == 4, cpu.fpu.realLayout());
                    cpu.fpu.write(linear, 0, length);
                };
            case FNSAVE ->
                (cpu, fpu, in, offset) -> {
                    int linear = cpu.fpu.writable(in.segment, offset, in.memorySize);
                    int length = fpu.fnsave(cpu.fpu.image, in.operandSize == 4, cpu.fpu.realLayout());
                    cpu.fpu.write(linear, 0, length);
                };
            case FXSAVE ->
                (cpu, fpu, in, offset) -> {
                    requireAligned(cpu, in, offset);
                    cpu.fpu.fxsave(cpu.fpu.writable(in.segment, offset, Fpu.FXSAVE));
                };
            case FXRSTOR ->
                (cpu, fpu, in, offset) -> {
                    requireAligned(cpu, in, offset);
                    cpu.fpu.fxrstor(cpu.fpu.readable(in.segment, offset, Fpu.FXSAVE));
                };
            default -> null;
        };
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
