package org.jeroboam.cpu.x86.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.cpu.SegmentState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@link OracleTest} has found, once more for hosts on which it does not run. */
class FoundByComparisonTest {
    private static final int DATA = 0x3_0000;

    private final SystemBench bench = new SystemBench(CpuModel.PM);

    @AfterEach
    void close() {
        bench.close();
    }

    /** The sum went to where the register pointed after the exchange. */
    @Test
    void exchangeAndAddThroughItsOwnRegister() {
        bench.write32(DATA, 0x100);
        bench.state.gpr[Cpu.ESI] = DATA;
        bench.step(0x0F, 0xC1, 0x36); // xadd [esi], esi
        assertEquals("-", bench.outcome());
        assertEquals(0x100, bench.after.gpr[Cpu.ESI]);
        assertEquals(DATA + 0x100, bench.read32(DATA));
    }

    @Test
    void exchangeAndAddOfARegisterWithItself() {
        bench.state.gpr[Cpu.ESI] = 3;
        bench.step(0x0F, 0xC1, 0xF6); // xadd esi, esi
        assertEquals(6, bench.after.gpr[Cpu.ESI]);
    }

    /** The whole chunk up to the page's end faulted, not the element behind the limit. */
    @Test
    void repetitionsStopAtTheElementBeyondTheLimit() {
        int[][] instructions = {{0xF3, 0xA4}, {0xF3, 0xA5}, {0xF3, 0xAA}, {0xF3, 0xAB}}; // rep movs, stos
        for (int[] instruction : instructions) {
            int size = (instruction[1] & 1) == 0 ? 1 : 4;
            bench.state = SystemBench.flat(0);
            bench.state.segments[Cpu.ES] = new SegmentState(SystemBench.DATA0, 0, DATA + 41, 0x4093);
            bench.state.gpr[Cpu.ECX] = 1000;
            bench.state.gpr[Cpu.ESI] = DATA + 0x800;
            bench.state.gpr[Cpu.EDI] = DATA;
            bench.program(instruction);
            bench.run(100);
            int done = 42 / size;
            assertEquals(1000 - done, bench.after.gpr[Cpu.ECX]);
            assertEquals(DATA + done * size, bench.after.gpr[Cpu.EDI]);
        }
    }

    /** Flat segments: what reaches beyond FFFFFFFFh is outside, as with any other limit. */
    @Test
    void nothingReachesAroundTheEndOfAFlatSegment() {
        int[][] forms = {
            {0x8B, 0x03}, // mov eax, [ebx]
            {0x89, 0x03},
            {0x66, 0x8B, 0x03},
            {0x01, 0x03}, // add [ebx], eax
            {0x3B, 0x03}, // cmp eax, [ebx]
            {0x0F, 0xB7, 0x03}, // movzx eax, word [ebx]
            {0xFF, 0x33}, // push dword [ebx]
            {0xFF, 0x13}, // call [ebx]
            {0xFF, 0x23}, // jmp [ebx]
            {0x0F, 0x6F, 0x03}, // movq mm0, [ebx]
            {0x0F, 0x10, 0x03}, // movups xmm0, [ebx]
            {0x0F, 0x11, 0x03},
            {0xDD, 0x03}, // fld qword [ebx]
            {0xA5}, // movsd
            {0xAB}, // stosd
        };
        for (int[] form : forms) {
            bench.state = SystemBench.flat(0);
            bench.state.cr4 = 0x200;
            bench.state.gpr[Cpu.EBX] = -1;
            bench.state.gpr[Cpu.ESI] = -1;
            bench.state.gpr[Cpu.EDI] = -1;
            bench.step(form);
            assertEquals("13:0", bench.outcome(), Integer.toHexString(form[0]));
            assertEquals(SystemBench.CODE, bench.read32(bench.after.gpr[Cpu.ESP] + 4));
            bench.state.gpr[Cpu.EBX] = DATA;
            bench.state.gpr[Cpu.ESI] = DATA;
            bench.state.gpr[Cpu.EDI] = DATA;
            bench.step(form);
            assertEquals("-", bench.outcome(), Integer.toHexString(form[0]));
        }
    }

