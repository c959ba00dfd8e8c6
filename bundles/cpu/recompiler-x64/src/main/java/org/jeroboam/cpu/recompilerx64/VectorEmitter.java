package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R11;
import static org.jeroboam.cpu.recompilerx64.Assembler.R12;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.R8;
import static org.jeroboam.cpu.recompilerx64.Assembler.R9;
import static org.jeroboam.cpu.recompilerx64.MemoryAccess.HOST;

import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;

/**
 * INT n and IRET in real mode, by which programs call DOS and the BIOS: the vector is read from memory each time. What single-steps,
 * checks alignment, lets in an interrupt that waits or changes more flags than IF, DF and the arithmetic ones is the interpreter's.
 */
final class VectorEmitter {
    private static final int CS = 1;
    private static final int ITEM = 2;
    private static final int PROTECTED = 1;
    private static final Address SYSTEM_FLAGS = Address.of(R15, StateBlock.SYSTEM_FLAGS);
    private static final Address FLAGS = Address.of(R15, StateBlock.FLAGS);
    private static final Address LAHF_BYTE = Address.of(R15, StateBlock.FLAGS_LAHF);
    private static final int LAHF_BITS = EFlags.SF | EFlags.ZF | EFlags.AF | EFlags.PF | EFlags.CF;
    private static final int RARE = EFlags.TF | EFlags.NT | EFlags.IOPL;
    private static final int RARE_WIDE = EFlags.RF | EFlags.AC | EFlags.ID;

    private final Assembler asm;
    private final FlagKeeper flags;
    private final MemoryAccess memory;
    private final ColdPaths cold;
    private final SegmentedStack stack;
    private final ParagraphEmitter paragraphs;

    VectorEmitter(
            Assembler asm,
            FlagKeeper flags,
            MemoryAccess memory,
            ColdPaths cold,
            SegmentedStack stack,
            ParagraphEmitter paragraphs) {
        this.asm = asm;
        this.flags = flags;
        this.memory = memory;
        this.cold = cold;
        this.stack = stack;
        this.paragraphs = paragraphs;
    }

    /** Emits INT; the last x87 instruction must be in memory. @param next offset behind it */
    void interrupt(int vector, int next) {
        begin();
        asm.rmi(0xF7, 4, 0, SYSTEM_FLAGS, EFlags.TF | EFlags.AC); // test
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        asm.rmi(0x81, 4, 7, Address.of(R15, StateBlock.IDT_LIMIT), 4 * vector + 3); // cmp
        cold.interpret(asm.jcc(Assembler.BELOW));
        memory.checkTable(StateBlock.IDT_BASE, 4 * vector, 4);
        asm.load(R10, HOST);
        asm.rr(0x0FB7, 4, R11, R10); // movzx
        asm.rri8(0xC1, 4, 5, R10, 16); // shr
        asm.store(ParagraphEmitter.SELECTOR, R10);
        stack.checkTarget();
        memory.checkSegmentedFrame(-3 * ITEM, 3 * ITEM, true);
        asm.rr(0x01, 8, R8, R9); // add
        asm.rm(0x0FB6, 4, R8, LAHF_BYTE);
        asm.rri(0x81, 4, 4, R8, LAHF_BITS); // and
        asm.rm(0x0FB6, 4, R10, FLAGS);
        asm.rri8(0xC1, 4, 4, R10, 11); // shl: OF
        asm.rr(0x09, 4, R10, R8);
        asm.rm(0x0B, 4, R8, SYSTEM_FLAGS);
        asm.rm(0x89, ITEM, R8, Address.of(R9, 2 * ITEM));
        asm.load(R10, Address.of(R15, StateBlock.SELECTOR + 4 * CS));
        asm.rm(0x89, ITEM, R10, Address.of(R9, ITEM));
        asm.rmi(0xC7, ITEM, 0, Address.of(R9, 0), next);
        asm.rmi(0x81, 4, 4, SYSTEM_FLAGS, ~EFlags.IF); // and
        stack.move(R12, -3 * ITEM);
        asm.load(R10, ParagraphEmitter.SELECTOR);
        paragraphs.set(CS, R10);
        stack.lookup();
    }

    /** Emits IRET; the last x87 instruction must be in memory. */
    void ret(Instruction in) {
        int size = in.operandSize;
        begin();
        asm.rmi8(0x83, 4, 7, Address.of(R15, StateBlock.GUARDED), 0); // cmp
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        memory.checkSegmentedFrame(0, 3 * size, false);
        stack.load(R11, size);
        stack.checkTarget();
        asm.rr(0x01, 8, R8, R9); // add
        asm.rm(size == 2 ? 0x0FB7 : 0x8B, 4, R8, Address.of(R9, 2 * size));
        asm.mov(R10, R8);
        asm.rm(0x33, 4, R10, SYSTEM_FLAGS);
        asm.rri(0xF7, 4, 0, R10, size == 4 ? RARE | RARE_WIDE : RARE); // test
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        asm.rri(0x81, 4, 4, R10, EFlags.IF | EFlags.DF); // and
        asm.rm(0x31, 4, R10, SYSTEM_FLAGS); // xor
        asm.mov(R10, R8);
        asm.rri8(0xC1, 4, 5, R10, 11); // shr: OF
        asm.rri8(0x83, 4, 4, R10, 1);
        asm.rri(0x81, 4, 4, R8, LAHF_BITS);
        asm.rri8(0xC1, 4, 4, R8, 8);
        asm.rr(0x09, 4, R10, R8);
        asm.rm(0x89, 2, R8, FLAGS);
        stack.move(R12, 3 * size);
        asm.rm(0x0FB7, 4, R10, Address.of(R9, size));
        paragraphs.set(CS, R10);
        stack.lookup();
    }

    /** Goes on in real mode, where CS has nothing but its base to change. */
    private void begin() {
        flags.save();
        memory.begin();
        asm.rmi(0xF7, 4, 0, Address.of(R15, StateBlock.CONTROL), PROTECTED); // test
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        paragraphs.check(CS);
    }
}
