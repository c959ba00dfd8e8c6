package org.jeroboam.cpu.recompilerx64.lockstep;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Makes code that changes code, and everything that concerns the system: interrupts, ports, flags, segments, tables. */
final class SystemItems {
    private static final int[] PORTS = {
        Pins.RAISE, Pins.LIMIT, Pins.LIMIT, Pins.DMA, Pins.DMA, Pins.REQUEST, Pins.A20, 0x40, 0x61, 0x80
    };

    private static final int TRAP_FLAG = 0x100;
    private static final int NESTED_TASK = 0x4000;
    /** Status flags, IF, DF, AC. */
    private static final int FLAGS = 0x4_06D5 | 0x200;

    private final SplittableRandom r;
    private final Guest guest;
    private final Emitter out;
    private final MemoryOperands operands;
    private final DescriptorItems descriptors;
    private final ParagraphItems paragraphs;
    /** Labels of items with a patch slot. */
    private final List<Integer> slots = new ArrayList<>();

    private int placedSlots;

    SystemItems(SplittableRandom r, Guest guest, Emitter out, MemoryOperands operands) {
        this.r = r;
        this.guest = guest;
        this.out = out;
        this.operands = operands;
        paragraphs = new ParagraphItems(r, guest, out);
        descriptors = new DescriptorItems(r, guest, out);
        for (int i = 0; i < 4; i++) {
            slots.add(out.newLabel());
        }
    }

    /** Places what was referred to and never made. */
    void finish() {
        while (placedSlots < slots.size()) {
            slot();
        }
    }

    /** An instruction with an immediate that changes, a store into one, or code written and called. */
    void selfModifying() {
        switch (r.nextInt(7)) {
            case 0, 1 -> slot();
            case 2, 3, 4 -> patch();
            default -> written();
        }
    }

    private void slot() {
        if (placedSlots == slots.size()) {
            slots.add(out.newLabel());
        }
        out.place(slots.get(placedSlots++));
        switch (r.nextInt(3)) {
            case 0 -> out.wide().put(0xB8).slot().dword(r.nextInt()).add(); // mov eax, n
            case 1 ->
                out.wide()
                        .put(0x05 | r.nextInt(8) << 3)
                        .slot()
                        .dword(r.nextInt())
                        .add(); // add eax, n and others
            default ->
                out.wide()
                        .put(0x81, 0xC2 | r.nextInt(8) << 3)
                        .slot()
                        .dword(r.nextInt())
                        .add(); // add edx, n ...
        }
    }

    private void patch() {
        int label = slots.get(r.nextInt(slots.size()));
        int alias = guest.mode.isPaged() && guest.mode.isFlat() && r.nextInt(3) == 0 ? Guest.ALIAS : 0;
        // Two bytes from here on are within the immediate of every kind of slot.
        int addend = (guest.mode.code32 ? 2 : 3) + r.nextInt(2) + alias;
        if (!guest.mode.isFlat()) {
            out.put(0x64);
            addend -= guest.base(Guest.FS);
        }
        int rm = guest.mode.code32 ? 5 : 6;
        int reg = r.nextInt(8) << 3;
        switch (r.nextInt(5)) {
            case 0 -> out.put(0x88, rm | reg).address(label, addend).add(); // mov byte
            case 1 -> out.put(0x66, 0x89, rm | reg).address(label, addend).add();
            case 2 -> out.put(0xFE, rm).address(label, addend).add(); // inc byte
            case 3 -> out.put(0x30, rm | reg).address(label, addend).add(); // xor byte
            default ->
                out.put(0x80, rm).address(label, addend).put(r.nextInt(256)).add(); // add byte, n
        }
    }

    /** Changes or makes a routine on a page of its own, and calls it. */
    private void written() {
        int offset = r.nextInt(8) * 16;
        int at = Guest.WRITTEN + offset;
        if (offset == 0) {
            segmentOfCode();
            out.put(0xC6, guest.mode.code32 ? 5 : 6)
                    .natural(at + (r.nextBoolean() ? 1 : 4) - codeBase())
                    .put(r.nextInt(256))
                    .add(); // mov byte [...], n
        } else {
            segmentOfCode();
            int code = 0xC390_0004 | r.nextInt(256) << 8; // add al, n; nop; ret
            out.wide()
                    .put(0xC7, guest.mode.code32 ? 5 : 6)
                    .natural(at - codeBase())
                    .dword(code)
                    .add();
        }
        out.put(0xE8).nearLinear(at).add();
    }

