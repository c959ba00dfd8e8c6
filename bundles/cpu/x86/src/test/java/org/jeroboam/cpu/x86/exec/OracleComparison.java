package org.jeroboam.cpu.x86.exec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Compares the two results of a case under {@link OracleMasks}. */
final class OracleComparison {
    /**
     * Error code of a page fault: an instruction fetch, which only processors with NX report. Then the page may be
     * present too: all of Linux but our code.
     */
    private static final int FETCH = 0x10;

    private static final int PRESENT = 1;

    private static final int C1 = 0x200;
    private static final int ST = 32;
    private static final int XMM = 160;
    private static final int XMM_END = 288;
    /** Both errors of RCPPS and RSQRTPS together. */
    private static final double APPROXIMATION = 2 * 1.5 / 4096;

    private OracleComparison() {}

    /**
     * Names what differs beyond the masks.
     *
     * @return empty when nothing does
     */
    static String differences(OracleCase c, OracleResult host, OracleResult ours) {
        StringBuilder s = new StringBuilder();
        if (host.trap == OracleResult.TIMED_OUT && ours.trap == OracleResult.TIMED_OUT) {
            return "";
        }
        OracleMasks.Tolerance t = OracleMasks.of(c, host);
        if (t.everything) {
            return "";
        }
        if (!t.whichFault || !OracleMasks.isFault(host) || !OracleMasks.isFault(ours)) {
            check(s, "trap", host.trap == ours.trap);
            boolean fetch = host.trap == GuestFault.PF && (host.error & FETCH) != 0;
            check(s, "error", fetch ? ((host.error ^ ours.error) & ~FETCH & ~PRESENT) == 0 : host.error == ours.error);
            check(s, "cr2", host.trap != GuestFault.PF || host.cr2 == ours.cr2);
        }
        check(s, "eip", t.eip || host.eip == ours.eip);
        int flags = (host.eflags ^ ours.eflags) & ~t.flags;
        check(s, "flags" + Integer.toHexString(flags), flags == 0);
        for (int i = 0; i < 8; i++) {
            check(s, "gpr" + i, ((host.gpr[i] ^ ours.gpr[i]) & ~t.gpr[i]) == 0);
        }
        for (int i = 0; i < 6; i++) {
            check(s, "segment" + i, host.segments[i] == ours.segments[i]);
        }
        t.ranges.forEach(range -> overlook(range[0], range[1], host, ours));
        check(s, "memory", t.memory || host.sameLines(ours));
        if (c.fxsave != null) {
            floating(s, host.fxsave, ours.fxsave, t);
        }
        return s.toString().trim();
    }

    /** Takes bytes of memory from the host's result. */
    private static void overlook(int address, int length, OracleResult host, OracleResult ours) {
        for (int i = 0; i < length; i++) {
            int line = address + i & -64;
            byte[] theirs = host.lines.get(line);
            byte[] mine = ours.lines.get(line);
            if (theirs != null && mine != null) {
                mine[address + i & 63] = theirs[address + i & 63];
            }
        }
    }

    private static void check(StringBuilder s, String what, boolean same) {
        if (!same) {
            s.append(' ').append(what);
        }
    }

    private static void floating(StringBuilder s, byte[] hostImage, byte[] ourImage, OracleMasks.Tolerance t) {
        ByteBuffer host = ByteBuffer.wrap(hostImage).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer ours = ByteBuffer.wrap(ourImage).order(ByteOrder.LITTLE_ENDIAN);
        check(s, "cw", host.getShort(0) == ours.getShort(0));
        int status = (host.getShort(2) ^ ours.getShort(2)) & ~t.status & ~(t.lastPlace ? C1 : 0) & 0xFFFF;
        check(s, "sw" + Integer.toHexString(status), t.x87 || status == 0);
        check(s, "tags", t.x87 || host.get(4) == ours.get(4));
        check(s, "mxcsr", host.getInt(24) == ours.getInt(24));
        for (int i = 0; i < 8; i++) {
            int at = ST + 16 * i;
            long significands = host.getLong(at) - ours.getLong(at);
            int exponents = host.getShort(at + 8) - ours.getShort(at + 8);
            boolean same = t.x87 || significands == 0 && exponents == 0;
            check(s, "st", same || t.lastPlace && isNear(exponents, significands));
        }
        for (int at = XMM; at < XMM_END; at += 4) {
            int a = host.getInt(at);
            int b = ours.getInt(at);
            check(s, "xmm", a == b || t.approximate && isNear(Float.intBitsToFloat(a), Float.intBitsToFloat(b)));
        }
    }

    private static boolean isNear(int exponents, long significands) {
        return exponents == 0 && Math.abs(significands) <= 1
                || exponents == 1 && significands == Long.MIN_VALUE + 1
                || exponents == -1 && significands == Long.MAX_VALUE;
    }

    private static boolean isNear(double want, double have) {
        return Math.abs(have / want - 1) <= APPROXIMATION;
    }

    /** A report of a case and its results. */
    static String report(OracleCase c, OracleResult host, OracleResult ours) {
        return c + "\n   host: " + host + "\n   ours: " + ours;
    }
}
