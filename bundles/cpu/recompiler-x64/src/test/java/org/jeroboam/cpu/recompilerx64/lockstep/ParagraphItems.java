package org.jeroboam.cpu.recompilerx64.lockstep;

import java.util.SplittableRandom;

/**
 * What programs in real and V86 mode do with segments: the same bytes under several bases, far pointers, far transfers, interrupts by
 * the vector table, other stacks; and words and bytes as compilers of that time treat them.
 */
final class ParagraphItems {
    private static final int PARAGRAPH = 16;
    /** A far pointer in data that the program keeps for itself. */
    private static final int POINTER = Guest.PRIVATE + 0xF00;

    private final SplittableRandom r;
    private final Guest guest;
    private final Emitter out;

    ParagraphItems(SplittableRandom r, Guest guest, Emitter out) {
        this.r = r;
        this.guest = guest;
        this.out = out;
    }

    void item() {
        switch (r.nextInt(10)) {
            case 0 -> farCall();
            case 1 -> farJump();
            case 2 -> farPointer();
            case 3 -> shiftedSegment();
            case 4 -> all();
            case 5 -> interrupt();
            case 6 -> stack();
            case 7 -> frame();
            case 8 -> arithmetic();
            default -> flags();
        }
    }

    /** Paragraphs by which CS moves, with the offset the other way. */
    private int shift() {
        return r.nextInt(3) == 0 ? 0 : r.nextInt(0x40) - 0x20;
    }

    private int selector(int shift) {
        return guest.selector(Guest.CS) + shift;
    }

    /** The offset of a label in CS as it is when it has moved. */
    private Emitter offset(Emitter item, int label, int shift) {
        return item.address(label, -guest.base(Guest.CS) - PARAGRAPH * shift);
    }

    /** A call to a loop that is executed under one base or another. */
    private void farCall() {
        int routine = out.newLabel();
        int over = out.newLabel();
        int shift = shift();
        if (r.nextInt(3) == 0) {
            int at = POINTER + 8 - guest.base(Guest.DS);
            offset(out.put(0xC7, 0x06).word(at), routine, shift).add(); // mov [...], routine
            out.put(0xC7, 0x06).word(at + 2).word(selector(shift)).add();
            out.put(0xFF, 0x1E).word(at).add(); // call far [...]
        } else {
            offset(out.put(0x9A), routine, shift).word(selector(shift)).add();
        }
        if (r.nextBoolean()) {
            int other = shift();
            offset(out.put(0x9A), routine, other).word(selector(other)).add();
        }
        out.put(0xEB).shortly(over).add();
        out.place(routine);
        out.put(0x51).add(); // push cx
        out.put(0xB9).word(1 + r.nextInt(20)).add(); // mov cx, n
        int top = out.newLabel();
        out.place(top);
        out.put(0x83, 0xC0 | r.nextInt(2) << 1, r.nextInt(256)).add(); // add ax or dx, n
        out.put(0x8D, 0x44, r.nextInt(256)).add(); // lea ax, [si+n]
        out.put(0xE2).shortly(top).add(); // loop
        out.put(0x59).add(); // pop cx
        if (r.nextInt(3) == 0) {
            out.put(0xCA).word(0).add(); // retf 0
        } else {
            out.put(0xCB).add(); // retf
        }
        out.place(over);
        out.put(0x90).add();
    }

    /** To the next instruction under another base and back, directly and through memory. */
    private void farJump() {
        int there = out.newLabel();
        int back = out.newLabel();
        int shift = shift();
        offset(out.put(0xEA), there, shift).word(selector(shift)).add();
        out.place(there);
        if (r.nextBoolean()) {
            out.put(0xEA).offset(back).word(selector(0)).add();
        } else {
            int at = POINTER - guest.base(Guest.DS);
            out.put(0xC7, 0x06).word(at).offset(back).add(); // mov [...], back
            out.put(0xC7, 0x06).word(at + 2).word(selector(0)).add();
            out.put(0xFF, 0x2E).word(at).add(); // jmp far [...]
        }
        out.place(back);
        out.put(0x90).add();
    }