    private void segmentOfCode() {
        if (!guest.mode.isFlat()) {
            out.put(0x64);
        }
    }

    private int codeBase() {
        return guest.mode.isFlat() ? 0 : guest.base(Guest.FS);
    }

    /** Something of the system. */
    void item() {
        if (guest.mode.hasParagraphs() && r.nextInt(4) == 0) {
            paragraphs.item();
            return;
        }
        if (guest.changesTables() && r.nextInt(10) == 0) {
            descriptors.item();
            return;
        }
        switch (r.nextInt(18)) {
            case 0, 1, 2 ->
                out.put(0xCD, Handlers.SERVICES + r.nextInt(Handlers.SERVICE_COUNT))
                        .add();
            case 4 -> flags();
            case 5 -> out.put(r.nextInt(3) == 0 ? 0xFA : 0xFB).add(); // cli, sti
            case 6 -> segment();
            case 7 -> returnFromInterrupt();
            case 8 -> far();
            case 9 -> systemCall();
            case 10 -> string();
            case 11, 12 -> privileged();
            case 13 -> steps();
            case 14, 15, 16 -> port();
            case 17 -> out.put(0x0F, 0x31).add(); // rdtsc
            default -> rare();
        }
    }

    private void rare() {
        switch (r.nextInt(6)) {
            case 0 -> out.put(0xF4).add(); // hlt
            case 1 -> out.put(0xE6, Pins.NMI).add();
            case 2 -> out.put(0xCC).add(); // int3
            case 3 -> out.put(0xCE).add(); // into
            case 4 -> out.put(0x0F, 0x0B).add(); // ud2
            default -> out.put(0x0F, 0xA2).add(); // cpuid
        }
    }

    private void port() {
        int port = PORTS[r.nextInt(PORTS.length)];
        int direction = r.nextInt(3) == 0 ? 0xE4 : 0xE6;
        out.put(direction | r.nextInt(2), port).add();
    }

    /** Pops random flags. */
    private void flags() {
        int flags = r.nextInt() & FLAGS
                | 2
                | (r.nextInt(12) == 0 ? TRAP_FLAG : 0)
                | (guest.changesTables() && r.nextInt(16) == 0 ? NESTED_TASK : 0);
        out.put(0x68).natural(flags).add(); // push n
        out.put(0x9D).add(); // popf
    }

    /** Single-steps a few instructions: the handler ends it. */
    private void steps() {
        out.put(0x9C).add(); // pushf
        if (guest.mode.code32) {
            out.put(0x80, 0x4C, 0x24, 0x01, 0x01).add(); // or byte [esp+1], 1
        } else {
            out.put(0x67, 0x36, 0x80, 0x4C, 0x24, 0x01, 0x01).add();
        }
        out.put(0x9D).add();
    }

    /** Loads a segment register with what it holds, or another one with it. */
    private void segment() {
        int to = new int[] {Guest.ES, Guest.FS, Guest.GS, Guest.DS, Guest.SS}[r.nextInt(5)];
        int from = to == Guest.SS || to == Guest.DS || r.nextInt(3) > 0 ? to : new int[] {0, 3, 4, 5}[r.nextInt(4)];
        if (r.nextBoolean() || to == Guest.SS) {
            out.put(0xB8).natural(guest.selector(from)).add(); // mov ax, n
            out.put(0x8E, 0xC0 | to << 3).add(); // mov seg, ax
        } else {
            out.put(0x68).natural(guest.selector(from)).add(); // push n
            switch (to) {
                case Guest.ES -> out.put(0x07).add();
                case Guest.DS -> out.put(0x1F).add();
                case Guest.FS -> out.put(0x0F, 0xA1).add();
                default -> out.put(0x0F, 0xA9).add();
            }
        }
    }

