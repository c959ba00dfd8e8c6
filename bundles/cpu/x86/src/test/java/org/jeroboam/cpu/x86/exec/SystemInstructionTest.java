package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.SegmentState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Privileged and descriptor instructions, MSRs, CPUID, SYSENTER, I/O permission. */
class SystemInstructionTest {
    private final SystemBench bench = new SystemBench();

    @AfterEach
    void close() {
        bench.close();
    }

    private static int[] bytes(int... values) {
        return values;
    }

    @Test
    void privilegedInstructionsNeedLevelZero() {
        int[][] instructions = {
            {0xF4},
            {0x0F, 0x06}, // clts
            {0x0F, 0x08}, // invd
            {0x0F, 0x09}, // wbinvd
            {0x0F, 0x20, 0xC0}, // mov eax, cr0
            {0x0F, 0x22, 0xD8}, // mov cr3, eax
            {0x0F, 0x21, 0xC0}, // mov eax, dr0
            {0x0F, 0x23, 0xC0},
            {0x0F, 0x30}, // wrmsr
            {0x0F, 0x32}, // rdmsr
            {0x0F, 0x01, 0x3B}, // invlpg [ebx]
            {0x0F, 0x01, 0x13}, // lgdt [ebx]
            {0x0F, 0x01, 0x1B}, // lidt [ebx]
            {0x0F, 0x01, 0xF0}, // lmsw ax
            {0x0F, 0x35}, // sysexit
        };
        for (int[] instruction : instructions) {
            for (int cpl = 1; cpl < 4; cpl++) {
                bench.reset(cpl);
                bench.step(instruction);
                assertEquals("13:0", bench.outcome(), Integer.toHexString(instruction[instruction.length - 1]));
            }
            bench.reset(0);
            bench.state = SystemBench.v86(3);
            bench.step(instruction);
            assertEquals("13:0", bench.outcome(), "V86: " + Integer.toHexString(instruction[instruction.length - 1]));
        }
    }

    @Test
    void protectedModeInstructionsAreUndefinedElsewhere() {
        int[][] instructions = {
            {0x0F, 0x00, 0xC0}, // sldt ax
            {0x0F, 0x00, 0xC8}, // str
            {0x0F, 0x00, 0xD0}, // lldt
            {0x0F, 0x00, 0xD8}, // ltr
            {0x0F, 0x00, 0xE0}, // verr
            {0x0F, 0x00, 0xE8}, // verw
            {0x0F, 0x02, 0xC0}, // lar
            {0x0F, 0x03, 0xC0}, // lsl
            {0x63, 0xC0}, // arpl
        };
        for (int[] instruction : instructions) {
            bench.state = SystemBench.v86(3);
            bench.step(instruction);
            assertEquals("6", bench.outcome());
            bench.state = SystemBench.real();
            bench.write32(6 * 4, 0x0000_1234);
            bench.step(instruction);
            assertEquals(0x1234, bench.after.eip);
        }
    }

    private String moveTo(int cr, int value) {
        bench.state.gpr[0] = value;
        bench.step(0x0F, 0x22, 0xC0 | cr << 3);
        return bench.outcome();
    }

    @Test
    void controlRegisterZero() {
        assertEquals("13:0", moveTo(0, 0x8000_0010), "PG without PE");
        assertEquals("13:0", moveTo(0, 0x2000_0011), "NW without CD");
        assertEquals("-", moveTo(0, 0x6005_003F));
        assertEquals(0x6005_003F, bench.after.cr0);
        assertEquals("-", moveTo(0, 0x1FFA_FFC1));
        assertEquals(0x0000_0011, bench.after.cr0, "reserved bits are ignored, ET is fixed");
        assertEquals("-", moveTo(0, 0x10), "leaving protected mode");
        assertEquals(0x10, bench.after.cr0);
        assertEquals(SystemBench.CODE + 3, bench.after.eip);
    }

