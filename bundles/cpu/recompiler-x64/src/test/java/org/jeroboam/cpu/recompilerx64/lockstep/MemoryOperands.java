package org.jeroboam.cpu.recompilerx64.lockstep;

import java.io.ByteArrayOutputStream;
import java.util.SplittableRandom;

/**
 * Memory operands: where they lead and how they are written. Mostly within data, also at ends of pages, in pages that
 * are absent, read-only, the system's or a device's, and now and then anywhere.
 */
final class MemoryOperands {
    private static final int[] PREFIXES = {0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65};

    /**
     * An operand in memory as it is encoded.
     *
     * @param prefixes before the opcode
     * @param modrm without the reg field
     * @param tail SIB and displacement
     */
    record Operand(byte[] prefixes, int modrm, byte[] tail) {}

    private final SplittableRandom r;
    private final Guest guest;
    /** What the registers that keep addresses hold. */
    private final int[] values = new int[8];

    /** Bit n: register n keeps an address. */
    private int pointers;

    MemoryOperands(SplittableRandom r, Guest guest) {
        this.r = r;
        this.guest = guest;
    }

    int pointers() {
        return pointers;
    }

    void clearPointers() {
        pointers = 0;
    }

    /** Lets a register keep an address; answers its value. */
    int keep(int register) {
        pointers |= 1 << register;
        values[register] = offset(register == 5 ? Guest.SS : Guest.DS, 16);
        return values[register];
    }

    /** An offset in a segment at which an operand of a size is interesting. */
    int offset(int segment, int size) {
        int linear = linear(Math.max(1, size));
        int offset = linear - guest.base(segment);
        if (guest.mode.code32 || offset >= 0 && offset < 0x1_0000) {
            return guest.mode.code32 ? offset : offset & 0xFFFF;
        }
        return switch (segment) {
            case Guest.FS, Guest.CS -> 0x7000 + r.nextInt(0x4000);
            case Guest.SS, Guest.GS -> 0x1000 + r.nextInt(0x2800);
            default -> r.nextInt(0x4000);
        };
    }

    private int linear(int size) {
        int page = Guest.DATA + (r.nextInt(4) << 12);
        return switch (r.nextInt(50)) {
            case 0, 1, 2, 3, 4 -> page + 0x1000 - r.nextInt(size + 1);
            case 5 -> (Guest.ABSENT_PAGE << 12) + r.nextInt(0x1000);
            case 6 -> (Guest.ABSENT_PAGE << 12) - r.nextInt(size + 1);
            case 7 -> (Guest.READ_ONLY_PAGE << 12) + r.nextInt(0x1000);
            case 8 -> (Guest.SUPERVISOR_PAGE << 12) + r.nextInt(0x1000) - 8;
            case 9 -> Guest.DEVICE + r.nextInt(0x1000);
            case 10 -> Guest.ROM + r.nextInt(0x1000);
            case 11 -> Guest.DEVICE + 0x1000 - r.nextInt(size + 1);
            case 12 -> 0x10_5800 + r.nextInt(0x400); // above 1 MiB: the A20 gate decides
            case 13 -> 0x1F_0000 + r.nextInt(0x1000); // nothing is there
            case 14, 15 -> page + r.nextInt(0x1000 - size) + (guest.mode.isPaged() ? Guest.ALIAS : 0);
            case 16 -> Guest.CODE_END - r.nextInt(0x400);
            case 17, 18, 19, 20 -> page + r.nextInt(0x1000 - size);
            default -> page + (r.nextInt(0x1000 - size) & -Integer.highestOneBit(size));
        };
    }

    /** An operand of a number of bytes. */
    Operand memory(int size) {
        ByteArrayOutputStream prefixes = new ByteArrayOutputStream();
        ByteArrayOutputStream tail = new ByteArrayOutputStream();
        boolean swapped = r.nextInt(16) == 0;
        boolean wide = guest.mode.code32 != swapped;
        if (swapped) {
            prefixes.write(0x67);
        }
        int modrm = wide ? wide(size, prefixes, tail) : narrow(size, prefixes, tail);
        return new Operand(prefixes.toByteArray(), modrm, tail.toByteArray());
    }

