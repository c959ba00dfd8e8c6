package org.jeroboam.cpu.x86.exec;

import java.util.List;
import org.jeroboam.hardware.cpu.Breakpoint;

/**
 * The breakpoints of a debugger outside the guest. As with the guest's own debug registers nothing here is on the path of
 * an instruction unless one is set: the run loop steps while there are code breakpoints, watched pages stay out of the TLB.
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
        code = breakpoints.stream()
                .filter(b -> b.kind() == Breakpoint.Kind.EXECUTE)
                .toArray(Breakpoint[]::new);
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
