package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.hardware.cpu.SegmentState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Device pages, read-only pages, dirty log, segment limits and string instructions. */
class MemoryAccessTest {
    private static final int DEVICE = 0x4_0000;

    private final List<String> accesses = new ArrayList<>();
    private SystemBench bench;

    @BeforeEach
    void start() {
        bench = new SystemBench();
        bench.memory.setDevice(DEVICE >> 12, new TestMemory.Device() {
            @Override
            public int read(long physical, int size) {
                accesses.add("r" + size + "@" + Long.toHexString(physical & 0xFFF));
                return 0x8765_4321 & -1 >>> 32 - 8 * size;
            }

            @Override
            public void write(long physical, int size, int value) {
                accesses.add("w" + size + "@" + Long.toHexString(physical & 0xFFF) + "=" + Integer.toHexString(value));
            }
        });
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    @Test
    void deviceAccessesKeepTheirSize() {
        bench.state.gpr[Cpu.ESI] = DEVICE;
        // mov al, [esi]; mov ax, [esi+2]; mov eax, [esi+4]; mov [esi+8], al; mov [esi+10], ax; mov [esi+12], eax
        bench.program(
                0x8A, 0x06, 0x66, 0x8B, 0x46, 2, 0x8B, 0x46, 4, 0x88, 0x46, 8, 0x66, 0x89, 0x46, 10, 0x89, 0x46, 12);
        bench.run(6);
        List<String> expected = List.of("r1@0", "r2@2", "r4@4", "w1@8=21", "w2@a=4321", "w4@c=87654321");
        assertEquals(expected, accesses.stream().map(MemoryAccessTest::trim).toList());
    }

    /** A device takes the low bytes of what it is given. */
    private static String trim(String access) {
        int at = access.indexOf('=');
        if (at < 0) {
            return access;
        }
        int digits = 2 * (access.charAt(1) - '0');
        String value = access.substring(at + 1);
        return access.substring(0, at + 1) + value.substring(Math.max(0, value.length() - digits));
    }

    @Test
    void aReadModifyWriteReadsOnceAndWritesOnce() {
        bench.state.gpr[Cpu.ESI] = DEVICE;
        bench.step(0xFF, 0x06); // inc dword [esi]
        assertEquals(List.of("r4@0", "w4@0=87654322"), accesses);
    }

    @Test
    void stringsReachDevicesElementByElement() {
        bench.state.gpr[Cpu.ESI] = DEVICE;
        bench.state.gpr[Cpu.EDI] = 0x3_0000;
        bench.state.gpr[Cpu.ECX] = 8;
        bench.program(0xF3, 0x66, 0xA5); // rep movsw
        bench.run(8);
        assertEquals(8, accesses.size());
        assertEquals("r2@e", accesses.get(7));
        assertEquals(0x4321_4321, bench.read32(0x3_000C));
    }

    @Test
    void writesToReadOnlyPagesVanish() {
        bench.write32(0x5_0000, 0x55);
        bench.memory.setReadOnly(0x50, true);
        bench.state.gpr[Cpu.EDI] = 0x5_0000;
        bench.program(0x89, 0x07, 0x01, 0x07, 0x8B, 0x0F); // mov [edi], eax; add [edi], eax; mov ecx, [edi]
        bench.run(3);
        assertEquals(0x55, bench.after.gpr[Cpu.ECX]);
        bench.memory.setReadOnly(0x50, false);
        bench.run(3);
        assertEquals(0x2222_2222, bench.after.gpr[Cpu.ECX]);
    }

    @Test
    void theDirtyLogSeesTheFirstWriteOfEachPage() {
        bench.state.gpr[Cpu.EDI] = 0x5_0000;
        bench.program(0x89, 0x07, 0xEB, 0xFC); // mov [edi], eax; jmp back
        bench.core.load(bench.state);
        bench.core.run(10);
        bench.memory.setDirtyLog(true);
        bench.core.run(10);
        assertTrue(bench.memory.takeDirty().get(0x50));
        assertTrue(bench.memory.takeDirty().isEmpty());
        bench.core.run(2);
        assertTrue(bench.memory.takeDirty().get(0x50));
    }

    @Test
    void limitsOfExpandUpAndExpandDownSegments() {
        bench.state.segments[Cpu.FS] = new SegmentState(0x20, 0x5_0000, 0xFFF, 0x4093);
        bench.state.segments[Cpu.GS] = new SegmentState(0x28, 0x5_0000, 0xFFF, 0x4097); // expand-down, big
        assertEquals("-", access(0x64, 0xFFC), "last doubleword");
        assertEquals("13:0", access(0x64, 0xFFD), "one byte beyond");
        assertEquals("13:0", access(0x64, -4), "far beyond");
        assertEquals("13:0", access(0x65, 0xFFF), "not above the limit");
        assertEquals("-", access(0x65, 0x1000), "first byte above");
        bench.state.segments[Cpu.GS] = new SegmentState(0x28, 0x5_0000, 0xFFF, 0x0097); // 16-bit bound
        assertEquals("-", access(0x65, 0xFFFC), "up to FFFFh");
        assertEquals("13:0", access(0x65, 0xFFFD), "beyond FFFFh");
        bench.state.segments[Cpu.FS] = new SegmentState(0x20, 0x5_0000, 0xFFF, 0x4091); // read-only
        assertEquals("13:0", access(0x64, 0), "write to a read-only segment");
        bench.state.segments[Cpu.FS] = new SegmentState(0, 0, 0, 0);
        assertEquals("13:0", access(0x64, 0), "null selector");
    }

    private String access(int prefix, int offset) {
        bench.state.gpr[Cpu.ESI] = offset;
        bench.step(prefix, 0x89, 0x06); // mov fs/gs:[esi], eax
        return bench.outcome();
    }

    @Test
    void overlappingCopiesRepeatThePattern() {
        bench.write32(0x3_0000, 0x0403_0201);
        bench.state.gpr[Cpu.ESI] = 0x3_0000;
        bench.state.gpr[Cpu.EDI] = 0x3_0003;
        bench.state.gpr[Cpu.ECX] = 9;
        bench.program(0xF3, 0xA4);
        bench.run(9);
        assertEquals(0x0103_0201, bench.read32(0x3_0000));
        assertEquals(0x0201_0302, bench.read32(0x3_0004));
        assertEquals(0x0302_0103, bench.read32(0x3_0008));
    }

    @Test
    void longCopiesAndFillsAreThoseOfTheirElements() {
        int[] distances = {-700, -64, -3, -1, 1, 3, 63, 64, 65, 700};
        int[] counts = {15, 16, 17, 31, 33, 64, 129, 500};
        for (int distance : distances) {
            for (int count : counts) {
                for (int size = 1; size <= 4; size *= 2) {
                    string(true, 0x3_1000, 0x3_1000 + distance, count, size);
                    string(false, 0x3_1000, 0x3_1000 + distance, count, size);
                }
            }
        }
    }

    /** MOVS or STOS over random bytes, compared with one element after the other. */
    private void string(boolean copy, int from, int to, int count, int size) {
        Random random = new Random(count);
        byte[] expected = new byte[0x3000];
        random.nextBytes(expected);
        int value = random.nextInt();
        for (int i = 0; i < expected.length; i++) {
            bench.memory.write(0x3_0000 + i, 1, expected[i]);
        }
        byte[] element = new byte[size];
        for (int i = 0; i < count; i++) {
            for (int b = 0; b < size; b++) {
                element[b] = copy ? expected[from - 0x3_0000 + i * size + b] : (byte) (value >>> 8 * b);
            }
            System.arraycopy(element, 0, expected, to - 0x3_0000 + i * size, size);
        }
        bench.state.gpr[Cpu.ESI] = from;
        bench.state.gpr[Cpu.EDI] = to;
        bench.state.gpr[Cpu.EAX] = value;
        bench.state.gpr[Cpu.ECX] = count;
        int opcode = (copy ? 0xA4 : 0xAA) | (size == 1 ? 0 : 1);
        if (size == 2) {
            bench.program(0x66, 0xF3, opcode);
        } else {
            bench.program(0xF3, opcode);
        }
        bench.run(count);
        String what = (copy ? "copy" : "fill") + " of " + count + " times " + size + " to " + Integer.toHexString(to);
        byte[] found = new byte[expected.length];
        for (int i = 0; i < found.length; i++) {
            found[i] = (byte) bench.memory.read(0x3_0000 + i, 1);
        }
        assertArrayEquals(expected, found, what);
        assertEquals(0, bench.after.gpr[Cpu.ECX], what);
    }

    @Test
    void copiesDownwards() {
        bench.write32(0x3_0000, 0x1111_1111);
        bench.write32(0x3_0004, 0x2222_2222);
        bench.state.gpr[Cpu.ESI] = 0x3_0004;
        bench.state.gpr[Cpu.EDI] = 0x3_0104;
        bench.state.gpr[Cpu.ECX] = 2;
        bench.state.eflags |= EFlags.DF;
        bench.program(0xF3, 0xA5);
        bench.run(2);
        assertEquals(0x1111_1111, bench.read32(0x3_0100));
        assertEquals(0x3_00FC, bench.after.gpr[Cpu.EDI] & 0xF_FFFF);
    }

    @Test
    void aFaultInARepeatedStringLeavesAStateToGoOnFrom() {
        bench.state.segments[Cpu.ES] = new SegmentState(0x20, 0, 0x3_1003, 0x4093);
        bench.state.gpr[Cpu.EDI] = 0x3_0F00;
        bench.state.gpr[Cpu.ECX] = 1000;
        bench.program(0xF3, 0xAB); // rep stosd
        bench.core.load(bench.state);
        long retired = bench.core.run(66); // 65 doublewords fit, the next faults and counts
        bench.after = bench.core.save();
        assertEquals(66, retired);
        assertEquals("13:0", bench.outcome());
        assertEquals(0x3_1004, bench.after.gpr[Cpu.EDI]);
        assertEquals(1000 - 65, bench.after.gpr[Cpu.ECX]);
        assertEquals(SystemBench.CODE, bench.read32(bench.after.gpr[Cpu.ESP] + 4));
    }

    @Test
    void aRepeatOfNothingDoesNothing() {
        bench.state.gpr[Cpu.EDI] = -1;
        bench.state.gpr[Cpu.ECX] = 0;
        bench.state.eflags |= EFlags.ZF;
        bench.step(0xF2, 0xAE); // repne scasb
        assertEquals(SystemBench.CODE + 2, bench.after.eip);
        assertEquals(-1, bench.after.gpr[Cpu.EDI]);
    }

    @Test
    void sixteenBitAddressesWrapInTheirSegment() {
        bench.state = SystemBench.real();
        bench.state.segments[Cpu.ES] = new SegmentState(0x3000, 0x3_0000, 0xFFFF, 0x93);
        bench.state.gpr[Cpu.EDI] = 0xABCD_FFFE;
        bench.state.gpr[Cpu.ECX] = 0x1234_0004;
        bench.state.gpr[Cpu.EAX] = 0x7711;
        bench.program(0xF3, 0xAA); // rep stosb
        bench.run(4);
        assertEquals(0x1111, bench.memory.read(0x3_FFFE, 2));
        assertEquals(0x1111, bench.memory.read(0x3_0000, 2));
        assertEquals(0xABCD_0002, bench.after.gpr[Cpu.EDI]);
        assertEquals(0x1234_0000, bench.after.gpr[Cpu.ECX]);
    }

    @Test
    void popToMemoryUsesTheNewStackPointer() {
        int stack = SystemBench.stack(0);
        bench.write32(stack, 0xABCD);
        bench.step(0x8F, 0x44, 0x24, 8); // pop dword [esp+8]
        assertEquals(0xABCD, bench.read32(stack + 12));
        assertEquals(stack + 4, bench.after.gpr[Cpu.ESP]);
        bench.state.gpr[Cpu.ESP] = stack;
        bench.step(0x54); // push esp
        assertEquals(stack, bench.read32(stack - 4));
        bench.write32(stack, 0x7777);
        bench.step(0x5C); // pop esp
        assertEquals(0x7777, bench.after.gpr[Cpu.ESP]);
    }
}
