package org.jeroboam.cpu.x86;

import static org.jeroboam.cpu.x86.Trait.BRANCH;
import static org.jeroboam.cpu.x86.Trait.CALLS;
import static org.jeroboam.cpu.x86.Trait.CONDITIONAL_FLAGS;
import static org.jeroboam.cpu.x86.Trait.ENDS_BLOCK;
import static org.jeroboam.cpu.x86.Trait.FPU;
import static org.jeroboam.cpu.x86.Trait.IO;
import static org.jeroboam.cpu.x86.Trait.IOPL_SENSITIVE;
import static org.jeroboam.cpu.x86.Trait.LOCKABLE;
import static org.jeroboam.cpu.x86.Trait.MAY_FAULT;
import static org.jeroboam.cpu.x86.Trait.MMX;
import static org.jeroboam.cpu.x86.Trait.NO_WAIT;
import static org.jeroboam.cpu.x86.Trait.PRIVILEGED;
import static org.jeroboam.cpu.x86.Trait.PROTECTED_ONLY;
import static org.jeroboam.cpu.x86.Trait.READS_MEMORY;
import static org.jeroboam.cpu.x86.Trait.RETURNS;
import static org.jeroboam.cpu.x86.Trait.SIMD_FP;
import static org.jeroboam.cpu.x86.Trait.SSE;
import static org.jeroboam.cpu.x86.Trait.SSE2;
import static org.jeroboam.cpu.x86.Trait.STRING;
import static org.jeroboam.cpu.x86.Trait.SYSTEM;
import static org.jeroboam.cpu.x86.Trait.UNALIGNED;
import static org.jeroboam.cpu.x86.Trait.WRITES_MEMORY;

/**
 * The instruction table: one constant per operation, each with its row.
 *
 * <p>A row reads: access to the explicit operands in order ({@code r} read, {@code w} written, {@code m} both,
 * {@code a} only its address), flags read, flags written with a defined value, flags left undefined, traits. Flags are
 * the letters {@code O S Z A P C} and {@code D I}; {@code *} is all of EFLAGS. Conditions add their flags per
 * instruction ({@link Instruction#flagsRead()}). Source: Intel SDM volume 2 and appendix A of volume 1.
 */