    @Test
    void controlRegisterFour() {
        assertEquals("-", moveTo(4, 0x3FF));
        assertEquals(0x3FF, bench.after.cr4);
        for (int bit = 10; bit < 32; bit++) {
            assertEquals("13:0", moveTo(4, 1 << bit), "bit " + bit);
        }
        try (SystemBench p3 = new SystemBench(CpuModel.P3)) {
            p3.state.gpr[0] = 0x7FF;
            p3.step(0x0F, 0x22, 0xE0);
            assertEquals(0x7FF, p3.after.cr4, "SSE adds OSXMMEXCPT");
        }
        bench.state.gpr[0] = 0;
        bench.step(0x0F, 0x22, 0xC8);
        assertEquals("6", bench.outcome(), "CR1");
    }

    @Test
    void pageDirectoryPointersAreCheckedWhenLoaded() {
        bench.write32(0x7000, 0x8001);
        bench.write32(0x7018, 0x9001);
        bench.write32(0x701C, 0x10);
        bench.state.cr4 = 0x20;
        bench.state.cr3 = 0x7000;
        assertEquals("13:0", moveTo(0, 0x8000_0011), "bit 36 of pointer 3");
        assertEquals(0x11, bench.after.cr0);
        bench.write32(0x7018, 0x9000);
        bench.write32(0x7008, 0xA019);
        assertEquals("-", moveTo(0, 0x8000_0011), "not present: bits are free");
        assertEquals(0x8000_0011, bench.after.cr0);
        assertEquals(0xA019, bench.after.pdpte[1]);
        bench.state.cr3 = 0;
        bench.write32(0x7000, 0x8003);
        assertEquals("-", moveTo(3, 0x7000), "without paging nothing is loaded");
        assertEquals(0, bench.after.pdpte[1]);
    }

    @Test
    void machineStatusWord() {
        bench.state.cr0 = 0x8005_0033 & ~0x8000_0000;
        bench.step(0x0F, 0x01, 0xE0); // smsw eax
        assertEquals(0x0005_0033, bench.after.gpr[0]);
        bench.step(0x66, 0x0F, 0x01, 0xE0);
        assertEquals(0x1111_0033, bench.after.gpr[0]);
        bench.state.gpr[0] = 0xFFF0;
        bench.step(0x0F, 0x01, 0xF0); // lmsw ax
        assertEquals(0x0005_0031, bench.after.cr0, "PE stays");
        bench.state.gpr[0] = 0xF;
        bench.step(0x0F, 0x01, 0xF0);
        assertEquals(0x0005_003F, bench.after.cr0);
        bench.state.cr0 = 0x1B;
        bench.step(0x0F, 0x06);
        assertEquals(0x13, bench.after.cr0, "CLTS");
    }

    @Test
    void tableRegisters() {
        bench.state.gpr[Cpu.EBX] = 0x6000;
        bench.write16(0x6000, 0x1234);
        bench.write32(0x6002, 0x89AB_CDEF);
        bench.step(0x0F, 0x01, 0x13);
        assertEquals(0x1234, bench.after.gdtLimit);
        assertEquals(0x89AB_CDEF, bench.after.gdtBase);
        bench.step(0x66, 0x0F, 0x01, 0x1B);
        assertEquals(0x1234, bench.after.idtLimit);
        assertEquals(0x00AB_CDEF, bench.after.idtBase, "24 bits with 16-bit operands");
        bench.state.gpr[Cpu.EBX] = 0x6100;
        bench.state.gdtBase = 0xFEDC_1000;
        bench.reset(0);
        bench.state.gpr[Cpu.EBX] = 0x6100;
        bench.step(0x0F, 0x01, 0x03); // sgdt
        assertEquals(SystemBench.GDT_LIMIT, bench.read16(0x6100));
        assertEquals(SystemBench.GDT, bench.read32(0x6102));
        bench.step(0x66, 0x0F, 0x01, 0x0B); // sidt
        assertEquals(0x7FF, bench.read16(0x6100));
        assertEquals(SystemBench.IDT, bench.read32(0x6102));
    }

