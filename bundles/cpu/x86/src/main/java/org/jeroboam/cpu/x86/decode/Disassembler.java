package org.jeroboam.cpu.x86.decode;

import java.util.Locale;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.cpu.x86.Trait;

/** Text of a decoded instruction for people, in Intel order with NASM-like operands. Stateless. */
public final class Disassembler {

    private static final String[] CONDITIONS = {
        "o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"
    };
    private static final String[] FPU_CONDITIONS = {
        "", "", "b", "nb", "e", "ne", "be", "nbe", "", "", "u", "nu", "", "", "", ""
    };
    private static final String[] REG8 = {"al", "cl", "dl", "bl", "ah", "ch", "dh", "bh"};
    private static final String[] REG16 = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
    private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs", "?", "?"};
    private static final int DS = 3;
    private static final int SS = 2;

    private Disassembler() {}

    /**
     * The text of an instruction, such as {@code lock add dword [ebx+ecx*4+10h], eax}.
     *
     * @param i a decoded instruction
     * @param address its offset in the code segment, from which branch targets are counted
     */
    public static String text(Instruction i, int address) {
        StringBuilder text = new StringBuilder();
        if (i.lock) {
            text.append("lock ");
        }
        if (i.rep != Instruction.REP_NONE) {
            boolean compares = i.op == Op.CMPS || i.op == Op.SCAS;
            text.append(i.rep == Instruction.REPNE ? "repne " : compares ? "repe " : "rep ");
        }
        if (i.op.has(Trait.STRING) && i.segment != DS) {
            text.append(SEGMENTS[i.segment]).append(' ');
        }
        text.append(mnemonic(i));
        append(text, " ", i.kind1, i.reg1, i, address);
        append(text, ", ", i.kind2, i.reg2, i, address);
        append(text, ", ", i.kind3, i.reg3, i, address);
        return text.toString();
    }

    /**
     * The mnemonic alone, such as {@code jne} or {@code movsd}.
     *
     * @param i a decoded instruction
     */
    public static String mnemonic(Instruction i) {
        boolean wide = i.operandSize == 4;
        return switch (i.op) {
            case UD -> "(invalid)";
            case GP_TOO_LONG -> "(too long)";
            case JCC -> "j" + CONDITIONS[i.condition];
            case SETCC -> "set" + CONDITIONS[i.condition];
            case CMOVCC -> "cmov" + CONDITIONS[i.condition];
            case FCMOVCC -> "fcmov" + FPU_CONDITIONS[i.condition];
            case MOV_FROM_SEG, MOV_TO_SEG, MOV_FROM_CR, MOV_TO_CR, MOV_FROM_DR, MOV_TO_DR -> "mov";
            case IMUL1, IMUL2, IMUL3 -> "imul";
            case PUSH_SEG -> "push";
            case POP_SEG -> "pop";
            case JMP_IND -> "jmp";
            case JMP_FAR, JMP_FAR_IND -> "jmp far";
            case CALL_IND -> "call";
            case CALL_FAR, CALL_FAR_IND -> "call far";
            case RET_FAR -> "retf";
            case CBW -> wide ? "cwde" : "cbw";
            case CWD -> wide ? "cdq" : "cwd";
            case PUSHA, POPA, PUSHF, POPF, IRET -> lower(i.op) + (wide ? "d" : "");
            case JCXZ -> i.addressSize == 4 ? "jecxz" : "jcxz";
            case FNOP_LEGACY -> i.modrm == 0xE0 ? "fneni" : i.modrm == 0xE1 ? "fndisi" : "fnsetpm";
            case MOVS, CMPS, STOS, LODS, SCAS, INS, OUTS -> lower(i.op) + "?bw?d".charAt(i.operandSize);
            case PREFETCH -> "prefetch" + new String[] {"nta", "t0", "t1", "t2"}[i.modrm >> 3 & 3];
            default -> lower(i.op);
        };
    }

    private static String lower(Op op) {
        return op.name().toLowerCase(Locale.ROOT);
    }

    private static void append(
            StringBuilder text, String separator, OperandKind kind, int register, Instruction i, int address) {
        if (kind == OperandKind.NONE) {
            return;
        }
        text.append(separator);
        switch (kind) {
            case REG8 -> text.append(REG8[register]);
            case REG16 -> text.append(REG16[register]);
            case REG32 -> text.append('e').append(REG16[register]);
            case SEG -> text.append(SEGMENTS[register]);
            case CR -> text.append("cr").append(register);
            case DR -> text.append("dr").append(register);
            case ST -> text.append("st").append(register);
            case MMX -> text.append("mm").append(register);
            case XMM -> text.append("xmm").append(register);
            case MEM -> appendMemory(text, i);
            case REL -> {
                int target = address + i.length + i.imm;
                text.append(hex(i.operandSize == 4 ? target : target & 0xFFFF));
            }
            case FAR_PTR -> text.append(hex(i.imm2)).append(':').append(hex(i.imm));
            default -> text.append(hex(i.op == Op.ENTER && separator.equals(", ") ? i.imm2 : i.imm));
        }
    }

    private static void appendMemory(StringBuilder text, Instruction i) {
        text.append(sizeName(i.memorySize)).append('[');
        boolean stack = i.base == 4 || i.base == 5;
        if (i.segment != (stack ? SS : DS)) {
            text.append(SEGMENTS[i.segment]).append(':');
        }
        String prefix = i.addressSize == 4 ? "e" : "";
        boolean hasRegister = i.base >= 0 || i.index >= 0;
        if (i.base >= 0) {
            text.append(prefix).append(REG16[i.base]);
        }
        if (i.index >= 0) {
            text.append(i.base >= 0 ? "+" : "").append(prefix).append(REG16[i.index]);
            text.append(i.scale > 0 ? "*" + (1 << i.scale) : "");
        }
        if (!hasRegister) {
            text.append(hex(i.addressSize == 4 ? i.displacement : i.displacement & 0xFFFF));
        } else if (i.displacement != 0) {
            text.append(i.displacement < 0 ? "-" : "+").append(hex(Math.abs(i.displacement)));
        }
        text.append(']');
    }

    private static String sizeName(int bytes) {
        return switch (bytes) {
            case 1 -> "byte ";
            case 2 -> "word ";
            case 4 -> "dword ";
            case 6 -> "fword ";
            case 8 -> "qword ";
            case 10 -> "tword ";
            case 16 -> "oword ";
            default -> "";
        };
    }

    /** Hexadecimal as Intel's assembler writes it: a digit first, then {@code h}; small numbers plain. */
    private static String hex(int value) {
        if (value >= 0 && value < 10) {
            return Integer.toString(value);
        }
        String digits = Integer.toHexString(value).toUpperCase(Locale.ROOT);
        return (Character.isDigit(digits.charAt(0)) ? "" : "0") + digits + "h";
    }
}
