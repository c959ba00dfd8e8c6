package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R11;
import static org.jeroboam.cpu.recompilerx64.Assembler.R12;
import static org.jeroboam.cpu.recompilerx64.Assembler.R14;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.R8;
import static org.jeroboam.cpu.recompilerx64.MemoryAccess.HOST;

import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;

/**
 * PUSHF, POPF, CLI and STI, by which kernels guard their sections. What would let an interrupt in at once, or changes
 * more than IF, is the interpreter's.
 */
final class SystemFlagEmitter {
    private static final Address SYSTEM_FLAGS = Address.of(R15, StateBlock.SYSTEM_FLAGS);
    private static final Address FLAGS = Address.of(R15, StateBlock.FLAGS);
    private static final Address LAHF_BYTE = Address.of(R15, StateBlock.FLAGS_LAHF);
    private static final int LAHF_BITS = EFlags.SF | EFlags.ZF | EFlags.AF | EFlags.PF | EFlags.CF;
    private static final int RARE = EFlags.TF | EFlags.DF | EFlags.NT | EFlags.AC | EFlags.ID;

    private final Assembler asm;
    private final FlagKeeper flags;
    private final MemoryAccess memory;
    private final ColdPaths cold;
    private boolean user;

    SystemFlagEmitter(Assembler asm, FlagKeeper flags, MemoryAccess memory, ColdPaths cold) {
        this.asm = asm;
        this.flags = flags;
        this.memory = memory;
        this.cold = cold;
    }

    /** Says for which privilege code is emitted. */
    void start(boolean forUser) {
        user = forUser;
    }

    /**
     * Emits an instruction.
     *
     * @param behind instructions paid for that follow in the block
     */
    void emit(Instruction in, int behind) {
        switch (in.op) {
            case PUSHF -> pushf();
            case POPF -> popf();
            case CLI -> {
                quiet();
                asm.rmi(0x81, 4, 4, SYSTEM_FLAGS, ~EFlags.IF); // and
            }
            case STI -> sti(behind);
            default -> throw new IllegalStateException("no translation of " + in.op);
        }
    }

    private void pushf() {
        flags.save();
        memory.checkStack(R12, -4, 4, true);
        asm.rm(0x0FB6, 4, R11, LAHF_BYTE);
        asm.rri(0x81, 4, 4, R11, LAHF_BITS);
        asm.rm(0x0FB6, 4, R10, FLAGS);
        asm.rri8(0xC1, 4, 4, R10, 11); // shl: OF
        asm.rr(0x09, 4, R10, R11);
        asm.rm(0x0B, 4, R11, SYSTEM_FLAGS);
        asm.store(HOST, R11);
        asm.mov(R12, R8);
    }

    private void popf() {
        memory.checkStack(R12, 0, 4, false);
        asm.load(R11, HOST);
        if (!user) {
            quiet();
        }
        asm.mov(R10, R11);
        asm.rm(0x33, 4, R10, SYSTEM_FLAGS);
        asm.rri(0xF7, 4, 0, R10, user ? RARE | EFlags.IF : RARE | EFlags.IOPL);
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        if (!user) {
            asm.rri(0x81, 4, 4, R10, EFlags.IF);
            asm.rm(0x31, 4, R10, SYSTEM_FLAGS);
        }
        asm.lea(R12, Address.of(R12, 4));
        asm.mov(R10, R11);
        asm.rri8(0xC1, 4, 5, R10, 11); // shr: OF
        asm.rri8(0x83, 4, 4, R10, 1);
        asm.rri(0x81, 4, 4, R11, LAHF_BITS);
        asm.rri8(0xC1, 4, 4, R11, 8);
        asm.rr(0x09, 4, R10, R11);
        asm.rm(0x89, 2, R11, FLAGS);
        flags.disturbed();
    }

    /** An interrupt must wait for the instruction behind, which only an exit right there would show. */
    private void sti(int behind) {
        quiet();
        asm.rmi(0xF7, 4, 0, SYSTEM_FLAGS, EFlags.IF); // test
        int on = asm.jcc(Assembler.NOT_EQUAL);
        asm.rmi(0x81, 4, 1, SYSTEM_FLAGS, EFlags.IF); // or
        asm.lea(R10, Address.of(R14, behind));
        asm.store(Address.of(R15, StateBlock.SHADOW), R10);
        asm.bind(on);
    }

    /** Goes on with privilege 0 and no interrupt waiting. */
    private void quiet() {
        flags.disturb();
        if (user) {
            cold.interpret(asm.jmp());
            return;
        }
        asm.rmi8(0x83, 4, 7, Address.of(R15, StateBlock.GUARDED), 0); // cmp
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
    }
}
