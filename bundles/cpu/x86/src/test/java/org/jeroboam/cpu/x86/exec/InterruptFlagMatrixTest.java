package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * CLI, STI, PUSHF and POPF outside V86 mode, by mode, CPL, IOPL, PVI, VME, IF, VIF and VIP, against the tables of the
 * manual (Intel SDM volume 2, CLI, STI, PUSHF, POPF); {@link V86MatrixTest} has the rest.
 */
class InterruptFlagMatrixTest {
    private static final int VME = 1;
    private static final int PVI = 2;
    private static final int IF = 0x200;
    private static final int VIF = 0x8_0000;
    private static final int VIP = 0x10_0000;
    private static final int[] IMAGES = {2, -1 & ~0x100, 0x202, 0x3002, 0x18_0002, 0x24_4CD7};

    private final SystemBench bench = new SystemBench();
    private boolean real;
    private int cpl;
    private int iopl;
    private int cr4;
    private int flags;
    private int image;

    @AfterEach
    void close() {
        bench.close();
    }

    /** @param rule the wanted EFLAGS, or null for #GP(0) */
    private void everyState(String name, Supplier<Integer> rule, int... code) {
        for (int mode = 0; mode < 5; mode++) {
            for (int bits = 0; bits < 128; bits++) {
                real = mode == 4;
                cpl = real ? 0 : mode;
                iopl = bits & 3;
                cr4 = bits >> 2 & 3;
                flags = 2 | iopl << 12 | (bits >> 4 & 1) * IF | (bits >> 5 & 1) * VIF | (bits >> 6 & 1) * VIP;
                for (int popped : IMAGES) {
                    image = popped;
                    one(name, rule.get(), code);
                }
            }
        }
    }

    private int stack() {
        return real ? 0x2_0800 : SystemBench.stack(cpl);
    }

    private void one(String name, Integer wanted, int... code) {
        bench.state = real ? SystemBench.real() : SystemBench.flat(cpl);
        bench.state.eflags = flags;
        bench.state.cr4 = cr4;
        bench.write32(stack(), image);
        bench.step(code);
        String what = name + (real ? " real mode" : " level " + cpl) + " flags " + Integer.toHexString(flags) + " CR4 "
                + cr4 + " image " + Integer.toHexString(image);
        if (wanted == null) {
            assertEquals("13:0", bench.outcome(), what);
        } else {
            assertEquals(Integer.toHexString(wanted), Integer.toHexString(bench.after.eflags), what);
        }
    }

    private boolean privileged() {
        return real || cpl <= iopl;
    }

    private boolean virtual() {
        return cpl == 3 && (cr4 & PVI) != 0;
    }

    @Test
    void cli() {
        everyState("cli", () -> privileged() ? (Integer) (flags & ~IF) : virtual() ? flags & ~VIF : null, 0xFA);
    }

    @Test
    void sti() {
        everyState(
                "sti",
                () -> {
                    if (privileged()) {
                        return flags | IF;
                    }
                    return virtual() && (flags & VIP) == 0 ? flags | VIF : null;
                },
                0xFB);
    }

    private int popped(int size) {
        int mask = 0x4DD5; // NT OF DF TF and the status flags
        if (size == 4) {
            mask |= 0x24_0000; // AC, ID
        }
        if (privileged()) {
            mask |= IF;
        }
        if (cpl == 0) {
            mask |= 0x3000;
        }
        return flags & ~mask | image & mask;
    }

    /** VME and PVI change nothing of it. */
    @Test
    void popf() {
        everyState("popf", () -> popped(real ? 2 : 4), 0x9D);
        everyState("popf of the other size", () -> popped(real ? 4 : 2), 0x66, 0x9D);
    }

    @Test
    void pushf() {
        everyState(
                "pushf",
                () -> {
                    image = 0;
                    return flags;
                },
                0x9C);
        for (int level = 0; level < 4; level++) {
            for (int bits = 0; bits < 4; bits++) {
                real = false;
                cpl = level;
                bench.state = SystemBench.flat(level);
                bench.state.cr4 = VME | PVI;
                bench.state.eflags = 0x3D_4ED7 | bits << 12;
                bench.step(0x9C);
                assertEquals(0x3C_4ED7 | bits << 12, bench.read32(stack() - 4), "all but RF");
            }
        }
    }
}
