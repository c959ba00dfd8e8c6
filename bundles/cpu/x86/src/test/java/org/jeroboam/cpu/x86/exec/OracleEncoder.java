package org.jeroboam.cpu.x86.exec;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.Trait;
import org.jeroboam.cpu.x86.decode.Decoder;
import org.jeroboam.hardware.cpu.CpuModel;

/** Writes an instruction of a form with random registers, addressing, prefixes and immediates. */
final class OracleEncoder {
    private static final int MAX = 40;
    private static final int FILL = 12;
    private static final int[] SEGMENT_PREFIXES = {0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65};

    private final SplittableRandom r;
    private final Decoder decoder = new Decoder(CpuModel.PM.features());
    private final byte[] bytes = new byte[MAX];
    private int length;
    private int prefixes;

    /** Offset of the displacement in the code, and its bytes; 0 when there is none. */
    int displacementAt;

    int displacementSize;

    OracleEncoder(SplittableRandom r) {
        this.r = r;
    }

    /** Makes code and its decoded form in a case. */
    void encode(OracleForms.Form form, OracleCase c) {
        do {
            length = 0;
            prefixes(form, c.code32);
            prefixes = length;
            if (form.twoByte()) {
                put(0x0F);
            }
            put(form.opcode());
            if (form.hasModrm()) {
                int reg = form.reg() < 0 ? r.nextInt(8) : form.reg();
                int rm = form.rm() < 0 ? r.nextInt(8) : form.rm();
                put((form.memory() ? r.nextInt(3) << 6 : 0xC0) | reg << 3 | rm);
            }
            int end = length + FILL;
            for (int at = length; at < end; at += 4) {
                int value = OracleValues.word(r);
                for (int i = 0; i < 4; i++) {
                    put(value >> 8 * i);
                }
            }
            decoder.decode(at -> bytes[at], c.code32, c.in);
        } while (!accepted(form, c.in));
        boolean tooLong = c.in.op == Op.GP_TOO_LONG;
        c.code = Arrays.copyOf(bytes, tooLong ? Math.min(length, 30) : c.in.length);
        locateDisplacement(form, c.in);
    }

    private void put(int value) {
        bytes[length++] = (byte) value;
    }

    private boolean accepted(OracleForms.Form form, Instruction in) {
        if (in.op == form.op()) {
            return true;
        }
        boolean locked = false;
        for (int i = 0; i < prefixes; i++) {
            locked |= bytes[i] == (byte) 0xF0;
        }
        return in.op == Op.GP_TOO_LONG || in.op == Op.UD && locked;
    }

    private void prefixes(OracleForms.Form form, boolean code32) {
        int kind = r.nextInt(400);
        if (kind < 3 && form.op() != Op.UD) { // AMD does not fetch the operand of UD1
            int count = 10 + r.nextInt(8);
            for (int i = 0; i < count; i++) {
                put(SEGMENT_PREFIXES[r.nextInt(6)]);
            }
        }
        if (r.nextInt(8) == 0) {
            put(SEGMENT_PREFIXES[r.nextInt(6)]);
        }
        if (r.nextInt(code32 ? 12 : 4) == 0) {
            put(0x67);
        }
        boolean lockable = form.memory() && form.op().has(Trait.LOCKABLE);
        if (!isSpecialWithLock(form) && r.nextInt(lockable ? 12 : 120) == 0) {
            put(0xF0);
        }
        if (form.prefix() >= 0) {
            put(form.prefix());
            swapSome();
        } else if (r.nextInt(40) == 0 && repeatMeansNothing(form)) {
            put(r.nextBoolean() ? 0xF2 : 0xF3);
        }
    }

    /**
     * Later processors gave meanings to repeat prefixes that a P6 ignores (TZCNT, LZCNT and others); AMD takes F3
     * before LOOPNE for LOOPE.
     */
    private static boolean repeatMeansNothing(OracleForms.Form form) {
        return form.twoByte()
                ? form.opcode() >= 0x80 && form.opcode() < 0xA0
                : form.opcode() != 0xE0 && form.opcode() != 0xE1;
    }

    /** With LOCK AMD takes CR0 for CR8, and reads the operand of VERW before it refuses. */
    private static boolean isSpecialWithLock(OracleForms.Form form) {
        return form.twoByte() && (form.opcode() == 0 || form.opcode() == 0x20 || form.opcode() == 0x22);
    }

    private void swapSome() {
        if (length > 1) {
            int other = r.nextInt(length);
            byte last = bytes[length - 1];
            bytes[length - 1] = bytes[other];
            bytes[other] = last;
        }
    }

    private void locateDisplacement(OracleForms.Form form, Instruction in) {
        displacementSize = 0;
        displacementAt = prefixes + (form.twoByte() ? 2 : 1);
        if (!in.hasMemory()) {
            return;
        }
        if (!form.hasModrm()) {
            displacementSize = in.addressSize; // an offset in the instruction
            return;
        }
        int modrm = bytes[displacementAt++];
        int mod = modrm >> 6 & 3;
        int rm = modrm & 7;
        if (in.addressSize == 2) {
            displacementSize = mod == 1 ? 1 : mod == 2 || rm == 6 ? 2 : 0;
            return;
        }
        boolean always = rm == 5;
        if (rm == 4) {
            always = (bytes[displacementAt++] & 7) == 5;
        }
        displacementSize = mod == 1 ? 1 : mod == 2 || always ? 4 : 0;
    }

    /** Changes the displacement of an encoded instruction. */
    void displace(OracleCase c, int displacement) {
        for (int i = 0; i < displacementSize; i++) {
            c.code[displacementAt + i] = (byte) (displacement >> 8 * i);
        }
        decodeAgain(c);
    }

    /** To be called after a change of the code's bytes. */
    void decodeAgain(OracleCase c) {
        decoder.decode(at -> at < c.code.length ? c.code[at] : 0, c.code32, c.in);
    }
}