    @Test
    void localTableAndTaskRegister() {
        Object[][] cases = {
            // instruction, selector, attributes, outcome
            {0xD0, 0, 0, "-"},
            {0xD0, 4, 0, "13:4"},
            {0xD0, 0xFF00, 0, "13:ff00"},
            {0xD0, SystemBench.TEST, 0x93, "13:80"},
            {0xD0, SystemBench.TEST, 0x89, "13:80"},
            {0xD0, SystemBench.TEST, 0x02, "11:80"},
            {0xD0, SystemBench.TEST | 3, 0x82, "-"},
            {0xD8, 3, 0, "13:0"},
            {0xD8, 4, 0, "13:4"},
            {0xD8, SystemBench.TEST, 0x82, "13:80"},
            {0xD8, SystemBench.TEST, 0x8B, "13:80"},
            {0xD8, SystemBench.TEST, 0x83, "13:80"},
            {0xD8, SystemBench.TEST, 0x09, "11:80"},
            {0xD8, SystemBench.TEST, 0x89, "-"},
            {0xD8, SystemBench.TEST, 0x81, "-"},
        };
        for (Object[] c : cases) {
            bench.reset(0);
            bench.descriptor(SystemBench.TEST, 0x7000, 0x99, (Integer) c[2]);
            bench.state.gpr[0] = (Integer) c[1];
            bench.step(0x0F, 0x00, (Integer) c[0]);
            assertEquals(c[3], bench.outcome(), c[0] + " " + c[1] + " " + c[2]);
            boolean task = (Integer) c[0] == 0xD8;
            if ("-".equals(c[3]) && (Integer) c[1] != 0) {
                int attributes = (Integer) c[2] | (task ? 2 : 0);
                assertEquals(
                        new SegmentState((Integer) c[1], 0x7000, 0x99, attributes),
                        bench.after.segments[task ? Cpu.TR : Cpu.LDTR]);
                assertEquals(attributes, bench.read8(SystemBench.GDT + SystemBench.TEST + 5), "busy in memory");
            }
        }
        bench.step(0x0F, 0x00, 0xC0); // sldt eax
        assertEquals(SystemBench.LDT_SELECTOR, bench.after.gpr[0]);
        bench.step(0x0F, 0x00, 0xC8); // str eax
        assertEquals(SystemBench.TSS_SELECTOR, bench.after.gpr[0]);
    }

    @Test
    void accessRightsAndLimits() {
        for (int cpl = 0; cpl < 4; cpl += 3) {
            bench.reset(cpl);
            for (int access = 0; access < 32; access++) {
                for (int dpl = 0; dpl < 4; dpl++) {
                    for (int rpl = 0; rpl < 4; rpl++) {
                        int attributes = 0x8000 | dpl << 5 | access; // granular, not present: does not matter
                        bench.descriptor(SystemBench.TEST, 0xFFFF_FFFF, 0x1_2345, attributes);
                        String what = "cpl " + cpl + " access " + access + " dpl " + dpl + " rpl " + rpl;
                        boolean conforming = (access & 0x1C) == 0x1C;
                        boolean seen = conforming || dpl >= Math.max(cpl, rpl);
                        boolean system = access < 16;
                        boolean lar =
                                !system || List.of(1, 2, 3, 4, 5, 9, 11, 12).contains(access);
                        boolean lsl = !system || List.of(1, 2, 3, 9, 11).contains(access);
                        boolean readable = !system && ((access & 8) == 0 || (access & 2) != 0);
                        boolean writable = !system && (access & 8) == 0 && (access & 2) != 0;
                        bench.state.gpr[Cpu.ECX] = 0xFFFF_0000 | SystemBench.TEST | rpl;
                        query(what + " LAR", seen && lar, attributes << 8 & 0xF0_FF00, 0x0F, 0x02, 0xC1);
                        query(what + " LSL", seen && lsl, 0x1234_5FFF, 0x0F, 0x03, 0xC1);
                        query(what + " VERR", seen && readable, 0x1111_1111, 0x0F, 0x00, 0xE1);
                        query(what + " VERW", seen && writable, 0x1111_1111, 0x0F, 0x00, 0xE9);
                    }
                }
            }
        }
    }

    private void query(String what, boolean valid, int value, int... instruction) {
        bench.state.eflags = valid ? 0x8D5 & ~0x40 | 2 : 0x8D7;
        bench.step(instruction);
        assertEquals("-", bench.outcome(), what);
        assertEquals(valid ? 0x8D7 : 0x8D7 & ~0x40, bench.after.eflags, what + ": ZF alone changes");
        assertEquals(valid ? value : 0x1111_1111, bench.after.gpr[0], what);
    }

