package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.jeroboam.hardware.cpu.SegmentState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Far JMP and CALL to code segments and through call gates (Intel SDM volume 2; volume 3, 5.8). */
class FarTransferTest {
    private static final int TARGET = 0x1_8000;
    private static final int JMP = 0xEA;
    private static final int CALL = 0x9A;

    private final SystemBench bench = new SystemBench();

    @AfterEach
    void close() {
        bench.close();
    }

    private static String error(int vector, int code) {
        return vector + ":" + Integer.toHexString(code);
    }

    private void transfer(int opcode, int selector, int offset) {
        bench.program(opcode, offset, offset >> 8, offset >> 16, offset >> 24, selector & 0xFF, selector >> 8);
        bench.run(1);
    }

    @Test
    void directTargets() {
        for (int opcode : new int[] {JMP, CALL}) {
            for (int cpl = 0; cpl < 4; cpl++) {
                bench.reset(cpl);
                for (int access = 16; access < 32; access++) {
                    for (int dpl = 0; dpl < 4; dpl++) {
                        for (int rpl = 0; rpl < 4; rpl++) {
                            for (int p = 0; p < 2; p++) {
                                bench.descriptor(SystemBench.TEST, 0, 0xF_FFFF, 0xC000 | p << 7 | dpl << 5 | access);
                                bench.write32(SystemBench.stack(cpl) - 4, 0);
                                transfer(opcode, SystemBench.TEST | rpl, TARGET);
                                String what =
                                        "cpl " + cpl + " access " + access + " dpl " + dpl + " rpl " + rpl + " p " + p;
                                assertEquals(expectedDirect(cpl, access, dpl, rpl, p), bench.outcome(), what);
                                if (bench.vector() >= 0) {
                                    continue;
                                }
                                assertEquals(TARGET, bench.after.eip, what);
                                assertEquals(
                                        SystemBench.TEST | cpl, bench.selector(Cpu.CS), what + ": RPL becomes CPL");
                                int esp = SystemBench.stack(cpl) - (opcode == CALL ? 8 : 0);
                                assertEquals(esp, bench.after.gpr[Cpu.ESP], what);
                                if (opcode == CALL) {
                                    assertEquals(SystemBench.CODE + 7, bench.read32(esp), what);
                                    assertEquals(SystemBench.code(cpl), bench.read32(esp + 4), what);
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private static String expectedDirect(int cpl, int access, int dpl, int rpl, int p) {
        boolean code = (access & 8) != 0;
        boolean conforming = (access & 4) != 0;
        boolean allowed = code && (conforming ? dpl <= cpl : dpl == cpl && rpl <= cpl);
        if (!allowed) {
            return error(13, SystemBench.TEST);
        }
        return p == 0 ? error(11, SystemBench.TEST) : "-";
    }

    /** Every system type but the task ones: only call gates lead anywhere. */
    @Test
    void gatesByTypeAndPrivilege() {
        for (int opcode : new int[] {JMP, CALL}) {
            for (int cpl = 0; cpl < 4; cpl++) {
                bench.reset(cpl);
                for (int type = 0; type < 16; type++) {
                    if (type == 1 || type == 5 || type == 9) {
                        continue;
                    }
                    for (int dpl = 0; dpl < 4; dpl++) {
                        for (int rpl = 0; rpl < 4; rpl++) {
                            for (int p = 0; p < 2; p++) {
                                bench.gate(
                                        SystemBench.GDT + SystemBench.TEST,
                                        SystemBench.code(cpl),
                                        0x8765,
                                        p << 7 | dpl << 5 | type);
                                transfer(opcode, SystemBench.TEST | rpl, 0xFFFF_FFFF);
                                String what =
                                        "cpl " + cpl + " type " + type + " dpl " + dpl + " rpl " + rpl + " p " + p;
                                boolean gate = type == 4 || type == 12;
                                String expected = !gate || dpl < Math.max(cpl, rpl)
                                        ? error(13, SystemBench.TEST)
                                        : p == 0 ? error(11, SystemBench.TEST) : "-";
                                assertEquals(expected, bench.outcome(), what);
                                if (bench.vector() < 0) {
                                    assertEquals(0x8765, bench.after.eip, what);
                                    int size = type == 4 ? 2 : 4;
                                    int esp = SystemBench.stack(cpl) - (opcode == CALL ? 2 * size : 0);
                                    assertEquals(esp, bench.after.gpr[Cpu.ESP], what);
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    @Test
    void gateTargets() {
        for (int opcode : new int[] {JMP, CALL}) {
            for (int cpl = 0; cpl < 4; cpl++) {
                bench.reset(cpl);
                bench.gate(SystemBench.GDT + SystemBench.TEST, SystemBench.TEST2 | 1, TARGET, 0xEC);
                for (int access = 0; access < 32; access++) {
                    for (int dpl = 0; dpl < 4; dpl++) {
                        for (int p = 0; p < 2; p++) {
                            bench.descriptor(SystemBench.TEST2, 0, 0xF_FFFF, 0xC000 | p << 7 | dpl << 5 | access);
                            transfer(opcode, SystemBench.TEST, 0);
                            String what = "cpl " + cpl + " access " + access + " dpl " + dpl + " p " + p;
                            assertEquals(expectedGateTarget(opcode, cpl, access, dpl, p), bench.outcome(), what);
                            if (bench.vector() < 0) {
                                boolean conforming = (access & 4) != 0;
                                int level = conforming || opcode == JMP ? cpl : dpl;
                                assertEquals(SystemBench.TEST2 | level, bench.selector(Cpu.CS), what);
                                assertEquals(level, bench.selector(Cpu.SS) & 3, what);
                            }
                        }
                    }
                }
            }
        }
    }

    private static String expectedGateTarget(int opcode, int cpl, int access, int dpl, int p) {
        boolean code = (access & 0x18) == 0x18;
        boolean conforming = (access & 4) != 0;
        boolean allowed = code && (opcode == CALL || conforming ? dpl <= cpl : dpl == cpl);
        if (!allowed) {
            return error(13, SystemBench.TEST2);
        }
        return p == 0 ? error(11, SystemBench.TEST2) : "-";
    }

    @Test
    void gateCopiesParametersToTheInnerStack() {
        for (int count : new int[] {0, 1, 5, 31}) {
            for (boolean wide : new boolean[] {true, false}) {
                bench.reset(3);
                int size = wide ? 4 : 2;
                bench.gate(SystemBench.GDT + SystemBench.TEST, SystemBench.CODE0, 0x8765, wide ? 0xEC : 0xE4, count);
                for (int i = 0; i < count; i++) {
                    bench.memory.write(SystemBench.stack(3) + size * i, size, 0x1000 + i);
                }
                transfer(CALL, SystemBench.TEST | 3, 0);
                assertEquals("-", bench.outcome());
                int esp = SystemBench.stack(0) + 0x400 - (4 + count) * size;
                assertEquals(esp, bench.after.gpr[Cpu.ESP]);
                assertEquals(item(esp, size, 0), SystemBench.CODE + 7 & (wide ? -1 : 0xFFFF));
                assertEquals(item(esp, size, 1), SystemBench.code(3));
                for (int i = 0; i < count; i++) {
                    assertEquals(0x1000 + i, item(esp, size, 2 + i));
                }
                assertEquals(SystemBench.stack(3) & (wide ? -1 : 0xFFFF), item(esp, size, 2 + count));
                assertEquals(SystemBench.data(3), item(esp, size, 3 + count));
                assertEquals(SystemBench.CODE0, bench.selector(Cpu.CS));
                assertEquals(SystemBench.DATA0, bench.selector(Cpu.SS));
            }
        }
    }

    private int item(int esp, int size, int index) {
        return bench.memory.read(esp + size * index, size);
    }

    @Test
    void gateFaultsLeaveEverything() {
        bench.reset(3);
        bench.gate(SystemBench.GDT + SystemBench.TEST, SystemBench.CODE0, TARGET, 0xEC, 4);
        bench.descriptor(SystemBench.TEST2, 0, 0xF_FFFF, SystemBench.FLAT_CODE | 1 << 5);
        bench.idt(10, SystemBench.TEST2, 0x8E);
        bench.write32(SystemBench.TSS + 8, SystemBench.data(1));
        transfer(CALL, SystemBench.TEST | 3, 0);
        assertEquals(SystemBench.handler(10), bench.after.eip);
        int esp = bench.after.gpr[Cpu.ESP];
        assertEquals(SystemBench.data(1) & ~3, bench.read32(esp));
        assertEquals(SystemBench.CODE, bench.read32(esp + 4));
        assertEquals(SystemBench.stack(3), bench.read32(esp + 16));
        assertEquals(0, bench.read32(SystemBench.stack(0) + 0x3FC));
    }

    @Test
    void callNeedsRoomOnTheStack() {
        bench.descriptor(SystemBench.TEST, 0, 0xF_FFFF, SystemBench.FLAT_CODE);
        // Expand-down from 20801h: seven bytes of room only, and a task gate would be needed to see the fault; the
        // handler for #SS runs on the stack below through an inner level.
        bench.reset(3);
        bench.state.segments[Cpu.SS] = new SegmentState(SystemBench.data(3), 0, SystemBench.stack(3) - 8, 0x40F7);
        transfer(CALL, SystemBench.code(3), TARGET);
        assertEquals("12:0", bench.outcome());
        bench.state.segments[Cpu.SS] = new SegmentState(SystemBench.data(3), 0, SystemBench.stack(3) - 9, 0x40F7);
        transfer(CALL, SystemBench.code(3), TARGET);
        assertEquals("-", bench.outcome());
        assertEquals(SystemBench.stack(3) - 8, bench.after.gpr[Cpu.ESP]);
    }

    @Test
    void offsetsAreChecked() {
        bench.descriptor(SystemBench.TEST, 0, 0xFFF, 0x409B);
        for (int opcode : new int[] {JMP, CALL}) {
            transfer(opcode, SystemBench.TEST, 0x1000);
            assertEquals("13:0", bench.outcome());
            transfer(opcode, SystemBench.TEST, 0xFFF);
            assertEquals("-", bench.outcome());
            transfer(opcode, 3, 0);
            assertEquals("13:0", bench.outcome(), "null selector");
            transfer(opcode, 0xFF07, 0);
            assertEquals("13:ff04", bench.outcome(), "beyond the table");
        }
    }

    @Test
    void indirectForms() {
        bench.state.gpr[Cpu.EBX] = 0x6000;
        bench.write32(0x6000, TARGET);
        bench.write16(0x6004, SystemBench.code(0));
        bench.step(0xFF, 0x2B); // jmp far [ebx]
        assertEquals(TARGET, bench.after.eip);
        bench.step(0xFF, 0x1B); // call far [ebx]
        assertEquals(TARGET, bench.after.eip);
        assertEquals(SystemBench.CODE + 2, bench.read32(bench.after.gpr[Cpu.ESP]));
        bench.write32(0x6000, SystemBench.code(0) << 16 | 0x8765);
        bench.step(0x66, 0xFF, 0x1B);
        assertEquals(0x8765, bench.after.eip);
        assertEquals(SystemBench.stack(0) - 4, bench.after.gpr[Cpu.ESP]);
        assertEquals(SystemBench.CODE + 3 & 0xFFFF, bench.read16(bench.after.gpr[Cpu.ESP]));
    }

    @Test
    void realModeAndV86() {
        for (boolean v86 : new boolean[] {false, true}) {
            bench.state = v86 ? SystemBench.v86(0) : SystemBench.real();
            bench.step(0x9A, 0x34, 0x12, 0x00, 0x30); // call 3000:1234
            assertEquals(0x1234, bench.after.eip);
            assertEquals(new SegmentState(0x3000, 0x3_0000, 0xFFFF, v86 ? 0xF3 : 0x93), bench.after.segments[Cpu.CS]);
            assertEquals(0x07FC, bench.after.gpr[Cpu.ESP] & 0xFFFF);
            assertEquals(0x1000_0005, bench.read32(0x2_07FC));
            bench.step(0x66, 0xEA, 0x34, 0x12, 0x01, 0x00, 0x00, 0x30); // jmp 3000:00011234
            assertNotEquals(0x1_1234, bench.after.eip, "beyond the limit: #GP");
        }
    }
}
