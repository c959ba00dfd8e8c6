package org.jeroboam.cpu.recompilerx64.lockstep;

import java.util.SplittableRandom;

/**
 * Makes code that changes descriptors, gates, the task's stack and page tables of the system itself, and uses them at once:
 * what a core remembers of them must follow. In flat modes, where these tables lie in reach.
 */
final class DescriptorItems {
    /** A gate for experiments: the last service. */
    private static final int VECTOR = Handlers.SERVICES + Handlers.SERVICE_COUNT - 1;

    private static final int GATE = Guest.IDT + 8 * VECTOR;
    private static final int ACCESSED = 1;
    /** A linear address that only these items use. */
    private static final int LARGE = 0x40_0000;

    /** Pages of the system: GDT, IDT, TSS, handlers, stacks. */
    private static final int[] PAGES = {1, 2, 4, 5, 8, 0x23, 0x27, 0x10, 0x16};

    private static final int[] STACKS = {
        Guest.KERNEL_STACK,
        Guest.KERNEL_STACK,
        Guest.KERNEL_STACK - 2,
        Guest.KERNEL_STACK - 0xFF8,
        Guest.KERNEL_STACK - 0xFEC,
        Guest.KERNEL_STACK - 0x800
    };

    private final SplittableRandom r;
    private final Guest guest;
    private final Emitter out;

    DescriptorItems(SplittableRandom r, Guest guest, Emitter out) {
        this.r = r;
        this.guest = guest;
        this.out = out;
    }

    void item() {
        switch (r.nextInt(9)) {
            case 0, 1 -> extra();
            case 2 -> accessed();
            case 3 -> gate();
            case 4 -> stack();
            case 5, 6 -> entry();
            case 7 -> large();
            default -> page();
        }
    }

    private void store(int at, int value) {
        out.put(0xC7, 0x05).dword(at).dword(value).add(); // mov dword [at], value
    }

    private void storeByte(int at, int value) {
        out.put(0xC6, 0x05).dword(at).put(value).add(); // mov byte [at], value
    }

    private void exclusive(int at, int bits) {
        out.put(0x80, 0x35).dword(at).put(bits).add(); // xor byte [at], bits
    }

    private void interrupt(int vector) {
        out.put(0xCD, vector).add();
    }

    /** Changes a spare descriptor and loads a data segment register with it, twice. */
    private void extra() {
        int selector = Guest.EXTRA + 8 * r.nextInt(Guest.EXTRA_COUNT) | r.nextInt(4);
        int at = Guest.GDT + (selector & ~7);
        int byteOf = r.nextInt(4) > 0 ? 5 : new int[] {0, 2, 4, 6, 7}[r.nextInt(5)];
        int to = new int[] {Guest.ES, Guest.FS, Guest.GS, Guest.FS, Guest.GS}[r.nextInt(5)];
        int times = 1 + r.nextInt(2);
        for (int i = 0; i < times; i++) {
            if (r.nextBoolean()) {
                exclusive(at + byteOf, 1 << r.nextInt(8));
            }
            out.put(0xB8).dword(r.nextInt(8) == 0 ? r.nextInt(4) : selector).add(); // mov eax, n
            out.put(0x8E, 0xC0 | to << 3).add();
            if (r.nextBoolean()) {
                interrupt(Handlers.SERVICES);
            }
            if (to != Guest.ES && r.nextBoolean()) {
                out.put(to == Guest.FS ? 0x64 : 0x65, 0x03, 0x1D)
                        .dword(Guest.DATA + r.nextInt(64))
                        .add(); // add ebx
            }
            out.put(0x8C, 0xC0 | to << 3 | 2).add(); // mov edx, segment
        }
        out.put(0xB8).dword(guest.selector(to)).add();
        out.put(0x8E, 0xC0 | to << 3).add();
    }

    /** Clears an accessed bit, which the next load must set. */
    private void accessed() {
        int[] selectors = {
            Guest.FLAT_CODE,
            Guest.FLAT_DATA,
            Guest.USER_CODE,
            Guest.USER_DATA,
            guest.selector(Guest.DS),
            guest.selector(Guest.CS)
        };
        int at = Guest.GDT + (selectors[r.nextInt(selectors.length)] & ~7) + 5;
        out.put(0x80, 0x25).dword(at).put(~ACCESSED & 0xFF).add(); // and byte [at], ~1
        interrupt(Handlers.SERVICES);
        out.put(0x32, 0x1D).dword(at).add(); // xor bl, [at]
    }