    @Test
    void adjustPrivilege() {
        for (int a = 0; a < 4; a++) {
            for (int b = 0; b < 4; b++) {
                bench.state.gpr[0] = 0x1234_5670 | a;
                bench.state.gpr[Cpu.ECX] = b;
                bench.step(0x63, 0xC8); // arpl ax, cx
                assertEquals(0x1234_5670 | Math.max(a, b), bench.after.gpr[0]);
                assertEquals(a < b, (bench.after.eflags & 0x40) != 0);
            }
        }
    }

    @Test
    void sysenterAndSysexit() {
        setMsr(0x174, 0);
        bench.step(0x0F, 0x34);
        assertEquals("13:0", bench.outcome(), "null selector");
        bench.state = SystemBench.flat(3);
        setMsr(0x174, 0x63);
        setMsr(0x175, 0x9000);
        setMsr(0x176, 0xA000);
        bench.state.eflags = 0x1_0246;
        bench.step(0x0F, 0x34);
        assertEquals(0xA000, bench.after.eip);
        assertEquals(0x9000, bench.after.gpr[Cpu.ESP]);
        assertEquals(new SegmentState(0x60, 0, -1, 0xC09B), bench.after.segments[Cpu.CS]);
        assertEquals(new SegmentState(0x68, 0, -1, 0xC093), bench.after.segments[Cpu.SS]);
        assertEquals(0x46, bench.after.eflags);
        bench.state.segments = bench.after.segments;
        bench.state.gpr[Cpu.ECX] = 0xB000;
        bench.state.gpr[Cpu.EDX] = 0xC000;
        bench.step(0x0F, 0x35);
        assertEquals(0xC000, bench.after.eip);
        assertEquals(0xB000, bench.after.gpr[Cpu.ESP]);
        assertEquals(new SegmentState(0x73, 0, -1, 0xC0FB), bench.after.segments[Cpu.CS]);
        assertEquals(new SegmentState(0x7B, 0, -1, 0xC0F3), bench.after.segments[Cpu.SS]);
        bench.state = SystemBench.v86(0);
        setMsr(0x174, 0x60);
        bench.step(0x0F, 0x34);
        assertEquals(0x60, bench.selector(Cpu.CS), "leaves V86 mode");
        assertEquals(0, bench.after.eflags & 0x2_0000);
    }

    private void setMsr(int number, long value) {
        CpuState s = bench.state;
        List<Integer> numbers = new ArrayList<>();
        List<Long> values = new ArrayList<>();
        for (int i = 0; i < s.msrNumbers.length; i++) {
            if (s.msrNumbers[i] != number) {
                numbers.add(s.msrNumbers[i]);
                values.add(s.msrValues[i]);
            }
        }
        numbers.add(number);
        values.add(value);
        s.msrNumbers = numbers.stream().mapToInt(Integer::intValue).toArray();
        s.msrValues = values.stream().mapToLong(Long::longValue).toArray();
    }

    private String wrmsr(int number, long value) {
        bench.state.gpr[Cpu.ECX] = number;
        bench.state.gpr[Cpu.EAX] = (int) value;
        bench.state.gpr[Cpu.EDX] = (int) (value >>> 32);
        bench.step(0x0F, 0x30);
        return bench.outcome();
    }

    private String rdmsr(int number) {
        bench.state.gpr[Cpu.ECX] = number;
        bench.step(0x0F, 0x32);
        return "-".equals(bench.outcome())
                ? Long.toHexString((long) bench.after.gpr[2] << 32 | bench.after.gpr[0] & 0xFFFF_FFFFL)
                : bench.outcome();
    }

