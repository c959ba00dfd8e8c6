package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.decode.Disassembler;

/** Where one oracle case starts: a register state, some bytes of memory, and instructions that lie at CS:EIP. */
final class OracleCase {
    static final int MAX_PATCH = 32;

    /** Bytes at CS:EIP, with INT3 behind them. */
    byte[] code;

    boolean code32;
    /** The instruction, or the first one. */
    final Instruction in = new Instruction();
    /** More than one instruction; {@link #undefined} tells about flags then. */
    boolean sequence;
    /** For a sequence: undefined flags in front of the instruction at each offset, and behind the last one. */
    int[] undefined;

    int eip;
    int eflags;
    final int[] gpr = new int[8];
    /** ES CS SS DS FS GS. */
    final int[] segments = new int[6];

    /** Linear address of bytes to write before the start. */
    int patchAddress;

    /** Those bytes, or null. */
    byte[] patch;

    /** An FXSAVE image to load, and to be stored with the result, or null. */
    byte[] fxsave;

    /** Offset in CS and registers in hexadecimal, for a report. */
    @Override
    public String toString() {
        StringBuilder s = new StringBuilder();
        s.append(sequence ? "sequence" : Disassembler.text(in, eip)).append(code32 ? "" : " (16-bit code)");
        s.append("  [");
        for (byte b : code) {
            s.append(String.format(" %02X", b));
        }
        s.append(" ]").append(String.format("%n   eip %08X eflags %06X", eip, eflags));
        s.append(OracleResult.registers(gpr, segments));
        if (patch != null) {
            s.append(String.format("%n   at %08X:", patchAddress));
            for (byte b : patch) {
                s.append(String.format(" %02X", b));
            }
        }
        if (fxsave != null) {
            s.append(OracleResult.floating(fxsave));
        }
        return s.toString();
    }
}
