package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R11;
import static org.jeroboam.cpu.recompilerx64.Assembler.R12;
import static org.jeroboam.cpu.recompilerx64.Assembler.R14;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.R8;
import static org.jeroboam.cpu.recompilerx64.Assembler.R9;
import static org.jeroboam.cpu.recompilerx64.MemoryAccess.HOST;

import org.jeroboam.cpu.x86.Instruction;

/**
 * Loads of segment registers and far transfers in real and V86 mode: the base is 16 times the selector. Where limit or
 * attributes would change too they are the interpreter's, and where the x87's last pointers need the selector there was.
 */
final class ParagraphEmitter {
    private static final int ES = 0;
    private static final int CS = 1;
    private static final int SS = 2;
    private static final int DS = 3;
    private static final int FS = 4;
    private static final int GS = 5;
    /** Where a selector waits while the stack is checked. */
    static final Address SELECTOR = Address.of(R15, StateBlock.SOURCE);

    private final Assembler asm;
    private final FlagKeeper flags;
    private final MemoryAccess memory;
    private final ColdPaths cold;
    private final SegmentedStack stack;

    ParagraphEmitter(Assembler asm, FlagKeeper flags, MemoryAccess memory, ColdPaths cold, SegmentedStack stack) {
        this.asm = asm;
        this.flags = flags;
        this.memory = memory;
        this.cold = cold;
        this.stack = stack;
    }

    /**
     * Emits MOV, POP or a load of a far pointer; the last x87 instruction must be in memory.
     *
     * @param behind instructions paid for that follow in the block
     */
    void load(Instruction in, int behind) {
        switch (in.op) {
            case MOV_TO_SEG -> {
                move(in);
                shadow(in, behind);
            }
            case POP_SEG -> {
                pop(in);
                shadow(in, behind);
            }
            case LSS -> pointer(in, SS);
            case LES -> pointer(in, ES);
            case LDS -> pointer(in, DS);
            case LFS -> pointer(in, FS);
            case LGS -> pointer(in, GS);
            default -> throw new IllegalStateException("no translation of " + in.op);
        }
    }

    /** Nothing interrupts before the instruction behind a load of SS, which only an exit right there would show. */
    private void shadow(Instruction in, int behind) {
        if (in.reg1 == SS) {
            asm.lea(R10, Address.of(R14, behind));
            asm.store(Address.of(R15, StateBlock.SHADOW_OF_SS), R10);
        }
    }

    private void move(Instruction in) {
        if (Operands.isMemory(in, 2)) {
            memory.check(in, 2, false);
            asm.rm(0x0FB7, 4, R11, HOST); // movzx
        } else {
            memory.begin();
            asm.rr(0x0FB7, 4, R11, Operands.host(in, 2));
        }
        check(in.reg1);
        set(in.reg1, R11);
    }

    private void pop(Instruction in) {
        memory.checkSegmentedStack(R12, 0, in.operandSize, false);
        asm.rm(0x0FB7, 4, R11, HOST);
        check(in.reg1);
        stack.move(R12, in.operandSize);
        set(in.reg1, R11);
    }

    private void pointer(Instruction in, int register) {
        int size = in.operandSize;
        memory.withoutWrap(in);
        memory.check(in, size + 2, false);
        check(register);
        asm.rm(0x0FB7, 4, R11, new Address(R9, R8, 0, size));
        asm.rm(0x8B, size, Operands.host(in, 1), HOST);
        set(register, R11);
    }

    /** Goes on if a load of a register is no more than that. */
    void check(int register) {
        asm.rmi8(0x80, 1, 7, Address.of(R15, StateBlock.PARAGRAPH + register), 0); // cmp
        cold.interpret(asm.jcc(Assembler.EQUAL));
        int pointer = register == CS ? FloatingState.LAST_INSTRUCTION : FloatingState.LAST_SEGMENT;
        asm.rmi8(0x83, 4, 7, Address.of(R15, pointer), 0);
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
    }

    /** Loads a selector, which is lost. */
    void set(int register, int from) {
        asm.store(Address.of(R15, StateBlock.SELECTOR + 4 * register), from);
        asm.rri8(0xC1, 4, 4, from, 4); // shl
        asm.store(Address.of(R15, StateBlock.BASE + 4 * register), from);
        asm.rmi(0xC7, 4, 0, Address.of(R15, StateBlock.SEGMENTS_CHANGED), 1);
    }

    /** Emits a far CALL, JMP or RET; the last x87 instruction must be in memory. @param next offset behind it */
    void transfer(Instruction in, int next) {
        flags.save();
        memory.begin();
        check(CS);
        int size = in.operandSize;
        switch (in.op) {
            case CALL_FAR -> {
                memory.checkSegmentedFrame(-2 * size, 2 * size, true);
                direct(in);
                pushReturn(size, next);
                asm.movi(R10, in.imm2 & 0xFFFF);
            }
            case CALL_FAR_IND -> {
                memory.withoutWrap(in);
                memory.check(in, size + 2, false);
                stack.load(R11, size);
                asm.rm(0x0FB7, 4, R10, new Address(R9, R8, 0, size));
                asm.store(SELECTOR, R10);
                stack.checkTarget();
                memory.checkSegmentedFrame(-2 * size, 2 * size, true);
                pushReturn(size, next);
                asm.load(R10, SELECTOR);
            }
            case JMP_FAR -> {
                direct(in);
                asm.movi(R10, in.imm2 & 0xFFFF);
            }
            case JMP_FAR_IND -> {
                memory.withoutWrap(in);
                memory.check(in, size + 2, false);
                stack.load(R11, size);
                stack.checkTarget();
                asm.rm(0x0FB7, 4, R10, new Address(R9, R8, 0, size));
            }
            case RET_FAR -> {
                memory.checkSegmentedFrame(0, 2 * size, false);
                stack.load(R11, size);
                stack.checkTarget();
                stack.move(R12, 2 * size + (in.imm & 0xFFFF));
                asm.rm(0x0FB7, 4, R10, new Address(R9, R8, 0, size));
            }
            default -> throw new IllegalStateException("no translation of " + in.op);
        }
        set(CS, R10);
        stack.lookup();
    }

    private void pushReturn(int size, int next) {
        asm.load(R10, Address.of(R15, StateBlock.SELECTOR + 4 * CS));
        asm.rm(0x89, size, R10, new Address(R9, R8, 0, size));
        asm.rmi(0xC7, size, 0, HOST, next);
        stack.move(R12, -2 * size);
    }

    private void direct(Instruction in) {
        asm.movi(R11, in.imm);
        stack.checkTarget();
    }
}
