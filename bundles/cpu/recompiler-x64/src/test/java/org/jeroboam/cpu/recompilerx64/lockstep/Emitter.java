package org.jeroboam.cpu.recompilerx64.lockstep;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the items of a program. Labels are numbers that may be used before they are placed; "natural" is the width of
 * the mode's code: 2 or 4 bytes.
 */
final class Emitter {
    private final Guest guest;
    private final List<Item> items = new ArrayList<>();
    private final List<Program.Pointer> pointers = new ArrayList<>();
    /** Index of the item at each label, -1 before it is placed. */
    private final List<Integer> labels = new ArrayList<>();

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<Item.Fixup> fixups = new ArrayList<>();
    private int slot = -1;
    private int padTo = -1;

    Emitter(Guest guest) {
        this.guest = guest;
    }

    int newLabel() {
        labels.add(-1);
        return labels.size() - 1;
    }

    /** The next item is where the label is. */
    void place(int label) {
        labels.set(label, items.size());
    }

    int count() {
        return items.size();
    }

    Emitter put(int... values) {
        for (int value : values) {
            bytes.write(value);
        }
        return this;
    }

    Emitter put(byte[] values) {
        bytes.writeBytes(values);
        return this;
    }

    Emitter word(int value) {
        return put(value & 0xFF, value >> 8 & 0xFF);
    }

    Emitter dword(int value) {
        return word(value).word(value >>> 16);
    }

    Emitter natural(int value) {
        return guest.mode.code32 ? dword(value) : word(value);
    }

    /** The prefix that makes operands 32 bits wide. */
    Emitter wide() {
        return guest.mode.code32 ? this : put(0x66);
    }

    /** The prefix that makes addresses 32 bits wide. */
    Emitter wideAddress() {
        return guest.mode.code32 ? this : put(0x67);
    }

    /** Distance to a label, natural. */
    Emitter near(int label) {
        return fix(guest.mode.code32 ? Item.Kind.NEAR_32 : Item.Kind.NEAR_16, label, 0)
                .natural(0);
    }

    /** Distance to a linear address, natural. */
    Emitter nearLinear(int linear) {
        Item.Kind kind = guest.mode.code32 ? Item.Kind.NEAR_32 : Item.Kind.NEAR_16;
        fixups.add(new Item.Fixup(kind, bytes.size(), -1, linear));
        return natural(0);
    }

    /** Distance to a label in a byte; 0 when it is too far. */
    Emitter shortly(int label) {
        return fix(Item.Kind.NEAR_8, label, 0).put(0);
    }

    /** Offset of a label in CS, natural. */
    Emitter offset(int label) {
        return address(label, -guest.base(Guest.CS));
    }

    /** Linear address of a label and something, natural. */
    Emitter address(int label, int addend) {
        return fix(guest.mode.code32 ? Item.Kind.ADDRESS_32 : Item.Kind.ADDRESS_16, label, addend)
                .natural(0);
    }

    private Emitter fix(Item.Kind kind, int label, int addend) {
        fixups.add(new Item.Fixup(kind, bytes.size(), label, addend));
        return this;
    }

    /** The next four bytes may be changed while the program runs. */
    Emitter slot() {
        slot = bytes.size();
        return this;
    }

    /** The item begins at this offset in a page. */
    Emitter padTo(int offset) {
        padTo = offset;
        return this;
    }

    /** Ends the item. */
    int add() {
        items.add(new Item(bytes.toByteArray(), List.copyOf(fixups), slot, padTo, false));
        bytes.reset();
        fixups.clear();
        slot = -1;
        padTo = -1;
        return items.size() - 1;
    }

    /** A doubleword in memory that holds the offset of a label in CS. */
    void pointer(int linear, int label) {
        pointer(linear, label, 0);
    }

    /** The same with something above it. */
    void pointer(int linear, int label, int high) {
        pointers.add(new Program.Pointer(linear, label, (high << 16) - guest.base(Guest.CS)));
    }

    Program finish(int origin) {
        List<Item> resolved = new ArrayList<>();
        for (Item item : items) {
            List<Item.Fixup> targets = item.fixups().stream()
                    .map(f -> f.target() < 0 ? f : new Item.Fixup(f.kind(), f.at(), itemAt(f.target()), f.addend()))
                    .toList();
            resolved.add(new Item(item.bytes(), targets, item.slot(), item.padTo(), item.needed()));
        }
        List<Program.Pointer> tables = pointers.stream()
                .map(p -> new Program.Pointer(p.linear(), itemAt(p.target()), p.addend()))
                .toList();
        return new Program(resolved, tables, origin, guest.mode.code32);
    }

    private int itemAt(int label) {
        int item = labels.get(label);
        if (item < 0) {
            throw new IllegalStateException("label " + label + " was not placed");
        }
        return item;
    }
}
