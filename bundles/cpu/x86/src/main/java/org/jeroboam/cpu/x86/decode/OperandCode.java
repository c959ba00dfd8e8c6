package org.jeroboam.cpu.x86.decode;

import java.util.List;

/**
 * One operand as an opcode row writes it: where it is encoded, and how wide it is.
 *
 * @param source where it comes from
 * @param size its width
 * @param number the register of a fixed operand, the value of a constant one
 */
record OperandCode(Source source, Size size, int number) {

    /** Where an operand is encoded; the comment is the letter in the rows. */
    enum Source {
        /** E: general register or memory by ModRM. */
        RM_GENERAL,
        /** M: memory by ModRM only. */
        MEMORY,
        /** G: general register in ModRM.reg. */
        REG_GENERAL,
        /** R: general register in ModRM.rm, whatever ModRM.mod says. */
        RM_REGISTER,
        /** Z: general register in the opcode. */
        OPCODE_REGISTER,
        /** S: segment register in ModRM.reg. */
        SEGMENT,
        /** C: control register in ModRM.reg. */
        CONTROL,
        /** D: debug register in ModRM.reg. */
        DEBUG,
        /** P: MMX register in ModRM.reg. */
        REG_MMX,
        /** Q: MMX register or memory. */
        RM_MMX,
        /** N: MMX register in ModRM.rm, no memory form. */
        RM_MMX_REGISTER,
        /** V: XMM register in ModRM.reg. */
        REG_XMM,
        /** W: XMM register or memory. */
        RM_XMM,
        /** U: XMM register in ModRM.rm, no memory form. */
        RM_XMM_REGISTER,
        /** I: immediate. Is is a byte sign-extended to the operand size, I2 a byte for the second immediate. */
        IMMEDIATE,
        /** J: displacement from the next instruction. */
        RELATIVE,
        /** A: far pointer in the instruction. */
        FAR_POINTER,
        /** O: memory at an offset in the instruction. */
        OFFSET,
        /** AL CL AX DX eAX. */
        FIXED_GENERAL,
        /** ES CS SS DS FS GS. */
        FIXED_SEGMENT,
        /** 0 1: a constant. */
        CONSTANT,
        /** ST: top of the x87 stack. */
        ST_TOP,
        /** STi: x87 register in ModRM.rm. */
        ST_RM
    }

    /** How wide an operand is; the comment is the letter in the rows. */
    enum Size {
        /** n, or nothing: no width of its own; a general register has the operand size. */
        NONE,
        /** b: 1. */
        BYTE,
        /** w: 2. */
        WORD,
        /** d: 4. */
        DWORD,
        /** q: 8. */
        QWORD,
        /** t: 10. */
        TEN,
        /** x: 16. */
        XMM,
        /** v: operand size. */
        OPERAND,
        /** s: with I a byte extended to the operand size, with M a table register of 6 bytes. */
        SPECIAL,
        /** 2 (with I): byte into the second immediate. */
        SECOND,
        /** y: a register has the operand size, memory 2 bytes. */
        REG_OPERAND_MEM_WORD,
        /** z: a register has 4 bytes, memory 2. */
        REG_DWORD_MEM_WORD,
        /** p: far pointer, operand size + 2. */
        POINTER,
        /** a: pair of bounds, twice the operand size. */
        PAIR,
        /** e: x87 environment, 14 or 28. */
        ENVIRONMENT,
        /** f: x87 state, 94 or 108. */
        STATE,
        /** h: 512. */
        FXSAVE_IMAGE
    }

    private static final String SOURCE_LETTERS = "EMGRZSCDPQNVWUIJAO";
    private static final String SIZE_LETTERS = "nbwdqtxvs2yzpaefh";
    private static final List<String> SEGMENTS = List.of("ES", "CS", "SS", "DS", "FS", "GS");

    static OperandCode parse(String text) {
        switch (text) {
            case "AL":
                return new OperandCode(Source.FIXED_GENERAL, Size.BYTE, 0);
            case "CL":
                return new OperandCode(Source.FIXED_GENERAL, Size.BYTE, 1);
            case "AX":
                return new OperandCode(Source.FIXED_GENERAL, Size.WORD, 0);
            case "DX":
                return new OperandCode(Source.FIXED_GENERAL, Size.WORD, 2);
            case "eAX":
                return new OperandCode(Source.FIXED_GENERAL, Size.OPERAND, 0);
            case "0", "1":
                return new OperandCode(Source.CONSTANT, Size.NONE, text.charAt(0) - '0');
            case "ST":
                return new OperandCode(Source.ST_TOP, Size.NONE, 0);
            case "STi":
                return new OperandCode(Source.ST_RM, Size.NONE, 0);
            case "ES", "CS", "SS", "DS", "FS", "GS":
                return new OperandCode(Source.FIXED_SEGMENT, Size.WORD, SEGMENTS.indexOf(text));
            default:
                int source = SOURCE_LETTERS.indexOf(text.charAt(0));
                int size = text.length() == 1 ? 0 : SIZE_LETTERS.indexOf(text.charAt(1));
                if (source < 0 || size < 0 || text.length() > 2) {
                    throw new IllegalArgumentException("no such operand in an opcode row: " + text);
                }
                return new OperandCode(Source.values()[source], Size.values()[size], 0);
        }
    }

    /** Whether the operand is encoded in a ModRM byte. */
    boolean needsModrm() {
        return switch (source) {
            case OPCODE_REGISTER, IMMEDIATE, RELATIVE, FAR_POINTER, OFFSET -> false;
            case FIXED_GENERAL, FIXED_SEGMENT, CONSTANT, ST_TOP -> false;
            default -> true;
        };
    }

    /** Whether the operand exists only in the memory form of ModRM. */
    boolean memoryOnly() {
        return source == Source.MEMORY;
    }

    /** Whether the operand exists only in the register form of ModRM. */
    boolean registerOnly() {
        return source == Source.RM_MMX_REGISTER || source == Source.RM_XMM_REGISTER;
    }

    /** Whether ModRM.mod does not matter. */
    boolean ignoresMod() {
        return source == Source.RM_REGISTER;
    }

    /** Whether this operand, as the first of its kind in a row, decides the operand size. */
    boolean decidesOperandSize() {
        return switch (source) {
            case RM_GENERAL, MEMORY, REG_GENERAL, RM_REGISTER, OPCODE_REGISTER, OFFSET -> true;
            case FIXED_GENERAL -> number == 0;
            default -> false;
        };
    }

    /** Bytes of the operand when it is a general register. */
    int registerSize(int operandSize) {
        return switch (size) {
            case BYTE -> 1;
            case WORD -> 2;
            case DWORD, REG_DWORD_MEM_WORD -> 4;
            default -> operandSize;
        };
    }

    /** Bytes of the operand when it is memory. */
    int memorySize(int operandSize) {
        return switch (size) {
            case NONE, SECOND -> 0;
            case BYTE -> 1;
            case WORD, REG_OPERAND_MEM_WORD, REG_DWORD_MEM_WORD -> 2;
            case DWORD -> 4;
            case SPECIAL -> 6;
            case QWORD -> 8;
            case TEN -> 10;
            case XMM -> 16;
            case OPERAND -> operandSize;
            case POINTER -> operandSize + 2;
            case PAIR -> 2 * operandSize;
            case ENVIRONMENT -> 7 * operandSize;
            case STATE -> 7 * operandSize + 80;
            case FXSAVE_IMAGE -> 512;
        };
    }
}