    @Test
    void modelSpecificRegisters() {
        int[] storage = {
            0x0, 0x1, 0x2A, 0x8B, 0x17A, 0x17B, 0x174, 0x175, 0x176, 0x1D9, 0x200, 0x20F, 0x250, 0x26F, 0x2FF, 0x400,
            0x412
        };
        for (int number : storage) {
            assertEquals("0", rdmsr(number), "after reset " + Integer.toHexString(number));
            assertEquals("-", wrmsr(number, number == 0x20F ? 0x1800 : 1), Integer.toHexString(number));
            bench.state = bench.after;
            bench.state.eip = SystemBench.CODE;
            assertEquals(number == 0x20F ? "1800" : "1", rdmsr(number), Integer.toHexString(number));
        }
        assertEquals("508", rdmsr(0xFE));
        assertEquals("13:0", wrmsr(0xFE, 0x508), "read-only");
        assertEquals("105", rdmsr(0x179));
        assertEquals("7040600070406", rdmsr(0x277));
        assertEquals("13:0", wrmsr(0x277, 2), "reserved memory type");
        assertEquals("13:0", wrmsr(0x401, 1), "status registers can only be cleared");
        assertEquals("-", wrmsr(0x401, 0));
        assertEquals("-", wrmsr(0x79, 0x1234), "microcode update");
        assertEquals("13:0", rdmsr(0x79));
        assertEquals("0", rdmsr(0x17));
        for (int number :
                new int[] {0x3A, 0x48, 0xCE, 0x10A, 0x119, 0x140, 0x1A0, 0x1A1, 0x33, 0xC000_0080, 0x414, 0xFFFF_FFFF
                }) {
            assertEquals("13:0", rdmsr(number), Integer.toHexString(number));
            assertEquals("13:0", wrmsr(number, 0), Integer.toHexString(number));
        }
    }

    @Test
    void microcodeRevisionAppearsAfterCpuid() {
        bench.state.gpr[Cpu.ECX] = 0x8B;
        bench.state.gpr[Cpu.EAX] = 1;
        bench.state.gpr[Cpu.EDX] = 1;
        // wrmsr; mov eax, 1; cpuid; mov ecx, 8bh; rdmsr
        bench.program(0x0F, 0x30, 0xB8, 1, 0, 0, 0, 0x0F, 0xA2, 0xB9, 0x8B, 0, 0, 0, 0x0F, 0x32);
        bench.run(5);
        assertEquals(0, bench.after.gpr[Cpu.EDX]);
    }

    @Test
    void timeStampCounter() {
        bench.bus.time = 0x1_2345_6789L;
        bench.step(0x0F, 0x31);
        assertEquals(0x2345_6789, bench.after.gpr[Cpu.EAX]);
        assertEquals(1, bench.after.gpr[Cpu.EDX]);
        assertEquals("123456789", rdmsr(0x10));
        assertEquals("-", wrmsr(0x10, 0x10));
        bench.bus.time += 5;
        bench.state = bench.after;
        bench.state.eip = SystemBench.CODE;
        assertEquals("15", rdmsr(0x10));
        bench.reset(3);
        bench.state.cr4 = 4;
        bench.step(0x0F, 0x31);
        assertEquals("13:0", bench.outcome(), "TSD");
        bench.reset(0);
        bench.state.cr4 = 4;
        bench.step(0x0F, 0x31);
        assertEquals("-", bench.outcome());
        bench.reset(3);
        bench.step(0x0F, 0x33);
        assertEquals("13:0", bench.outcome(), "RDPMC without PCE");
        bench.state.cr4 = 0x100;
        bench.state.gpr[Cpu.ECX] = 1;
        bench.step(0x0F, 0x33);
        assertEquals("-", bench.outcome());
        bench.state.gpr[Cpu.ECX] = 2;
        bench.step(0x0F, 0x33);
        assertEquals("13:0", bench.outcome());
    }

    @Test
    void identification() {
        Object[][] models = {
            {CpuModel.P2, 0x652, 0x0183_F9FF, 0},
            {CpuModel.P3, 0x686, 0x0383_F9FF, 0},
            {CpuModel.PM, 0x695, 0x078B_F9FF, 0x800},
        };
        for (Object[] m : models) {
            try (SystemBench b = new SystemBench((CpuModel) m[0])) {
                assertEquals("2 756e6547 6c65746e 49656e69", cpuid(b, 0));
                String leaf1 = Integer.toHexString((Integer) m[1]) + " " + Integer.toHexString((Integer) m[3]) + " 0 "
                        + Integer.toHexString((Integer) m[2]);
                assertEquals(leaf1, cpuid(b, 1));
                String leaf2 = cpuid(b, 2);
                assertEquals("1", leaf2.substring(leaf2.indexOf(' ') - 1, leaf2.indexOf(' ')), "one call tells all");
                for (int leaf : new int[] {3, 4, 0x4000_0000, 0x4000_0100, 0x8000_0000, -1}) {
                    assertEquals(leaf2, cpuid(b, leaf));
                }
            }
        }
    }

