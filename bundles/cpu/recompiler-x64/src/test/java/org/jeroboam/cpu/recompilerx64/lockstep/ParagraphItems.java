package org.jeroboam.cpu.recompilerx64.lockstep;

import java.util.SplittableRandom;

/** What programs in real and V86 mode do with segments: the same bytes under several bases, far pointers, far transfers. */
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
        switch (r.nextInt(6)) {
            case 0 -> farCall();
            case 1 -> farJump();
            case 2 -> farPointer();
            case 3 -> shiftedSegment();
            case 4 -> all();
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
        offset(out.put(0x9A), routine, shift).word(selector(shift)).add();
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

    private void flags() {
        out.put(0x9C).add(); // pushf
        out.put(0x38 | r.nextInt(4), 0xC0 | r.nextInt(64)).add(); // cmp
        out.put(0x9D).add(); // popf
    }
}