    /** LES, LFS or LGS of a pointer that was stored before, and DS by LDS. */
    private void farPointer() {
        int at = POINTER + r.nextInt(0x30) - guest.base(Guest.DS);
        int[] opcode = new int[][] {{0xC4}, {0x0F, 0xB4}, {0x0F, 0xB5}, {0xC5}}[r.nextInt(4)];
        int of = opcode[0] == 0xC5 ? Guest.DS : new int[] {Guest.DS, Guest.ES, Guest.FS, Guest.GS}[r.nextInt(4)];
        out.put(0xC7, 0x06).word(at).word(r.nextInt()).add(); // mov [...], n
        out.put(0xC7, 0x06).word(at + 2).word(guest.selector(of)).add();
        out.put(opcode).put(r.nextInt(3) << 3 & 0x10 | 0x06).word(at).add(); // les ax or dx, [...]
    }

    /** ES somewhere else for one access, then as it was. */
    private void shiftedSegment() {
        int shift = r.nextInt(0x20);
        out.put(0x06).add(); // push es
        out.put(0xB8).word(guest.selector(Guest.DS) + shift).add(); // mov ax, n
        out.put(0x8E, 0xC0).add(); // mov es, ax
        out.put(0x26, r.nextInt(3) == 0 ? 0x29 : 0x8B, 0x06)
                .word(r.nextInt(0x3000))
                .add();
        out.put(0x07).add(); // pop es
    }

    /** PUSHA and POPA, sometimes where SP wraps around. */
    private void all() {
        out.wide().put(0x60).add();
        out.put(0x42).add(); // inc dx
        out.wide().put(0x61).add();
    }

    /** A service of the system or, in real mode, a routine that the program itself puts into the table of vectors. */
    private void interrupt() {
        if (guest.mode != Mode.REAL || r.nextInt(3) == 0) {
            out.put(0xCD, Handlers.SERVICES + 14 + r.nextInt(2)).add(); // int n
            return;
        }
        int routine = out.newLabel();
        int over = out.newLabel();
        int shift = shift();
        int vector = 0x60 + r.nextInt(8);
        out.put(0x1E).add(); // push ds
        out.put(0x31, 0xC0, 0x8E, 0xD8).add(); // xor ax, ax; mov ds, ax
        offset(out.put(0xC7, 0x06).word(4 * vector), routine, shift).add();
        out.put(0xC7, 0x06).word(4 * vector + 2).word(selector(shift)).add();
        out.put(0x1F).add(); // pop ds
        if (r.nextBoolean()) {
            out.put(r.nextBoolean() ? 0xFA : 0xFB).add(); // cli, sti
        }
        out.put(0x38 | r.nextInt(4), 0xC0 | r.nextInt(64)).add(); // cmp
        out.put(0xCD, vector).add();
        out.put(0x0F, 0x90 | r.nextInt(16), 0xC0).add(); // setcc al
        out.put(0xEB).shortly(over).add();
        out.place(routine);
        out.put(0x40 | r.nextInt(4)).add(); // inc ax, cx, dx or bx
        if (r.nextInt(4) == 0) {
            out.put(0x55, 0x89, 0xE5).add(); // push bp; mov bp, sp
            out.put(0x80, 0x76, 0x06, r.nextInt(256)).add(); // xor byte [bp+6], n: the flags' low half
            out.put(0x5D).add(); // pop bp
        }
        out.put(0xCF).add(); // iret
        out.place(over);
        out.put(0x90).add();
    }

