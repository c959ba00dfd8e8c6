package org.jeroboam.cpu.x86;

/**
 * One decoded instruction: plain fields, filled by the decoder, read by interpreters, recompilers and the disassembler.
 * It may be reused for the next decode; nothing in it refers to where the instruction lies. Not thread-safe.
 */
public final class Instruction {

    /** {@link #rep}: no repeat prefix, or not a string instruction. */
    public static final int REP_NONE = 0;
    /** {@link #rep}: F3, REP or REPE. */
    public static final int REP = 1;
    /** {@link #rep}: F2, REPNE; works as REP on MOVS, STOS, LODS, INS and OUTS. */
    public static final int REPNE = 2;

    /** What it does; never null after a decode. */
    public Op op = Op.UD;
    /** Bytes, 1 to 15. */
    public int length;
    /** Bytes of the general operands: 1, 2 or 4. For branches and stack operations the width of IP and of the items. */
    public int operandSize;
    /** Bytes of an effective address and of the counter of REP, LOOP and JCXZ: 2 or 4. */
    public int addressSize;
    /** The condition of Jcc, SETcc, CMOVcc and FCMOVcc, 0 to 15 as in Jcc (B=2 E=4 BE=6 P=10 ...), else -1. */
    public int condition;
    /** {@link #REP_NONE}, {@link #REP} or {@link #REPNE}; set on string instructions only. */
    public int rep;
    /** A legal LOCK prefix is present. */
    public boolean lock;
    /** Number of prefix bytes. */
    public int prefixes;
    /** The opcode: 00h-FFh, 0F00h-0FFFh for the two-byte map; x87: the 11 bits of FOP (low 3 of first byte, ModRM). */
    public int opcode;
    /** The ModRM byte, or -1. */
    public int modrm;

    /** Kind of the first operand, the destination if there is one (Intel order). */
    public OperandKind kind1 = OperandKind.NONE;
    /** Register number of the first operand, or 0. */
    public int reg1;

    public OperandKind kind2 = OperandKind.NONE;
    public int reg2;
    public OperandKind kind3 = OperandKind.NONE;
    public int reg3;

    /**
     * Effective segment of the memory operand (override resolved, SS for BP and ESP bases), of the source of string
     * instructions, and of XLAT and MASKMOVQ: 0 to 5 are ES CS SS DS FS GS.
     */
    public int segment;
    /** Base register of the memory operand (0 to 7, of {@link #addressSize} bytes), or -1. */
    public int base;
    /** Index register of the memory operand, or -1. */
    public int index;
    /** The index is shifted left by 0 to 3. */
    public int scale;
    /** Displacement, sign-extended; the sum is cut to {@link #addressSize}. */
    public int displacement;
    /**
     * Bytes of the memory operand: 1, 2, 4, 8, 10, 16; 6 for a far pointer or a table register, 4 for a 16:16
     * pointer, twice the operand size for BOUND, 14/28 and 94/108 for x87 images, 512 for FXSAVE; 0 when only the
     * address counts.
     */
    public int memorySize;

    /** First immediate, extended as the instruction wants, cut to the operand's size (never negative below 4 bytes). */
    public int imm;
    /** Second immediate: nesting level of ENTER, selector of a far pointer. */
    public int imm2;

    /** Empties every field, as a decoder does before it starts. */
    public void clear() {
        op = Op.UD;
        length = 0;
        operandSize = 0;
        addressSize = 0;
        condition = -1;
        rep = REP_NONE;
        lock = false;
        prefixes = 0;
        opcode = 0;
        modrm = -1;
        kind1 = OperandKind.NONE;
        kind2 = OperandKind.NONE;
        kind3 = OperandKind.NONE;
        reg1 = 0;
        reg2 = 0;
        reg3 = 0;
        clearMemory();
        imm = 0;
        imm2 = 0;
    }

    private void clearMemory() {
        segment = 3;
        base = -1;
        index = -1;
        scale = 0;
        displacement = 0;
        memorySize = 0;
    }

    /** A copy that a later decode into this object does not change. */
    public Instruction copy() {
        Instruction c = new Instruction();
        c.op = op;
        c.length = length;
        c.operandSize = operandSize;
        c.addressSize = addressSize;
        c.condition = condition;
        c.rep = rep;
        c.lock = lock;
        c.prefixes = prefixes;
        c.opcode = opcode;
        c.modrm = modrm;
        c.kind1 = kind1;
        c.reg1 = reg1;
        c.kind2 = kind2;
        c.reg2 = reg2;
        c.kind3 = kind3;
        c.reg3 = reg3;
        c.segment = segment;
        c.base = base;
        c.index = index;
        c.scale = scale;
        c.displacement = displacement;
        c.memorySize = memorySize;
        c.imm = imm;
        c.imm2 = imm2;
        return c;
    }

    /** Whether an operand is memory. */
    public boolean hasMemory() {
        return kind1 == OperandKind.MEM || kind2 == OperandKind.MEM || kind3 == OperandKind.MEM;
    }

    /** Whether an operand is an XMM register: then an {@link Trait#MMX} operation works on XMM registers. */
    public boolean usesXmm() {
        return kind1 == OperandKind.XMM || kind2 == OperandKind.XMM;
    }

    /** Whether an operand is an MMX register. */
    public boolean usesMmx() {
        return kind1 == OperandKind.MMX || kind2 == OperandKind.MMX;
    }

    /** Whether it reads memory, by an operand or implicitly. */
    public boolean readsMemory() {
        return op.has(Trait.READS_MEMORY)
                || kind1 == OperandKind.MEM && op.reads(0)
                || kind2 == OperandKind.MEM && op.reads(1)
                || kind3 == OperandKind.MEM && op.reads(2);
    }

    /** Whether it writes memory, by an operand or implicitly. */
    public boolean writesMemory() {
        return op.has(Trait.WRITES_MEMORY)
                || kind1 == OperandKind.MEM && op.writes(0)
                || kind2 == OperandKind.MEM && op.writes(1);
    }

    /** The flags that it reads, those of its condition included. A mask of {@link EFlags} bits. */
    public int flagsRead() {
        return condition >= 0 ? op.flagsRead() | EFlags.tested(condition) : op.flagsRead();
    }

    /**
     * Flags that the manual leaves undefined after this form: those of the operation, and OF after a shift or rotate
     * by anything but an immediate 1. A mask of {@link EFlags} bits.
     */
    public int flagsUndefined() {
        return isCounted() && immediateCount() != 1 ? op.flagsUndefined() | EFlags.OF : op.flagsUndefined();
    }

    /**
     * Flags whose old value is certainly gone after this form: a shift by an immediate other than 0 is certain, a
     * rotate through carry only by 1, since it may come full circle. A mask of {@link EFlags} bits.
     */
    public int flagsKilled() {
        boolean throughCarry = op == Op.RCL || op == Op.RCR;
        boolean certain = isCounted() && (throughCarry ? immediateCount() == 1 : immediateCount() != 0);
        return certain ? op.flagsWritten() | op.flagsUndefined() : op.flagsKilled();
    }

    private boolean isCounted() {
        return op.has(Trait.CONDITIONAL_FLAGS) && !op.has(Trait.STRING);
    }

    /** The count of a shift as far as it is known: 0 when it is in CL. */
    private int immediateCount() {
        return kind2 == OperandKind.IMM || kind3 == OperandKind.IMM ? imm & 31 : 0;
    }

    /** Whether no further instruction of the block may be decoded after this one. */
    public boolean endsBlock() {
        return op.has(Trait.ENDS_BLOCK);
    }
}
