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
 * SCAS and CMPS upwards, single or repeated, with offsets of any width in any segment. A repetition goes on page by page, as far as
 * the budget reaches: each iteration is an instruction, after which registers and flags are as the interpreter leaves them.
 */
final class CompareEmitter {
    private static final int ES = 0;
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
            memory.checkOffset(in.segment, RSI, in.addressSize, size, false);
            asm.rm(size == 1 ? 0x8A : 0x8B, size, R11, HOST);
        }
        memory.checkOffset(ES, RDI, in.addressSize, size, false);
        if (in.op == Op.CMPS) {
            add(RSI, size, in);
        }
        add(RDI, size, in);
        asm.rm(compare, size, in.op == Op.CMPS ? R11 : RAX, HOST);
        flags.set(FlagState.IN_HOST);
    }

    private void add(int register, int value, Instruction in) {
        asm.rm(0x8D, in.addressSize, register, Address.of(register, value)); // lea
    }

    /** R9 and R11 are where the elements are in the host, R10 counts those that may be compared before another look. */
    private void repeated(Instruction in, int unpaid) {
        int size = in.operandSize;
        boolean both = in.op == Op.CMPS;
        asm.rr(0x85, in.addressSize, RCX, RCX); // test
        int nothing = asm.jcc(Assembler.EQUAL);
        int again = asm.size();
        asm.lea(R10, Address.of(R14, 1 - unpaid));
        int count = RCX;
        if (in.addressSize == 2) {
            count = R8;
            asm.rr(0x0FB7, 4, R8, RCX); // movzx
        }
        asm.rr(0x3B, 4, R10, count); // cmp
        asm.rr(0x0F47, 4, R10, count); // cmova: both are unsigned, for there is a budget of 1 or more
        if (both) {
            page(in, in.segment, RSI);
            asm.mov64(R11, R9);
        }
        page(in, ES, RDI);
        asm.rr(0x85, 4, R10, R10); // test: an element across the end of a page
        cold.interpret(asm.jcc(Assembler.EQUAL));
        asm.lea(R14, Address.of(R14, 1));
        int element = asm.size();
        asm.lea(R14, Address.of(R14, -1));
        add(RCX, -1, in);
        if (both) {
            add(RSI, size, in);
            asm.rm(0x8D, 8, R11, Address.of(R11, size));
        }
        add(RDI, size, in);
        asm.rm(0x8D, 8, R9, Address.of(R9, size));
        compare(both, size);
        int found = asm.jcc(in.rep == Instruction.REP ? Assembler.NOT_EQUAL : Assembler.EQUAL);
        asm.rri8(0x83, 4, 5, R10, 1); // sub
        asm.bind(asm.jcc(Assembler.NOT_EQUAL), element);
        compare(both, size);
        saveFlags();
        asm.rr(0x85, in.addressSize, RCX, RCX);
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
    private void page(Instruction in, int segment, int register) {
        int size = in.operandSize;
        memory.checkSome(segment, register, in.addressSize, size);
        asm.rr(0x01, 8, R8, R9); // add
        asm.rri(0x81, 4, 1, R8, -PAGE); // or: minus the bytes to the end of the page
        asm.rr(0xF7, 4, 3, R8); // neg
        if (size > 1) {
            asm.rri8(0xC1, 4, 5, R8, Integer.numberOfTrailingZeros(size)); // shr
        }
        asm.rr(0x3B, 4, R10, R8); // cmp
        asm.rr(0x0F47, 4, R10, R8); // cmova
    }
}
