package org.jeroboam.cpu.recompilerx64.lockstep;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jeroboam.hardware.cpu.CpuState;

/** What differs between two states, field by field. */
final class StateDifference {
    private static final String[] REGISTERS = {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
    private static final String[] SEGMENTS = {"es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"};

    private final List<String> found = new ArrayList<>();

    private StateDifference() {}

    /** One line per field; empty when the states are equal. */
    static List<String> between(CpuState a, CpuState b) {
        StateDifference d = new StateDifference();
        d.number("eip", a.eip, b.eip);
        for (int i = 0; i < 8; i++) {
            d.number(REGISTERS[i], a.gpr[i], b.gpr[i]);
        }
        d.number("eflags", a.eflags, b.eflags);
        for (int i = 0; i < 8; i++) {
            d.object(SEGMENTS[i], a.segments[i], b.segments[i]);
        }
        d.number("retired", a.retired, b.retired);
        d.number("cr0", a.cr0, b.cr0);
        d.number("cr2", a.cr2, b.cr2);
        d.number("cr3", a.cr3, b.cr3);
        d.number("cr4", a.cr4, b.cr4);
        d.object("pdpte", Arrays.toString(a.pdpte), Arrays.toString(b.pdpte));
        for (int i = 0; i < 8; i++) {
            d.number("dr" + i, a.dr[i], b.dr[i]);
        }
        d.number("gdt base", a.gdtBase, b.gdtBase);
        d.number("gdt limit", a.gdtLimit, b.gdtLimit);
        d.number("idt base", a.idtBase, b.idtBase);
        d.number("idt limit", a.idtLimit, b.idtLimit);
        d.object("msr numbers", Arrays.toString(a.msrNumbers), Arrays.toString(b.msrNumbers));
        d.object("msr values", Arrays.toString(a.msrValues), Arrays.toString(b.msrValues));
        d.number("tsc offset", a.tscOffset, b.tscOffset);
        d.object("halted", a.halted, b.halted);
        d.object("shutdown", a.shutdown, b.shutdown);
        d.object("sti shadow", a.stiShadow, b.stiShadow);
        d.object("mov ss shadow", a.movSsShadow, b.movSsShadow);
        d.object("nmi pending", a.nmiPending, b.nmiPending);
        d.object("nmi blocked", a.nmiBlocked, b.nmiBlocked);
        d.number("pending debug", a.pendingDebug, b.pendingDebug);
        d.object("a20", a.a20, b.a20);
        d.object("interrupt line", a.interruptLine, b.interruptLine);
        d.object("ferr", a.ferr, b.ferr);
        d.floatingPoint(a.fxsave, b.fxsave);
        return d.found;
    }

    private void number(String name, long a, long b) {
        if (a != b) {
            found.add(name + " " + Long.toHexString(a) + " but " + Long.toHexString(b));
        }
    }

    private void object(String name, Object a, Object b) {
        if (!Objects.equals(a, b)) {
            found.add(name + " " + a + " but " + b);
        }
    }

    private void floatingPoint(byte[] a, byte[] b) {
        for (int at = 0; at < a.length; at += 16) {
            if (!Arrays.equals(a, at, at + 16, b, at, at + 16)) {
                found.add(name(at) + " " + hex(a, at) + " but " + hex(b, at));
            }
        }
    }

    private static String name(int at) {
        if (at < 32) {
            return at == 0 ? "fcw fsw ftw fop fip" : "fdp mxcsr";
        }
        int number = at - 32 >> 4;
        return number < 8 ? "st" + number : number < 16 ? "xmm" + (number - 8) : "fxsave+" + at;
    }

    /** Most significant byte first, in words of two bytes. */
    private static String hex(byte[] bytes, int at) {
        StringBuilder text = new StringBuilder();
        for (int i = 15; i >= 0; i--) {
            text.append(String.format(i % 4 == 0 ? "%02x " : "%02x", bytes[at + i]));
        }
        return text.toString().trim();
    }
}
