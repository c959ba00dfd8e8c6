package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.SegmentState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Code that is written while or after it ran, by the processor itself, through another address, and by others. */
class SelfModifyingCodeTest {
    private static final int CODE = SystemBench.CODE;

    private SystemBench bench;

    @BeforeEach
    void start() {
        bench = new SystemBench();
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void aWriteIntoTheNextInstructionOfTheSameLineCounts() {
        // mov byte [CODE+8], 7; mov eax, 1: the 1 is at CODE + 8
        bench.program(0xC6, 0x05, 8, 0, 1, 0, 7, 0xB8, 1, 0, 0, 0);
        assertEquals(7, bench.run(2).gpr[Cpu.EAX]);
    }

    @Test
    void aReadModifyWriteIntoTheNextInstructionCounts() {
        // inc byte [CODE+7]; mov eax, 1
        bench.program(0xFE, 0x05, 7, 0, 1, 0, 0xB8, 1, 0, 0, 0);
        assertEquals(2, bench.run(2).gpr[Cpu.EAX]);
    }

    @Test
    void aLoopThatPatchesItselfSeesEveryPatch() {
        // add ebx, 0 (its immediate grows: inc byte [CODE+2]); loop
        bench.program(0x83, 0xC3, 0, 0xFE, 0x05, 2, 0, 1, 0, 0xE2, 0xF5);
        bench.state.gpr[Cpu.EBX] = 0;
        bench.state.gpr[Cpu.ECX] = 200;
        CpuState after = bench.run(600);
        int sum = 0;
        for (int i = 0; i < 200; i++) {
            sum += (byte) i;
        }
        assertEquals(sum, after.gpr[Cpu.EBX]);
        assertEquals(CODE + 11, after.eip);
        assertEquals(600, after.retired);
    }

    @Test
    void aWriteBesideTheCodeInItsLineDropsNothing() {
        bench.program(0xFF, 0x05, 0x20, 0, 1, 0, 0xEB, 0xF8); // inc dword [CODE+20h]; jmp CODE
        bench.run(10);
        int stamp = bench.core.cpu.stamp;
        bench.core.run(1000);
        assertEquals(stamp, bench.core.cpu.stamp);
        assertEquals(505, bench.memory.read(CODE + 0x20, 4));
    }

    @Test
    void theAcceleratorGetsCodeLaterWhenItWasDroppedAgainAndAgain() {
        CodePage page = new CodePage(1);
        page.dropped();
        assertEquals(Entry.HOT, page.hot);
        for (int i = 1; i <= 3; i++) {
            page.accelerated = true;
            page.dropped();
            page.dropped();
            assertEquals(Entry.HOT << i, page.hot);
        }
        for (int i = 0; i < 40; i++) {
            page.accelerated = true;
            page.dropped();
        }
        assertEquals(Entry.HOT << 10, page.hot);
    }

    @Test
    void aWriteThroughAnotherLinearPageCounts() {
        // Paging: linear page 50h shows the code page 10h too.
        for (int page = 0; page < 256; page++) {
            bench.write32(0x6_1000 + 4 * page, page << 12 | 3);
        }
        bench.write32(0x6_1000 + 4 * 0x50, 0x1_0003);
        bench.write32(0x6_0000, 0x6_1003);
        bench.state.cr0 |= 1 << 31;
        bench.state.cr3 = 0x6_0000;
        bench.program(0xC6, 0x05, 8, 0, 5, 0, 7, 0xB8, 1, 0, 0, 0); // mov byte [50008h], 7; mov eax, 1
        assertEquals(7, bench.run(2).gpr[Cpu.EAX]);
    }

    @Test
    void stringInstructionsOverwriteCode() {
        // rep stosb over a mov eax, 1 further on in the page, which ran before
        bench.program(0xB8, 1, 0, 0, 0, 0xEB, 0x79); // mov eax, 1; jmp CODE + 80h
        bench.memory.write(CODE + 0x80, 4, 0x90909090);
        bench.core.load(bench.state);
        bench.core.run(3);
        bench.memory.write(CODE + 0x84, 2, 0xAAF3); // rep stosb
        bench.memory.write(CODE + 0x86, 2, 0xFEEB);
        CpuState s = bench.core.save();
        s.eip = CODE + 0x84;
        s.gpr[Cpu.EDI] = CODE;
        s.gpr[Cpu.ECX] = 5;
        s.gpr[Cpu.EAX] = 0x43; // inc ebx
        bench.core.load(s);
        bench.core.run(5);
        s = bench.core.save();
        assertEquals(0x4343_4343, bench.read32(CODE));
        s.eip = CODE;
        s.gpr[Cpu.EBX] = 0;
        bench.core.load(s);
        bench.core.run(5);
        assertEquals(5, bench.core.save().gpr[Cpu.EBX]);
    }

    /** Remembered code, and code that is not because the limit of its segment cuts the page. */
    @Test
    void aRepetitionThatOverwritesItselfEnds() {
        for (int[] code : new int[][] {{0xF3, 0xAA}, {0xF3, 0x6C}, {0xF3, 0xA4}}) { // rep stosb, insb, movsb
            for (int cut = 0; cut < 2; cut++) {
                String[] ends = new String[2];
                for (int way = 0; way < 2; way++) {
                    bench.reset(0);
                    bench.bus.reader = (port, size) -> 0x90;
                    if (cut == 1) {
                        bench.state.segments[Cpu.CS] = new SegmentState(SystemBench.CODE0, 0, CODE + 0x8FF, 0x409B);
                    }
                    bench.state.eip = CODE + 0x40;
                    bench.program(code);
                    bench.state.gpr[Cpu.EAX] = 0x90;
                    bench.state.gpr[Cpu.ECX] = 0x20;
                    bench.state.gpr[Cpu.ESI] = SystemBench.HANDLERS; // NOPs
                    bench.state.gpr[Cpu.EDI] = CODE + 0x38;
                    bench.core.load(bench.state);
                    for (int left = 16; left > 0; ) {
                        left -= (int) bench.core.run(way == 0 ? left : 1);
                    }
                    CpuState s = bench.core.save();
                    // The prefix became a NOP, and what is left is one element.
                    assertEquals(CODE + 0x42, s.gpr[Cpu.EDI]);
                    assertEquals(0x20 - 9, s.gpr[Cpu.ECX]);
                    ends[way] = s.eip + " " + s.gpr[Cpu.ECX] + " " + s.gpr[Cpu.EDI] + " " + bench.memory.hash();
                }
                assertEquals(ends[0], ends[1]);
            }
        }
    }

    @Test
    void codeWrittenByOthersIsNoticed() {
        bench.program(0xB8, 1, 0, 0, 0, 0xEB, 0xF9); // mov eax, 1; jmp back
        bench.core.load(bench.state);
        bench.core.run(100);
        bench.memory.write(CODE + 1, 1, 9); // as DMA does
        bench.core.run(2);
        assertEquals(9, bench.core.save().gpr[Cpu.EAX]);
    }

    @Test
    void aPortWriteMayChangeTheCodeBehindIt() {
        bench.bus.writer = (port, size, value) -> bench.memory.write(CODE + 3, 1, value);
        bench.program(0xE6, 0x80, 0xB8, 1, 0, 0, 0); // out 80h, al; mov eax, 1
        bench.state.gpr[Cpu.EAX] = 0x77;
        assertEquals(0x77, bench.run(2).gpr[Cpu.EAX]);
    }

    @Test
    void anInstructionOverTwoPagesFollowsBoth() {
        int at = 0x1_1FFE;
        bench.memory.write(at, 1, 0xB8); // mov eax, imm32
        bench.memory.write(at + 1, 4, 1);
        bench.memory.write(at + 5, 2, 0xF9EB); // jmp back
        bench.state.eip = at;
        bench.core.load(bench.state);
        bench.core.run(10);
        assertEquals(1, bench.core.save().gpr[Cpu.EAX]);
        bench.memory.write(at + 3, 1, 2); // in the second page
        bench.core.run(2);
        assertEquals(0x2_0001, bench.core.save().gpr[Cpu.EAX]);
        bench.memory.write(at + 1, 1, 5); // in the first
        bench.core.run(2);
        assertEquals(0x2_0005, bench.core.save().gpr[Cpu.EAX]);
    }

    @Test
    void pagesThatChangeTheirMeaningLoseTheirCode() {
        bench.program(0xB8, 1, 0, 0, 0, 0xEB, 0xF9);
        bench.core.load(bench.state);
        bench.core.run(100);
        bench.memory.setDevice(CODE >> 12, new TestMemory.Device() {
            @Override
            public int read(long physical, int size) {
                return 0x40; // inc eax, everywhere
            }

            @Override
            public void write(long physical, int size, int value) {
                throw new AssertionError("nobody writes");
            }
        });
        bench.core.run(3);
        assertEquals(4, bench.core.save().gpr[Cpu.EAX], "1, then three times INC EAX from the device");
        bench.memory.setDevice(CODE >> 12, null);
        CpuState s = bench.core.save();
        s.eip = CODE;
        bench.core.load(s);
        bench.core.run(2);
        assertEquals(1, bench.core.save().gpr[Cpu.EAX]);
    }

    @Test
    void codeSurvivesAndFollowsChangesOfCr3() {
        // Two address spaces that map linear page 50h to different frames; the loop switches between them.
        for (int space = 0; space < 2; space++) {
            int directory = 0x6_0000 + space * 0x2000;
            for (int page = 0; page < 256; page++) {
                bench.write32(directory + 0x1000 + 4 * page, page << 12 | 3);
            }
            bench.write32(directory + 0x1000 + 4 * 0x50, (0x70 + space) << 12 | 3);
            bench.write32(directory, directory + 0x1000 | 3);
            bench.memory.write((0x70 + space) << 12, 4, 0xC300_C383 | space + 1 << 16); // add ebx, space + 1; ret
        }
        bench.state.cr0 |= 1 << 31;
        bench.state.cr3 = 0x6_0000;
        bench.state.gpr[Cpu.EBX] = 0;
        bench.state.gpr[Cpu.ECX] = 50;
        bench.state.gpr[Cpu.EAX] = 0x6_0000;
        bench.state.gpr[Cpu.EDX] = 0x5_0000;
        // call edx; xor eax, 2000h; mov cr3, eax; loop
        bench.program(0xFF, 0xD2, 0x35, 0, 0x20, 0, 0, 0x0F, 0x22, 0xD8, 0xE2, 0xF4);
        CpuState after = bench.run(50 * 6);
        assertEquals(75, after.gpr[Cpu.EBX]);
        assertEquals(CODE + 12, after.eip);
    }

    @Test
    void realModeCodeAndDataInOneLineEndUncachedAndRight() {
        bench.state = SystemBench.real();
        // inc word [100h-ish data beside the code]; loop; the data lies in the same 64 bytes as the code
        bench.program(0x2E, 0xFF, 0x06, 0x20, 0x00, 0xE2, 0xF9); // inc word cs:[20h]; loop
        bench.state.gpr[Cpu.ECX] = 5000;
        CpuState after = bench.run(10_000);
        assertEquals(5000, bench.memory.read(0x1_0020, 2));
        assertEquals(7, after.eip);
    }

    @Test
    void theCacheIsBounded() {
        // More instructions in a row than the cache keeps: the first pages must have been given up.
        for (int at = 0x2_0000; at < 0xF_0000; at += 4) {
            bench.write32(at, 0x9090_9090);
        }
        bench.state.eip = 0x2_0000;
        CpuState after = bench.run(0xC_F000);
        assertEquals(0xE_F000, after.eip);
        assertEquals(0, bench.memory.codeLines(0x20));
        assertEquals(-1, bench.memory.codeLines(0xEE));
        bench.core.close();
        assertEquals(0, bench.memory.codeLines(0xEE), "marks go with the core");
    }
}
