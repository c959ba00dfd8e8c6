package org.jeroboam.cpu.recompilerx64.lockstep;

import java.util.SplittableRandom;

/** Makes jumps, calls and returns of all kinds. */
final class Transfers {
    private static final int MOST_TABLES = 100;

    private final SplittableRandom r;
    private final Guest guest;
    private final Emitter out;
    private int tables;

    Transfers(SplittableRandom r, Guest guest, Emitter out) {
        this.r = r;
        this.guest = guest;
        this.out = out;
    }

    /** A conditional jump, near or short. */
    void conditional(int label) {
        switch (r.nextInt(12)) {
            case 0 -> out.put(0xE9).near(label).add();
            case 1 -> out.put(0xEB).shortly(label).add();
            case 2 -> out.put(0xE3).shortly(label).add(); // jecxz
            case 3, 4, 5 -> out.put(0x70 | r.nextInt(16)).shortly(label).add();
            default -> out.put(0x0F, 0x80 | r.nextInt(16)).near(label).add();
        }
    }

    /** A call, direct or by register or memory, near or with a pushed return address. */
    void call(int label, int spared) {
        int register = free(spared);
        switch (r.nextInt(8)) {
            case 0 -> {
                out.put(0xB8 | register).offset(label).add(); // mov reg, label
                out.put(0xFF, 0xD0 | register).add(); // call reg
            }
            case 1 -> {
                int at = pointer(label);
                out.put(0xFF, guest.mode.code32 ? 0x15 : 0x16).natural(at).add(); // call [...]
            }
            case 2 -> {
                int back = out.newLabel();
                out.put(0x68).offset(back).add(); // push back
                out.put(0xE9).near(label).add(); // jmp
                out.place(back);
                out.put(0x90).add();
            }
            case 3 -> {
                int back = out.newLabel();
                out.put(0x68).offset(back).add();
                out.put(0x68).offset(label).add();
                out.put(0xC3).add(); // ret as a jump
                out.place(back);
                out.put(0x90).add();
            }
            default -> out.put(0xE8).near(label).add();
        }
    }

    /** An indirect jump to one of four places. */
    void table(int[] labels, int spared) {
        int register = free(spared);
        if (tables + labels.length > MOST_TABLES) {
            out.put(0xE9).near(labels[0]).add();
            for (int i = 1; i < labels.length; i++) {
                out.put(0x0F, 0x80 | i).near(labels[i]).add();
            }
            return;
        }
        int at = pointer(labels[0]);
        for (int i = 1; i < labels.length; i++) {
            pointer(labels[i]);
        }
        out.wide().put(0x83, 0xE0 | register, labels.length - 1).add(); // and reg, 3
        if (r.nextBoolean()) {
            out.wideAddress().put(0xFF, 0x24, 0x85 | register << 3).dword(at).add(); // jmp [table+reg*4]
        } else {
            out.wideAddress()
                    .put(0x8B, 0x04 | register << 3, 0x85 | register << 3)
                    .dword(at)
                    .add(); // mov reg, [...]
            out.put(0xFF, 0xE0 | register).add(); // jmp reg
        }
    }

    /** Puts a code pointer to memory; answers its offset in DS. */
    private int pointer(int label) {
        int linear = Guest.PRIVATE + 0x400 + 4 * (tables++ % (2 * MOST_TABLES));
        out.pointer(linear, label);
        return linear - guest.base(Guest.DS);
    }

    /** The end of a function. */
    void leave() {
        switch (r.nextInt(10)) {
            case 0 -> out.put(0xC2).word(4 * r.nextInt(3)).add(); // ret n
            case 1 -> {
                out.put(0x58).add(); // pop eax
                out.put(0xFF, 0xE0).add(); // jmp eax
            }
            case 2 -> out.put(0xF3, 0xC3).add(); // rep ret
            default -> out.put(0xC3).add();
        }
    }

    /** A register that may be written, of the first four. */
    private int free(int spared) {
        int register = r.nextInt(4);
        for (int i = 0; i < 4; i++) {
            if ((spared & 1 << register) == 0) {
                return register;
            }
            register = register + 1 & 3;
        }
        return 0;
    }
}