    private static String cpuid(SystemBench b, int leaf) {
        b.state.gpr[0] = leaf;
        b.step(0x0F, 0xA2);
        int[] r = b.after.gpr;
        StringBuilder text = new StringBuilder();
        for (int register : new int[] {Cpu.EAX, Cpu.EBX, Cpu.ECX, Cpu.EDX}) {
            text.append(' ').append(Integer.toHexString(r[register]));
        }
        return text.substring(1);
    }

    @Test
    void portsByPrivilegeAndBitmap() {
        for (int cpl = 0; cpl < 4; cpl++) {
            for (int iopl = 0; iopl < 4; iopl++) {
                bench.reset(cpl);
                bench.state.eflags = 2 | iopl << 12;
                bench.state.gpr[Cpu.EDX] = 0x60;
                assertEquals(cpl <= iopl ? "-" : "13:0", outcomeOf(0xEE), "no bitmap: cpl " + cpl + " iopl " + iopl);
            }
        }
        bench.reset(3);
        bench.write16(SystemBench.TSS + 0x66, 0x68);
        for (int i = 0; i < 0x100; i++) {
            bench.memory.write(SystemBench.TSS + 0x68 + i, 1, 0xFF);
        }
        bench.memory.write(SystemBench.TSS + 0x68 + 0x0C, 1, 0x0F); // 64h to 67h open
        bench.memory.write(SystemBench.TSS + 0x68 + 0x0D, 1, 0xFE); // 68h open
        Object[][] cases = {
            {0x64, 1, true},
            {0x67, 1, true},
            {0x63, 1, false},
            {0x69, 1, false},
            {0x64, 4, true},
            {0x65, 4, true},
            {0x66, 4, false},
            {0x67, 2, true},
            {0x68, 2, false},
            {0x63, 2, false},
            {0xFFFF, 1, false}
        };
        for (Object[] c : cases) {
            bench.state.gpr[Cpu.EDX] = (Integer) c[0];
            int size = (Integer) c[1];
            int[] in = size == 1 ? bytes(0xEC) : size == 2 ? bytes(0x66, 0xED) : bytes(0xED);
            assertEquals((Boolean) c[2] ? "-" : "13:0", outcomeOf(in), c[0] + "/" + c[1]);
        }
        // The byte behind the last one must be inside too.
        bench.state.segments[Cpu.TR] = new SegmentState(SystemBench.TSS_SELECTOR, SystemBench.TSS, 0x68 + 0x0D, 0x8B);
        bench.state.gpr[Cpu.EDX] = 0x64;
        assertEquals("-", outcomeOf(0xEC));
        bench.state.segments[Cpu.TR] = new SegmentState(SystemBench.TSS_SELECTOR, SystemBench.TSS, 0x68 + 0x0C, 0x8B);
        assertEquals("13:0", outcomeOf(0xEC));
        bench.state.segments[Cpu.TR] = new SegmentState(SystemBench.TSS_SELECTOR, SystemBench.TSS, 0x2FF, 0x83);
        bench.write16(SystemBench.TSS + 2, 0x900);
        bench.write16(SystemBench.TSS + 4, SystemBench.data(0));
        bench.step(0xEC);
        assertEquals(SystemBench.handler(13), bench.after.eip, "a 16-bit TSS has no bitmap");
        bench.reset(0);
        bench.state = SystemBench.v86(3);
        bench.state.gpr[Cpu.EDX] = 0x64;
        bench.step(0xEC);
        assertEquals("13:0", bench.outcome(), "V86 mode asks the bitmap whatever IOPL is");
    }

    private String outcomeOf(int... instruction) {
        bench.step(instruction);
        return bench.outcome();
    }

    @Test
    void interruptFlagByIopl() {
        for (int cpl = 0; cpl < 4; cpl++) {
            for (int iopl = 0; iopl < 4; iopl++) {
                bench.reset(cpl);
                boolean allowed = cpl <= iopl;
                bench.state.eflags = 2 | iopl << 12;
                assertEquals(allowed ? "-" : "13:0", outcomeOf(0xFB));
                assertEquals(allowed, (bench.after.eflags & 0x200) != 0);
                bench.state.eflags = 0x202 | iopl << 12;
                assertEquals(allowed ? "-" : "13:0", outcomeOf(0xFA));
                if (allowed) {
                    assertEquals(0, bench.after.eflags & 0x200);
                }
            }
        }
    }

