package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R11;
import static org.jeroboam.cpu.recompilerx64.Assembler.R14;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.R8;
import static org.jeroboam.cpu.recompilerx64.Assembler.R9;
import static org.jeroboam.cpu.recompilerx64.Assembler.RAX;
import static org.jeroboam.cpu.recompilerx64.Assembler.RCX;
import static org.jeroboam.cpu.recompilerx64.Assembler.RDI;
import static org.jeroboam.cpu.recompilerx64.Assembler.RSI;
import static org.jeroboam.cpu.recompilerx64.MemoryAccess.HOST;

import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;

/**
 * LODS, STOS and MOVS upwards, single or repeated, with offsets of any width in any segment. A repetition is done at once when it neither
 * leaves a page nor wraps around on either side, and the budget covers it, for an iteration counts as an instruction; otherwise it is
 * the interpreter's.
 */
final class StringEmitter {
    private static final int ES = 0;
    private static final int PAGE = 4096;
    /** Elements up to which a loop is faster than the host's repetition. */
    private static final int FEW = 16;

    private static final Address SOURCE = Address.of(R15, StateBlock.SOURCE);

    private final Assembler asm;
    private final MemoryAccess memory;
    private final ColdPaths cold;

    StringEmitter(Assembler asm, MemoryAccess memory, ColdPaths cold) {
        this.asm = asm;
        this.memory = memory;
        this.cold = cold;
    }

    /** Whether the emitter takes an instruction. */
    static boolean has(Instruction in) {
        return in.op != Op.LODS || in.rep == Instruction.REP_NONE;
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
        if (in.rep != Instruction.REP_NONE) {
            repeated(in, unpaid);
            return;
        }
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

    private void repeated(Instruction in, int unpaid) {
        int size = in.operandSize;
        boolean move = in.op == Op.MOVS;
        if (in.addressSize == 2) {
            asm.rr(0x0FB7, 4, R11, RCX);
        } else {
            asm.mov(R11, RCX);
        }
        asm.rr(0x85, 4, R11, R11);
        int nothing = asm.jcc(Assembler.EQUAL);
        asm.rri(0x81, 4, 7, R11, PAGE / size);
        cold.interpret(asm.jcc(Assembler.ABOVE));
        asm.lea(R10, Address.of(R14, 1 - unpaid));
        asm.rr(0x3B, 4, R10, R11);
        cold.interpret(asm.jcc(Assembler.BELOW));
        if (move) {
            memory.checkElements(in.segment, RSI, in.addressSize, size, false);
            asm.rr(0x01, 8, R8, R9); // add
            asm.rm(0x89, 8, R9, SOURCE);
        }
        memory.checkElements(ES, RDI, in.addressSize, size, true);
        asm.rr(0x01, 8, R8, R9);
        asm.lea(R14, Address.of(R14, 1));
        asm.rr(0x29, 4, R11, R14); // sub
        int scale = Integer.numberOfTrailingZeros(size);
        if (move) {
            asm.load64(R8, SOURCE);
            asm.rm(0x8D, in.addressSize, RSI, new Address(RSI, R11, scale, 0)); // lea
        }
        asm.rm(0x8D, in.addressSize, RDI, new Address(RDI, R11, scale, 0));
        asm.rr(0x31, in.addressSize, RCX, RCX); // xor
        asm.rri8(0x83, 4, 7, R11, FEW);
        int many = asm.jccShort(Assembler.ABOVE);
        few(move, size);
        int done = asm.jmp();
        asm.bindShort(many);
        exchange(move);
        asm.byte1(0xF3);
        asm.plain((move ? 0xA4 : 0xAA) | (size == 1 ? 0 : 1), size);
        exchange(move);
        asm.bind(done);
        asm.bind(nothing);
    }

    /** From R8 to R9, R11 elements: the host's repetition takes long to start. */
    private void few(boolean move, int size) {
        int narrow = size == 1 ? 0 : 1;
        int again = asm.size();
        if (move) {
            asm.rm(0x8A | narrow, size, R10, Address.of(R8, 0));
            asm.rri8(0x83, 8, 0, R8, size);
        }
        asm.rm(0x88 | narrow, size, move ? R10 : RAX, Address.of(R9, 0));
        asm.rri8(0x83, 8, 0, R9, size);
        asm.rri8(0x83, 4, 5, R11, 1); // sub
        asm.bind(asm.jcc(Assembler.NOT_EQUAL), again);
    }

    /** The guest's registers and what the host's repetition works with change places. */
    private void exchange(boolean move) {
        if (move) {
            asm.rr(0x87, 8, R8, RSI);
        }
        asm.rr(0x87, 8, R9, RDI);
        asm.rr(0x87, 8, R11, RCX);
    }

    private void advance(int register, Instruction in) {
        asm.rm(0x8D, in.addressSize, register, Address.of(register, in.operandSize)); // lea
    }
}
