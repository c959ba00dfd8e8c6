package org.jeroboam.cpu.recompilerx64.lockstep;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.decode.Decoder;
import org.jeroboam.cpu.x86.decode.Disassembler;

/** Items laid out one behind another, with tables of addresses in memory; some items may be left out. */
final class Program {
    /**
     * A doubleword in memory that holds the address of an item.
     *
     * @param linear where
     * @param target index of the item
     * @param addend added
     */
    record Pointer(int linear, int target, int addend) {}

    private final List<Item> items;
    private final List<Pointer> pointers;
    private final int origin;
    private final boolean code32;
    private final BitSet left;
    private final int[] addresses;
    private final byte[] bytes;

    Program(List<Item> items, List<Pointer> pointers, int origin, boolean code32) {
        this(items, pointers, origin, code32, all(items.size()));
    }

    private Program(List<Item> items, List<Pointer> pointers, int origin, boolean code32, BitSet left) {
        this.items = List.copyOf(items);
        this.pointers = List.copyOf(pointers);
        this.origin = origin;
        this.code32 = code32;
        this.left = left;
        addresses = new int[items.size() + 1];
        bytes = assemble();
    }

    private static BitSet all(int count) {
        BitSet set = new BitSet();
        set.set(0, count);
        return set;
    }

    /** The same program with other items left in; needed ones stay. */
    Program keeping(BitSet kept) {
        BitSet next = (BitSet) kept.clone();
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i).needed()) {
                next.set(i);
            }
        }
        return new Program(items, pointers, origin, code32, next);
    }

    BitSet left() {
        return (BitSet) left.clone();
    }

    int origin() {
        return origin;
    }

    byte[] bytes() {
        return bytes.clone();
    }

    List<Pointer> pointers() {
        return pointers;
    }

    int size() {
        return items.size();
    }

    /** The linear address of an item, or of the next that is left. */
    int address(int item) {
        return addresses[item];
    }

    /** Linear addresses of all patch slots; a removed item's slot is its address. */
    int[] slots() {
        int[] slots = new int[items.size()];
        int count = 0;
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i).slot() >= 0) {
                slots[count++] = left.get(i) ? addresses[i] + items.get(i).slot() : Guest.CODE_END - 8;
            }
        }
        return Arrays.copyOf(slots, count);
    }

    private byte[] assemble() {
        byte[] out = new byte[Guest.CODE_END - origin];
        int[] starts = new int[items.size()];
        int at = 0;
        for (int i = 0; i < items.size(); i++) {
            addresses[i] = origin + at;
            if (left.get(i)) {
                at = pad(out, at, items.get(i).padTo());
                starts[i] = at;
                addresses[i] = origin + at;
                byte[] code = items.get(i).bytes();
                System.arraycopy(code, 0, out, at, code.length);
                at += code.length;
            }
        }
        addresses[items.size()] = origin + at;
        for (int i = items.size() - 1; i >= 0; i--) {
            addresses[i] = left.get(i) ? addresses[i] : addresses[i + 1];
        }
        for (int i = 0; i < items.size(); i++) {
            if (left.get(i)) {
                fill(out, starts[i], items.get(i));
            }
        }
        return Arrays.copyOf(out, at);
    }

    /** Fills with a jump over INT3s, or with NOPs, up to an offset in a page. */
    private int pad(byte[] out, int from, int padTo) {
        if (padTo < 0) {
            return from;
        }
        int gap = padTo - (origin + from) & 0xFFF;
        Arrays.fill(out, from, from + gap, (byte) 0x90);
        if (gap > 8) {
            Arrays.fill(out, from, from + gap, (byte) 0xCC);
            int size = code32 ? 4 : 2;
            out[from] = (byte) 0xE9;
            int distance = gap - 1 - size;
            for (int i = 0; i < size; i++) {
                out[from + 1 + i] = (byte) (distance >> 8 * i);
            }
        }
        return from + gap;
    }

    private void fill(byte[] out, int start, Item item) {
        for (Item.Fixup fixup : item.fixups()) {
            int target = fixup.target() < 0 ? 0 : addresses[fixup.target()];
            int value = fixup.value(target, origin + start);
            for (int i = 0; i < fixup.size(); i++) {
                out[start + fixup.at() + i] = (byte) (value >> 8 * i);
            }
        }
    }

    /** The text of what is left, with linear addresses and numbers of the items. */
    String listing() {
        StringBuilder text = new StringBuilder();
        Decoder decoder = new Decoder(Forms.MODEL.features());
        Instruction in = new Instruction();
        for (int i = 0; i < items.size(); i++) {
            if (!left.get(i)) {
                continue;
            }
            int end = addresses[i] + items.get(i).bytes().length;
            for (int at = addresses[i]; at < end; ) {
                int from = at - origin;
                decoder.decode(o -> from + o < bytes.length ? bytes[from + o] : 0, code32, in);
                text.append(
                        String.format("%5d %06x  %-24s %s%n", i, at, hex(from, in.length), Disassembler.text(in, at)));
                at += Math.max(1, in.length);
            }
        }
        return text.toString();
    }

    private String hex(int from, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < Math.min(from + length, bytes.length); i++) {
            text.append(String.format("%02x", bytes[i]));
        }
        return text.toString();
    }
}