    /** Changes a gate, goes through it, mends it. */
    private void gate() {
        switch (r.nextInt(4)) {
            case 0 -> storeByte(GATE + 5, new int[] {0xEE, 0xEF, 0x8E, 0x6E, 0xE6, 0xE5, 0xEC}[r.nextInt(7)]);
            case 1 -> storeByte(GATE + 2, new int[] {0x08, 0x0B, 0x1B, 0x10, 0x00, Guest.CONFORMING}[r.nextInt(6)]);
            default -> storeByte(GATE + 5, r.nextBoolean() ? 0xEE : 0xEF);
        }
        interrupt(VECTOR);
        storeByte(GATE + 5, 0xEE);
        storeByte(GATE + 2, Guest.FLAT_CODE);
        interrupt(VECTOR);
    }

    /** Gives the task another stack for level 0. */
    private void stack() {
        store(Guest.TSS + 4, STACKS[r.nextInt(STACKS.length)]);
        interrupt(Handlers.SERVICES);
        if (r.nextBoolean()) {
            store(Guest.TSS + 4, Guest.KERNEL_STACK);
        }
    }

    /** Clears bits of the entry of a page of data, which is used at once. */
    private void entry() {
        int page = (Guest.DATA >> 12) + r.nextInt(4);
        if (guest.mode.isPaged()) {
            int entry = guest.pageTable(r.nextInt(8) == 0) + page * guest.mode.entrySize();
            int bits = new int[] {0x9F, 0xBF, 0xDF, 0xFD, 0xFB, 0xFE, 0x9D}[r.nextInt(7)];
            out.put(0x80, 0x25).dword(entry).put(bits).add(); // and byte [entry], n
            forget((page << 12) + r.nextInt(0x1000));
        }
        access((page << 12) + r.nextInt(0x400) * 4);
    }

    /** Maps a page of 4 or 2 MiB, with some bits clear, uses two pieces of it and perhaps maps another one. */
    private void large() {
        if (!guest.mode.isPaged()) {
            return;
        }
        boolean pae = guest.mode.paging == Mode.Paging.PAE;
        for (int times = 1 + r.nextInt(2); times > 0; times--) {
            int bits = new int[] {0xE7, 0xE7, 0xE7, 0xA7, 0xC7, 0xE5, 0xE3, 0x67}[r.nextInt(8)];
            int value = bits == 0x67 ? guest.pageTable(true) | bits : bits;
            for (boolean second : new boolean[] {false, true}) {
                store(guest.directory(second) + (pae ? 0x1000 + 2 * 8 : 4), value);
            }
            forget(LARGE + r.nextInt(0x11_0000));
            access(LARGE + (int) guest.physical(Guest.DATA + r.nextInt(4) * 0x1000) + r.nextInt(0x400) * 4);
            access(LARGE + (int) guest.physical(Guest.DATA + r.nextInt(4) * 0x1000) + r.nextInt(0x400) * 4);
        }
    }

    /** Makes the processor forget a page. */
    private void forget(int linear) {
        if (guest.mode.level == 0 && r.nextBoolean()) {
            out.put(0x0F, 0x01, 0x3D).dword(linear).add(); // invlpg
        } else {
            interrupt(Handlers.SERVICES + 3); // loads CR3
        }
    }

    private void access(int linear) {
        switch (r.nextInt(4)) {
            case 0 -> out.put(0x89, 0x1D).dword(linear).add(); // mov [linear], ebx
            case 1 -> out.put(0x83, 0x05).dword(linear).put(3).add(); // add dword [linear], 3
            default -> out.put(0x03, 0x1D).dword(linear).add(); // add ebx, [linear]
        }
    }

    /** Clears accessed and dirty bits of a page of the system. */
    private void page() {
        if (guest.mode.isPaged()) {
            int page = PAGES[r.nextInt(PAGES.length)];
            int bits = new int[] {0x9F, 0xBF, 0xDF}[r.nextInt(3)];
            out.put(0x80, 0x25)
                    .dword(guest.pageTable(false) + page * guest.mode.entrySize())
                    .put(bits)
                    .add();
        }
        interrupt(Handlers.SERVICES + 3); // loads CR3
    }
}