    @Test
    void popf() {
        for (int cpl = 0; cpl < 4; cpl++) {
            for (int iopl = 0; iopl < 4; iopl++) {
                bench.reset(cpl);
                bench.state.eflags = 2 | iopl << 12;
                bench.write32(SystemBench.stack(cpl), -1 & ~0x100);
                bench.step(0x9D);
                int expected = 0x24_4CD7 | iopl << 12 | (cpl <= iopl ? 0x200 : 0) | (cpl == 0 ? 0x3000 : 0);
                assertEquals(expected, bench.after.eflags, "cpl " + cpl + " iopl " + iopl);
                bench.step(0x66, 0x9D);
                assertEquals(expected & 0xFFFF, bench.after.eflags);
                assertEquals(SystemBench.stack(cpl) + 2, bench.after.gpr[Cpu.ESP]);
            }
        }
        bench.reset(0);
        bench.state.eflags = 0x3D_4ED7;
        bench.step(0x9C);
        assertEquals(0x3C_4ED7, bench.read32(bench.after.gpr[Cpu.ESP]), "PUSHF without RF");
    }

    /** Programs find a 486 and CPUID by toggling AC and ID. */
    @Test
    void identificationAndAlignmentFlagsToggle() {
        bench.state.gpr[0] = 0x24_0002;
        bench.program(0x50, 0x9D, 0x9C, 0x58); // push eax; popf; pushf; pop eax
        bench.run(4);
        assertEquals(0x24_0002, bench.after.gpr[0]);
        bench.state.gpr[0] = 2;
        bench.run(4);
        assertEquals(2, bench.after.gpr[0]);
    }

    @Test
    void virtualInterruptsInProtectedMode() {
        bench.reset(3);
        bench.state.cr4 = 2; // PVI
        assertEquals("-", outcomeOf(0xFB));
        assertEquals(0x8_0002, bench.after.eflags, "VIF");
        bench.state.eflags = 0x8_0202;
        assertEquals("-", outcomeOf(0xFA));
        assertEquals(0x202, bench.after.eflags);
        bench.state.eflags = 0x10_0002;
        assertEquals("13:0", outcomeOf(0xFB), "VIP");
        bench.reset(2);
        bench.state.cr4 = 2;
        assertEquals("13:0", outcomeOf(0xFB), "level 3 only");
    }

    @Test
    void icebpAndIntoAndInt3() {
        bench.reset(3);
        bench.idt(1, SystemBench.CODE0, 0x8E);
        bench.step(0xF1);
        assertEquals("1", bench.outcome(), "gate DPL does not matter");
        assertEquals(SystemBench.CODE + 1, bench.read32(bench.after.gpr[Cpu.ESP]));
        assertEquals(0xFFFF_0FF0, bench.after.dr[6]);
        bench.idt(3, SystemBench.CODE0, 0x8E);
        bench.step(0xCC);
        assertEquals("13:1a", bench.outcome());
        bench.idt(3, SystemBench.CODE0, 0xEE);
        bench.step(0xCC);
        assertEquals("3", bench.outcome());
        assertEquals(SystemBench.CODE + 1, bench.read32(bench.after.gpr[Cpu.ESP]));
        assertEquals(2, bench.read32(bench.after.gpr[Cpu.ESP] + 8), "RF clear: a trap");
        bench.state.eflags = 0x802;
        bench.step(0xCE);
        assertEquals("4", bench.outcome());
        assertEquals(SystemBench.CODE + 1, bench.read32(bench.after.gpr[Cpu.ESP]));
        bench.state.eflags = 2;
        bench.step(0xCE);
        assertEquals(SystemBench.CODE + 1, bench.after.eip);
    }

    @Test
    void haltedAndShutdownStatesAreKept() {
        bench.step(0xF4);
        assertTrue(bench.after.halted);
        assertFalse(bench.after.shutdown);
        assertEquals(SystemBench.CODE + 1, bench.after.eip);
    }
}
