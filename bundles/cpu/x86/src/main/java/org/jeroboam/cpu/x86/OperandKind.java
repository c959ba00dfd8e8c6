package org.jeroboam.cpu.x86;

/** What an explicit operand of an {@link Instruction} is. */
public enum OperandKind {
    /** No operand at this place. */
    NONE,
    /** A byte register: 0 to 7 are AL CL DL BL AH CH DH BH. */
    REG8,
    /** A word register: 0 to 7 are AX CX DX BX SP BP SI DI. */
    REG16,
    /** A doubleword register: 0 to 7 are EAX ECX EDX EBX ESP EBP ESI EDI. */
    REG32,
    /** A segment register: 0 to 5 are ES CS SS DS FS GS. */
    SEG,
    /** A control register: 0, 2, 3 or 4. */
    CR,
    /** A debug register: 0 to 7. */
    DR,
    /** Memory, described by the memory fields of the instruction. At most one operand is memory. */
    MEM,
    /** An immediate in {@link Instruction#imm}. */
    IMM,
    /** A near branch: signed displacement from the next instruction in {@link Instruction#imm}. */
    REL,
    /** A far branch: offset in {@link Instruction#imm}, selector in {@link Instruction#imm2}. */
    FAR_PTR,
    /** An x87 stack register: 0 is the top. */
    ST,
    /** An MMX register: 0 to 7. */
    MMX,
    /** An XMM register: 0 to 7. */
    XMM
}
