package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.jeroboam.hardware.cpu.SegmentState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** IRET and far RET (Intel SDM volume 2). */
class ReturnTest {
    private static final int TARGET = 0x1_8000;

    private final SystemBench bench = new SystemBench();

    @AfterEach
    void close() {
        bench.close();
    }

    private void stack(int... values) {
        int at = bench.state.segments[Cpu.SS].base() + bench.state.gpr[Cpu.ESP];
        for (int i = 0; i < values.length; i++) {
            bench.write32(at + 4 * i, values[i]);
        }
    }

    private static String error(int vector, int code) {
        return vector + ":" + Integer.toHexString(code);
    }

    /** Both instructions check CS alike. */
    @Test
    void codeSegments() {
        for (int opcode : new int[] {0xCF, 0xCB}) {
            for (int cpl = 0; cpl < 4; cpl++) {
                bench.reset(cpl);
                bench.program(opcode);
                for (int access = 0; access < 32; access++) {
                    for (int dpl = 0; dpl < 4; dpl++) {
                        for (int rpl = 0; rpl < 4; rpl++) {
                            for (int p = 0; p < 2; p++) {
                                bench.descriptor(SystemBench.TEST, 0, 0xF_FFFF, 0xC000 | p << 7 | dpl << 5 | access);
                                int selector = SystemBench.TEST | rpl;
                                if (opcode == 0xCF) {
                                    stack(TARGET, selector, 2, SystemBench.stack(rpl), SystemBench.data(rpl));
                                } else {
                                    stack(TARGET, selector, SystemBench.stack(rpl), SystemBench.data(rpl));
                                }
                                bench.run(1);
                                String what =
                                        "cpl " + cpl + " access " + access + " dpl " + dpl + " rpl " + rpl + " p " + p;
                                assertEquals(expected(cpl, access, dpl, rpl, p), bench.outcome(), what);
                                if (bench.vector() < 0) {
                                    assertEquals(TARGET, bench.after.eip, what);
                                    assertEquals(selector, bench.selector(Cpu.CS), what);
                                    assertEquals(rpl, bench.selector(Cpu.SS) & 3, what);
                                    int popped = opcode == 0xCF ? 12 : 8;
                                    int esp = SystemBench.stack(rpl) + (rpl == cpl ? popped : 0);
                                    assertEquals(esp, bench.after.gpr[Cpu.ESP], what);
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private static String expected(int cpl, int access, int dpl, int rpl, int p) {
        boolean code = (access & 0x18) == 0x18;
        boolean conforming = (access & 4) != 0;
        if (rpl < cpl || !code || (conforming ? dpl > rpl : dpl != rpl)) {
            return error(13, SystemBench.TEST);
        }
        return p == 0 ? error(11, SystemBench.TEST) : "-";
    }

    @Test
    void outerStackSegments() {
        int[][] cases = {
            // selector, attributes (0: leave), vector, code
            {0, 0, 13, 0},
            {3, 0, 13, 0},
            {0xFF03, 0, 13, 0xFF00},
            {SystemBench.data(2), 0, 13, SystemBench.data(2) & ~3},
            {SystemBench.TEST2 | 3, 0x93 | 0x40, 13, SystemBench.TEST2},
            {SystemBench.TEST2 | 3, 0x91 | 0x60, 13, SystemBench.TEST2},
            {SystemBench.TEST2 | 3, 0x9B | 0x60, 13, SystemBench.TEST2},
            {SystemBench.TEST2 | 3, 0x13 | 0x60, 12, SystemBench.TEST2},
        };
        for (int[] c : cases) {
            bench.reset(0);
            bench.descriptor(SystemBench.TEST2, 0, 0xF_FFFF, 0xC000 | c[1]);
            stack(TARGET, SystemBench.code(3), 2, 0x9000, c[0]);
            bench.step(0xCF);
            assertEquals(error(c[2], c[3]), bench.outcome(), Integer.toHexString(c[0]));
            assertEquals(SystemBench.CODE, bench.read32(bench.after.gpr[Cpu.ESP] + 4));
            assertEquals(SystemBench.stack(0) - 16, bench.after.gpr[Cpu.ESP]);
        }
    }

    @Test
    void nullAndForeignCode() {
        int[][] cases = {{0, 0}, {3, 0}, {0xFF00, 0xFF00}};
        for (int[] c : cases) {
            stack(TARGET, c[0], 2);
            bench.step(0xCF);
            assertEquals(error(13, c[1]), bench.outcome());
        }
        stack(0x10_0000, SystemBench.TEST, 2);
        bench.descriptor(SystemBench.TEST, 0, 0xFFFF, 0x409B);
        bench.step(0xCF);
        assertEquals(error(13, 0), bench.outcome(), "EIP beyond the limit");
    }

    @Test
    void returnToAnOuterLevelDropsInnerDataSegments() {
        bench.descriptor(SystemBench.TEST, 0, 0xF_FFFF, 0xC09F); // conforming code, DPL 0
        bench.state.segments[Cpu.ES] = new SegmentState(SystemBench.data(3), 0, -1, 0xC0F3);
        bench.state.segments[Cpu.FS] = new SegmentState(SystemBench.TEST, 0, -1, 0xC09F);
        bench.state.segments[Cpu.GS] = new SegmentState(SystemBench.data(1), 0, -1, 0xC0B3);
        stack(TARGET, SystemBench.code(3), 0x202, 0x9000, SystemBench.data(3));
        bench.step(0xCF);
        assertEquals(SystemBench.data(3), bench.selector(Cpu.ES));
        assertEquals(new SegmentState(0, 0, 0, 0), bench.after.segments[Cpu.DS], "DPL 0");
        assertEquals(SystemBench.TEST, bench.selector(Cpu.FS), "conforming");
        assertEquals(0, bench.selector(Cpu.GS), "DPL 1");
        assertEquals(0x9000, bench.after.gpr[Cpu.ESP]);
        assertEquals(0x202, bench.after.eflags);
    }

    /** Which flags IRETD takes, by CPL and IOPL. */
    @Test
    void flags() {
        int all = 0x3D_7FD7; // everything but VM
        for (int cpl = 0; cpl < 4; cpl++) {
            for (int iopl = 0; iopl < 4; iopl++) {
                bench.reset(cpl);
                bench.state.eflags = 2 | iopl << 12;
                stack(TARGET, SystemBench.code(cpl), all & ~0x4000);
                bench.step(0xCF);
                int expected = 0x24_0DD7 | iopl << 12;
                if (cpl <= iopl) {
                    expected |= 0x200;
                }
                if (cpl == 0) {
                    expected |= 0x3000 | 0x18_0000;
                }
                assertEquals(expected, bench.after.eflags & ~0x1_0000, "cpl " + cpl + " iopl " + iopl);
                bench.state.eflags = 2 | iopl << 12;
                bench.write32(SystemBench.stack(cpl), SystemBench.code(cpl) << 16 | 0x8000);
                bench.write32(SystemBench.stack(cpl) + 4, 0xFFFF & ~0x4000);
                bench.state.eip = SystemBench.CODE;
                bench.step(0x66, 0xCF);
                assertEquals(0x8000, bench.after.eip);
                assertEquals(expected & 0xFFFF, bench.after.eflags, "16 bits: cpl " + cpl + " iopl " + iopl);
            }
        }
    }

    /** The upper half of ESP stays when the outer stack has 16 bits: what Linux calls espfix. */
    @Test
    void returnToASixteenBitStackKeepsTheUpperHalf() {
        bench.descriptor(SystemBench.TEST2, 0, 0xFFFF, 0x00F3);
        bench.state.gpr[Cpu.ESP] = 0x2_0800;
        stack(TARGET, SystemBench.code(3), 2, 0xABCD_1234, SystemBench.TEST2 | 3);
        bench.step(0xCF);
        assertEquals(0x0002_1234, bench.after.gpr[Cpu.ESP]);
    }

    @Test
    void farReturnReleasesParametersOnBothStacks() {
        stack(TARGET, SystemBench.code(3), 1, 2, 0x9000, SystemBench.data(3));
        bench.step(0xCA, 8, 0);
        assertEquals(0x9008, bench.after.gpr[Cpu.ESP]);
        assertEquals(SystemBench.code(3), bench.selector(Cpu.CS));
        bench.reset(0);
        stack(TARGET, SystemBench.code(0));
        bench.step(0xCA, 8, 0);
        assertEquals(SystemBench.stack(0) + 16, bench.after.gpr[Cpu.ESP]);
        bench.reset(0);
        bench.write32(SystemBench.stack(0), SystemBench.code(0) << 16 | 0x8765);
        bench.step(0x66, 0xCB);
        assertEquals(SystemBench.stack(0) + 4, bench.after.gpr[Cpu.ESP]);
        assertEquals(0x8765, bench.after.eip);
    }

    @Test
    void realMode() {
        bench.state = SystemBench.real();
        int at = 0x2_0800;
        bench.write32(at, 0x3000_1234);
        bench.write16(at + 4, 0xFFFF);
        bench.step(0xCF);
        assertEquals(0x1234, bench.after.eip);
        assertEquals(0x3_0000, bench.after.segments[Cpu.CS].base());
        assertEquals(0x7FD7, bench.after.eflags);
        assertEquals(0x806, bench.after.gpr[Cpu.ESP]);
        bench.step(0xCB);
        assertEquals(0x1234, bench.after.eip);
        assertEquals(0x804, bench.after.gpr[Cpu.ESP]);
        bench.write32(at, 0x1_0000);
        bench.write32(at + 4, 0x3000);
        bench.step(0x66, 0xCB);
        assertEquals(0, bench.after.eip, "#GP through the vector table");
        assertEquals(0, bench.selector(Cpu.CS));
        assertEquals(0x800 - 6, bench.after.gpr[Cpu.ESP], "no error code in real mode");
    }
}
