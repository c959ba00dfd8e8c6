package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R11;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.RAX;
import static org.jeroboam.cpu.recompilerx64.Assembler.RDI;
import static org.jeroboam.cpu.recompilerx64.Assembler.RSI;
import static org.jeroboam.cpu.recompilerx64.MemoryAccess.HOST;

import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;

/** What {@link StringEmitter} does, for segments with base and limit and for SI and DI of 16 bits. */
final class SegmentedStrings {
    private static final int ES = 0;

    private final Assembler asm;
    private final MemoryAccess memory;
    private final ColdPaths cold;

    SegmentedStrings(Assembler asm, MemoryAccess memory, ColdPaths cold) {
        this.asm = asm;
        this.memory = memory;
        this.cold = cold;
    }

    /** Whether the emitter takes an instruction. */
    static boolean has(Instruction in) {
        return in.rep == Instruction.REP_NONE;
    }

    /**
     * Emits an instruction.
     *
     * @param unpaid instructions that may follow before the budget is looked at, but are not paid for yet
     */
    void emit(Instruction in, int unpaid) {
        int size = in.operandSize;
        memory.begin();
        asm.rmi(0xF7, 4, 0, Address.of(R15, StateBlock.SYSTEM_FLAGS), EFlags.DF); // test
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        int narrow = size == 1 ? 0 : 1;
        if (in.op == Op.STOS) {
            memory.checkOffset(ES, RDI, in.addressSize, size, true);
            asm.rm(0x88 | narrow, size, RAX, HOST);
        } else {
            int value = in.op == Op.LODS ? RAX : R11;
            memory.checkOffset(in.segment, RSI, in.addressSize, size, false);
            asm.rm(0x8A | narrow, size, value, HOST);
            if (in.op == Op.MOVS) {
                memory.checkOffset(ES, RDI, in.addressSize, size, true);
                asm.rm(0x88 | narrow, size, R11, HOST);
            }
            advance(RSI, in);
        }
        if (in.op != Op.LODS) {
            advance(RDI, in);
        }
    }

    private void advance(int register, Instruction in) {
        if (in.addressSize == 4) {
            asm.lea(register, Address.of(register, in.operandSize));
        } else {
            asm.lea(R10, Address.of(register, in.operandSize));
            asm.rr(0x89, 2, R10, register);
        }
    }
}
