package org.jeroboam.cpu.recompilerx64.lockstep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jeroboam.cpu.recompilerx64.LosingImages;
import org.jeroboam.hardware.cpu.CpuState;
import org.junit.jupiter.api.Test;

/**
 * The floating-point units in hot loops, where they change hands: when they may not be used, when an exception is
 * unmasked, when somebody looks at the pointers of the x87. Each scene ends on the interpreter with the same registers
 * and memory.
 */
class FloatingTest {
    private static final int TIMES = 2000;
    private static final int COUNT = Guest.DATA + 0x40;
    private static final int SUM = Guest.DATA + 0x60;
    private static final int WORD = Guest.DATA + 0x80;
    private static final int NUMBERS = Guest.DATA + 0x100;
    private static final int IMAGE = Guest.DATA + 0x800;
    private static final int OFFSET = 8;
    private static final int SELECTOR = 12;
    private static final int DATA_OFFSET = 16;
    private static final int DATA_SELECTOR = 20;
    private static final int NM = 7;
    private static final int GP = 13;
    private static final int PF = 14;
    private static final int MF = 16;
    private static final int XM = 19;
    private static final int HALT = 0x50;

    /** What is left of a machine, and where labels were. */
    private record End(CpuState state, byte[] data, Code code) {
        int at(int linear) {
            int at = linear - Guest.DATA;
            return data[at] & 0xFF | (data[at + 1] & 0xFF) << 8 | (data[at + 2] & 0xFF) << 16 | data[at + 3] << 24;
        }
    }

    private static End run(CoreUnderTest maker, Mode mode, Consumer<Scene> program) {
        try (Scene s = new Scene(maker, mode)) {
            s.state.cr0 |= 0x22; // NE and MP
            s.state.cr4 |= 0x600; // OSFXSR and OSXMMEXCPT
            s.write(COUNT, 0);
            s.write(SUM, 0);
            s.write(SUM + 4, 0);
            for (int i = 0; i < 32; i++) {
                s.write(NUMBERS + 4 * i, Float.floatToRawIntBits(1.5f + i));
            }
            program.accept(s);
            CpuState end = s.start().finish();
            byte[] data = new byte[0x1000];
            for (int i = 0; i < data.length; i++) {
                data[i] = (byte) s.memory.read(s.guest.physical(Guest.DATA + i), 1);
            }
            return new End(end, data, s.code);
        }
    }

    /** Plays on both cores. */
    private static End play(Mode mode, Consumer<Scene> program) {
        End expected = run(CoreUnderTest.INTERPRETER, mode, program);
        End found = run(CoreUnderTest.chosen(), mode, program);
        assertArrayEquals(Arrays.copyOf(expected.state.fxsave, 288), Arrays.copyOf(found.state.fxsave, 288));
        assertArrayEquals(expected.state.gpr, found.state.gpr);
        assertEquals(expected.state.eflags, found.state.eflags);
        assertArrayEquals(expected.data, found.data);
        return found;
    }

    /** {@code mov ecx, TIMES} and the label {@code top}. */
    private static Code loop(Scene s) {
        return s.code.with(TIMES, 0xB9).label("top");
    }

    /** {@code dec ecx; jnz top; int 50h}: HLT, and a handler that counts itself: what it does else comes next. */
    private static Code end(Scene s, int vector) {
        Code c = s.code.put(0x49)
                .near("top", 0x0F, 0x85)
                .put(0xCD, HALT)
                .label("halt")
                .put(0xF4);
        c.label("handler");
        s.gate(HALT, "halt").gate(vector, "handler");
        return c.with(COUNT, 0xFF, 0x05); // inc dword [COUNT]
    }

    private static final int[] ADD_X87 = {0xD8, 0xC1};
    private static final int[] ADD_MMX = {0x0F, 0xFC, 0xC1};
    private static final int[] ADD_SSE = {0x0F, 0x58, 0xC1};

