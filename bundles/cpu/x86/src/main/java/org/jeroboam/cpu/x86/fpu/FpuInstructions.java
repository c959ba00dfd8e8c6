package org.jeroboam.cpu.x86.fpu;

/**
 * From opcodes D8-DF with a register operand (ModR/M C0-FF) to the methods of {@link Fpu}, the undocumented duplicate
 * forms included. An interpreter that links its instructions calls {@code Fpu} directly; this is the table it follows,
 * and what tests and a simple core use.
 */
public final class FpuInstructions {
    /** What {@link #execute} returns for an encoding that raises #UD. */
    public static final int UNDEFINED = -1;

    private static final int CF = 0x01;
    private static final int PF = 0x04;
    private static final int ZF = 0x40;
    private static final int ARITHMETIC_FLAGS = 0x8D5;

    private FpuInstructions() {}

    /**
     * Executes one register form. FNSTSW AX (DF E0) is not among them: it changes a register of the integer unit.
     *
     * @param opcode D8h to DFh
     * @param modrm C0h to FFh
     * @param eflags the flags before
     * @return the flags after, or {@link #UNDEFINED}
     */
    public static int execute(Fpu f, int opcode, int modrm, int eflags) {
        int reg = modrm >>> 3 & 7;
        int i = modrm & 7;
        switch (opcode) {
            case 0xD8 -> f.arithmetic(reg, i);
            case 0xD9 -> {
                return d9(f, reg, i) ? eflags : UNDEFINED;
            }
            case 0xDA -> {
                if (reg == 5 && i == 1) {
                    f.fucompp();
                } else if (reg < 4) {
                    f.fcmov(i, condition(reg, eflags));
                } else {
                    return UNDEFINED;
                }
            }
            case 0xDB -> {
                return db(f, reg, i, eflags);
            }
            case 0xDC -> toRegister(f, reg, i);
            case 0xDD -> {
                return dd(f, reg, i) ? eflags : UNDEFINED;
            }
            case 0xDE -> {
                return de(f, reg, i) ? eflags : UNDEFINED;
            }
            case 0xDF -> {
                return df(f, reg, i, eflags);
            }
            default -> {
                return UNDEFINED;
            }
        }
        return eflags;
    }

    private static boolean d9(Fpu f, int reg, int i) {
        switch (reg) {
            case 0 -> f.fld(i);
            case 1 -> f.fxch(i);
            case 2 -> {
                if (i != 0) {
                    return false;
                }
                f.fnop();
            }
            case 3 -> f.fstp1(i);
            case 4 -> {
                switch (i) {
                    case 0 -> f.fchs();
                    case 1 -> f.fabs();
                    case 4 -> f.ftst();
                    case 5 -> f.fxam();
                    default -> {
                        return false;
                    }
                }
            }
            case 5 -> {
                return constant(f, i);
            }
            case 6 -> {
                switch (i) {
                    case 0 -> f.f2xm1();
                    case 1 -> f.fyl2x();
                    case 2 -> f.fptan();
                    case 3 -> f.fpatan();
                    case 4 -> f.fxtract();
                    case 5 -> f.fprem1();
                    case 6 -> f.fdecstp();
                    default -> f.fincstp();
                }
            }
            default -> {
                switch (i) {
                    case 0 -> f.fprem();
                    case 1 -> f.fyl2xp1();
                    case 2 -> f.fsqrt();
                    case 3 -> f.fsincos();
                    case 4 -> f.frndint();
                    case 5 -> f.fscale();
                    case 6 -> f.fsin();
                    default -> f.fcos();
                }
            }
        }
        return true;
    }

    private static boolean constant(Fpu f, int i) {
        switch (i) {
            case 0 -> f.fld1();
            case 1 -> f.fldl2t();
            case 2 -> f.fldl2e();
            case 3 -> f.fldpi();
            case 4 -> f.fldlg2();
            case 5 -> f.fldln2();
            case 6 -> f.fldz();
            default -> {
                return false;
            }
        }
        return true;
    }

    private static int db(Fpu f, int reg, int i, int eflags) {
        switch (reg) {
            case 0, 1, 2, 3 -> f.fcmov(i, !condition(reg, eflags));
            case 4 -> {
                switch (i) {
                    // FENI, FDISI and FSETPM of older parts do nothing
                    case 0, 1, 4 -> f.fnop();
                    case 2 -> f.fnclex();
                    case 3 -> f.fninit();
                    default -> {
                        return UNDEFINED;
                    }
                }
            }
            case 5 -> {
                return merge(eflags, f.fucomi(i, false));
            }
            case 6 -> {
                return merge(eflags, f.fcomi(i, false));
            }
            default -> {
                return UNDEFINED;
            }
        }
        return eflags;
    }

    private static void toRegister(Fpu f, int reg, int i) {
        switch (reg) {
            case FpuArithmetic.COM -> f.fcom(i);
            case FpuArithmetic.COMP -> f.fcomp(i);
            default -> f.arithmeticTo(reversed(reg), i);
        }
    }

    private static boolean dd(Fpu f, int reg, int i) {
        switch (reg) {
            case 0 -> f.ffree(i);
            case 1 -> f.fxch(i);
            case 2 -> f.fst(i);
            case 3 -> f.fstp(i);
            case 4 -> f.fucom(i);
            case 5 -> f.fucomp(i);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static boolean de(Fpu f, int reg, int i) {
        switch (reg) {
            case FpuArithmetic.COM -> f.fcomp(i);
            case FpuArithmetic.COMP -> {
                if (i != 1) {
                    return false;
                }
                f.fcompp();
            }
            default -> f.arithmeticPop(reversed(reg), i);
        }
        return true;
    }

    private static int df(Fpu f, int reg, int i, int eflags) {
        switch (reg) {
            case 0 -> f.ffreep(i);
            case 1 -> f.fxch(i);
            case 2, 3 -> f.fstp(i);
            case 5 -> {
                return merge(eflags, f.fucomi(i, true));
            }
            case 6 -> {
                return merge(eflags, f.fcomi(i, true));
            }
            default -> {
                return UNDEFINED;
            }
        }
        return eflags;
    }

    /** With ST(i) as destination, SUB and SUBR, DIV and DIVR change places. */
    private static int reversed(int reg) {
        return reg < FpuArithmetic.SUB ? reg : reg ^ 1;
    }

    /** The FCMOV conditions of opcode DA: B, E, BE, U. */
    private static boolean condition(int reg, int eflags) {
        int mask =
                switch (reg) {
                    case 0 -> CF;
                    case 1 -> ZF;
                    case 2 -> CF | ZF;
                    default -> PF;
                };
        return (eflags & mask) != 0;
    }

    private static int merge(int eflags, int result) {
        return eflags & ~ARITHMETIC_FLAGS | result;
    }
}
