package org.jeroboam.cpu.recompilerx64;

import java.util.Arrays;
import org.jeroboam.hardware.memory.HostMemory;

/**
 * Encodes x86-64 instructions (Intel SDM volume 2, chapter 2) into a buffer that knows where its bytes will execute. Opcodes are
 * numbers as in the manual: {@code 0x89}, {@code 0x0FAF}. Sizes are bytes of the operands, 1 to 8; byte registers 4 to 7
 * are AH CH DH BH wherever nothing else needs a REX prefix.
 */
final class Assembler {
    static final int RAX = 0;
    static final int RCX = 1;
    static final int RDX = 2;
    static final int RBX = 3;
    static final int RSP = 4;
    static final int RBP = 5;
    static final int RSI = 6;
    static final int RDI = 7;
    static final int R8 = 8;
    static final int R9 = 9;
    static final int R10 = 10;
    static final int R11 = 11;
    static final int R12 = 12;
    static final int R13 = 13;
    static final int R14 = 14;
    static final int R15 = 15;

    /** Conditions of Jcc. */
    static final int BELOW = 2;

    static final int ABOVE_EQUAL = 3;

    static final int EQUAL = 4;
    static final int NOT_EQUAL = 5;
    static final int ABOVE = 7;
    static final int LESS = 12;
    static final int GREATER = 15;

    private byte[] bytes = new byte[1 << 14];
    private int count;
    private long origin;

    /** Starts anew for code that will execute at an address. */
    void start(long executable) {
        origin = executable;
        count = 0;
    }

    /** Bytes so far. */
    int size() {
        return count;
    }

    /** Where the next byte will execute. */
    long here() {
        return origin + count;
    }

    /** Copies the code to where it can be written. */
    void copyTo(long writable) {
        HostMemory.copyIn(writable, java.lang.foreign.MemorySegment.ofArray(bytes), 0, count);
    }

