package org.jeroboam.cpu.recompilerx64.lockstep;

import java.util.List;

/**
 * An instruction, or a few that belong together, of a program: bytes with places to fill in once everybody's address is
 * known. Shrinking removes whole items; a reference to a removed one means the next that is left.
 *
 * @param bytes the code, with anything where a fixup writes
 * @param fixups what to fill in
 * @param slot offset of four immediate bytes that may change while the program runs, or -1
 * @param padTo offset in a page at which the item begins, or -1 to follow the one before
 * @param needed kept when the program is shrunk
 */
record Item(byte[] bytes, List<Fixup> fixups, int slot, int padTo, boolean needed) {
    /** What a fixup writes. */
    enum Kind {
        /** Distance from the end of the item's field, one byte; 0 if it does not fit. */
        NEAR_8,
        /** Two bytes. */
        NEAR_16,
        /** Four bytes. */
        NEAR_32,
        /** The linear address, two bytes. */
        ADDRESS_16,
        /** The linear address, four bytes. */
        ADDRESS_32
    }

    /**
     * A place to fill in.
     *
     * @param kind how
     * @param at offset in the item
     * @param target index of the item meant, or -1 for the linear address {@code addend} itself
     * @param addend added to the target's address
     */
    record Fixup(Kind kind, int at, int target, int addend) {
        int size() {
            return switch (kind) {
                case NEAR_8 -> 1;
                case NEAR_16, ADDRESS_16 -> 2;
                case NEAR_32, ADDRESS_32 -> 4;
            };
        }

        int value(int targetAddress, int itemAddress) {
            int value = targetAddress + addend;
            return switch (kind) {
                case NEAR_8 -> {
                    int distance = value - itemAddress - at - 1;
                    yield distance == (byte) distance ? distance : 0;
                }
                case NEAR_16, NEAR_32 -> value - itemAddress - at - size();
                case ADDRESS_16, ADDRESS_32 -> value;
            };
        }
    }

    static Item of(byte[] bytes) {
        return new Item(bytes, List.of(), -1, -1, false);
    }
}
