package org.jeroboam.cpu.x86.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.hardware.cpu.CpuModel;
import org.junit.jupiter.api.Test;

/**
 * LOCK before every encoding: #UD but for the list in the manual (Intel SDM volume 2, LOCK), with memory as
 * destination.
 */
class LockRulesTest {
    private static final int[] PREFIXES = {0, 0x66, 0xF2, 0xF3};

    private final Decoder decoder = new Decoder(CpuModel.PM.features());
    private final Instruction plain = new Instruction();
    private final Instruction locked = new Instruction();

    @Test
    void lockIsAllowedOnReadModifyWriteOfMemoryOnly() {
        int allowed = 0;
        for (int prefix : PREFIXES) {
            for (int opcode = 0; opcode < 512; opcode++) {
                if (opcode == 0x0F || isPrefix(opcode)) {
                    continue;
                }
                for (int modrm = 0; modrm < 256; modrm++) {
                    decode(plain, prefix, opcode, modrm);
                    decode(locked, prefix, opcode, modrm, 0xF0);
                    boolean may = plain.op != Op.UD && modrm < 0xC0 && isListed(opcode, modrm >> 3 & 7);
                    String what = Integer.toHexString(opcode) + " " + Integer.toHexString(modrm);
                    assertEquals(may ? plain.op : Op.UD, locked.op, what);
                    assertEquals(may, locked.op != Op.UD && locked.lock, what);
                    allowed += may ? 1 : 0;
                }
            }
        }
        assertTrue(allowed > 10_000, "only " + allowed + " encodings");
    }

    private static boolean isPrefix(int opcode) {
        return switch (opcode) {
            case 0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67, 0xF0, 0xF2, 0xF3 -> true;
            default -> false;
        };
    }

    /** ADD, ADC, AND, BTC, BTR, BTS, CMPXCHG, CMPXCHG8B, DEC, INC, NEG, NOT, OR, SBB, SUB, XOR, XADD and XCHG. */
    private static boolean isListed(int opcode, int reg) {
        return switch (opcode) {
            case 0x00, 0x01, 0x08, 0x09, 0x10, 0x11, 0x18, 0x19, 0x20, 0x21, 0x28, 0x29, 0x30, 0x31 -> true;
            case 0x80, 0x81, 0x82, 0x83 -> reg != 7;
            case 0x86, 0x87 -> true;
            case 0xF6, 0xF7 -> reg == 2 || reg == 3;
            case 0xFE, 0xFF -> reg < 2;
            case 0x1AB, 0x1B3, 0x1BB, 0x1B0, 0x1B1, 0x1C0, 0x1C1 -> true;
            case 0x1BA -> reg >= 5;
            case 0x1C7 -> reg == 1;
            default -> false;
        };
    }

    private void decode(Instruction to, int prefix, int opcode, int modrm, int... first) {
        int[] bytes = new int[20];
        int n = 0;
        for (int b : first) {
            bytes[n++] = b;
        }
        if (prefix != 0) {
            bytes[n++] = prefix;
        }
        if (opcode > 0xFF) {
            bytes[n++] = 0x0F;
        }
        bytes[n++] = opcode & 0xFF;
        bytes[n] = modrm;
        decoder.decode(at -> bytes[at], true, to);
    }
}
