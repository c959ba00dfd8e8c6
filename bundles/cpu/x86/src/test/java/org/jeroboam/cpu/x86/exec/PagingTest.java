package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Arrays;
import org.jeroboam.hardware.cpu.CpuState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Page tables of all formats, rights, error codes, accessed and dirty bits, flushes, restartable accesses. */
class PagingTest {
    private static final int DIRECTORY = 0x6_0000;
    private static final int TABLE = 0x6_1000;
    private static final int TEST_TABLE = 0x6_2000;
    private static final int POINTERS = 0x6_3000;
    private static final int OTHER_DIRECTORY = 0x6_4000;
    /** A linear region of 4 MiB (2 MiB under PAE) for the tests, of one-page pieces. */
    private static final int TEST = 0x4000_0000;

    private static final int PRESENT = 1;
    private static final int WRITABLE = 2;
    private static final int USER = 4;
    private static final int ACCESSED = 0x20;
    private static final int DIRTY = 0x40;
    private static final int LARGE = 0x80;
    private static final int GLOBAL = 0x100;
    private static final int PG_WP = 0x8001_0011;

    private SystemBench bench;
    private CpuState after;

    @BeforeEach
    void start() {
        bench = new SystemBench();
        for (int page = 0; page < 256; page++) {
            bench.write32(TABLE + 4 * page, page << 12 | PRESENT | WRITABLE | USER);
        }
        bench.write32(DIRECTORY, TABLE | PRESENT | WRITABLE | USER);
        bench.write32(DIRECTORY + (TEST >>> 22) * 4, TEST_TABLE | PRESENT | WRITABLE | USER);
        use(0);
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    /** A fresh state at a privilege level with paging on. */
    private void use(int level) {
        bench.state = SystemBench.flat(level);
        bench.state.cr0 = PG_WP;
        bench.state.cr3 = DIRECTORY;
        bench.state.cr4 = 0;
        bench.state.gpr[Cpu.ESI] = TEST;
        bench.state.gpr[Cpu.EAX] = 0x1122_3344;
    }

    private void map(int page, int frame, int bits) {
        bench.write32(TEST_TABLE + 4 * page, frame << 12 | bits);
    }

    private int entry(int page) {
        return bench.read32(TEST_TABLE + 4 * page);
    }

    private CpuState step(int... code) {
        bench.program(code);
        after = bench.run(1);
        return after;
    }

    private void expectFault(String what, int error, int address) {
        assertEquals("14:" + Integer.toHexString(error), bench.outcome(), what);
        assertEquals(address, after.cr2, what + ": CR2");
    }

    private void load() {
        step(0x8B, 0x0E); // mov ecx, [esi]
    }

    private void store() {
        step(0x89, 0x06); // mov [esi], eax
    }

    private void modify() {
        step(0x01, 0x06); // add [esi], eax
    }

    @Test
    void translatesAndMarksEntries() {
        map(0, 0x80, PRESENT | WRITABLE | USER);
        bench.write32(0x8_0000, 0x5566_7788);
        load();
        assertEquals(0x5566_7788, after.gpr[Cpu.ECX]);
        assertEquals(ACCESSED, entry(0) & (ACCESSED | DIRTY));
        store();
        assertEquals(0x1122_3344, bench.read32(0x8_0000));
        assertEquals(ACCESSED | DIRTY, entry(0) & (ACCESSED | DIRTY));
        int directoryEntry = bench.read32(DIRECTORY + (TEST >>> 22) * 4);
        assertEquals(ACCESSED, directoryEntry & (ACCESSED | DIRTY), "no D in a directory entry");
    }

    @Test
    void aWriteAfterAReadOfTheSamePageSetsDirty() {
        map(0, 0x80, PRESENT | WRITABLE | USER);
        bench.program(0x8B, 0x0E, 0x89, 0x06); // mov ecx, [esi]; mov [esi], eax
        after = bench.run(2);
        assertEquals(ACCESSED | DIRTY, entry(0) & (ACCESSED | DIRTY));
    }

    @Test
    void faultsTellWhy() {
        load();
        expectFault("read, not present", 0, TEST);
        store();
        expectFault("write, not present", 2, TEST);
        modify();
        expectFault("a read-modify-write faults as a write", 2, TEST);
        map(0, 0x80, PRESENT | USER);
        store();
        expectFault("supervisor write to a read-only page with WP", 3, TEST);
        assertEquals(0, bench.read32(0x8_0000));
        use(3);
        load();
        assertEquals("-", bench.outcome());
        store();
        expectFault("user write to a read-only page", 7, TEST);
        map(0, 0x80, PRESENT | WRITABLE);
        use(3);
        load();
        expectFault("user read of a supervisor page", 5, TEST);
        map(0, 0, 0);
        use(3);
        load();
        expectFault("user read, not present", 4, TEST);
    }

    @Test
    void rightsOfBothLevelsMustAllow() {
        map(0, 0x80, PRESENT | WRITABLE | USER);
        bench.write32(DIRECTORY + (TEST >>> 22) * 4, TEST_TABLE | PRESENT | WRITABLE);
        use(3);
        load();
        expectFault("supervisor directory entry", 5, TEST);
        bench.write32(DIRECTORY + (TEST >>> 22) * 4, TEST_TABLE | PRESENT | USER);
        store();
        expectFault("read-only directory entry", 7, TEST);
    }

    @Test
    void withoutWpTheSupervisorWritesAnywhere() {
        map(0, 0x80, PRESENT);
        bench.state.cr0 &= ~Cpu.CR0_WP;
        store();
        assertEquals("-", bench.outcome());
        assertEquals(0x1122_3344, bench.read32(0x8_0000));
        assertEquals(ACCESSED | DIRTY, entry(0) & (ACCESSED | DIRTY));
    }

    @Test
    void anInstructionFetchFaultsAtItsOwnAddress() {
        bench.state.eip = TEST;
        bench.core.load(bench.state);
        bench.core.run(1);
        after = bench.core.save();
        bench.after = after;
        expectFault("fetch", 0, TEST);
        assertEquals(TEST, bench.read32(after.gpr[Cpu.ESP] + 4), "EIP pushed");
    }

    @Test
    void anInstructionOverTwoPagesFaultsOnTheSecond() {
        map(0, 0x80, PRESENT | WRITABLE | USER);
        bench.state.eip = TEST + 0xFFE;
        bench.memory.write(0x8_0FFE, 2, 0x80C7); // first bytes of mov dword [eax+disp32], imm32
        bench.core.load(bench.state);
        bench.core.run(1);
        after = bench.core.save();
        bench.after = after;
        expectFault("second page of an instruction", 0, TEST + 0x1000);
        assertEquals(TEST + 0xFFE, bench.read32(after.gpr[Cpu.ESP] + 4), "EIP pushed");
        map(1, 0x82, PRESENT | WRITABLE | USER); // not the neighbour
        bench.memory.write(0x8_0FFE, 1, 0xB8); // mov eax, imm32
        bench.memory.write(0x8_0FFF, 1, 0x11);
        bench.memory.write(0x8_2000, 4, 0x9044_3322);
        bench.core.load(bench.state);
        bench.core.run(2);
        after = bench.core.save();
        bench.after = after;
        assertEquals(0x4433_2211, after.gpr[Cpu.EAX]);
        assertEquals(TEST + 0x1004, after.eip);
    }

    @Test
    void accessesOverTwoPagesAreAllOrNothing() {
        map(0, 0x80, PRESENT | WRITABLE | USER);
        map(1, 0x90, PRESENT | USER);
        bench.state.gpr[Cpu.ESI] = TEST + 0xFFD;
        store();
        expectFault("second page", 3, TEST + 0x1000);
        assertEquals(0, bench.read32(0x8_0FFD) & 0xFF_FFFF, "nothing of the first page was written");
        modify();
        expectFault("second page", 3, TEST + 0x1000);
        bench.state.gpr[Cpu.ESP] = TEST + 0x1002;
        step(0x50); // push eax: four bytes at TEST + FFEh; the handler's stack is gone with it
        assertEquals(true, after.shutdown, "a fault on the stack that the handler needs");
        map(1, 0x90, PRESENT | WRITABLE | USER);
        bench.state.gpr[Cpu.ESP] = SystemBench.stack(0);
        store();
        assertEquals(0x22_3344, bench.read32(0x8_0FFD) & 0xFF_FFFF);
        assertEquals(0x11, bench.read8(0x9_0000));
        load();
        assertEquals(0x1122_3344, after.gpr[Cpu.ECX]);
    }

    @Test
    void aRunOfPushesOrPopsFaultsInItsMiddle() {
        map(1, 0x90, PRESENT | WRITABLE | USER);
        use(3);
        bench.state.gpr[Cpu.ESP] = TEST + 0x1008;
        bench.program(0x50, 0x51, 0x52, 0x53); // push eax, ecx, edx, ebx
        after = bench.run(3);
        expectFault("third push", 6, TEST + 0xFFC);
        assertEquals(SystemBench.CODE + 2, bench.read32(after.gpr[Cpu.ESP] + 4), "EIP pushed");
        assertEquals(TEST + 0x1000, bench.read32(after.gpr[Cpu.ESP] + 16), "ESP pushed");
        assertEquals(0x1122_3344, bench.read32(0x9_0004));
        map(0, 0x80, PRESENT | WRITABLE | USER);
        map(1, 0, 0);
        bench.write32(0x8_0FF8, 0xAA);
        bench.write32(0x8_0FFC, 0xBB);
        bench.state.gpr[Cpu.ESP] = TEST + 0xFF8;
        bench.program(0x58, 0x59, 0x5A, 0x5B); // pop eax, ecx, edx, ebx
        after = bench.run(3);
        expectFault("third pop", 4, TEST + 0x1000);
        assertEquals(SystemBench.CODE + 2, bench.read32(after.gpr[Cpu.ESP] + 4), "EIP pushed");
        assertEquals(0xAA, after.gpr[Cpu.EAX]);
        assertEquals(0xBB, after.gpr[Cpu.ECX]);
        assertEquals(0x3333_3333, after.gpr[Cpu.EDX]);
    }

    @Test
    void fourMegabytePages() {
        bench.state.cr4 = Cpu.CR4_PSE;
        int slot = DIRECTORY + (TEST >>> 22) * 4;
        bench.write32(slot, PRESENT | WRITABLE | LARGE);
        bench.write32(0x8_0004, 0xABCD);
        bench.state.gpr[Cpu.ESI] = TEST + 0x8_0004;
        load();
        assertEquals(0xABCD, after.gpr[Cpu.ECX]);
        assertEquals(ACCESSED, bench.read32(slot) & (ACCESSED | DIRTY));
        store();
        assertEquals(0x1122_3344, bench.read32(0x8_0004));
        assertEquals(ACCESSED | DIRTY, bench.read32(slot) & (ACCESSED | DIRTY));
        bench.write32(slot, PRESENT | WRITABLE | LARGE | 1 << 21);
        load();
        expectFault("reserved bit of a 4 MiB page", 9, TEST + 0x8_0004);
    }

    @Test
    void withoutPseTheSizeBitMeansNothing() {
        int slot = DIRECTORY + (TEST >>> 22) * 4;
        bench.write32(slot, TEST_TABLE | PRESENT | WRITABLE | LARGE);
        map(0, 0x80, PRESENT | WRITABLE);
        bench.write32(0x8_0000, 77);
        load();
        assertEquals(77, after.gpr[Cpu.ECX]);
    }

    private void usePae() {
        bench.state.cr4 = Cpu.CR4_PAE;
        bench.state.cr3 = POINTERS;
        bench.state.pdpte = new long[] {DIRECTORY | PRESENT, 0x6_4000 | PRESENT, 0, 0};
        for (int page = 0; page < 256; page++) {
            bench.write32(TABLE + 8 * page, page << 12 | PRESENT | WRITABLE | USER);
            bench.write32(TABLE + 8 * page + 4, 0);
        }
        bench.write32(DIRECTORY, TABLE | PRESENT | WRITABLE | USER);
        bench.write32(DIRECTORY + 4, 0);
        bench.write32(0x6_4000, 0x6_5000 | PRESENT | WRITABLE | USER);
        bench.write32(0x6_5000, 0x8_0000 | PRESENT | WRITABLE | USER);
    }

    @Test
    void physicalAddressExtension() {
        usePae();
        bench.write32(0x8_0000, 0x99);
        load();
        assertEquals(0x99, after.gpr[Cpu.ECX]);
        store();
        assertEquals(ACCESSED | DIRTY, bench.read32(0x6_5000) & (ACCESSED | DIRTY));
        bench.state.gpr[Cpu.ESI] = 0x8000_0000;
        load();
        expectFault("absent directory pointer", 0, 0x8000_0000);
        bench.state.gpr[Cpu.ESI] = TEST;
        bench.write32(0x6_5004, 0x10); // above 36 bits
        load();
        expectFault("reserved bit", 9, TEST);
        bench.write32(0x6_5004, 1); // 4 GiB: nothing is there
        load();
        assertEquals(-1, after.gpr[Cpu.ECX]);
    }

    @Test
    void twoMegabytePages() {
        usePae();
        bench.write32(0x6_4000, PRESENT | WRITABLE | LARGE);
        bench.write32(0x8_0010, 0x4321);
        bench.state.gpr[Cpu.ESI] = TEST + 0x8_0010;
        load();
        assertEquals(0x4321, after.gpr[Cpu.ECX]);
        store();
        assertEquals(ACCESSED | DIRTY, bench.read32(0x6_4000) & (ACCESSED | DIRTY));
        bench.write32(0x6_4000, PRESENT | WRITABLE | LARGE | 1 << 13);
        load();
        expectFault("reserved bit of a 2 MiB page", 9, TEST + 0x8_0010);
    }

    /**
     * Reads [esi] twice with an instruction in between that may flush, after the mapping was changed by the first
     * access.
     */
    private CpuState twice(int... between) {
        int[] code = new int[between.length + 12];
        int at = 0;
        // mov ecx, [esi]; mov [edi], ebx: ebx becomes the new entry; ... ; mov edx, [esi]
        for (int b : new int[] {0x8B, 0x0E, 0x89, 0x1F}) {
            code[at++] = b;
        }
        for (int b : between) {
            code[at++] = b;
        }
        code[at++] = 0x8B;
        code[at++] = 0x16;
        bench.write32(0x8_0000, 1);
        bench.write32(0x9_0000, 2);
        bench.state.gpr[Cpu.EDI] = TEST_TABLE;
        bench.program(code);
        after = bench.run(3 + (between.length + 2) / 3);
        return after;
    }

    @Test
    void flushesAreHonoured() {
        map(0, 0x80, PRESENT | WRITABLE);
        bench.state.gpr[Cpu.EBX] = 0x9_0000 | PRESENT | WRITABLE;
        twice(0x0F, 0x01, 0x3E); // invlpg [esi]
        assertEquals(1, after.gpr[Cpu.ECX]);
        assertEquals(2, after.gpr[Cpu.EDX]);
        map(0, 0x80, PRESENT | WRITABLE);
        twice(0x0F, 0x20, 0xD8, 0x0F, 0x22, 0xD8); // mov eax, cr3; mov cr3, eax
        assertEquals(2, after.gpr[Cpu.EDX]);
    }

    @Test
    void globalPagesSurviveCr3ButNotInvlpgOrPge() {
        bench.state.cr4 = Cpu.CR4_PGE;
        map(0, 0x80, PRESENT | WRITABLE | GLOBAL);
        bench.state.gpr[Cpu.EBX] = 0x9_0000 | PRESENT | WRITABLE | GLOBAL;
        twice(0x0F, 0x20, 0xD8, 0x0F, 0x22, 0xD8);
        assertEquals(1, after.gpr[Cpu.EDX], "still the old page");
        map(0, 0x80, PRESENT | WRITABLE | GLOBAL);
        twice(0x0F, 0x01, 0x3E);
        assertEquals(2, after.gpr[Cpu.EDX]);
        map(0, 0x80, PRESENT | WRITABLE | GLOBAL);
        bench.state.gpr[Cpu.EAX] = 0;
        twice(0x0F, 0x22, 0xE0); // mov cr4, eax: PGE off
        assertEquals(2, after.gpr[Cpu.EDX]);
    }

    @Test
    void invlpgDropsAllOfALargePage() {
        bench.state.cr4 = Cpu.CR4_PSE;
        int slot = DIRECTORY + (TEST >>> 22) * 4;
        bench.write32(slot, PRESENT | WRITABLE | LARGE);
        bench.write32(0x8_0000, 1);
        map(0x80, 0x90, PRESENT | WRITABLE);
        bench.write32(0x9_0000, 2);
        bench.state.gpr[Cpu.ESI] = TEST + 0x8_0000;
        bench.state.gpr[Cpu.EDI] = slot;
        bench.state.gpr[Cpu.EBX] = TEST_TABLE | PRESENT | WRITABLE;
        bench.state.gpr[Cpu.EDX] = TEST;
        // mov ecx, [esi]; mov [edi], ebx; invlpg [edx]: another piece of the same page; mov edx, [esi]
        bench.program(0x8B, 0x0E, 0x89, 0x1F, 0x0F, 0x01, 0x3A, 0x8B, 0x16);
        after = bench.run(4);
        assertEquals(1, after.gpr[Cpu.ECX]);
        assertEquals(2, after.gpr[Cpu.EDX]);
    }

    @Test
    void invlpgEndsAnInstructionWhoseTailIsElsewhereNow() {
        int user = PRESENT | WRITABLE | USER;
        map(0, 0x80, user);
        map(1, 0x81, user);
        // A jump whose last three bytes lie in the second page, and are others in another frame.
        int behind = TEST + 0x1003;
        int first = SystemBench.CODE + 5 - behind;
        int second = SystemBench.CODE + 0x105 - behind;
        bench.memory.write(0x8_0FFE, 1, 0xE9);
        bench.memory.write(0x8_0FFF, 1, first);
        for (int i = 0; i < 3; i++) {
            bench.memory.write(0x8_1000 + i, 1, first >>> 8 + 8 * i);
            bench.memory.write(0x8_2000 + i, 1, second >>> 8 + 8 * i);
        }
        bench.state.gpr[Cpu.EBX] = 0x8_2000 | user;
        bench.state.gpr[Cpu.ESI] = TEST_TABLE + 4;
        bench.state.gpr[Cpu.EDI] = TEST + 0x1000;
        bench.state.gpr[Cpu.EDX] = TEST + 0xFFE;
        // 0: jmp TEST + FFEh; 5: mov [esi], ebx; invlpg [edi]; jmp edx
        int there = TEST + 0xFFE - (SystemBench.CODE + 5);
        bench.program(0xE9, there, there >> 8, there >> 16, there >> 24, 0x89, 0x1E, 0x0F, 0x01, 0x3F, 0xFF, 0xE2);
        after = bench.run(6);
        assertEquals(SystemBench.CODE + 0x105, after.eip);
    }

    /** A second address space like the first; {@code call TEST; mov cr3, ebx} and more. */
    private void callAndLeave(int... more) {
        for (int offset = 0; offset < 0x1000; offset += 4) {
            bench.write32(OTHER_DIRECTORY + offset, bench.read32(DIRECTORY + offset));
        }
        map(0, 0x80, PRESENT | WRITABLE);
        bench.memory.write(0x8_0000, 1, 0xC3); // ret
        bench.memory.write(0x9_0000, 1, 0x43); // inc ebx
        bench.memory.write(0x9_0001, 1, 0xC3);
        bench.state.gpr[Cpu.EBX] = OTHER_DIRECTORY;
        bench.state.gpr[Cpu.ECX] = DIRECTORY;
        bench.state.gpr[Cpu.EDI] = TEST_TABLE;
        int call = TEST - (SystemBench.CODE + 5);
        int[] code = {0xE8, call, call >> 8, call >> 16, call >> 24, 0x0F, 0x22, 0xDB};
        int[] all = Arrays.copyOf(code, code.length + more.length);
        System.arraycopy(more, 0, all, code.length, more.length);
        bench.program(all);
    }

    /** How many stamps a run used up, those for loading the state included. */
    private int stampsOf(int instructions) {
        int before = bench.core.cpu.code.spaces.newest;
        bench.run(instructions);
        return bench.core.cpu.code.spaces.newest - before;
    }

    @Test
    void invlpgOfDataLeavesLinksAlone() {
        callAndLeave(0x0F, 0x01, 0x3E); // invlpg [esi]
        assertEquals(stampsOf(2) + 1, stampsOf(3), "another address space");
        assertEquals(stampsOf(3), stampsOf(4), "there the page is no code");
    }

    @Test
    void anAddressSpaceComesBackWithItsLinks() {
        callAndLeave(0x0F, 0x22, 0xD9, 0x0F, 0x01, 0x3E); // mov cr3, ecx; invlpg [esi]
        assertEquals(stampsOf(3), stampsOf(4));
        assertEquals(stampsOf(4) + 1, stampsOf(5), "the page is code again");
    }

    @Test
    void anAddressSpaceWhoseCodeIsElsewhereComesBackWithoutLinks() {
        int[] entries = {
            0x9_0000 | PRESENT | WRITABLE | ACCESSED, 0x8_0000 | PRESENT | WRITABLE, 0x8_0000 | WRITABLE | ACCESSED
        };
        for (int entry : entries) {
            int[] stamps = new int[2];
            for (int i = 0; i < 2; i++) {
                callAndLeave(0x89, 0x07, 0x0F, 0x22, 0xD9); // mov [edi], eax; mov cr3, ecx
                bench.state.gpr[Cpu.EAX] = entry;
                stamps[i] = stampsOf(4 + i);
            }
            assertEquals(stamps[0] + 1, stamps[1], Integer.toHexString(entry));
        }
    }

    @Test
    void anAddressSpaceThatComesBackExecutesWhatIsThereNow() {
        // mov [edi], eax; mov cr3, ecx; call edx
        callAndLeave(0x89, 0x07, 0x0F, 0x22, 0xD9, 0xFF, 0xD2);
        bench.state.gpr[Cpu.EAX] = 0x9_0000 | PRESENT | WRITABLE | ACCESSED;
        bench.state.gpr[Cpu.EDX] = TEST;
        after = bench.run(7);
        assertEquals(OTHER_DIRECTORY + 1, after.gpr[Cpu.EBX]);
    }

    @Test
    void codeThatNobodyLinksToMakesRoom() {
        for (int offset = 0; offset < 0x1000; offset += 4) {
            bench.write32(0x8_0000 + offset, 0x9090_9090); // nop
        }
        bench.write32(0x8_1000, 0xE1FF); // jmp ecx
        int rounds = 120;
        for (int round = 0; round < rounds; round++) {
            map(3 * round, 0x80, PRESENT | WRITABLE);
            map(3 * round + 1, 0x80, PRESENT | WRITABLE);
            map(3 * round + 2, 0x81, PRESENT | WRITABLE);
        }
        // inc eax; mov cr3, eax: other address spaces with the same tables; add edx, 3000h; jmp edx
        bench.program(0x40, 0x0F, 0x22, 0xD8, 0x81, 0xC2, 0x00, 0x30, 0, 0, 0xFF, 0xE2);
        bench.state.gpr[Cpu.EAX] = DIRECTORY;
        bench.state.gpr[Cpu.ECX] = SystemBench.CODE;
        bench.state.gpr[Cpu.EDX] = TEST - 0x3000;
        bench.core.load(bench.state);
        PageCode first = null;
        for (int round = 0; round < rounds; round++) {
            bench.core.run(4 + 0x2000 + 1);
            PageCode view = bench.core.cpu.code.locate(SystemBench.CODE);
            first = first == null ? view : first;
            assertSame(first, view, "code in use stays");
        }
        assertEquals(TEST + 3 * (rounds - 1) * 0x1000, bench.core.save().gpr[Cpu.EDX]);
        assertEquals(SystemBench.CODE, bench.core.save().eip);
    }

    @Test
    void moreRightsNeedNoFlush() {
        bench.state.gpr[Cpu.EDI] = TEST_TABLE;
        bench.state.gpr[Cpu.EBX] = 0x8_0000 | PRESENT | WRITABLE;
        map(0, 0x80, PRESENT);
        bench.program(0x8B, 0x0E, 0x89, 0x1F, 0x89, 0x06); // mov ecx, [esi]; mov [edi], ebx; mov [esi], eax
        after = bench.run(3);
        assertEquals("-", bench.outcome());
        assertEquals(0x1122_3344, bench.read32(0x8_0000));
    }

    @Test
    void userAndSupervisorTablesAreApart() {
        map(0, 0x80, PRESENT | WRITABLE);
        bench.write32(0x8_0000, 5);
        // As supervisor, fill the TLB; then the same core in user mode must fault.
        bench.program(0x8B, 0x0E, 0xCF); // mov ecx, [esi]; iretd
        bench.state.segments[Cpu.DS] = SystemBench.flat(3).segments[Cpu.DS]; // IRET would empty one of level 0
        int[] frame = {SystemBench.CODE, SystemBench.code(3), 2, SystemBench.stack(3), SystemBench.data(3)};
        for (int i = 0; i < frame.length; i++) {
            bench.write32(SystemBench.stack(0) + 4 * i, frame[i]);
        }
        after = bench.run(3);
        assertEquals(5, after.gpr[Cpu.ECX]);
        expectFault("user read after a supervisor read", 5, TEST);
    }

    @Test
    void alignmentIsCheckedInUserModeOnly() {
        map(0, 0x80, PRESENT | WRITABLE | USER);
        use(3);
        bench.state.cr0 |= Cpu.CR0_AM;
        bench.state.eflags |= 1 << 18;
        bench.state.gpr[Cpu.ESI] = TEST + 2;
        load();
        assertEquals("17:0", bench.outcome());
        bench.state.gpr[Cpu.ESI] = TEST + 4;
        load();
        assertEquals("-", bench.outcome());
        use(0);
        bench.state.cr0 |= Cpu.CR0_AM;
        bench.state.eflags |= 1 << 18;
        bench.state.gpr[Cpu.ESI] = TEST + 2;
        load();
        assertEquals("-", bench.outcome());
    }
}