    /** The same with a recompiler that lacks the mechanism: that must show. */
    private static void shown(CoreUnderTest off, Mode mode, Consumer<Scene> program) {
        End expected = play(mode, program);
        if (CoreUnderTest.recompiles()) {
            End found = run(off, mode, program);
            assertFalse(Arrays.equals(expected.state.gpr, found.state.gpr), "the loss does not show");
        }
    }

    /** Adds the pointers of an image to EBX. */
    private static Code addPointers(Code c, int image) {
        return c.with(image + OFFSET, 0x03, 0x1D)
                .with(image + SELECTOR, 0x03, 0x1D)
                .with(image + DATA_OFFSET, 0x03, 0x1D)
                .with(image + DATA_SELECTOR, 0x03, 0x1D)
                .with(image + 4, 0x03, 0x1D); // the opcode and the tags
    }

    private static final int FLUSH = 0x33;

    /** The last x87 instruction is known when the system is asked for something between it and FXSAVE. */
    @Test
    void pointersInImagesThatHotCodeWrites() {
        for (Mode mode : new Mode[] {Mode.PAGED_KERNEL, Mode.PAGED_USER}) {
            shown(LosingImages::withoutSavedPointers, mode, s -> {
                Code c = loop(s).with(NUMBERS, 0xD9, 0x05).with(SUM, 0xD9, 0x1D); // fld; fstp
                c.put(0xCD, FLUSH).with(IMAGE, 0x0F, 0xAE, 0x05); // int 33h: CR3; fxsave
                addPointers(c, IMAGE);
                end(s, NM);
            });
        }
    }

    @Test
    void fxsaveRightBehindAnX87Instruction() {
        shown(LosingImages::withoutSettling, Mode.PAGED_USER, s -> {
            Code c = loop(s).with(NUMBERS, 0xD9, 0x05).with(IMAGE, 0x0F, 0xAE, 0x05); // fld; fxsave
            addPointers(c, IMAGE).with(SUM, 0xD9, 0x1D).with(IMAGE, 0x0F, 0xAE, 0x05); // fstp; fxsave
            addPointers(c, IMAGE);
            end(s, NM);
        });
    }

    @Test
    void pointersInImagesThatHotCodeReads() {
        shown(LosingImages::withoutLoadedPointers, Mode.PAGED_KERNEL, s -> {
            s.code.with(IMAGE, 0x0F, 0xAE, 0x05); // fxsave
            s.code.with(IMAGE + OFFSET, 0xC7, 0x05).dword(0x1234_5678);
            s.code.with(IMAGE + SELECTOR, 0xC7, 0x05).dword(0xABCD_1234);
            s.code.with(IMAGE + DATA_OFFSET, 0xC7, 0x05).dword(0x8765_4321);
            s.code.with(IMAGE + DATA_SELECTOR, 0xC7, 0x05).dword(-1);
            s.code.with(IMAGE + 4, 0xC7, 0x05).dword(0xFFFF_5AA5);
            Code c = loop(s).with(NUMBERS, 0xD9, 0x05).with(SUM, 0xD9, 0x1D); // fld; fstp
            c.with(IMAGE, 0xFF, 0x05).with(IMAGE + 32, 0x01, 0x0D); // inc dword: the control word; add [ST0], ecx
            c.with(IMAGE, 0x80, 0x0D).put(0x3F); // or byte: all masked
            c.with(IMAGE, 0x0F, 0xAE, 0x0D).with(IMAGE + 0x200, 0x0F, 0xAE, 0x05); // fxrstor; fxsave
            addPointers(c, IMAGE + 0x200).with(IMAGE + 0x200, 0x03, 0x1D).with(IMAGE + 0x220, 0x03, 0x1D);
            end(s, NM);
        });
    }

