package org.jeroboam.cpu.x86.fpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** One record of the vector format that {@code src/test/tools/x87vectors.c} describes, and its execution by an Fpu. */
final class X87Vector {
    static final int SIZE = 216;
    private static final int OUT = 108;

    int opcode;
    int modrm;
    final long[] inSig = new long[8];
    final int[] inSe = new int[8];
    final long[] outSig = new long[8];
    final int[] outSe = new int[8];
    int inControl;
    int inStatus;
    int inTags;
    int inFlags;
    int outControl;
    int outStatus;
    int outTags;
    int outFlags;
    long inMemLow;
    int inMemHigh;
    long outMemLow;
    int outMemHigh;

    /** What our unit made of it. */
    final Fpu fpu = new Fpu();

    int flags;
    long memLow;
    int memHigh;

    void read(byte[] bytes) {
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        opcode = b.get(0) & 0xFF;
        modrm = b.get(1) & 0xFF;
        inControl = b.getShort(2) & 0xFFFF;
        inStatus = b.getShort(4) & 0xFFFF;
        inTags = b.getShort(6) & 0xFFFF;
        inFlags = b.getInt(8);
        outControl = b.getShort(OUT) & 0xFFFF;
        outStatus = b.getShort(OUT + 2) & 0xFFFF;
        outTags = b.getShort(OUT + 4) & 0xFFFF;
        outFlags = b.getInt(OUT + 8);
        for (int i = 0; i < 8; i++) {
            inSig[i] = b.getLong(12 + 10 * i);
            inSe[i] = b.getShort(20 + 10 * i) & 0xFFFF;
            outSig[i] = inSig[i] ^ b.getLong(OUT + 12 + 10 * i);
            outSe[i] = inSe[i] ^ b.getShort(OUT + 20 + 10 * i) & 0xFFFF;
        }
        inMemLow = b.getLong(92);
        inMemHigh = b.getShort(100) & 0xFFFF;
        outMemLow = inMemLow ^ b.getLong(OUT + 92);
        outMemHigh = inMemHigh ^ b.getShort(OUT + 100) & 0xFFFF;
    }

    void execute() {
        fpu.fldcw(inControl);
        fpu.setStatusWord(inStatus);
        fpu.setTagWord(inTags);
        for (int i = 0; i < 8; i++) {
            fpu.setStackRegister(i, inSe[i], inSig[i]);
        }
        memLow = inMemLow;
        memHigh = inMemHigh;
        flags = inFlags;
        if (modrm >= 0xC0) {
            flags = FpuInstructions.execute(fpu, opcode, modrm, inFlags);
        } else {
            memory(modrm >>> 3 & 7);
        }
    }

    private void memory(int reg) {
        switch (opcode) {
            case 0xD8 -> fpu.arithmeticM32(reg, (int) memLow);
            case 0xDA -> fpu.arithmeticInteger(reg, (int) memLow);
            case 0xDC -> fpu.arithmeticM64(reg, memLow);
            case 0xDE -> fpu.arithmeticInteger(reg, (short) memLow);
            case 0xD9 -> {
                switch (reg) {
                    case 0 -> fpu.fldM32((int) memLow);
                    case 2, 3 -> store(32, fpu.fstM32(), reg == 3);
                    case 5 -> fpu.fldcw((int) memLow);
                    case 7 -> write(16, fpu.fnstcw());
                    default -> throw new AssertionError("D9 /" + reg);
                }
            }
            case 0xDB -> {
                switch (reg) {
                    case 0 -> fpu.fild((int) memLow);
                    case 1 -> store(32, fpu.fisttp(32), true);
                    case 2, 3 -> store(32, fpu.fistM32(), reg == 3);
                    case 5 -> fpu.fldM80(memHigh, memLow);
                    case 7 -> store(80, fpu.fstM80(), true);
                    default -> throw new AssertionError("DB /" + reg);
                }
            }
            case 0xDD -> {
                switch (reg) {
                    case 0 -> fpu.fldM64(memLow);
                    case 1 -> store(64, fpu.fisttp(64), true);
                    case 2, 3 -> store(64, fpu.fstM64(), reg == 3);
                    case 7 -> write(16, fpu.fnstsw());
                    default -> throw new AssertionError("DD /" + reg);
                }
            }
            default -> {
                switch (reg) {
                    case 0 -> fpu.fild((short) memLow);
                    case 1 -> store(16, fpu.fisttp(16), true);
                    case 2, 3 -> store(16, fpu.fistM16(), reg == 3);
                    case 4 -> fpu.fbld(memLow, memHigh);
                    case 5 -> fpu.fild(memLow);
                    case 6 -> store(80, fpu.fbstp(), true);
                    default -> store(64, fpu.fistM64(), true);
                }
            }
        }
    }

