package org.jeroboam.cpu.x86.exec;

import java.util.Arrays;
import java.util.List;
import org.jeroboam.hardware.cpu.Breakpoint;

/**
 * The breakpoints of a debugger outside the guest. Nothing here is on the path of an instruction: code is decoded anew
 * when they change, with a {@link Stop} in the place of an instruction that has one, and watched pages stay out of the
 * TLB.
 */
final class Breakpoints {
    private final Cpu cpu;
    private Breakpoint[] code = {};
    private Breakpoint[] data = {};
    /** The one that ends the run at the next instruction boundary. */
    private Breakpoint hit;

    Breakpoints(Cpu cpu) {
        this.cpu = cpu;
    }

    void set(List<Breakpoint> breakpoints) {
        boolean watching = data.length > 0;
        Breakpoint[] before = code;
        code = breakpoints.stream()
                .filter(b -> b.kind() == Breakpoint.Kind.EXECUTE)
                .toArray(Breakpoint[]::new);
        if (!Arrays.equals(before, code)) {
            cpu.code.flush();
        }
        data = breakpoints.stream()
                .filter(b -> b.kind() != Breakpoint.Kind.EXECUTE)
                .toArray(Breakpoint[]::new);
        if (watching || data.length > 0) {
            cpu.mmu.flushAll();
        }
        cpu.attention();
    }

    boolean codeArmed() {
        return code.length > 0;
    }

    boolean dataArmed() {
        return data.length > 0;
    }

    /** The breakpoint on an instruction, or null. */
    Breakpoint at(int linear) {
        for (Breakpoint breakpoint : code) {
            if (breakpoint.linear() == linear) {
                return breakpoint;
            }
        }
        return null;
    }

    /** Whether a linear page must stay out of the TLB. */
    boolean watches(int linearPage) {
        for (Breakpoint breakpoint : data) {
            int first = breakpoint.linear() >>> 12;
            int last = breakpoint.linear() + breakpoint.length() - 1 >>> 12;
            if (linearPage == first || linearPage == last) {
                return true;
            }
        }
        return false;
    }

    /** Tells of an access to a watched page. */
    void dataAccess(int linear, int size, boolean write) {
        for (Breakpoint breakpoint : data) {
            if (breakpoint.watches(linear, size, write)) {
                hit = breakpoint;
                cpu.attention();
            }
        }
    }

    /** What was touched since the last call, or null. */
    Breakpoint takeHit() {
        Breakpoint taken = hit;
        hit = null;
        return taken;
    }

    boolean pending() {
        return hit != null;
    }
}