    /** Reserved bits of MXCSR, operands that are not aligned, and pages that end: all of them faults in hot code. */
    @Test
    void imagesThatFault() {
        int end = Guest.READ_ONLY_PAGE << 12;
        int[][] changes = {
            {IMAGE, 24, 0x1_1F80},
            {IMAGE, 24, -1},
            {IMAGE + 8, 24, 0x1F80},
            {end - 0x100, 0, 0x37F},
            {end, 0, 0x37F},
            {IMAGE, 0, 0x377}
        };
        for (int[] change : changes) {
            int image = change[0];
            play(Mode.PAGED_KERNEL, s -> {
                s.state.cr0 |= 0x1_0000; // WP
                s.code.with(IMAGE, 0x0F, 0xAE, 0x05); // fxsave
                Code c = loop(s).put(0xF6, 0xC1, 7).shortly("on", 0x75); // test cl, 7; jnz
                c.with(IMAGE + change[1], 0xC7, 0x05).dword(change[2]).label("on"); // mov dword [...], n
                c.with(image, 0x0F, 0xAE, 0x0D).with(image, 0x0F, 0xAE, 0x05); // fxrstor; fxsave
                c.with(NUMBERS, 0xD8, 0x05).with(IMAGE, 0x0F, 0xAE, 0x05); // fadd; fxsave: as it was
                c.with(IMAGE + 24, 0xC7, 0x05)
                        .dword(0x1F80)
                        .with(IMAGE, 0x66, 0xC7, 0x05)
                        .word(0x37F);
                end(s, GP).put(0x83, 0x44, 0x24, 4, 7, 0x83, 0xC4, 4, 0xCF); // add dword [esp+4], 7; add esp, 4; iretd
                s.gate(PF, "handler");
            });
        }
    }

    /** Without CR0.TS nobody would know that the registers belong to another task. */
    @Test
    void registersThatTheSystemTakesAwayAndGivesBack() {
        for (int[] code : new int[][] {ADD_X87, ADD_MMX, ADD_SSE}) {
            End end = play(Mode.PAGED_KERNEL, s -> {
                s.code.put(0xDB, 0xE3).with(NUMBERS, 0xD9, 0x05).with(NUMBERS + 4, 0xD9, 0x05); // fninit; fld; fld
                s.code.with(NUMBERS, 0x0F, 0x28, 0x0D); // movaps xmm1
                Code c = loop(s).put(0xF6, 0xC1, 7).shortly("on", 0x75); // test cl, 7; jnz
                c.put(0x0F, 0x20, 0xC0, 0x83, 0xC8, 0x08, 0x0F, 0x22, 0xC0).label("on"); // cr0 |= TS
                c.put(code);
                c = end(s, NM).put(0x0F, 0x06); // clts
                c.with(IMAGE, 0x0F, 0xAE, 0x05).with(IMAGE + 160, 0x81, 0x05).dword(0x11); // fxsave; add dword
                c.with(IMAGE, 0x0F, 0xAE, 0x0D).put(0xCF); // fxrstor; iretd
            });
            assertEquals(TIMES / 8, end.at(COUNT));
        }
    }

    @Test
    void sseThatIsSwitchedOff() {
        End end = play(Mode.PAGED_KERNEL, s -> {
            Code c = loop(s).put(0x0F, 0x20, 0xE0, 0x88, 0xCA, 0x80, 0xE2, 2); // mov eax, cr4; mov dl, cl; and dl, 2
            c.put(0x80, 0xE4, 0xFD, 0x08, 0xD4, 0x0F, 0x22, 0xE0); // and ah, ~2; or ah, dl; mov cr4, eax
            c.put(0x0F, 0x58, 0xC1, 0x0F, 0x58, 0xC8); // addps, twice
            c = end(s, 6).put(0x80, 0xCC, 2, 0x0F, 0x22, 0xE0).put(0xCF); // or ah, 2; mov cr4, eax; iretd
        });
        assertEquals(TIMES / 2, end.at(COUNT));
    }

