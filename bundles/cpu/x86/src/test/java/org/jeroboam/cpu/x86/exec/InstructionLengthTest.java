package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.jeroboam.hardware.cpu.SegmentState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Instructions of up to 15 bytes, and what comes first when there are more (Intel SDM volume 2, 2.3.11). */
class InstructionLengthTest {
    private static final int DIRECTORY = 0x6_0000;
    private static final int TABLE = 0x6_1000;
    private static final int PAGE_END = 0x1_1000;
    private static final int[] PREFIXES = {0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67, 0xF2, 0xF3};

    private final SystemBench bench = new SystemBench();

    @AfterEach
    void close() {
        bench.close();
    }

    private static int[] withPrefixes(int count, int prefix, int... instruction) {
        int[] code = new int[count + instruction.length];
        Arrays.fill(code, 0, count, prefix);
        System.arraycopy(instruction, 0, code, count, instruction.length);
        return code;
    }

    @Test
    void fifteenBytesExecuteAndSixteenDoNot() {
        int[][] instructions = {
            {0x90},
            {0x40},
            {0x89, 0xC8},
            {0x81, 0xC1, 1, 0, 0, 0},
            {0xF7, 0x05, 0, 0, 3, 0, 1, 0, 0, 0},
            {0x0F, 0xC8},
            {0xA4}
        };
        for (int[] instruction : instructions) {
            for (int prefix : PREFIXES) {
                for (int length = instruction.length; length < 20; length++) {
                    bench.state = SystemBench.flat(0);
                    bench.state.gpr[Cpu.ESI] = 0x3_0000;
                    bench.state.gpr[Cpu.EDI] = 0x3_0100;
                    bench.state.gpr[Cpu.ECX] = 1;
                    bench.step(withPrefixes(length - instruction.length, prefix, instruction));
                    // Prefixes that make it shorter or longer are not the point here.
                    boolean same = prefix != 0x66 && prefix != 0x67 || instruction.length < 6;
                    if (same) {
                        String what = Integer.toHexString(prefix) + " " + Integer.toHexString(instruction[0]);
                        assertEquals(length > 15 ? "13:0" : "-", bench.outcome(), what + " of " + length);
                    }
                }
            }
        }
    }

    private void pagedUpTo(int end) {
        bench.reset(0);
        bench.write32(DIRECTORY, TABLE | 7);
        for (int page = 0; page < 256; page++) {
            bench.write32(TABLE + 4 * page, page << 12 | (page << 12 == end ? 0 : 7));
        }
        bench.state.cr0 = 0x8000_0011;
        bench.state.cr3 = DIRECTORY;
    }

    /** The byte that makes it too long is not fetched. */
    @Test
    void theSixteenthByteIsNotFetched() {
        for (int prefixes = 1; prefixes < 20; prefixes++) {
            pagedUpTo(PAGE_END);
            bench.state.eip = PAGE_END - prefixes;
            bench.step(withPrefixes(prefixes, 0x3E));
            assertEquals(prefixes < 15 ? "14:0" : "13:0", bench.outcome(), prefixes + " prefixes");
            if (prefixes < 15) {
                assertEquals(PAGE_END, bench.after.cr2);
            }
            assertEquals(PAGE_END - prefixes, bench.read32(bench.after.gpr[Cpu.ESP] + 4));
        }
    }

    @Test
    void anInstructionMayEndAtTheLimitOfItsSegment() {
        for (int length = 1; length < 16; length++) {
            for (int missing = 0; missing < 2; missing++) {
                bench.reset(0);
                int last = SystemBench.CODE + length - 1 - missing;
                bench.state.segments[Cpu.CS] = new SegmentState(SystemBench.CODE0, 0, last, 0x409B);
                bench.step(withPrefixes(length - 1, 0x3E, 0x40));
                assertEquals(missing == 0 ? "-" : "13:0", bench.outcome(), length + " bytes");
            }
        }
    }
}