    private void store(int bits, long value, boolean pop) {
        if (fpu.mayStore()) {
            write(bits, value);
            if (pop) {
                fpu.pop();
            }
        }
    }

    private void write(int bits, long value) {
        if (bits >= 64) {
            memLow = value;
            memHigh = bits == 80 ? fpu.storeHigh() : memHigh;
        } else {
            long mask = (1L << bits) - 1;
            memLow = memLow & ~mask | value & mask;
        }
    }

    /** Registers, tags, status and memory equal, the status under a mask. */
    boolean matches(int statusMask) {
        return matchesExceptRegisters(statusMask) && differingRegister() < 0;
    }

    boolean matchesExceptRegisters(int statusMask) {
        return ((fpu.fnstsw() ^ outStatus) & statusMask) == 0
                && fpu.tagWord() == outTags
                && fpu.fnstcw() == outControl
                && memLow == outMemLow
                && memHigh == outMemHigh
                && flags == outFlags;
    }

    /** The first register that differs, or -1. */
    int differingRegister() {
        for (int i = 0; i < 8; i++) {
            if (fpu.stackExponent(i) != outSe[i] || fpu.stackSignificand(i) != outSig[i]) {
                return i;
            }
        }
        return -1;
    }

    /** All registers equal, or next to the wanted value in the order of the 80-bit numbers. */
    boolean registersWithinOneUnit() {
        for (int i = 0; i < 8; i++) {
            int exponents = fpu.stackExponent(i) - outSe[i];
            long significands = fpu.stackSignificand(i) - outSig[i];
            boolean near = exponents == 0 && Math.abs(significands) <= 1
                    || exponents == 1 && significands == Long.MIN_VALUE + 1
                    || exponents == -1 && significands == Long.MAX_VALUE;
            if (!near) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        StringBuilder s = new StringBuilder(String.format(
                "%02X %02X cw %04X sw %04X tw %04X eflags %03X memory %04X:%016X%n",
                opcode, modrm, inControl, inStatus, inTags, inFlags, inMemHigh, inMemLow));
        s.append(String.format(
                "   want sw %04X tw %04X cw %04X eflags %03X memory %04X:%016X%n",
                outStatus, outTags, outControl, outFlags, outMemHigh, outMemLow));
        s.append(String.format(
                "   have sw %04X tw %04X cw %04X eflags %03X memory %04X:%016X%n",
                fpu.fnstsw(), fpu.tagWord(), fpu.fnstcw(), flags, memHigh, memLow));
        for (int i = 0; i < 8; i++) {
            boolean same = fpu.stackExponent(i) == outSe[i] && fpu.stackSignificand(i) == outSig[i];
            if (i < 2 || i == (modrm & 7) && modrm >= 0xC0 || !same) {
                s.append(String.format(
                        "   st%d %04X:%016X want %04X:%016X have %04X:%016X%s%n",
                        i,
                        inSe[i],
                        inSig[i],
                        outSe[i],
                        outSig[i],
                        fpu.stackExponent(i),
                        fpu.stackSignificand(i),
                        same ? "" : " <<"));
            }
        }
        return s.toString();
    }
}