    @Test
    void anUnmaskedExceptionOfTheX87() {
        End end = play(Mode.PAGED_KERNEL, s -> {
            s.write(WORD, 0x037F);
            s.write(WORD + 4, 0x037B); // division by zero is unmasked
            s.code.put(0xDB, 0xE3, 0xD9, 0xE8, 0xD9, 0xEE); // fninit; fld1; fldz
            Code c = loop(s).put(0x89, 0xC8, 0x83, 0xE0, 4).with(WORD, 0xD9, 0xA8); // eax = ecx & 4; fldcw [eax + WORD]
            c.put(0xD9, 0xC1, 0xD8, 0xF1, 0xDD, 0xD8); // fld st1; fdiv st1; fstp st0
            c = end(s, MF).put(0xDB, 0xE2).with(WORD, 0xD9, 0x2D).put(0xCF); // fnclex; fldcw [WORD]; iretd
        });
        assertEquals(TIMES / 2, end.at(COUNT));
        assertEquals(0x037F, end.state.fxsave[0] & 0xFF | (end.state.fxsave[1] & 0xFF) << 8);
    }

    @Test
    void anUnmaskedExceptionOfSse() {
        End end = play(Mode.PAGED_KERNEL, s -> {
            s.write(WORD, 0x1F80);
            s.write(WORD + 4, 0x1D80);
            Code c = loop(s).put(0x0F, 0x57, 0xC9); // xorps xmm1, xmm1
            c.with(NUMBERS, 0x0F, 0x28, 0x05); // movaps xmm0
            c.put(0x89, 0xC8, 0x83, 0xE0, 4).with(WORD, 0x0F, 0xAE, 0x90); // eax = ecx & 4; ldmxcsr [eax + WORD]
            c.put(0xF3, 0x0F, 0x5E, 0xC1); // divss xmm0, xmm1
            c = end(s, XM).with(WORD, 0x0F, 0xAE, 0x15).put(0xCF); // ldmxcsr; iretd
        });
        assertEquals(TIMES / 2, end.at(COUNT));
        assertEquals(0x1F84, end.state.fxsave[24] & 0xFF | (end.state.fxsave[25] & 0xFF) << 8);
    }

    /** The pointers tell of the last instruction that completed, though the host's own know nothing of them. */
    @Test
    void pointersAtAFault() {
        End end = play(Mode.PAGED_USER, s -> {
            Code c = loop(s).put(0xDB, 0xE3).with(Guest.ABSENT_PAGE << 12, 0xBE); // fninit; mov esi, absent
            c.with(NUMBERS + 8, 0xBD).label("load").put(0x36, 0xD9, 0x45, 0x04); // mov ebp; fld dword [ss:ebp+4]
            c.label("last").put(0xD9, 0xE0).put(0xD9, 0x1E); // fchs; fstp dword [esi]
            c = end(s, PF).put(0x60); // pushad
            c.with(IMAGE, 0x0F, 0xAE, 0x05); // fxsave
            c.with(IMAGE + OFFSET, 0xA1).with(SUM, 0x01, 0x05); // mov eax; add [SUM], eax
            c.with(IMAGE + DATA_OFFSET, 0xA1).with(SUM + 4, 0x01, 0x05);
            c.put(0x61).with(NUMBERS + 0x80, 0xBE).put(0x83, 0xC4, 4, 0xCF); // popad; mov esi; add esp, 4; iretd
        });
        assertEquals(TIMES, end.at(COUNT));
        assertEquals(TIMES * end.code.of("last"), end.at(SUM));
        assertEquals(TIMES * (NUMBERS + 12), end.at(SUM + 4));
        Guest guest = new Guest(Mode.PAGED_USER, 1);
        assertEquals(guest.segments[Guest.CS].selector(), end.at(IMAGE + SELECTOR));
        assertEquals(guest.segments[Guest.SS].selector(), end.at(IMAGE + DATA_SELECTOR));
        assertEquals(NUMBERS + 0x80, dword(end.state.fxsave, DATA_OFFSET));
    }

    private static int dword(byte[] image, int at) {
        return image[at] & 0xFF
                | (image[at + 1] & 0xFF) << 8
                | (image[at + 2] & 0xFF) << 16
                | (image[at + 3] & 0xFF) << 24;
    }

