package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Every combination of VME, IOPL, IF, VIF, VIP, redirection and flags on the stack for every instruction of V86 mode
 * that looks at them, against the rules of the manual written down once more (Intel SDM volume 3, table 20-2 and volume
 * 2, CLI, STI, PUSHF, POPF, IRET, INT n).
 */
class V86MatrixTest {
    private static final int VME = 1;
    private static final int TF = 0x100;
    private static final int IF = 0x200;
    private static final int NT = 0x4000;
    private static final int IOPL = 0x3000;
    private static final int VM = 0x2_0000;
    private static final int AC = 0x4_0000;
    private static final int VIF = 0x8_0000;
    private static final int VIP = 0x10_0000;
    private static final int ID = 0x20_0000;
    private static final int VECTOR = 0x21;
    private static final int STACK = 0x2_0800;
    private static final int BITMAP = SystemBench.TSS + 0x300 - 32;

    private final SystemBench bench = new SystemBench();

    /** What should come of an instruction: "13:0", "33" for the vector's gate, or the flags and place in V86 mode. */
    private String wanted;

    private boolean vme;
    private int iopl;
    private int flags;
    private int image;

    @AfterEach
    void close() {
        bench.close();
    }

    /** An instruction and its rule. */
    @FunctionalInterface
    private interface Rule {
        void decide();
    }

    private void everyState(String name, Rule rule, int... code) {
        int[] images = {2, 0xCD7, IF | 2, TF | 2, IF | TF | 2, NT | IOPL | 0x800, 0x3F_FFFF & ~VM};
        for (int bits = 0; bits < 32; bits++) {
            for (int popped : images) {
                vme = (bits & 1) != 0;
                iopl = bits >> 1 & 3;
                for (int virtual = 0; virtual < 8; virtual++) {
                    flags = VM
                            | 2
                            | iopl << 12
                            | (bits >> 3 & 1) * 0xC5
                            | (virtual & 1) * IF
                            | (virtual >> 1 & 1) * VIF;
                    flags |= (virtual >> 2) * VIP;
                    image = popped;
                    boolean redirected = (bits >> 4 & 1) == 0;
                    one(name, rule, redirected, code);
                }
            }
        }
    }

    private void one(String name, Rule rule, boolean redirected, int... code) {
        bench.reset(0);
        bench.state = SystemBench.v86(iopl);
        bench.state.eflags = flags;
        bench.state.cr4 = vme ? VME : 0;
        bench.write32(4 * VECTOR, 0x3000_0123);
        bench.memory.write(BITMAP + VECTOR / 8, 1, redirected ? 0 : 1 << VECTOR % 8);
        frame();
        wanted = "13:0";
        this.redirected = redirected;
        rule.decide();
        bench.step(code);
        assertEquals(
                wanted,
                have(),
                () -> name + (vme ? " VME" : "") + " flags " + Integer.toHexString(flags) + " popped "
                        + Integer.toHexString(image) + (redirected ? " redirected" : ""));
    }

    private boolean redirected;
    private boolean wide;

    /** The stack: IP and CS before the flags for IRET, the flags alone for POPF. */
    private void frame() {
        if (returns) {
            if (wide) {
                bench.write32(STACK, 0x456);
                bench.write32(STACK + 4, 0x3000);
                bench.write32(STACK + 8, image);
            } else {
                bench.memory.write(STACK, 4, 0x3000_0456);
                bench.write16(STACK + 4, image);
            }
        } else {
            bench.write32(STACK, image);
        }
    }

    private boolean returns;

    private String have() {
        if (bench.vector() >= 0) {
            return bench.outcome();
        }
        int esp = bench.after.gpr[Cpu.ESP] & 0xFFFF;
        String pushed = esp < 0x800 ? " pushed " + Integer.toHexString(bench.read16(0x2_0000 + esp)) : "";
        if (esp == 0x7FA) {
            pushed = " pushed " + Integer.toHexString(bench.read16(0x2_07FE));
        }
        if (esp == 0x7FC) {
            pushed = " pushed " + Integer.toHexString(bench.read32(0x2_07FC));
        }
        return at(bench.after.segments[Cpu.CS].selector(), bench.after.eip) + Integer.toHexString(bench.after.eflags)
                + " sp " + Integer.toHexString(esp) + pushed;
    }

    private static String at(int cs, int ip) {
        return String.format("%04x:%04x ", cs, ip);
    }

    private void stays(int length, int newFlags, int sp) {
        wanted = at(0x1000, length) + Integer.toHexString(newFlags) + " sp " + Integer.toHexString(sp);
    }

    @Test
    void cli() {
        everyState(
                "cli",
                () -> {
                    if (iopl == 3) {
                        stays(1, flags & ~IF, 0x800);
                    } else if (vme) {
                        stays(1, flags & ~VIF, 0x800);
                    }
                },
                0xFA);
    }

    @Test
    void sti() {
        everyState(
                "sti",
                () -> {
                    if (iopl == 3) {
                        stays(1, flags | IF, 0x800);
                    } else if (vme && (flags & VIP) == 0) {
                        stays(1, flags | VIF, 0x800);
                    }
                },
                0xFB);
    }