public enum Op {
    // Results of decoding that are faults.
    /** Invalid opcode, form or prefix: #UD. UD2 and UD1 are this too. */
    UD("", ENDS_BLOCK, MAY_FAULT),
    /** More than 15 bytes: #GP(0). */
    GP_TOO_LONG("", ENDS_BLOCK, MAY_FAULT),
    // Integer arithmetic and logic.
    ADD("mr", "", "OSZAPC", "", LOCKABLE),
    ADC("mr", "C", "OSZAPC", "", LOCKABLE),
    SUB("mr", "", "OSZAPC", "", LOCKABLE),
    SBB("mr", "C", "OSZAPC", "", LOCKABLE),
    CMP("rr", "", "OSZAPC", ""),
    AND("mr", "", "OSZPC", "A", LOCKABLE),
    OR("mr", "", "OSZPC", "A", LOCKABLE),
    XOR("mr", "", "OSZPC", "A", LOCKABLE),
    TEST("rr", "", "OSZPC", "A"),
    INC("m", "", "OSZAP", "", LOCKABLE),
    DEC("m", "", "OSZAP", "", LOCKABLE),
    NOT("m", LOCKABLE),
    NEG("m", "", "OSZAPC", "", LOCKABLE),
    /** AX, DX:AX or EDX:EAX = accumulator times operand, unsigned. */
    MUL("r", "", "OC", "SZAP"),
    /** AX, DX:AX or EDX:EAX = accumulator times operand, signed. */
    IMUL1("r", "", "OC", "SZAP"),
    /** Register *= operand. */
    IMUL2("mr", "", "OC", "SZAP"),
    /** Register = operand times immediate. */
    IMUL3("wrr", "", "OC", "SZAP"),
    DIV("r", "", "", "OSZAPC", MAY_FAULT),
    IDIV("r", "", "", "OSZAPC", MAY_FAULT),
    DAA("", "AC", "SZAPC", "O"),
    DAS("", "AC", "SZAPC", "O"),
    AAA("", "A", "AC", "OSZP"),
    AAS("", "A", "AC", "OSZP"),
    /** Base in the immediate; #DE when it is 0. */
    AAM("r", "", "SZP", "OAC", MAY_FAULT),
    AAD("r", "", "SZP", "OAC"),
    /** Rotates: the count is operand 2, an immediate or CL. */
    ROL("mr", "", "OC", "", CONDITIONAL_FLAGS),
    ROR("mr", "", "OC", "", CONDITIONAL_FLAGS),
    RCL("mr", "C", "OC", "", CONDITIONAL_FLAGS),
    RCR("mr", "C", "OC", "", CONDITIONAL_FLAGS),
    SHL("mr", "", "OSZPC", "A", CONDITIONAL_FLAGS),
    SHR("mr", "", "OSZPC", "A", CONDITIONAL_FLAGS),
    SAR("mr", "", "OSZPC", "A", CONDITIONAL_FLAGS),
    SHLD("mrr", "", "OSZPC", "A", CONDITIONAL_FLAGS),
    SHRD("mrr", "", "OSZPC", "A", CONDITIONAL_FLAGS),
    /** Bit tests: a memory operand with a register index reaches beyond its displacement. */
    BT("rr", "", "C", "OSZAP"),
    BTS("mr", "", "C", "OSZAP", LOCKABLE),
    BTR("mr", "", "C", "OSZAP", LOCKABLE),
    BTC("mr", "", "C", "OSZAP", LOCKABLE),
    BSF("mr", "", "Z", "OSAPC"),
    BSR("mr", "", "Z", "OSAPC"),
    BSWAP("m"),
    XADD("mm", "", "OSZAPC", "", LOCKABLE),
    CMPXCHG("mr", "", "OSZAPC", "", LOCKABLE),
    CMPXCHG8B("m", "", "Z", "", LOCKABLE),
    // Moves.
    MOV("wr"),
    XCHG("mm", LOCKABLE),
    MOVSX("wr"),
    MOVZX("wr"),
    LEA("wa"),
    /** AX from AL (operand size 2) or EAX from AX (4). */
    CBW,
    /** DX from AX (operand size 2) or EDX from EAX (4). */
    CWD,
    XLAT("", READS_MEMORY),
    LAHF("", "SZAPC", "", ""),
    SAHF("", "", "SZAPC", ""),
    /** AL = CF ? FFh : 0. */
    SALC("", "C", "", ""),
    CMOVCC("mr"),
    SETCC("w"),
    CMC("", "C", "C", ""),
    CLC("", "", "C", ""),
    STC("", "", "C", ""),
    CLD("", "", "D", ""),
    STD("", "", "D", ""),
    /** All hint NOPs too, whose memory operand is never accessed. */
    NOP("a"),
    PAUSE,
    PREFETCH("a"),
    // Stack.
    PUSH("r", WRITES_MEMORY),
    POP("w", READS_MEMORY),
    PUSHA("", WRITES_MEMORY),
    POPA("", READS_MEMORY),
    PUSHF("", "*", "", "", WRITES_MEMORY, IOPL_SENSITIVE, MAY_FAULT),
    POPF("", "", "*", "", READS_MEMORY, IOPL_SENSITIVE, MAY_FAULT, ENDS_BLOCK),
    /** Frame size in imm, level (cut to 0-31) in imm2. */
    ENTER("rr", READS_MEMORY, WRITES_MEMORY),
    LEAVE("", READS_MEMORY),
    PUSH_SEG("r", WRITES_MEMORY),
    POP_SEG("w", READS_MEMORY, MAY_FAULT, ENDS_BLOCK),
    // Near control transfer.
    JCC("r", BRANCH, ENDS_BLOCK, MAY_FAULT),
    JMP("r", BRANCH, ENDS_BLOCK, MAY_FAULT),
    JMP_IND("r", BRANCH, ENDS_BLOCK, MAY_FAULT),
    CALL("r", BRANCH, ENDS_BLOCK, MAY_FAULT, CALLS, WRITES_MEMORY),
    CALL_IND("r", BRANCH, ENDS_BLOCK, MAY_FAULT, CALLS, WRITES_MEMORY),
    /** Bytes to drop from the stack in imm, 0 without immediate. */
    RET("r", BRANCH, ENDS_BLOCK, MAY_FAULT, RETURNS, READS_MEMORY),
    LOOP("r", BRANCH, ENDS_BLOCK, MAY_FAULT),
    LOOPE("r", "Z", "", "", BRANCH, ENDS_BLOCK, MAY_FAULT),
    LOOPNE("r", "Z", "", "", BRANCH, ENDS_BLOCK, MAY_FAULT),
    JCXZ("r", BRANCH, ENDS_BLOCK, MAY_FAULT),
    // Far control transfer, interrupts.
    JMP_FAR("r", "*", "*", "", BRANCH, ENDS_BLOCK, MAY_FAULT, READS_MEMORY, WRITES_MEMORY),
    JMP_FAR_IND("r", "*", "*", "", BRANCH, ENDS_BLOCK, MAY_FAULT, READS_MEMORY, WRITES_MEMORY),
    CALL_FAR("r", "*", "*", "", BRANCH, ENDS_BLOCK, MAY_FAULT, CALLS, READS_MEMORY, WRITES_MEMORY),
    CALL_FAR_IND("r", "*", "*", "", BRANCH, ENDS_BLOCK, MAY_FAULT, CALLS, READS_MEMORY, WRITES_MEMORY),
    RET_FAR("r", BRANCH, ENDS_BLOCK, MAY_FAULT, RETURNS, READS_MEMORY, WRITES_MEMORY),
    IRET("", "*", "*", "", BRANCH, ENDS_BLOCK, MAY_FAULT, RETURNS, READS_MEMORY, WRITES_MEMORY, IOPL_SENSITIVE),
    INT("r", "*", "*", "", BRANCH, ENDS_BLOCK, MAY_FAULT, CALLS, READS_MEMORY, WRITES_MEMORY, IOPL_SENSITIVE),
    INT3("", "*", "*", "", BRANCH, ENDS_BLOCK, MAY_FAULT, CALLS, READS_MEMORY, WRITES_MEMORY),
    INTO("", "*", "*", "", BRANCH, ENDS_BLOCK, MAY_FAULT, CALLS, READS_MEMORY, WRITES_MEMORY),
    /** F1: #DB with no bit in DR6. */
    ICEBP("", "*", "*", "", BRANCH, ENDS_BLOCK, MAY_FAULT, CALLS, READS_MEMORY, WRITES_MEMORY),
    BOUND("rr", MAY_FAULT),
    SYSENTER("", "", "*", "", BRANCH, ENDS_BLOCK, MAY_FAULT, SYSTEM, PROTECTED_ONLY),
    SYSEXIT("", BRANCH, ENDS_BLOCK, MAY_FAULT, SYSTEM, PRIVILEGED),
    /** #UD outside system management mode. */
    RSM("", "", "*", "", BRANCH, ENDS_BLOCK, MAY_FAULT, READS_MEMORY, SYSTEM),
    // Segments and descriptors.
    MOV_FROM_SEG("wr"),
    MOV_TO_SEG("wr", READS_MEMORY, WRITES_MEMORY, MAY_FAULT, ENDS_BLOCK),
    LES("wr", READS_MEMORY, WRITES_MEMORY, MAY_FAULT, ENDS_BLOCK),
    LDS("wr", READS_MEMORY, WRITES_MEMORY, MAY_FAULT, ENDS_BLOCK),
    LSS("wr", READS_MEMORY, WRITES_MEMORY, MAY_FAULT, ENDS_BLOCK),
    LFS("wr", READS_MEMORY, WRITES_MEMORY, MAY_FAULT, ENDS_BLOCK),
    LGS("wr", READS_MEMORY, WRITES_MEMORY, MAY_FAULT, ENDS_BLOCK),
    ARPL("mr", "", "Z", "", PROTECTED_ONLY, MAY_FAULT),
    LAR("mr", "", "Z", "", PROTECTED_ONLY, READS_MEMORY, MAY_FAULT),
    LSL("mr", "", "Z", "", PROTECTED_ONLY, READS_MEMORY, MAY_FAULT),
    VERR("r", "", "Z", "", PROTECTED_ONLY, READS_MEMORY, MAY_FAULT),
    VERW("r", "", "Z", "", PROTECTED_ONLY, READS_MEMORY, MAY_FAULT),
    SLDT("w", PROTECTED_ONLY, SYSTEM, MAY_FAULT),
    STR("w", PROTECTED_ONLY, SYSTEM, MAY_FAULT),
    LLDT("r", PROTECTED_ONLY, SYSTEM, PRIVILEGED, MAY_FAULT, READS_MEMORY, ENDS_BLOCK),
    LTR("r", PROTECTED_ONLY, SYSTEM, PRIVILEGED, MAY_FAULT, READS_MEMORY, WRITES_MEMORY, ENDS_BLOCK),
    SGDT("w", SYSTEM),
    SIDT("w", SYSTEM),
    LGDT("r", SYSTEM, PRIVILEGED, ENDS_BLOCK),
    LIDT("r", SYSTEM, PRIVILEGED, ENDS_BLOCK),
    // System.
    SMSW("w", SYSTEM),
    LMSW("r", SYSTEM, PRIVILEGED, ENDS_BLOCK),
    CLTS("", SYSTEM, PRIVILEGED, ENDS_BLOCK),
    MOV_FROM_CR("wr", "", "", "OSZAPC", SYSTEM, PRIVILEGED),
    MOV_TO_CR("wr", "", "", "OSZAPC", SYSTEM, PRIVILEGED, MAY_FAULT, ENDS_BLOCK),
    MOV_FROM_DR("wr", "", "", "OSZAPC", SYSTEM, PRIVILEGED, MAY_FAULT),
    MOV_TO_DR("wr", "", "", "OSZAPC", SYSTEM, PRIVILEGED, MAY_FAULT, ENDS_BLOCK),
    INVLPG("a", SYSTEM, PRIVILEGED, ENDS_BLOCK),
    INVD("", SYSTEM, PRIVILEGED, ENDS_BLOCK),
    WBINVD("", SYSTEM, PRIVILEGED, ENDS_BLOCK),
    HLT("", SYSTEM, PRIVILEGED, ENDS_BLOCK),
    CPUID("", SYSTEM, ENDS_BLOCK),
    RDTSC("", SYSTEM, MAY_FAULT),
    RDPMC("", SYSTEM, MAY_FAULT),
    RDMSR("", SYSTEM, PRIVILEGED, MAY_FAULT),
    WRMSR("", SYSTEM, PRIVILEGED, MAY_FAULT, ENDS_BLOCK),
    CLI("", "", "I", "", IOPL_SENSITIVE, MAY_FAULT),
    STI("", "", "I", "", IOPL_SENSITIVE, MAY_FAULT, ENDS_BLOCK),
    IN("wr", IO, MAY_FAULT, ENDS_BLOCK),
    OUT("rr", IO, MAY_FAULT, ENDS_BLOCK),
    // Strings: operandSize is the element, segment that of the source.
    MOVS("", "D", "", "", STRING, READS_MEMORY, WRITES_MEMORY),
    CMPS("", "D", "OSZAPC", "", STRING, CONDITIONAL_FLAGS, READS_MEMORY),
    STOS("", "D", "", "", STRING, WRITES_MEMORY),
    LODS("", "D", "", "", STRING, READS_MEMORY),
    SCAS("", "D", "OSZAPC", "", STRING, CONDITIONAL_FLAGS, READS_MEMORY),
    INS("", "D", "", "", STRING, IO, MAY_FAULT, WRITES_MEMORY, ENDS_BLOCK),
    OUTS("", "D", "", "", STRING, IO, MAY_FAULT, READS_MEMORY, ENDS_BLOCK),
    // x87. Operands are explicit: the destination first, ST(0) when the encoding implies it.
    FWAIT("", FPU),
    FADD("mr", FPU),
    FMUL("mr", FPU),
    FSUB("mr", FPU),
    FSUBR("mr", FPU),
    FDIV("mr", FPU),
    FDIVR("mr", FPU),
    FADDP("mr", FPU),
    FMULP("mr", FPU),
    FSUBP("mr", FPU),
    FSUBRP("mr", FPU),
    FDIVP("mr", FPU),
    FDIVRP("mr", FPU),
    FIADD("mr", FPU),
    FIMUL("mr", FPU),
    FISUB("mr", FPU),
    FISUBR("mr", FPU),
    FIDIV("mr", FPU),
    FIDIVR("mr", FPU),
    FCOM("rr", FPU),
    FCOMP("rr", FPU),
    FCOMPP("rr", FPU),
    FUCOM("rr", FPU),
    FUCOMP("rr", FPU),
    FUCOMPP("rr", FPU),
    FICOM("rr", FPU),
    FICOMP("rr", FPU),
    FCOMI("rr", "", "ZPC", "OSA", FPU),
    FCOMIP("rr", "", "ZPC", "OSA", FPU),
    FUCOMI("rr", "", "ZPC", "OSA", FPU),
    FUCOMIP("rr", "", "ZPC", "OSA", FPU),
    FTST("", FPU),
    FXAM("", FPU),
    /** Pushes memory or a stack register. */
    FLD("r", FPU),
    FST("w", FPU),
    FSTP("w", FPU),
    FILD("r", FPU),
    FIST("w", FPU),
    FISTP("w", FPU),
    FBLD("r", FPU),
    FBSTP("w", FPU),
    /** Exchanges ST(0) with operand 1. */
    FXCH("m", FPU),
    /** Copies operand 2 to ST(0) if the condition holds. */
    FCMOVCC("mr", FPU),
    FLD1("", FPU),
    FLDL2T("", FPU),
    FLDL2E("", FPU),
    FLDPI("", FPU),
    FLDLG2("", FPU),
    FLDLN2("", FPU),
    FLDZ("", FPU),
    FCHS("", FPU),
    FABS("", FPU),
    FSQRT("", FPU),
    FRNDINT("", FPU),
    FSCALE("", FPU),
    FXTRACT("", FPU),
    FPREM("", FPU),
    FPREM1("", FPU),
    F2XM1("", FPU),
    FYL2X("", FPU),
    FYL2XP1("", FPU),
    FPTAN("", FPU),
    FPATAN("", FPU),
    FSIN("", FPU),
    FCOS("", FPU),
    FSINCOS("", FPU),
    FNOP("", FPU),
    FINCSTP("", FPU),
    FDECSTP("", FPU),
    FFREE("r", FPU),
    /** FFREE, then pop. */
    FFREEP("r", FPU),
    FLDCW("r", FPU),
    FLDENV("r", FPU),
    FRSTOR("r", FPU),
    FNSTCW("w", FPU, NO_WAIT),
    FNSTSW("w", FPU, NO_WAIT),
    FNSTENV("w", FPU, NO_WAIT),
    FNSAVE("w", FPU, NO_WAIT),
    FNCLEX("", FPU, NO_WAIT),
    FNINIT("", FPU, NO_WAIT),
    /** FNENI, FNDISI and FNSETPM of older coprocessors: no operation. */
    FNOP_LEGACY("", FPU, NO_WAIT),
    FXSAVE("w", FPU, NO_WAIT, MAY_FAULT),
    FXRSTOR("r", FPU, NO_WAIT, MAY_FAULT),
    // MMX and its SSE2 forms on XMM registers.
    EMMS("", MMX),
    MOVD("wr", MMX),
    MOVQ("wr", MMX),
    PACKSSWB("mr", MMX),
    PACKSSDW("mr", MMX),
    PACKUSWB("mr", MMX),
    PADDB("mr", MMX),
    PADDW("mr", MMX),
    PADDD("mr", MMX),
    PADDQ("mr", MMX),
    PADDSB("mr", MMX),
    PADDSW("mr", MMX),
    PADDUSB("mr", MMX),
    PADDUSW("mr", MMX),
    PAND("mr", MMX),
    PANDN("mr", MMX),
    POR("mr", MMX),
    PXOR("mr", MMX),
    PCMPEQB("mr", MMX),
    PCMPEQW("mr", MMX),
    PCMPEQD("mr", MMX),
    PCMPGTB("mr", MMX),
    PCMPGTW("mr", MMX),
    PCMPGTD("mr", MMX),
    PMADDWD("mr", MMX),
    PMULHW("mr", MMX),
    PMULHUW("mr", MMX),
    PMULLW("mr", MMX),
    PMULUDQ("mr", MMX),
    PSLLW("mr", MMX),
    PSLLD("mr", MMX),
    PSLLQ("mr", MMX),
    PSRAW("mr", MMX),
    PSRAD("mr", MMX),
    PSRLW("mr", MMX),
    PSRLD("mr", MMX),
    PSRLQ("mr", MMX),
    PSUBB("mr", MMX),
    PSUBW("mr", MMX),
    PSUBD("mr", MMX),
    PSUBQ("mr", MMX),
    PSUBSB("mr", MMX),
    PSUBSW("mr", MMX),
    PSUBUSB("mr", MMX),
    PSUBUSW("mr", MMX),
    PUNPCKHBW("mr", MMX),
    PUNPCKHWD("mr", MMX),
    PUNPCKHDQ("mr", MMX),
    PUNPCKLBW("mr", MMX),
    PUNPCKLWD("mr", MMX),
    PUNPCKLDQ("mr", MMX),
    PAVGB("mr", MMX),
    PAVGW("mr", MMX),
    PMAXSW("mr", MMX),
    PMAXUB("mr", MMX),
    PMINSW("mr", MMX),
    PMINUB("mr", MMX),
    PSADBW("mr", MMX),
    PSHUFW("wrr", MMX),
    PEXTRW("wrr", MMX),
    PINSRW("mrr", MMX),
    PMOVMSKB("wr", MMX),
    MOVNTQ("wr", MMX),
    MASKMOVQ("rr", MMX, WRITES_MEMORY),
    // SSE.
    MOVUPS("wr", SSE, UNALIGNED),
    MOVAPS("wr", SSE),
    /** Clears the rest of the register on a load from memory, keeps it otherwise. */
    MOVSS("wr", SSE),
    /** Half moves keep the other half of a destination register. */
    MOVLPS("wr", SSE),
    MOVHPS("wr", SSE),
    MOVHLPS("wr", SSE),
    MOVLHPS("wr", SSE),
    MOVMSKPS("wr", SSE),
    MOVNTPS("wr", SSE),
    UNPCKLPS("mr", SSE),
    UNPCKHPS("mr", SSE),
    SHUFPS("mrr", SSE),
    ANDPS("mr", SSE),
    ANDNPS("mr", SSE),
    ORPS("mr", SSE),
    XORPS("mr", SSE),
    ADDPS("mr", SSE, SIMD_FP),
    ADDSS("mr", SSE, SIMD_FP),
    MULPS("mr", SSE, SIMD_FP),
    MULSS("mr", SSE, SIMD_FP),
    SUBPS("mr", SSE, SIMD_FP),
    SUBSS("mr", SSE, SIMD_FP),
    DIVPS("mr", SSE, SIMD_FP),
    DIVSS("mr", SSE, SIMD_FP),
    MINPS("mr", SSE, SIMD_FP),
    MINSS("mr", SSE, SIMD_FP),
    MAXPS("mr", SSE, SIMD_FP),
    MAXSS("mr", SSE, SIMD_FP),
    SQRTPS("wr", SSE, SIMD_FP),
    SQRTSS("wr", SSE, SIMD_FP),
    RSQRTPS("wr", SSE),
    RSQRTSS("wr", SSE),
    RCPPS("wr", SSE),
    RCPSS("wr", SSE),
    CMPPS("mrr", SSE, SIMD_FP),
    CMPSS("mrr", SSE, SIMD_FP),
    COMISS("rr", "", "OSZAPC", "", SSE, SIMD_FP),
    UCOMISS("rr", "", "OSZAPC", "", SSE, SIMD_FP),
    CVTPI2PS("wr", SSE, SIMD_FP),
    CVTSI2SS("wr", SSE, SIMD_FP),
    CVTTPS2PI("wr", SSE, SIMD_FP),
    CVTTSS2SI("wr", SSE, SIMD_FP),
    CVTPS2PI("wr", SSE, SIMD_FP),
    CVTSS2SI("wr", SSE, SIMD_FP),
    LDMXCSR("r", SSE, MAY_FAULT),
    STMXCSR("w", SSE),
    SFENCE("", SSE),
    // SSE2.
    MOVUPD("wr", SSE2, UNALIGNED),
    MOVAPD("wr", SSE2),
    MOVSD("wr", SSE2),
    MOVLPD("wr", SSE2),
    MOVHPD("wr", SSE2),
    MOVMSKPD("wr", SSE2),
    MOVNTPD("wr", SSE2),
    MOVDQA("wr", SSE2),
    MOVDQU("wr", SSE2, UNALIGNED),
    MOVNTDQ("wr", SSE2),
    MOVNTI("wr", SSE2),
    MOVDQ2Q("wr", SSE2),
    MOVQ2DQ("wr", SSE2),
    UNPCKLPD("mr", SSE2),
    UNPCKHPD("mr", SSE2),
    SHUFPD("mrr", SSE2),
    ANDPD("mr", SSE2),
    ANDNPD("mr", SSE2),
    ORPD("mr", SSE2),
    XORPD("mr", SSE2),
    ADDPD("mr", SSE2, SIMD_FP),
    ADDSD("mr", SSE2, SIMD_FP),
    MULPD("mr", SSE2, SIMD_FP),
    MULSD("mr", SSE2, SIMD_FP),
    SUBPD("mr", SSE2, SIMD_FP),
    SUBSD("mr", SSE2, SIMD_FP),
    DIVPD("mr", SSE2, SIMD_FP),
    DIVSD("mr", SSE2, SIMD_FP),
    MINPD("mr", SSE2, SIMD_FP),
    MINSD("mr", SSE2, SIMD_FP),
    MAXPD("mr", SSE2, SIMD_FP),
    MAXSD("mr", SSE2, SIMD_FP),
    SQRTPD("wr", SSE2, SIMD_FP),
    SQRTSD("wr", SSE2, SIMD_FP),
    CMPPD("mrr", SSE2, SIMD_FP),
    CMPSD("mrr", SSE2, SIMD_FP),
    COMISD("rr", "", "OSZAPC", "", SSE2, SIMD_FP),
    UCOMISD("rr", "", "OSZAPC", "", SSE2, SIMD_FP),
    CVTPI2PD("wr", SSE2, SIMD_FP),
    CVTSI2SD("wr", SSE2, SIMD_FP),
    CVTTPD2PI("wr", SSE2, SIMD_FP),
    CVTTSD2SI("wr", SSE2, SIMD_FP),
    CVTPD2PI("wr", SSE2, SIMD_FP),
    CVTSD2SI("wr", SSE2, SIMD_FP),
    CVTPS2PD("wr", SSE2, SIMD_FP),
    CVTPD2PS("wr", SSE2, SIMD_FP),
    CVTSS2SD("wr", SSE2, SIMD_FP),
    CVTSD2SS("wr", SSE2, SIMD_FP),
    CVTDQ2PS("wr", SSE2, SIMD_FP),
    CVTPS2DQ("wr", SSE2, SIMD_FP),
    CVTTPS2DQ("wr", SSE2, SIMD_FP),
    CVTDQ2PD("wr", SSE2, SIMD_FP),
    CVTPD2DQ("wr", SSE2, SIMD_FP),
    CVTTPD2DQ("wr", SSE2, SIMD_FP),
    PSHUFD("wrr", SSE2),
    PSHUFHW("wrr", SSE2),
    PSHUFLW("wrr", SSE2),
    PSLLDQ("mr", SSE2),
    PSRLDQ("mr", SSE2),
    PUNPCKLQDQ("mr", SSE2),
    PUNPCKHQDQ("mr", SSE2),
    MASKMOVDQU("rr", SSE2, WRITES_MEMORY, UNALIGNED),
    CLFLUSH("a", SSE2),
    LFENCE("", SSE2),
    MFENCE("", SSE2);

