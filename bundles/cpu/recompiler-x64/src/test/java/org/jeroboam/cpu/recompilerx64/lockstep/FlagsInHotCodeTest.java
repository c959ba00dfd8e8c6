package org.jeroboam.cpu.recompilerx64.lockstep;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Flags that nothing but a fault in hot code shows: what the handler of #PF finds on its stack, summed up in ESI. */
class FlagsInHotCodeTest {
    private static final int TIMES = 300;
    private static final int ABSENT = Guest.ABSENT_PAGE << 12;
    private static final int CF = 1;
    private static final int PF = 4;
    private static final int AF = 16;
    private static final int ZF = 64;
    private static final int SF = 128;
    private static final int OF = 2048;

    /** Runs instructions before an access that faults, on both cores. */
    private static void shows(int flags, int operand, int... instructions) {
        int expected = flags == -1 ? sum(CoreUnderTest.INTERPRETER, operand, instructions) : TIMES * (flags | 2);
        assertEquals(expected, sum(CoreUnderTest.INTERPRETER, operand, instructions));
        assertEquals(expected, sum(CoreUnderTest.chosen(), operand, instructions));
    }

    private static int sum(CoreUnderTest core, int operand, int... instructions) {
        try (Scene s = new Scene(core, Mode.PAGED_KERNEL)) {
            s.write(Guest.DATA, operand);
            Code c = s.code.with(TIMES, 0xB9).label("top");
            c.with(0x8000_0181, 0xB8); // mov eax, n
            c.with(0, 0xBA).put(instructions); // mov edx, 0
            c.with(ABSENT, 0x8B, 0x15); // mov edx, [absent]
            c.put(0x49).near("top", 0x0F, 0x85).put(0xF4); // dec ecx; jnz top; hlt
            c.label("fault").put(0x8B, 0x7C, 0x24, 0x0C); // mov edi, [esp + 12]
            c.put(0x81, 0xE7, 0xD7, 0x08, 0, 0, 0x01, 0xFE); // and edi, 8D7h; add esi, edi
            c.put(0x83, 0xC4, 0x04, 0x83, 0x04, 0x24, 0x06, 0xCF); // add esp, 4; add dword [esp], 6; iretd
            return s.gate(14, "fault").start().finish().gpr[6];
        }
    }

    @Test
    void ofAShift() {
        shows(CF | OF | PF, 0, 0xD1, 0xE8); // shr eax, 1: 400000C0h
        shows(CF, 0, 0xC1, 0xE8, 8); // shr eax, 8: 00800001h
        shows(SF | CF, 0, 0xC1, 0xF8, 8); // sar eax, 8: FF800001h
        shows(-1, 0, 0xC0, 0xE0, 3, 0x31, 0xC0, 0xC1, 0xE8, 4); // shl al, 3; xor eax, eax; shr eax, 4
        shows(-1, 0, 0xC0, 0xEC, 1); // shr ah, 1
        shows(-1, 0, 0x66, 0xC1, 0xE0, 7); // shl ax, 7
    }

    @Test
    void ofAShiftOfItsOwnCount() {
        shows(CF | OF | PF, 0, 0x89, 0xCB, 0xB9, 1, 0, 0, 0x80, 0xD3, 0xE9, 0x89, 0xD9); // shr ecx, cl: 80000001h
        shows(0, 0, 0x89, 0xCB, 0xB9, 0x46, 0, 0, 0x80, 0xD3, 0xE9, 0x89, 0xD9); // the same: 80000046h
    }

    @Test
    void ofAShiftWhoseCarryPassesSteps() {
        shows(-1, 0, 0xD1, 0xE8, 0x43); // shr eax, 1; inc ebx
        shows(-1, 0, 0xC1, 0xE0, 1, 0x4B, 0x4B); // shl eax, 1; dec ebx; dec ebx
        shows(-1, 0, 0xD1, 0xE8, 0x43, 0x0F, 0x92, 0xC3); // shr eax, 1; inc ebx; setc bl
    }

    @Test
    void ofAnOperandThatWasInMemory() {
        shows(ZF | PF, 0x8000_0181, 0x3B, 0x05, 0, 0, 3, 0, 0xB8, 1, 0, 0, 0); // cmp eax, [DATA]; mov eax, 1
        shows(CF | SF | AF, 0x8000_0184, 0x3B, 0x05, 0, 0, 3, 0); // cmp eax, [DATA]
        shows(-1, 77, 0x39, 0x05, 0, 0, 3, 0); // cmp [DATA], eax
        shows(-1, 77, 0x83, 0x3D, 0, 0, 3, 0, 99); // cmp dword [DATA], 99
        shows(-1, 0x7FFF_FFFF, 0x03, 0x05, 0, 0, 3, 0); // add eax, [DATA]
        shows(-1, 0x7FFF_FFFF, 0x2B, 0x05, 0, 0, 3, 0); // sub eax, [DATA]
        shows(-1, 0x7FFF_FFFF, 0x2B, 0x05, 0, 0, 3, 0, 0x43); // sub eax, [DATA]; inc ebx
    }

    /** DIV leaves the flags, and writes what was compared. */
    @Test
    void ofAComparisonBeforeADivision() {
        shows(PF | ZF, 3, 0xBD, 0, 0, 0, 0, 0x3B, 0xEA, 0x66, 0xF7, 0x35, 0, 0, 3, 0); // mov ebp, 0; cmp ebp, edx; div
        shows(PF | ZF, 3, 0xBD, 0, 0, 0, 0, 0x3B, 0xEA, 0xB3, 9, 0x66, 0x0F, 0xB6, 0xDB, 0x66, 0xF7, 0xF3);
    }

    @Test
    void ofABitTestAndAScan() {
        shows(-1, 0, 0x0F, 0xBA, 0xE0, 7); // bt eax, 7
        shows(-1, 0, 0x0F, 0xBC, 0xD8); // bsf ebx, eax
        shows(-1, 0, 0x0F, 0xBC, 0xDA); // bsf ebx, edx: of 0
        shows(-1, 0, 0xD1, 0xC0, 0x0F, 0x92, 0xC3); // rol eax, 1; setc bl
        shows(-1, 0, 0x0F, 0xBA, 0xE0, 7, 0x0F, 0x92, 0xC3, 0x31, 0xD2); // bt eax, 7; setc bl; xor edx, edx
    }
}
