package org.jeroboam.cpu.x86.exec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** How an oracle case ended. */
final class OracleResult {
    /** {@link #trap} of a case that did not end by itself. */
    static final int TIMED_OUT = 0xFFFF;

    private static final String[] GPR = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
    private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs"};

    /** Vector of the exception that ended it. */
    int trap;

    int error;
    int cr2;
    int eip;
    int eflags;
    final int[] gpr = new int[8];
    final int[] segments = new int[6];
    /** FXSAVE image, or null. */
    byte[] fxsave;
    /** 64-byte lines of memory that changed, by address. */
    final Map<Integer, byte[]> lines = new TreeMap<>(Integer::compareUnsigned);

    /** Whether all is equal, of floating-point state what the image defines. */
    boolean sameAs(OracleResult o) {
        return trap == o.trap
                && error == o.error
                && (trap != GuestFault.PF || cr2 == o.cr2)
                && eip == o.eip
                && eflags == o.eflags
                && Arrays.equals(gpr, o.gpr)
                && Arrays.equals(segments, o.segments)
                && Arrays.equals(fxsave, o.fxsave)
                && sameLines(o);
    }

    boolean sameLines(OracleResult o) {
        if (!lines.keySet().equals(o.lines.keySet())) {
            return false;
        }
        return lines.entrySet().stream().allMatch(e -> Arrays.equals(e.getValue(), o.lines.get(e.getKey())));
    }

    static String registers(int[] gpr, int[] segments) {
        StringBuilder s = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            s.append(String.format(" %s %08X", GPR[i], gpr[i]));
        }
        for (int i = 0; i < 6; i++) {
            s.append(String.format(" %s %02X", SEGMENTS[i], segments[i]));
        }
        return s.toString();
    }

    static String floating(byte[] image) {
        ByteBuffer b = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        StringBuilder s = new StringBuilder(String.format(
                "%n   cw %04X sw %04X tags %02X mxcsr %04X", b.getShort(0), b.getShort(2), b.get(4), b.getInt(24)));
        for (int i = 0; i < 8; i++) {
            s.append(String.format(
                    "%s st%d %04X:%016X",
                    i % 4 == 0 ? "\n   " : "", i, b.getShort(40 + 16 * i), b.getLong(32 + 16 * i)));
        }
        for (int i = 0; i < 8; i++) {
            s.append(String.format(
                    "%s xmm%d %016X%016X",
                    i % 4 == 0 ? "\n   " : "", i, b.getLong(168 + 16 * i), b.getLong(160 + 16 * i)));
        }
        return s.toString();
    }

    @Override
    public String toString() {
        StringBuilder s = new StringBuilder(String.format(
                "trap %d error %X cr2 %08X eip %08X eflags %06X%s",
                trap, error, cr2, eip, eflags, registers(gpr, segments)));
        if (fxsave != null) {
            s.append(floating(fxsave));
        }
        for (Map.Entry<Integer, byte[]> line : lines.entrySet()) {
            s.append(String.format("%n   %08X:", line.getKey()));
            for (byte b : line.getValue()) {
                s.append(String.format(" %02X", b));
            }
        }
        return s.toString();
    }
}