    private final String access;
    private final int flagsRead;
    private final int flagsWritten;
    private final int flagsUndefined;
    private final long traits;

    Op(Trait... traits) {
        this("", "", "", "", traits);
    }

    Op(String access, Trait... traits) {
        this(access, "", "", "", traits);
    }

    Op(String access, String read, String written, String undefined, Trait... traits) {
        this.access = access;
        this.flagsRead = flags(read);
        this.flagsWritten = flags(written);
        this.flagsUndefined = flags(undefined);
        long mask = 0;
        for (Trait trait : traits) {
            mask |= 1L << trait.ordinal();
        }
        this.traits = mask;
    }

    /** Whether the operation has a trait. */
    public boolean has(Trait trait) {
        return (traits & 1L << trait.ordinal()) != 0;
    }

    /** Flags that the result depends on, without those of a condition code. A mask of {@link EFlags} bits. */
    public int flagsRead() {
        return flagsRead;
    }

    /** Flags that get a defined value. With {@link Trait#CONDITIONAL_FLAGS} they may also stay unchanged. */
    public int flagsWritten() {
        return flagsWritten;
    }

    /** Flags that the manual leaves undefined afterwards (what the reference core makes of them is its policy). */
    public int flagsUndefined() {
        return flagsUndefined;
    }

