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
 * LODS, STOS and MOVS upwards, single or repeated. A repetition is done at once when it stays in one page on either side and the budget
 * covers it, for an iteration counts as an instruction; otherwise it is the interpreter's.
 */
final class StringEmitter {
    private static final int PAGE = 4096;
    /** Elements up to which a loop is faster than the host's repetition. */
    private static final int FEW = 16;

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
        boolean flat = in.segment != 1 && in.segment < 4;
        return in.addressSize == 4 && flat && (in.op != Op.LODS || in.rep == Instruction.REP_NONE);
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
            repeated(in.op == Op.MOVS, size, unpaid);
            return;
        }
        int narrow = size == 1 ? 0 : 1;
        if (in.op == Op.STOS) {
            memory.checkRegister(RDI, size, true);
            asm.rm(0x88 | narrow, size, RAX, HOST);
        } else {
            int value = in.op == Op.LODS ? RAX : R11;
            memory.checkRegister(RSI, size, false);
            asm.rm(0x8A | narrow, size, value, HOST);
            if (in.op == Op.MOVS) {
                memory.checkRegister(RDI, size, true);
                asm.rm(0x88 | narrow, size, R11, HOST);
            }
            asm.lea(RSI, Address.of(RSI, size));
        }
        if (in.op != Op.LODS) {
            asm.lea(RDI, Address.of(RDI, size));
        }
    }

    private void repeated(boolean move, int size, int unpaid) {
        asm.rr(0x85, 4, RCX, RCX);
        int nothing = asm.jcc(Assembler.EQUAL);
        asm.rri(0x81, 4, 7, RCX, PAGE / size);
        cold.interpret(asm.jcc(Assembler.ABOVE));
        asm.lea(R10, Address.of(R14, 1 - unpaid));
        asm.rr(0x3B, 4, R10, RCX);
        cold.interpret(asm.jcc(Assembler.BELOW));
        if (move) {
            page(RSI, size, false);
            asm.mov64(R11, R9);
        }
        page(RDI, size, true);
        asm.lea(R14, Address.of(R14, 1));
        asm.rr(0x29, 4, RCX, R14); // sub
        if (move) {
            asm.rr(0x01, 8, R11, RSI);
        }
        asm.rr(0x01, 8, R9, RDI);
        asm.rri8(0x83, 4, 7, RCX, FEW);
        int many = asm.jccShort(Assembler.ABOVE);
        few(move, size);
        int done = asm.jmp();
        asm.bindShort(many);
        asm.byte1(0xF3);
        asm.plain((move ? 0xA4 : 0xAA) | (size == 1 ? 0 : 1), size);
        asm.bind(done);
        if (move) {
            asm.rr(0x29, 8, R11, RSI);
            asm.mov(RSI, RSI); // an address behind the last page is 0
        }
        asm.rr(0x29, 8, R9, RDI);
        asm.mov(RDI, RDI);
        asm.bind(nothing);
    }

    /** A loop: the host's repetition takes long to start. */
    private void few(boolean move, int size) {
        int narrow = size == 1 ? 0 : 1;
        int again = asm.size();
        if (move) {
            asm.rm(0x8A | narrow, size, R10, Address.of(RSI, 0));
            asm.rri8(0x83, 8, 0, RSI, size);
        }
        asm.rm(0x88 | narrow, size, move ? R10 : RAX, Address.of(RDI, 0));
        asm.rri8(0x83, 8, 0, RDI, size);
        asm.rri8(0x83, 4, 5, RCX, 1); // sub
        asm.bind(asm.jcc(Assembler.NOT_EQUAL), again);
    }

    /** Checks that ECX elements from an address on lie in one page. */
    private void page(int register, int size, boolean write) {
        memory.checkRegister(register, 1, write);
        asm.mov(R10, R8);
        asm.rri(0x81, 4, 4, R10, PAGE - 1); // and
        asm.lea(R10, new Address(R10, RCX, Integer.numberOfTrailingZeros(size), 0));
        asm.rri(0x81, 4, 7, R10, PAGE); // cmp
        cold.interpret(asm.jcc(Assembler.ABOVE));
    }
}
