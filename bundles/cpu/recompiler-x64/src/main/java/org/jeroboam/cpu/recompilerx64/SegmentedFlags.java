package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R11;
import static org.jeroboam.cpu.recompilerx64.Assembler.R12;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.MemoryAccess.HOST;

import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;

/** PUSHF and POPF as in {@link SystemFlagEmitter}, of 2 or 4 bytes on any stack; not in V86 mode, where IOPL decides. */
final class SegmentedFlags {
    private static final Address SYSTEM_FLAGS = Address.of(R15, StateBlock.SYSTEM_FLAGS);
    private static final Address FLAGS = Address.of(R15, StateBlock.FLAGS);
    private static final Address LAHF_BYTE = Address.of(R15, StateBlock.FLAGS_LAHF);
    private static final int LAHF_BITS = EFlags.SF | EFlags.ZF | EFlags.AF | EFlags.PF | EFlags.CF;
    private static final int RARE = EFlags.TF | EFlags.DF | EFlags.NT;
    private static final int RARE_WIDE = EFlags.AC | EFlags.ID;

    private final Assembler asm;
    private final FlagKeeper flags;
    private final MemoryAccess memory;
    private final ColdPaths cold;
    private final SegmentedStack stack;
    private boolean user;

    SegmentedFlags(Assembler asm, FlagKeeper flags, MemoryAccess memory, ColdPaths cold, SegmentedStack stack) {
        this.asm = asm;
        this.flags = flags;
        this.memory = memory;
        this.cold = cold;
        this.stack = stack;
    }

    /** Says for which privilege code is emitted. */
    void start(boolean forUser) {
        user = forUser;
    }

    void push(Instruction in) {
        int size = in.operandSize;
        flags.save();
        memory.checkSegmentedStack(R12, -size, size, true);
        asm.rm(0x0FB6, 4, R11, LAHF_BYTE);
        asm.rri(0x81, 4, 4, R11, LAHF_BITS); // and
        asm.rm(0x0FB6, 4, R10, FLAGS);
        asm.rri8(0xC1, 4, 4, R10, 11); // shl: OF
        asm.rr(0x09, 4, R10, R11);
        asm.rm(0x0B, 4, R11, SYSTEM_FLAGS);
        asm.rm(0x89, size, R11, HOST);
        stack.move(R12, -size);
    }

    /** What changes more than IF and the arithmetic flags is the interpreter's, and IF where that may be forbidden. */
    void pop(Instruction in) {
        int size = in.operandSize;
        memory.checkSegmentedStack(R12, 0, size, false);
        stack.load(R11, size);
        if (!user) {
            asm.rmi8(0x83, 4, 7, Address.of(R15, StateBlock.GUARDED), 0); // cmp
            cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        }
        asm.mov(R10, R11);
        asm.rm(0x33, 4, R10, SYSTEM_FLAGS);
        int rare = (size == 4 ? RARE | RARE_WIDE : RARE) | (user ? EFlags.IF : EFlags.IOPL);
        asm.rri(0xF7, 4, 0, R10, rare); // test
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        if (!user) {
            asm.rri(0x81, 4, 4, R10, EFlags.IF);
            asm.rm(0x31, 4, R10, SYSTEM_FLAGS);
        }
        stack.move(R12, size);
        asm.mov(R10, R11);
        asm.rri8(0xC1, 4, 5, R10, 11); // shr: OF
        asm.rri8(0x83, 4, 4, R10, 1);
        asm.rri(0x81, 4, 4, R11, LAHF_BITS);
        asm.rri8(0xC1, 4, 4, R11, 8);
        asm.rr(0x09, 4, R10, R11);
        asm.rm(0x89, 2, R11, FLAGS);
        flags.disturbed();
    }
}
