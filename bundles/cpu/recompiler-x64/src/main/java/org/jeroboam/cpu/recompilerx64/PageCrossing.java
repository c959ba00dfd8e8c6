package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R13;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.R8;
import static org.jeroboam.cpu.recompilerx64.Assembler.R9;

/**
 * Reads that reach into a second page: the end of the first and the beginning of the second are copied side by side into the
 * state block, and the instruction reads there. Uses R10, XMM8 and XMM9, which no guest has.
 */
final class PageCrossing {
    /** Where they meet: 32 bytes in the state block. */
    static final int COPIES = 1952;

    private static final int HALF = 16;
    private static final int XMM8 = 8;
    private static final int XMM9 = 9;

    private final Assembler asm;
    private long routine;

    PageCrossing(Assembler asm) {
        this.asm = asm;
    }

    /** Emits the part that all accesses share: R10 is host minus linear address of the second page. */
    void routine() {
        routine = asm.here();
        asm.push(R8);
        asm.rri(0x81, 4, 1, R8, 0xFFF); // or
        asm.rm(0x0F10, 4, XMM8, new Address(R9, R8, 0, 1 - HALF)); // movups
        asm.lea(R8, Address.of(R8, 1));
        asm.rm(0x0F10, 4, XMM9, new Address(R10, R8, 0, 0));
        asm.rm(0x0F11, 4, XMM8, Address.of(R15, COPIES));
        asm.rm(0x0F11, 4, XMM9, Address.of(R15, COPIES + HALF));
        asm.pop(R8);
        asm.mov(R10, R8);
        asm.rri(0x81, 4, 4, R10, 0xFFF); // and
        asm.rm(0x8D, 8, R9, new Address(R15, R10, 0, COPIES + HALF - 0x1000)); // lea
        asm.rr(0x29, 8, R8, R9); // sub
        asm.ret();
    }

    /**
     * Emits the way of an access whose last byte is in the next page; R8 and R9 are as for the first page, and lead to
     * the copy afterwards.
     *
     * @return the jump taken when the TLB does not have the second page, with its address in R8
     */
    int emit(int size) {
        asm.lea(R8, Address.of(R8, size - 1));
        asm.mov(R10, R8);
        asm.rri8(0xC1, 4, 5, R10, 12); // shr
        asm.load64(R10, new Address(R13, R10, 3, 0));
        asm.rr(0x85, 8, R10, R10);
        int miss = asm.jcc(Assembler.EQUAL);
        asm.lea(R8, Address.of(R8, 1 - size));
        asm.byte1(0xE8); // call
        asm.bytes4((int) (routine - (asm.here() + 4)));
        return miss;
    }
}
