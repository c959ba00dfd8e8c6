package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R13;
import static org.jeroboam.cpu.recompilerx64.Assembler.R8;
import static org.jeroboam.cpu.recompilerx64.Assembler.R9;
import static org.jeroboam.cpu.recompilerx64.Assembler.RCX;
import static org.jeroboam.cpu.recompilerx64.Assembler.RDX;

import org.jeroboam.cpu.x86.exec.Engine;

/** Writes beside code: pages with code have no entry for writes, but another one that tells which bytes are code. Uses R9 and R10. */
class CodeNeighbours {
    /** Bytes that one look can cover. */
    static final int MOST = 32;

    private final Assembler asm;
    private long routine;

    CodeNeighbours(Assembler asm) {
        this.asm = asm;
    }

    /** Emits the part that all accesses share: R8 is the linear address, R10 has a bit for each byte. */
    final void routine() {
        routine = asm.here();
        asm.push(RCX);
        asm.push(RDX);
        asm.mov(R9, R8);
        asm.rri8(0xC1, 4, 5, R9, 12); // shr
        asm.load64(R9, new Address(R13, R9, 3, Engine.BESIDE_TABLE));
        asm.rr(0x85, 8, R9, R9); // test
        int nothing = asm.jccShort(Assembler.EQUAL);
        asm.mov(RCX, R8);
        asm.rri(0x81, 4, 4, RCX, 0xFFF); // and
        asm.mov(RDX, RCX);
        asm.rri8(0xC1, 4, 5, RDX, 3);
        asm.load64(RDX, new Address(R9, RDX, 0, 0));
        asm.rri8(0x83, 4, 4, RCX, 7);
        asm.rr(0xD3, 8, 5, RDX); // shr rdx, cl
        look();
        int code = asm.jccShort(Assembler.NOT_EQUAL);
        asm.load64(R9, Address.of(R9, Engine.CODE_HOST));
        asm.mov(R10, R8);
        asm.rri(0x81, 4, 4, R10, -0x1000); // and
        asm.rr(0x29, 8, R10, R9); // sub: it is not 0
        asm.bindShort(nothing);
        asm.pop(RDX);
        asm.pop(RCX);
        asm.ret();
        asm.bindShort(code);
        asm.rr(0x31, 4, R9, R9); // xor
        asm.pop(RDX);
        asm.pop(RCX);
        asm.ret();
    }

    /** Emits the look whether RDX has a bit of R10. */
    void look() {
        asm.rr(0x85, 8, R10, RDX); // test
    }

    /**
     * Emits the way of a write that the TLB does not have.
     *
     * @return the jump taken when it has, with R9 as if it had
     */
    final int emit(int bytes) {
        asm.movi(R10, bytes == MOST ? -1 : (1 << bytes) - 1);
        asm.byte1(0xE8); // call
        asm.bytes4((int) (routine - (asm.here() + 4)));
        return asm.jcc(Assembler.NOT_EQUAL);
    }
}