    /** The flags as a program in a virtual machine sees them. */
    private int virtualFlags() {
        return flags & 0xFFFF & ~IF | IOPL | ((flags & VIF) != 0 ? IF : 0);
    }

    @Test
    void pushf() {
        everyState(
                "pushf",
                () -> {
                    if (iopl == 3) {
                        stays(1, flags, 0x7FE);
                        wanted += " pushed " + Integer.toHexString(flags & 0xFFFF);
                    } else if (vme) {
                        stays(1, flags, 0x7FE);
                        wanted += " pushed " + Integer.toHexString(virtualFlags());
                    }
                },
                0x9C);
        everyState(
                "pushfd",
                () -> {
                    if (iopl == 3) {
                        stays(2, flags, 0x7FC);
                        wanted += " pushed " + Integer.toHexString(flags & 0xFC_FFFF);
                    }
                },
                0x66,
                0x9C);
    }

    private int loaded(int mask) {
        return flags & ~mask | image & mask;
    }

    private boolean virtualLoadFaults() {
        return (image & TF) != 0 || (image & IF) != 0 && (flags & VIP) != 0;
    }

    private int virtualLoad(int mask) {
        return loaded(mask) & ~VIF | ((image & IF) != 0 ? VIF : 0);
    }

    private static final int POPPED = 0xDD5 | NT;

    @Test
    void popf() {
        everyState(
                "popf",
                () -> {
                    if (iopl == 3) {
                        stays(1, loaded(POPPED | IF), 0x802);
                    } else if (vme && !virtualLoadFaults()) {
                        stays(1, virtualLoad(POPPED), 0x802);
                    }
                },
                0x9D);
        everyState(
                "popfd",
                () -> {
                    if (iopl == 3) {
                        stays(2, loaded(POPPED | IF | AC | ID), 0x804);
                    }
                },
                0x66,
                0x9D);
    }

    private void returned(int newFlags, int sp) {
        wanted = at(0x3000, 0x456) + Integer.toHexString(newFlags) + " sp " + Integer.toHexString(sp);
    }

    @Test
    void iret() {
        returns = true;
        everyState(
                "iret",
                () -> {
                    if (iopl == 3) {
                        returned(loaded(POPPED | IF), 0x806);
                    } else if (vme && !virtualLoadFaults()) {
                        returned(virtualLoad(POPPED), 0x806);
                    }
                },
                0xCF);
        wide = true;
        everyState(
                "iretd",
                () -> {
                    if (iopl == 3) {
                        returned(loaded(POPPED | IF | AC | ID | 0x1_0000), 0x80C);
                    }
                },
                0x66,
                0xCF);
    }

    @Test
    void softwareInterrupts() {
        Rule rule = () -> {
            if (vme && redirected) {
                int pushed = iopl == 3 ? flags & 0xFFFF : virtualFlags();
                int cleared = iopl == 3 ? IF | TF : VIF | TF;
                wanted = at(0x3000, 0x123) + Integer.toHexString(flags & ~cleared) + " sp 7fa pushed "
                        + Integer.toHexString(pushed);
            } else if (iopl == 3) {
                wanted = Integer.toString(VECTOR);
            }
        };
        everyState("int", rule, 0xCD, VECTOR);
        everyState("int with operand size", rule, 0x66, 0xCD, VECTOR);
    }

    @Test
    void breakpointsAndOverflowGoThroughTheirGatesAlways() {
        everyState("int3", () -> wanted = "3", 0xCC);
        everyState(
                "into",
                () -> {
                    if ((flags & 0x800) == 0) {
                        stays(1, flags, 0x800);
                    }
                },
                0xCE);
        everyState("icebp", () -> wanted = "1", 0xF1);
    }

    @Test
    void whatIsPrivilegedFaultsWhateverTheState() {
        int[][] privileged = {
            {0xF4},
            {0x0F, 0x06},
            {0x0F, 0x08},
            {0x0F, 0x09},
            {0x0F, 0x20, 0xC0},
            {0x0F, 0x22, 0xC0},
            {0x0F, 0x21, 0xC0},
            {0x0F, 0x23, 0xC0},
            {0x0F, 0x30},
            {0x0F, 0x32},
            {0x0F, 0x01, 0x16, 0, 0},
            {0x0F, 0x01, 0x1E, 0, 0},
            {0x0F, 0x01, 0xF0},
            {0x0F, 0x01, 0x3E, 0, 0}
        };
        for (int[] code : privileged) {
            everyState("privileged", () -> wanted = "13:0", code);
        }
        int[][] protectedOnly = {
            {0x63, 0xC0}, {0x0F, 0x00, 0xC0}, {0x0F, 0x00, 0xD0}, {0x0F, 0x02, 0xC0}, {0x0F, 0x03, 0xC0}
        };
        for (int[] code : protectedOnly) {
            everyState("protected mode only", () -> wanted = "6", code);
        }
    }
}