    /** Flags whose old value is certainly gone, and meaningless to read, after the instruction. */
    public int flagsKilled() {
        return has(Trait.CONDITIONAL_FLAGS) ? 0 : flagsWritten | flagsUndefined;
    }

    /** Number of explicit operands that the row describes; a form may have fewer. */
    public int operands() {
        return access.length();
    }

    /** Whether explicit operand 0, 1 or 2 is read. */
    public boolean reads(int operand) {
        return operand < access.length() && "rm".indexOf(access.charAt(operand)) >= 0;
    }

    /** Whether explicit operand 0, 1 or 2 is written. */
    public boolean writes(int operand) {
        return operand < access.length() && "wm".indexOf(access.charAt(operand)) >= 0;
    }

    private static int flags(String letters) {
        int mask = 0;
        for (int i = 0; i < letters.length(); i++) {
            mask |= switch (letters.charAt(i)) {
                case 'O' -> EFlags.OF;
                case 'S' -> EFlags.SF;
                case 'Z' -> EFlags.ZF;
                case 'A' -> EFlags.AF;
                case 'P' -> EFlags.PF;
                case 'C' -> EFlags.CF;
                case 'D' -> EFlags.DF;
                case 'I' -> EFlags.IF;
                case '*' -> -1;
                default -> throw new IllegalArgumentException("no such flag in a table row: " + letters);
            };
        }
        return mask;
    }
}