    /** IRET to what follows, from level 0 sometimes to level 3. */
    private void returnFromInterrupt() {
        int label = out.newLabel();
        boolean outer = guest.mode.isFlat() && guest.mode.level == 0 && r.nextInt(3) == 0;
        if (outer) {
            out.put(0x6A, Guest.USER_DATA).add(); // push n
            out.put(0x54).add(); // push esp
        }
        out.put(0x9C).add(); // pushf
        if (outer) {
            out.put(0x6A, Guest.USER_CODE).add();
        } else {
            out.put(0x0E).add(); // push cs
        }
        out.put(0x68).offset(label).add(); // push label
        out.put(0xCF).add(); // iret
        out.place(label);
        out.put(0x90).add();
    }

    /** A far jump, or a far call and its return. */
    private void far() {
        int label = out.newLabel();
        if (r.nextBoolean()) {
            out.put(0xEA).offset(label).word(guest.selector(Guest.CS)).add();
            out.place(label);
            out.put(0x90).add();
            return;
        }
        int over = out.newLabel();
        out.put(0x9A).offset(label).word(guest.selector(Guest.CS)).add();
        out.put(0xEB).shortly(over).add();
        out.place(label);
        out.put(0xCB).add(); // retf
        out.place(over);
        out.put(0x90).add();
    }

    /** SYSENTER and back, which ends at level 3. */
    private void systemCall() {
        if (!guest.mode.isFlat()) {
            out.put(0xCD, Handlers.SERVICES).add();
            return;
        }
        int label = out.newLabel();
        out.put(0x8B, 0xCC).add(); // mov ecx, esp
        out.put(0xBA).offset(label).add(); // mov edx, label
        out.put(0x0F, 0x34).add(); // sysenter
        out.place(label);
        out.put(0x90).add();
    }

    /** A short repetition at a page's end. */
    private void string() {
        if ((operands.pointers() & 0xC0) != 0) {
            return;
        }
        out.put(0xB8 | 6).natural(operands.offset(Guest.DS, 16)).add();
        out.put(0xB8 | 7).natural(operands.offset(Guest.ES, 16)).add();
        out.put(0xB8 | 1).natural(r.nextInt(40)).add();
        out.put(0xF3, new int[] {0xA4, 0xA5, 0xAA, 0xAB, 0xA6, 0xAF}[r.nextInt(6)])
                .add();
    }

    /** What only level 0 may do; elsewhere a fault. */
    private void privileged() {
        if (guest.mode.level > 0 && r.nextInt(8) > 0) {
            out.put(0xCD, Handlers.SERVICES + r.nextInt(Handlers.SERVICE_COUNT)).add();
            return;
        }
        switch (r.nextInt(8)) {
            case 0 -> {
                out.put(0x0F, 0x20, 0xD8).add(); // mov eax, cr3
                out.put(0x0F, 0x22, 0xD8).add(); // mov cr3, eax
            }
            case 1 ->
                out.put(0x0F, 0x01, guest.mode.code32 ? 0x3D : 0x3E)
                        .natural(operands.offset(Guest.DS, 4))
                        .add(); // invlpg
            case 2 -> out.put(0x0F, 0x06).add(); // clts
            case 3 -> {
                out.put(0x0F, 0x20, 0xC0).add(); // mov eax, cr0
                out.wide()
                        .put(0x35)
                        .dword(new int[] {8, 0x1_0000, 0x4_0000}[r.nextInt(3)])
                        .add(); // xor eax, bit
                out.put(0x0F, 0x22, 0xC0).add();
            }
            case 4 -> {
                out.put(0x0F, 0x21, 0xF8).add(); // mov eax, dr7
                out.wide().put(0x83, 0xF0, 2 << 2 * r.nextInt(2)).add(); // xor eax, G0 or G1
                out.put(0x0F, 0x23, 0xF8).add();
            }
            case 5 ->
                out.put(0x0F, 0x20, 0xC0 | new int[] {0, 2, 3, 4}[r.nextInt(4)] << 3 | r.nextInt(4))
                        .add();
            case 6 -> out.put(0x0F, 0x09).add(); // wbinvd
            default -> {
                out.put(0xB8 | 1).natural(0x174 + r.nextInt(3)).add(); // mov ecx, n
                out.put(0x0F, 0x32).add(); // rdmsr
            }
        }
    }
}