    /** A loop that leaves the block of its x87 instructions, and whose last one is in another region. */
    @Test
    void pointersBehindOtherCode() {
        End end = play(Mode.PAGED_USER, s -> {
            Code c =
                    loop(s).put(0xDB, 0xE3).with(NUMBERS, 0x26, 0xD9, 0x05).near("function", 0xE8); // fninit; fld; call
            c.put(0x49).near("top", 0x0F, 0x85).put(0xCD, HALT).fillTo(Guest.CODE + 0x1000);
            c.label("function").label("last").put(0xD9, 0xC0).put(0x89, 0xC8, 0xC3); // fld st0; mov eax, ecx; ret
            c.label("halt").put(0xF4);
            s.gate(HALT, "halt");
        });
        assertEquals(end.code.of("last"), dword(end.state.fxsave, OFFSET));
        assertEquals(NUMBERS, dword(end.state.fxsave, DATA_OFFSET));
    }

    @Test
    void readsAcrossPages() {
        int[][] reads = {
            {0xF3, 0x0F, 0x6F, 0x06}, // movdqu xmm0, [esi]
            {0xDB, 0x2E, 0xDD, 0xD8}, // fld tbyte [esi]; fstp st0
            {0x0F, 0x6F, 0x06}, // movq mm0, [esi]
            {0x8B, 0x06, 0x01, 0xC3}, // mov eax, [esi]; add ebx, eax
            {0x66, 0x03, 0x1E}, // add bx, [esi]
            {0xFF, 0x36, 0x5A} // push dword [esi]; pop edx
        };
        for (int[] read : reads) {
            End end = play(Mode.PAGED_KERNEL, s -> {
                for (int i = -16; i < 16; i++) {
                    s.write(Guest.DATA + 0x1000 + i, 0x9E37_79B1 * i);
                }
                Code c = loop(s).put(0x89, 0xCE, 0x83, 0xE6, 0x0F); // mov esi, ecx; and esi, 15
                c.with(Guest.DATA + 0x1000 - 16, 0x81, 0xC6).put(read); // add esi
                c.put(0xF6, 0xC1, 0x3F).shortly("on", 0x75); // test cl, 63; jnz
                c.put(0x0F, 0x20, 0xD8, 0x0F, 0x22, 0xD8).label("on"); // mov eax, cr3; mov cr3, eax
                end(s, PF).put(0xF4);
            });
            assertEquals(0, end.at(COUNT));
        }
    }

    @Test
    void readsAcrossTheEndOfWhatIsMapped() {
        End end = play(Mode.PAGED_KERNEL, s -> {
            Code c = loop(s).with((Guest.ABSENT_PAGE << 12) - 5, 0xBE); // mov esi
            c.put(0xF3, 0x0F, 0x6F, 0x06); // movdqu xmm0, [esi]
            c = end(s, PF).with(NUMBERS, 0xBE).put(0x83, 0xC4, 4, 0xCF); // mov esi, NUMBERS; add esp, 4; iretd
        });
        assertEquals(TIMES, end.at(COUNT));
        assertEquals(Guest.ABSENT_PAGE << 12, end.state.cr2);
    }

    @Test
    void operandsThatAreNotAligned() {
        int[][] accesses = {
            {0x0F, 0x28, 0x06}, // movaps xmm0, [esi]
            {0x0F, 0x29, 0x06}, // movaps [esi], xmm0
            {0x0F, 0x58, 0x06}, // addps xmm0, [esi]
            {0x66, 0x0F, 0xE7, 0x06} // movntdq [esi], xmm0
        };
        for (int[] access : accesses) {
            End end = play(Mode.PAGED_USER, s -> {
                Code c = loop(s).put(0x89, 0xCE, 0x83, 0xE6, 0x1F).with(NUMBERS, 0x81, 0xC6); // esi = NUMBERS + cl & 31
                c.put(access);
                end(s, GP).put(0x83, 0xE6, 0xF0, 0x83, 0xC4, 4, 0xCF); // and esi, ~15; add esp, 4; iretd
            });
            assertEquals(TIMES - TIMES / 16, end.at(COUNT));
        }
    }
}
