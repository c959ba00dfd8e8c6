package org.jeroboam.access.gdb;

import java.util.Arrays;
import org.jeroboam.management.extension.MachineDebugger.ProcessorRegisters;

/**
 * The processor's registers in GDB's order for i386 (features org.gnu.gdb.i386.core and .sse), and the system registers
 * behind them. The program counter is shown as a linear address, CS base added, so that breakpoints, disassembly and steps
 * work in real mode too; in flat code it is EIP.
 */
final class RegisterFile {
    private static final int EIP = 8;
    private static final int EFLAGS = 9;
    private static final int CS = 10;
    private static final int ST0 = 16;
    private static final int FCTRL = 24;
    private static final int XMM0 = 32;
    private static final int MXCSR = 40;
    private static final int CR0 = 41;
    private static final int BASES = 45;
    /** Number of registers. */
    static final int COUNT = 51;

    /** GDB's order of segment registers, as indices of the encoding's order ES, CS, SS, DS, FS, GS. */
    private static final int[] SEGMENTS = {1, 2, 3, 0, 4, 5};

    /** Where FXSAVE keeps FCW, FSW, (FTW), FCS, FIP, FDS, FDP, FOP, and how many bytes. */
    private static final int[] FPU_OFFSETS = {0, 2, 4, 12, 8, 20, 16, 6};

    private static final int[] FPU_BYTES = {2, 2, 2, 2, 4, 2, 4, 2};
    private static final int FTAG = 2;

    private final ProcessorRegisters registers;
    private final int[] general;
    private final int[] selectors;
    private final byte[] fxsave;
    private int eip;
    private int eflags;

    RegisterFile(ProcessorRegisters registers) {
        this.registers = registers;
        general = registers.general().clone();
        selectors = registers.selectors().clone();
        fxsave = registers.fxsave().clone();
        eip = registers.eip();
        eflags = registers.eflags();
    }

    /** All as they are now. */
    ProcessorRegisters registers() {
        return new ProcessorRegisters(general, eip, eflags, selectors, registers.bases(), registers.control(), fxsave);
    }

    /** Bytes of a register. */
    static int size(int number) {
        if (number >= ST0 && number < FCTRL) {
            return 10;
        }
        return number >= XMM0 && number < MXCSR ? 16 : 4;
    }

    /** A register as the protocol writes it. */
    String read(int number) {
        if (number < EIP) {
            return Hex.of(general[number], 4);
        } else if (number == EIP) {
            return Hex.of(eip + registers.bases()[1], 4);
        } else if (number == EFLAGS) {
            return Hex.of(eflags, 4);
        } else if (number < ST0) {
            return Hex.of(selectors[SEGMENTS[number - CS]], 4);
        } else if (number < FCTRL) {
            return Hex.of(Arrays.copyOfRange(fxsave, stack(number), stack(number) + 10));
        } else if (number < XMM0) {
            return Hex.of(fpuControl(number - FCTRL), 4);
        } else if (number < MXCSR) {
            return Hex.of(Arrays.copyOfRange(fxsave, xmm(number), xmm(number) + 16));
        } else if (number == MXCSR) {
            return Hex.of(get(24, 4), 4);
        } else if (number < BASES) {
            return Hex.of(registers.control()[number - CR0], 4);
        }
        return Hex.of(registers.bases()[SEGMENTS[number - BASES]], 4);
    }

    /**
     * Changes a register; writing what it has already is allowed for all.
     *
     * @throws IllegalArgumentException when the value has a wrong size, or the register cannot be changed
     */
    void write(int number, String text) {
        byte[] value = Hex.bytes(text);
        if (value.length != size(number)) {
            throw new IllegalArgumentException("register " + number + " has " + size(number) + " bytes");
        }
        if (text.equalsIgnoreCase(read(number))) {
            return;
        }
        int word = word(value);
        if (number < EIP) {
            general[number] = word;
        } else if (number == EIP) {
            eip = word - registers.bases()[1];
        } else if (number == EFLAGS) {
            eflags = word;
        } else if (number < ST0) {
            if (word >>> 16 != 0) {
                throw new IllegalArgumentException("a segment register has 16 bits");
            }
            selectors[SEGMENTS[number - CS]] = word;
        } else if (number < FCTRL) {
            System.arraycopy(value, 0, fxsave, stack(number), 10);
        } else if (number >= FCTRL && number < XMM0) {
            setFpuControl(number - FCTRL, word);
        } else if (number >= XMM0 && number < MXCSR) {
            System.arraycopy(value, 0, fxsave, xmm(number), 16);
        } else if (number == MXCSR) {
            put(24, 4, word);
        } else {
            throw new IllegalArgumentException("register " + number + " cannot be changed");
        }
    }

    private static int word(byte[] value) {
        int word = 0;
        for (int i = 3; i >= 0; i--) {
            word = word << 8 | value[i] & 0xFF;
        }
        return word;
    }

    private static int stack(int number) {
        return 32 + 16 * (number - ST0);
    }

    private static int xmm(int number) {
        return 160 + 16 * (number - XMM0);
    }

    private int get(int offset, int bytes) {
        int value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = value << 8 | fxsave[offset + i] & 0xFF;
        }
        return value;
    }

    private void put(int offset, int bytes, int value) {
        for (int i = 0; i < bytes; i++) {
            fxsave[offset + i] = (byte) (value >> 8 * i);
        }
    }

    private int fpuControl(int index) {
        return index == FTAG ? fullTags() : get(FPU_OFFSETS[index], FPU_BYTES[index]);
    }

    private void setFpuControl(int index, int value) {
        if (index == FTAG) {
            int present = 0;
            for (int i = 0; i < 8; i++) {
                present |= (value >> 2 * i & 3) == 3 ? 0 : 1 << i;
            }
            put(4, 1, present);
        } else {
            put(FPU_OFFSETS[index], FPU_BYTES[index], value);
        }
    }

    /** Two bits for each register, as FSTENV writes them; FXSAVE keeps only whether it is empty. */
    private int fullTags() {
        int top = get(2, 2) >> 11 & 7;
        int tags = 0;
        for (int physical = 0; physical < 8; physical++) {
            int tag = (fxsave[4] >> physical & 1) == 0 ? 3 : kind(32 + 16 * (physical - top & 7));
            tags |= tag << 2 * physical;
        }
        return tags;
    }

    /** 0 valid, 1 zero, 2 special. */
    private int kind(int offset) {
        int exponent = get(offset + 8, 2) & 0x7FFF;
        boolean fractionZero = get(offset, 4) == 0 && get(offset + 4, 4) == 0;
        if (exponent == 0) {
            return fractionZero ? 1 : 2;
        }
        return exponent == 0x7FFF || fxsave[offset + 7] >= 0 ? 2 : 0;
    }
}
