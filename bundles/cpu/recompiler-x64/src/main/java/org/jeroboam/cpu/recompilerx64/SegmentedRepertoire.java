package org.jeroboam.cpu.recompilerx64;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.OperandKind;

/** Which instructions the translator takes in code of 16 bits, and where segments are not flat. */
final class SegmentedRepertoire {
    private static final int CS = 1;
    private static final int ESP = 4;

    private SegmentedRepertoire() {}

    /** Whether an instruction can be translated. @param user whether for level 3 */
    static boolean has(Instruction in, Addressing addressing, boolean user) {
        return switch (in.op) {
            case PUSH, LEAVE, CALL, CALL_IND, RET, JMP_IND, JMP, JCC, LOOP, LOOPE, LOOPNE, JCXZ, LEA -> true;
            case POP -> in.kind1 != OperandKind.MEM || in.base != ESP;
            case BT, BTS, BTR, BTC -> in.kind1 != OperandKind.MEM || in.kind2 == OperandKind.IMM;
            case PUSH_SEG, MOV_FROM_SEG, CLD, STD, RDTSC -> true;
            case CLI, STI -> !user;
            case PUSHF, POPF -> !(user && addressing.paragraphs());
            case MOV_TO_SEG, POP_SEG -> addressing.paragraphs() && in.reg1 != CS;
            case LES, LDS, LFS, LGS, LSS -> addressing.paragraphs();
            case CALL_FAR, CALL_FAR_IND, JMP_FAR, JMP_FAR_IND, RET_FAR -> addressing.paragraphs();
            case INT, IRET -> addressing.paragraphs() && !user;
            default -> Repertoire.has(in);
        };
    }
}