    /** SS loaded with what it has or with a paragraph less, and used at once. */
    private void stack() {
        int at = POINTER + 0x40 - guest.base(Guest.DS);
        int selector = guest.selector(Guest.SS);
        switch (r.nextInt(3)) {
            case 0 -> {
                out.put(0xB8).word(selector - 1).add(); // mov ax, n
                out.put(0x89, 0xE2).add(); // mov dx, sp
                out.put(0x8E, 0xD0).add(); // mov ss, ax
                out.put(0x83, 0xC4, 0x10).add(); // add sp, 16
                out.put(0x50 | r.nextInt(4), 0x5B).add(); // push ax, cx, dx or bx; pop bx
                out.put(0xB8).word(selector).add();
                out.put(0x8E, 0xD0).add();
                out.put(0x89, 0xD4).add(); // mov sp, dx
            }
            case 1 -> {
                out.put(0x16).add(); // push ss
                out.put(0x17).add(); // pop ss
            }
            default -> {
                out.put(0x89, 0x26).word(at).add(); // mov [...], sp
                out.put(0x8C, 0x16).word(at + 2).add(); // mov [...], ss
                out.put(0x0F, 0xB2, 0x26).word(at).add(); // lss sp, [...]
            }
        }
    }

    /** ENTER and LEAVE, a variable by POP. */
    private void frame() {
        int room = r.nextInt(0x40);
        out.put(0xC8).word(room).put(r.nextInt(8) == 0 ? 1 : 0).add(); // enter n, 0
        out.put(0x50 | r.nextInt(4)).add(); // push ax, cx, dx or bx
        out.put(0x8F, 0x46, -2 - (room & 0x3E)).add(); // pop word [bp-n]
        out.put(0xC9).add(); // leave
    }

    /** Shifts by CL, sums of several words, divisions, a table of bytes, a loop that ends early. */
    private void arithmetic() {
        switch (r.nextInt(5)) {
            case 0 -> {
                out.put(0x86, 0xE9).add(); // xchg ch, cl
                int fields = new int[] {0, 1, 4, 5, 7}[r.nextInt(5)];
                out.put(0xD2 | r.nextInt(2), 0xC0 | fields << 3 | r.nextInt(4)).add(); // shift ax to bx or al to bl, cl
                out.put(0x9F).add(); // lahf
            }
            case 1 -> {
                out.put(0xD1, 0xE0 | r.nextInt(2) << 3).add(); // shl or shr ax, 1
                out.put(0xD1, 0xD2 | r.nextInt(2) << 3).add(); // rcl or rcr dx, 1
                out.put(0x0F, 0x90 | r.nextInt(16), 0xC3).add(); // setcc bl
            }
            case 2 -> {
                out.put(0x99).add(); // cwd
                out.put(0x83, 0xCB, 1 + r.nextInt(0x7F)).add(); // or bx, n
                out.put(0xF7, 0xFB).add(); // idiv bx
            }
            case 3 -> {
                out.put(0xBB)
                        .word(Guest.DATA - guest.base(Guest.DS) + r.nextInt(0x100))
                        .add(); // mov bx, n
                out.put(0xD7).add(); // xlat
                out.put(0x98, 0xB3, 1 + r.nextInt(0xFF)).add(); // cbw; mov bl, n
                out.put(0xF6, r.nextBoolean() ? 0xFB : 0xF3).add(); // idiv or div bl
            }
            default -> {
                out.put(0x51).add(); // push cx
                out.put(0xB9).word(1 + r.nextInt(8)).add(); // mov cx, n
                int top = out.newLabel();
                out.place(top);
                out.put(0x83, 0xC0, r.nextInt(256)).add(); // add ax, n
                out.put(0x24 + (r.nextBoolean() ? 0 : 0x84), 1 + r.nextInt(3)).add(); // and or test al, n
                out.put(0xE0 | r.nextInt(2)).shortly(top).add(); // loopne, loope
                out.put(0x59).add();
            }
        }
    }

    private void flags() {
        out.put(0x9C).add(); // pushf
        out.put(0x38 | r.nextInt(4), 0xC0 | r.nextInt(64)).add(); // cmp
        out.put(0x9D).add(); // popf
    }
}
