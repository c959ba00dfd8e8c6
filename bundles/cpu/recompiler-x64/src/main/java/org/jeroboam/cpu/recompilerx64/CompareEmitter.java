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
 * SCAS and CMPS upwards, single or repeated. A repetition goes on page by page, as far as the budget reaches: each
 * iteration is an instruction, after which registers and flags are as the interpreter leaves them.
 */
final class CompareEmitter {
    private static final int PAGE = 4096;

    private final Assembler asm;
    private final FlagKeeper flags;
    private final MemoryAccess memory;
    private final ColdPaths cold;

    CompareEmitter(Assembler asm, FlagKeeper flags, MemoryAccess memory, ColdPaths cold) {
        this.asm = asm;
        this.flags = flags;
        this.memory = memory;
        this.cold = cold;
    }

    /** Whether the emitter takes an instruction. */
    static boolean has(Instruction in) {
        return (in.op == Op.SCAS || in.op == Op.CMPS) && in.addressSize == 4 && in.segment != 1 && in.segment < 4;
    }

    /**
     * Emits an instruction.
     *
     * @param unpaid instructions that may follow before the budget is looked at, but are not paid for yet
     */
    void emit(Instruction in, int unpaid) {
        boolean repeated = in.rep != Instruction.REP_NONE;
        if (repeated) {
            flags.save();
        }
        memory.begin();
        asm.rmi(0xF7, 4, 0, Address.of(R15, StateBlock.SYSTEM_FLAGS), EFlags.DF); // test
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        if (repeated) {
            repeated(in, unpaid);
            return;
        }
        int size = in.operandSize;
        int compare = size == 1 ? 0x3A : 0x3B;
        if (in.op == Op.CMPS) {
            memory.checkRegister(RSI, size, false);
            asm.rm(size == 1 ? 0x8A : 0x8B, size, R11, HOST);
        }
        memory.checkRegister(RDI, size, false);
        if (in.op == Op.CMPS) {
            asm.lea(RSI, Address.of(RSI, size));
        }
        asm.lea(RDI, Address.of(RDI, size));
        asm.rm(compare, size, in.op == Op.CMPS ? R11 : RAX, HOST);
        flags.set(FlagState.IN_HOST);
    }

    /** R9 and R11 are where the elements are in the host, R10 counts those that may be compared before another look. */
    private void repeated(Instruction in, int unpaid) {
        int size = in.operandSize;
        boolean both = in.op == Op.CMPS;
        asm.rr(0x85, 4, RCX, RCX); // test
        int nothing = asm.jcc(Assembler.EQUAL);
        int again = asm.size();
        asm.lea(R10, Address.of(R14, 1 - unpaid));
        asm.rr(0x3B, 4, R10, RCX); // cmp
        asm.rr(0x0F47, 4, R10, RCX); // cmova: both are unsigned, for there is a budget of 1 or more
        if (both) {
            page(RSI, size);
            asm.mov64(R11, R9);
        }
        page(RDI, size);
        asm.rr(0x85, 4, R10, R10); // test: an element across the end of a page
        cold.interpret(asm.jcc(Assembler.EQUAL));
        asm.lea(R14, Address.of(R14, 1));
        int element = asm.size();
        asm.lea(R14, Address.of(R14, -1));
        asm.lea(RCX, Address.of(RCX, -1));
        if (both) {
            asm.lea(RSI, Address.of(RSI, size));
            asm.rm(0x8D, 8, R11, Address.of(R11, size));
        }
        asm.lea(RDI, Address.of(RDI, size));
        asm.rm(0x8D, 8, R9, Address.of(R9, size));
        compare(both, size);
        int found = asm.jcc(in.rep == Instruction.REP ? Assembler.NOT_EQUAL : Assembler.EQUAL);
        asm.rri8(0x83, 4, 5, R10, 1); // sub
        asm.bind(asm.jcc(Assembler.NOT_EQUAL), element);
        compare(both, size);
        saveFlags();
        asm.rr(0x85, 4, RCX, RCX);
        int over = asm.jcc(Assembler.EQUAL);
        // What comes is an instruction of its own, which is paid for like the first.
        asm.lea(R10, Address.of(R14, -unpaid));
        asm.rr(0x85, 4, R10, R10); // test
        asm.lea(R14, Address.of(R14, -1));
        int spent = asm.jcc(Assembler.EQUAL);
        asm.bind(asm.jmp(), again);
        asm.bind(found);
        saveFlags();
        asm.bind(over);
        asm.bind(nothing);
        cold.interpret(spent);
    }

    private void saveFlags() {
        flags.set(FlagState.IN_HOST);
        flags.save();
        flags.disturbed();
    }

    /** The flags of the element before R9 and R11. */
    private void compare(boolean both, int size) {
        int value = RAX;
        if (both) {
            asm.rm(size == 1 ? 0x8A : 0x8B, size, R8, Address.of(R11, -size));
            value = R8;
        }
        asm.rm(size == 1 ? 0x3A : 0x3B, size, value, Address.of(R9, -size));
    }

    /** Leaves in R9 where an element is, and in R10 no more elements than lie in its page. */
    private void page(int register, int size) {
        memory.checkRegister(register, 1, false);
        asm.rr(0x01, 8, R8, R9); // add
        asm.mov(R8, register);
        asm.rri(0x81, 4, 1, R8, -PAGE); // or: minus the bytes to the end of the page
        asm.rr(0xF7, 4, 3, R8); // neg
        if (size > 1) {
            asm.rri8(0xC1, 4, 5, R8, Integer.numberOfTrailingZeros(size)); // shr
        }
        asm.rr(0x3B, 4, R10, R8); // cmp
        asm.rr(0x0F47, 4, R10, R8); // cmova
    }
}