    void byte1(int value) {
        if (count == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * count);
        }
        bytes[count++] = (byte) value;
    }

    void bytes4(int value) {
        byte1(value);
        byte1(value >> 8);
        byte1(value >> 16);
        byte1(value >> 24);
    }

    private void immediate(int size, int value) {
        switch (size) {
            case 1 -> byte1(value);
            case 2 -> {
                byte1(value);
                byte1(value >> 8);
            }
            default -> bytes4(value);
        }
    }

    private void opcode(int opcode) {
        if (opcode > 0xFFFF) {
            byte1(opcode >> 16);
        }
        if (opcode > 0xFF) {
            byte1(opcode >> 8);
        }
        byte1(opcode);
    }

    private void prefixes(int mandatory, int size, int rex) {
        if (size == 2) {
            byte1(0x66);
        }
        if (mandatory != 0) {
            byte1(mandatory);
        }
        int all = size == 8 ? rex | 8 : rex;
        if (all != 0) {
            byte1(0x40 | all);
        }
    }

    /** An instruction on a register field and a register in r/m. */
    void rr(int opcode, int size, int reg, int rm) {
        rr(0, opcode, size, reg, rm);
    }

    /** The same with a mandatory prefix (66h, F2h, F3h), or 0. */
    void rr(int mandatory, int opcode, int size, int reg, int rm) {
        prefixes(mandatory, size, reg >> 3 << 2 | rm >> 3);
        opcode(opcode);
        byte1(0xC0 | (reg & 7) << 3 | rm & 7);
    }

    /** An instruction on a register field and memory. */
    void rm(int opcode, int size, int reg, Address m) {
        rm(0, opcode, size, reg, m);
    }

    /** The same with a mandatory prefix, or 0. */
    void rm(int mandatory, int opcode, int size, int reg, Address m) {
        int rex = reg >> 3 << 2;
        if (m.index() >= 8) {
            rex |= 2;
        }
        if (m.base() >= 8) {
            rex |= 1;
        }
        prefixes(mandatory, size, rex);
        opcode(opcode);
        modrm((reg & 7) << 3, m);
    }

    private void modrm(int field, Address m) {
        int base = m.base();
        int displacement = m.displacement();
        if (base < 0) {
            byte1(field | 4);
            byte1(m.scale() << 6 | (m.index() < 0 ? 4 : m.index() & 7) << 3 | 5);
            bytes4(displacement);
            return;
        }
        int mod = displacement == 0 && (base & 7) != RBP ? 0 : displacement == (byte) displacement ? 1 : 2;
        if (m.index() >= 0 || (base & 7) == RSP) {
            byte1(mod << 6 | field | 4);
            byte1(m.scale() << 6 | (m.index() < 0 ? 4 : m.index() & 7) << 3 | base & 7);
        } else {
            byte1(mod << 6 | field | base & 7);
        }
        if (mod == 1) {
            byte1(displacement);
        } else if (mod == 2) {
            bytes4(displacement);
        }
    }

    /** An instruction on r/m = register with an immediate of the operand's size, at most four bytes. */
    void rri(int opcode, int size, int field, int rm, int value) {
        rr(opcode, size, field, rm);
        immediate(size, value);
    }

    /** The same on memory. */
    void rmi(int opcode, int size, int field, Address m, int value) {
        rm(opcode, size, field, m);
        immediate(size, value);
    }

    /** As {@link #rri} with an immediate of one byte. */
    void rri8(int opcode, int size, int field, int rm, int value) {
        rr(opcode, size, field, rm);
        byte1(value);
    }

    /** As {@link #rmi} with an immediate of one byte. */
    void rmi8(int opcode, int size, int field, Address m, int value) {
        rm(opcode, size, field, m);
        byte1(value);
    }

    /** An instruction without operands of its own. */
    void plain(int opcode, int size) {
        prefixes(0, size, 0);
        opcode(opcode);
    }

    void mov(int to, int from) {
        rr(0x89, 4, from, to);
    }

    void mov64(int to, int from) {
        rr(0x89, 8, from, to);
    }

    void movi(int to, int value) {
        if (to >= 8) {
            byte1(0x41);
        }
        byte1(0xB8 | to & 7);
        bytes4(value);
    }

    void load(int to, Address m) {
        rm(0x8B, 4, to, m);
    }

    void load64(int to, Address m) {
        rm(0x8B, 8, to, m);
    }

    void store(Address m, int from) {
        rm(0x89, 4, from, m);
    }

    void lea(int to, Address m) {
        rm(0x8D, 4, to, m);
    }

    void push(int reg) {
        if (reg >= 8) {
            byte1(0x41);
        }
        byte1(0x50 | reg & 7);
    }

    void pop(int reg) {
        if (reg >= 8) {
            byte1(0x41);
        }
        byte1(0x58 | reg & 7);
    }

    void ret() {
        byte1(0xC3);
    }

    /** Jumps to where a register points. */
    void jmp(int reg) {
        rr(0xFF, 4, 4, reg);
    }

    /** Jumps to where memory points. */
    void jmp(Address m) {
        rm(0xFF, 4, 4, m);
    }

    /** Calls where memory points. */
    void call(Address m) {
        rm(0xFF, 4, 2, m);
    }

    /** A forward call. @return what {@link #bind} needs */
    int call() {
        byte1(0xE8);
        bytes4(0);
        return count;
    }

    /** Calls an executable address within 2 GiB. */
    void callTo(long target) {
        byte1(0xE8);
        bytes4((int) (target - (here() + 4)));
    }

    /** Jumps to an executable address within 2 GiB. */
    void jmpTo(long target) {
        byte1(0xE9);
        bytes4((int) (target - (here() + 4)));
    }

    /** Jumps on a condition to an executable address within 2 GiB. */
    void jccTo(int condition, long target) {
        byte1(0x0F);
        byte1(0x80 | condition);
        bytes4((int) (target - (here() + 4)));
    }

    /** A forward jump. @return what {@link #bind} needs */
    int jmp() {
        byte1(0xE9);
        bytes4(0);
        return count;
    }

    /** A forward jump on a condition. @return what {@link #bind} needs */
    int jcc(int condition) {
        byte1(0x0F);
        byte1(0x80 | condition);
        bytes4(0);
        return count;
    }

    /** A short forward jump on a condition. @return what {@link #bindShort} needs */
    int jccShort(int condition) {
        byte1(0x70 | condition);
        byte1(0);
        return count;
    }

    /** Lets a forward jump lead here. */
    void bind(int jump) {
        bind(jump, count);
    }

    /** Lets a jump lead to an offset in the buffer. */
    void bind(int jump, int target) {
        int distance = target - jump;
        for (int i = 0; i < 4; i++) {
            bytes[jump - 4 + i] = (byte) (distance >> 8 * i);
        }
    }

    /** Lets a short jump lead here. */
    void bindShort(int jump) {
        int distance = count - jump;
        if (distance > 127) {
            throw new IllegalStateException("a short jump over " + distance + " bytes");
        }
        bytes[jump - 1] = (byte) distance;
    }
}
