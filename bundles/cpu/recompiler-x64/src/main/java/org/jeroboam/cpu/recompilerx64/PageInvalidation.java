package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R11;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.R8;
import static org.jeroboam.cpu.recompilerx64.Assembler.R9;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.exec.Engine;
import org.jeroboam.cpu.x86.exec.WalkTables;

/**
 * INVLPG: clears the page's entries of both privileges. It is the interpreter's where more must be forgotten: pieces of a large
 * page, links to code, translations of pages that are not in the TLB.
 */
class PageInvalidation {
    private final Assembler asm;
    private final MemoryAccess memory;
    private final ColdPaths cold;

    PageInvalidation(Assembler asm, MemoryAccess memory, ColdPaths cold) {
        this.asm = asm;
        this.memory = memory;
        this.cold = cold;
    }

    void emit(Instruction in) {
        memory.begin();
        asm.rmi8(0x83, 4, 7, Address.of(R15, StateBlock.LEVEL), 0); // cmp
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
        asm.lea(R8, MemoryAccess.effective(in));
        if (in.addressSize == 2) {
            asm.rr(0x0FB7, 4, R8, R8); // movzx
        }
        if (memory.hasBase(in.segment)) {
            asm.rm(0x03, 4, R8, Address.of(R15, StateBlock.BASE + 4 * in.segment)); // add
        }
        asm.load64(R10, Address.of(R15, StateBlock.WALK_TABLES));
        remembered();
        large();
        asm.mov(R9, R8);
        asm.rri8(0xC1, 4, 5, R9, 12); // shr
        entered();
        asm.load64(R11, Address.of(R15, StateBlock.SUPERVISOR_TABLE));
        clear();
        asm.load64(R11, Address.of(R15, StateBlock.USER_TABLE));
        clear();
    }

    /** Goes on if the MMU remembers nothing outside the TLB. */
    void remembered() {
        asm.rmi8(0x83, 4, 7, Address.of(R10, WalkTables.REMEMBERED), 0); // cmp
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
    }

    /** Goes on if no large page was entered near the address. Uses R11. */
    void large() {
        asm.mov(R11, R8);
        asm.rri8(0xC1, 4, 5, R11, 22); // shr
        asm.rmi8(0x80, 1, 7, new Address(R10, R11, 0, WalkTables.LARGE), 0); // cmp
        cold.interpret(asm.jcc(Assembler.NOT_EQUAL));
    }

    /** Goes on if nothing links to code in the page, whose number is in R9. Uses R11. */
    void entered() {
        asm.mov(R11, R9);
        asm.rri(0x81, 4, 4, R11, WalkTables.ENTERED_MASK); // and
        asm.rri8(0xC1, 4, 5, R11, 5); // shr
        asm.load(R11, new Address(R10, R11, 2, WalkTables.ENTERED));
        asm.rr(0x0FA3, 4, R9, R11); // bt
        cold.interpret(asm.jcc(Assembler.BELOW));
    }

    /** Clears the entries of the page R9 in the tables that R11 leads to. */
    void clear() {
        asm.rmi(0xC7, 8, 0, new Address(R11, R9, 3, 0), 0); // mov
        asm.rmi(0xC7, 8, 0, new Address(R11, R9, 3, Engine.WRITE_TABLE), 0);
        asm.rmi(0xC7, 8, 0, new Address(R11, R9, 3, Engine.BESIDE_TABLE), 0);
    }
}