    /** DS, or with its prefix another segment. */
    private int segment(ByteArrayOutputStream prefixes) {
        if (r.nextInt(4) > 0) {
            return Guest.DS;
        }
        int segment = r.nextInt(6);
        prefixes.write(PREFIXES[segment]);
        return segment;
    }

    private int wide(int size, ByteArrayOutputStream prefixes, ByteArrayOutputStream tail) {
        int kind = r.nextInt(20);
        int pointer = pointer(0xE8 | 1 << 5);
        if (kind == 0) {
            return random(tail, 4);
        }
        if (kind < 3) { // [esp+n]
            tail.write(0x24);
            tail.write(r.nextInt(16) * 4);
            return 0x44;
        }
        if (kind < 9 || pointer < 0) {
            put(tail, offset(segment(prefixes), size), 4);
            return 5;
        }
        boolean stack = pointer == 5;
        if (kind < 12) { // a little beside the pointer
            tail.write(r.nextInt(33) - 16);
            return 0x40 | pointer;
        }
        int aim = offset(stack ? Guest.SS : segment(prefixes), size) - values[pointer];
        if (kind < 16) {
            put(tail, aim, 4);
            return 0x80 | pointer;
        }
        int other = pointer(0xE8);
        if (other >= 0 && kind < 18) { // two pointers
            int scale = r.nextInt(4);
            tail.write(scale << 6 | other << 3 | pointer);
            put(tail, aim - (values[other] << scale), 4);
            return 0x84;
        }
        if (kind == 18) { // only an index
            int scale = r.nextInt(4);
            tail.write(scale << 6 | pointer << 3 | 5);
            put(tail, offset(Guest.DS, size) - (values[pointer] << scale), 4);
            return 4;
        }
        return 0x40 | pointer | zero(tail);
    }

    private static int zero(ByteArrayOutputStream tail) {
        tail.write(0);
        return 0;
    }

    private int narrow(int size, ByteArrayOutputStream prefixes, ByteArrayOutputStream tail) {
        int kind = r.nextInt(20);
        int pointer = guest.mode.code32 ? -1 : pointer(0xE8);
        if (kind == 0) {
            return random(tail, 2);
        }
        if (kind < 9 || pointer < 0) {
            int segment = Guest.DS;
            if (guest.mode.isFlat()) {
                segment = Guest.FS; // DS would reach the tables of the system
                prefixes.write(PREFIXES[segment]);
            } else {
                segment = segment(prefixes);
            }
            put(tail, offset(segment, size), 2);
            return 6;
        }
        int rm = pointer == 3 ? 7 : pointer == 5 ? 6 : pointer == 6 ? 4 : 5;
        if (kind < 13) {
            tail.write(r.nextInt(33) - 16);
            return 0x40 | rm;
        }
        int aim = offset(pointer == 5 ? Guest.SS : segment(prefixes), size) - values[pointer];
        int base = r.nextBoolean() ? 3 : 5;
        boolean both = (pointer == 6 || pointer == 7) && (pointers & 1 << base) != 0 && kind < 16;
        if (both) {
            put(tail, aim - values[base], 2);
            return 0x80 | (base == 5 ? 2 : 0) | pointer - 6;
        }
        put(tail, aim, 2);
        return 0x80 | rm;
    }

    private int pointer(int allowed) {
        int candidates = pointers & allowed;
        if (candidates == 0) {
            return -1;
        }
        int register = r.nextInt(8);
        while ((candidates & 1 << register) == 0) {
            register = register + 1 & 7;
        }
        return register;
    }

    private int random(ByteArrayOutputStream tail, int width) {
        put(tail, Values.word(r), width);
        put(tail, Values.word(r), width);
        return r.nextInt(3) << 6 | r.nextInt(8);
    }

    private static void put(ByteArrayOutputStream tail, int value, int width) {
        for (int i = 0; i < width; i++) {
            tail.write(value >> 8 * i);
        }
    }
}
