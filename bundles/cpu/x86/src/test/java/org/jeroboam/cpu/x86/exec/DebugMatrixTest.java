package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.jeroboam.hardware.cpu.CpuModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Breakpoint kind by length by place by access by size by enable bits (Intel SDM volume 3, 17.2.4 and 17.2.5). */
class DebugMatrixTest {
    private static final int EXECUTE = 0;
    private static final int WRITE = 1;
    private static final int PORT = 2;
    private static final int ACCESS = 3;
    /** LEN fields that mean something, and their bytes. */
    private static final int[][] LENGTHS = {{0, 1}, {1, 2}, {3, 4}};
    /** Near the end of a page, so that some accesses lie on both sides. */
    private static final int DATA = 0x3_0FF8;

    private SystemBench bench;

    @BeforeEach
    void open() {
        bench = new SystemBench(CpuModel.PM);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    /** An instruction with an access at [EBX]. */
    private record Access(String name, int size, boolean writes, int... code) {}

    private static final Access[] ACCESSES = {
        new Access("load 1", 1, false, 0x8A, 0x03),
        new Access("load 2", 2, false, 0x66, 0x8B, 0x03),
        new Access("load 4", 4, false, 0x8B, 0x03),
        new Access("store 1", 1, true, 0x88, 0x03),
        new Access("store 2", 2, true, 0x66, 0x89, 0x03),
        new Access("store 4", 4, true, 0x89, 0x03),
        new Access("modify 1", 1, true, 0x00, 0x03),
        new Access("modify 2", 2, true, 0x66, 0x01, 0x03),
        new Access("modify 4", 4, true, 0x01, 0x03),
        new Access("exchange", 4, true, 0x87, 0x03),
        new Access("compare", 4, false, 0x39, 0x03),
        new Access("bit test", 4, false, 0x0F, 0xBA, 0x23, 3),
        new Access("bit set", 4, true, 0x0F, 0xBA, 0x2B, 3),
        new Access("push of memory", 4, false, 0xFF, 0x33),
        new Access("load 8", 8, false, 0x0F, 0x6F, 0x03),
        new Access("store 8", 8, true, 0x0F, 0x7F, 0x03),
        new Access("load 16", 16, false, 0x0F, 0x10, 0x03),
        new Access("store 16", 16, true, 0x0F, 0x11, 0x03),
        new Access("load 10", 10, false, 0xDB, 0x2B),
        new Access("store 10", 10, true, 0xDB, 0x3B),
        new Access("cmpxchg8b", 8, true, 0x0F, 0xC7, 0x0B),
    };

    private static boolean overlap(int a, int lengthA, int b, int lengthB) {
        return a < b + lengthB && b < a + lengthA;
    }

    private int hits() {
        return bench.after.dr[6] & 0xE00F;
    }

    private void breakpoint(int number, int type, int length, int address, int enable) {
        bench.state.dr[number] = address;
        bench.state.dr[7] |= enable << 2 * number | (length << 2 | type) << 16 + 4 * number;
    }

    @Test
    void dataBreakpoints() {
        for (Access access : ACCESSES) {
            for (int[] length : LENGTHS) {
                for (int place = 0; place < 16; place++) {
                    for (int offset = 0; offset < 12; offset++) {
                        data(access, length, DATA + place, DATA + offset, place + offset & 3);
                    }
                }
            }
        }
    }

    /** All four at once: one that watches accesses, one writes, one disabled, one elsewhere. */
    private void data(Access access, int[] length, int watched, int address, int enable) {
        bench.state = SystemBench.flat(0);
        bench.state.cr4 = 0x200;
        bench.state.gpr[Cpu.EBX] = address;
        bench.state.fxsave[0] = 0x7F;
        bench.state.fxsave[4] = access.name.equals("store 10") ? (byte) 0xFF : 0;
        breakpoint(0, ACCESS, length[0], watched, enable);
        breakpoint(1, WRITE, length[0], watched, 1);
        breakpoint(2, WRITE, length[0], watched, 0);
        breakpoint(3, ACCESS, length[0], watched + 0x1_0000, 2);
        bench.program(access.code);
        bench.memory.write(SystemBench.CODE + access.code.length, 1, 0x90);
        bench.run(1);
        boolean touched = overlap(watched & -length[1], length[1], address, access.size);
        boolean readHit = touched && enable != 0;
        boolean writeHit = touched && access.writes;
        int wanted = 0;
        if (readHit || writeHit) {
            // What is not enabled is reported with what is.
            wanted = 1 | (access.writes ? 6 : 0);
        }
        String what = access.name + " at " + Integer.toHexString(address) + ", breakpoint of " + length[1] + " at "
                + Integer.toHexString(watched) + " enable " + enable;
        assertEquals(wanted, bench.after.pendingDebug & 0xF, what);
        bench.core.run(1);
        bench.after = bench.core.save();
        int next = SystemBench.CODE + access.code.length;
        if (wanted == 0) {
            assertEquals(next + 1, bench.after.eip, what);
        } else {
            assertEquals(SystemBench.handler(1) + 1, bench.after.eip, what);
            assertEquals(next, bench.read32(bench.after.gpr[Cpu.ESP]), what);
            assertEquals(wanted, hits(), what);
        }
    }

    @Test
    void portBreakpoints() {
        int[][] inputs = {{0xEC}, {0x66, 0xED}, {0xED}};
        int[][] outputs = {{0xEE}, {0x66, 0xEF}, {0xEF}};
        for (int de = 0; de < 2; de++) {
            for (int[] length : LENGTHS) {
                for (int place = 0; place < 8; place++) {
                    for (int port = 0; port < 8; port++) {
                        for (int size = 0; size < 3; size++) {
                            port(de, length, 0x300 + place, 0x300 + port, 1 << size, inputs[size]);
                            port(de, length, 0x300 + place, 0x300 + port, 1 << size, outputs[size]);
                        }
                    }
                }
            }
        }
    }

    private void port(int de, int[] length, int watched, int port, int size, int... code) {
        bench.state = SystemBench.flat(0);
        bench.state.cr4 = de << 3;
        bench.state.gpr[Cpu.EDX] = port;
        breakpoint(1, PORT, length[0], watched, 2);
        bench.step(code);
        boolean hit = de == 1 && overlap(watched & -length[1], length[1], port, size);
        assertEquals(
                hit ? 2 : 0, bench.after.pendingDebug & 0xF, "port " + port + " watched " + watched + " size " + size);
    }

    /** A code breakpoint hits the first byte of an instruction, prefixes included, and no other. */
    @Test
    void codeBreakpoints() {
        for (int offset = -2; offset < 6; offset++) {
            for (int enable = 0; enable < 4; enable++) {
                for (int resume = 0; resume < 2; resume++) {
                    bench.state = SystemBench.flat(0);
                    bench.state.eflags |= resume << 16;
                    breakpoint(2, EXECUTE, 0, SystemBench.CODE + offset, enable);
                    bench.step(0x66, 0x3E, 0x40); // ds inc ax
                    boolean hit = offset == 0 && enable != 0 && resume == 0;
                    assertEquals(hit ? "1" : "-", bench.outcome(), "offset " + offset);
                    assertEquals(hit ? 4 : 0, hits());
                    if (hit) {
                        assertEquals(SystemBench.CODE, bench.read32(bench.after.gpr[Cpu.ESP]));
                        assertEquals(0x1111_1111, bench.after.gpr[0], "not executed");
                    }
                }
            }
        }
    }

    /** A data breakpoint in a repeated string instruction reports after the element, which counts as done. */
    @Test
    void dataBreakpointsInRepetitions() {
        int[][] codes = {{0xF3, 0xA4}, {0xF3, 0xAA}, {0xF3, 0xAC}, {0xF2, 0xAE}}; // rep movs, stos, lods; repne scas
        for (int[] code : codes) {
            for (int element = 0; element < 12; element++) {
                boolean source = code[1] == 0xAC;
                bench.state = SystemBench.flat(0);
                bench.state.gpr[Cpu.ECX] = 12;
                bench.state.gpr[Cpu.ESI] = source ? DATA : 0x3_4000;
                bench.state.gpr[Cpu.EDI] = DATA;
                for (int at = DATA; at < DATA + 12; at++) {
                    bench.memory.write(at, 1, 0);
                }
                breakpoint(0, ACCESS, 0, DATA + element, 1);
                bench.program(code);
                bench.run(element + 2); // the elements, then the first instruction of the handler
                assertEquals(SystemBench.handler(1) + 1, bench.after.eip, "element " + element);
                assertEquals(11 - element, bench.after.gpr[Cpu.ECX]);
                int back = SystemBench.CODE + (element == 11 ? 2 : 0);
                assertEquals(back, bench.read32(bench.after.gpr[Cpu.ESP]));
            }
        }
    }
}