    @Test
    void theStackSegmentHasItsOwnFault() {
        // The handler needs a stack: the fault is delivered to level 0 from level 3.
        bench.state = SystemBench.flat(3);
        bench.state.gpr[Cpu.EBP] = -2;
        bench.step(0x8B, 0x45, 0); // mov eax, [ebp]
        assertEquals("12:0", bench.outcome());
        bench.state.gpr[Cpu.ESP] = 2;
        bench.step(0x50); // push eax
        assertEquals("12:0", bench.outcome());
        assertEquals(2, bench.read32(bench.after.gpr[Cpu.ESP] + 16), "ESP is as it was");
        bench.state.gpr[Cpu.ESP] = -2;
        bench.step(0x58); // pop eax
        assertEquals("12:0", bench.outcome());
        bench.step(0xC3);
        assertEquals("12:0", bench.outcome());
    }

    /** Only a segment whose base is 0 ends there: others go on at linear address 0. */
    @Test
    void otherSegmentsWrapAroundTheAddressSpace() {
        bench.write32(0, 0x4433_2211);
        bench.state.segments[Cpu.FS] = new SegmentState(SystemBench.DATA0, -2, -1, SystemBench.FLAT_DATA);
        bench.state.gpr[Cpu.EBX] = 0;
        bench.step(0x64, 0x8B, 0x03); // mov eax, fs:[ebx]
        assertEquals("-", bench.outcome());
        assertEquals(0x2211_FFFF, bench.after.gpr[0]);
    }

    @Test
    void adjustPrivilegeWritesOnlyWhatItChanges() {
        bench.descriptor(SystemBench.TEST, 0, 0xFFFF, 0x4091); // read-only
        bench.state.segments[Cpu.FS] = new SegmentState(SystemBench.TEST, DATA, 0xFFFF, 0x4091);
        bench.memory.write(DATA, 2, 0x13);
        bench.state.gpr[Cpu.EBX] = 0;
        bench.state.gpr[0] = 2;
        bench.step(0x64, 0x63, 0x03); // arpl fs:[ebx], ax
        assertEquals("-", bench.outcome());
        bench.memory.write(DATA, 2, 0x11);
        bench.step(0x64, 0x63, 0x03);
        assertEquals("13:0", bench.outcome());
        assertEquals(0x11, bench.read16(DATA));
    }

    @Test
    void cacheLinesOfExecuteOnlyCodeMayBeFlushed() {
        bench.state.segments[Cpu.CS] = new SegmentState(SystemBench.CODE0, 0, -1, 0xC099);
        bench.state.gpr[Cpu.EBX] = DATA;
        bench.step(0x2E, 0x0F, 0xAE, 0x3B); // clflush cs:[ebx]
        assertEquals("-", bench.outcome());
        bench.step(0x2E, 0x8A, 0x03); // mov al, cs:[ebx]
        assertEquals("13:0", bench.outcome());
    }

    @Test
    void imagesOfTheFloatingPointUnitTakeNoPrefix() {
        bench.state.gpr[Cpu.EBX] = DATA;
        for (int prefix : new int[] {0x66, 0xF2, 0xF3}) {
            bench.step(prefix, 0x0F, 0xAE, 0x03); // fxsave
            assertEquals("6", bench.outcome());
            bench.step(prefix, 0x0F, 0xAE, 0x0B);
            assertEquals("6", bench.outcome());
        }
    }

    /** IRET under TF: the trap behind it shows RF as it was loaded. */
    @Test
    void theTrapBehindIretShowsTheResumeFlag() {
        bench.state.eflags |= 0x100;
        bench.write32(SystemBench.stack(0), SystemBench.CODE + 0x100);
        bench.write32(SystemBench.stack(0) + 4, SystemBench.CODE0);
        bench.write32(SystemBench.stack(0) + 8, 0x1_0002);
        bench.program(0xCF);
        bench.run(1);
        bench.core.run(1);
        bench.after = bench.core.save();
        assertEquals(SystemBench.handler(1) + 1, bench.after.eip);
        assertEquals(0x1_0002, bench.read32(bench.after.gpr[Cpu.ESP] + 8));
    }
}
