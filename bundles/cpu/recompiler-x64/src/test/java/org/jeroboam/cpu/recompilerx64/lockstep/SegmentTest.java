package org.jeroboam.cpu.recompilerx64.lockstep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Consumer;
import org.jeroboam.cpu.recompilerx64.LosingSegments;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.SegmentState;
import org.junit.jupiter.api.Test;

/**
 * What segments and stacks of 16 bits need in generated code, one mechanism at a time. Each guest is also played with a
 * recompiler from which the mechanism was taken away; it then ends with something else.
 */
class SegmentTest {
    private static final int TIMES = 500;
    private static final int GENERAL_PROTECTION = 13;
    private static final int STACK = 0x4000;

    private static void shown(Mode mode, CoreUnderTest off, Consumer<Scene> play) {
        play(CoreUnderTest.chosen(), mode, play);
        if (CoreUnderTest.recompiles()) {
            assertThrows(AssertionError.class, () -> play(off, mode, play));
        }
    }

    private static void play(CoreUnderTest core, Mode mode, Consumer<Scene> play) {
        try (Scene scene = new Scene(core, mode)) {
            scene.state.gpr[4] = STACK;
            play.accept(scene);
        }
    }

    private static int offset(Scene s, String label) {
        return s.code.of(label) - Guest.CODE;
    }

    /** Lets an exception in real mode lead to a label. */
    private static void vector(Scene s, int vector, String label) {
        s.write(4 * vector, s.guest.selector(Guest.CS) << 16 | offset(s, label));
    }

    /** {@code mov cx, TIMES} and the label {@code top}. */
    private static Code loop(Scene s) {
        return s.code.put(0xB9).word(TIMES).label("top");
    }

    @Test
    void theEndOfASegmentIsMetInAHotLoop() {
        shown(Mode.REAL, LosingSegments::withoutLimits, s -> {
            s.code.put(0xBF).word(0xF000).label("top").put(0x8B, 0x05, 0x47); // mov di; mov ax, [di]; inc di
            s.code.shortly("top", 0xEB).label("fault").put(0xF4);
            vector(s, GENERAL_PROTECTION, "fault");
            assertEquals(0xFFFF, s.start().finish().gpr[7] & 0xFFFF);
        });
    }

    @Test
    void oneSegmentRegisterWithTwoBases() {
        CoreUnderTest off = (bus, model) -> LosingSegments.withFixedBase(bus, model, Guest.DATA);
        shown(Mode.PROTECTED_16, off, s -> {
            s.write(s.guest.base(Guest.ES), 1);
            s.write(s.guest.base(Guest.GS), 10);
            s.state.gpr[3] = 0;
            Code c = loop(s);
            for (int segment : new int[] {Guest.ES, Guest.GS}) {
                c.put(0xB8).word(s.guest.selector(segment)).put(0x8E, 0xC0); // mov ax, n; mov es, ax
                c.put(0x26, 0x03, 0x1E, 0, 0).put(0x26, 0x0B, 0x16, 0, 0); // add bx, es:[0]; or dx, es:[0]
            }
            c.shortly("top", 0xE2).put(0xF4); // loop; hlt
            assertEquals(11 * TIMES, s.start().finish().gpr[3]);
        });
    }

    @Test
    void aLoadInRealModeThatChangesMoreThanTheBase() {
        shown(Mode.REAL, LosingSegments::withoutAttributes, s -> {
            SegmentState es = s.state.segments[CpuState.ES];
            s.state.segments[CpuState.ES] = new SegmentState(es.selector(), es.base(), es.limit(), 0x97);
            Code c = loop(s);
            c.put(0x49).shortly("once", 0x74).put(0x01, 0xC3).shortly("top", 0xEB); // dec cx; jz; add bx, ax; jmp
            c.label("once").put(0xB8).word(0x3000).put(0x8E, 0xC0, 0xF4); // mov ax, n; mov es, ax; hlt
            assertEquals(0x93, s.start().finish().segments[CpuState.ES].attributes());
        });
    }

    @Test
    void theSameOffsetUnderTwoBasesOfTheCodeSegment() {
        shown(Mode.REAL, LosingSegments::withoutCodeBase, s -> {
            Code c = loop(s);
            c.put(0x9A)
                    .word(0x100)
                    .word(0x1000)
                    .put(0x9A)
                    .word(0x100)
                    .word(0x1800); // call far, twice: one place in the table
            c.shortly("top", 0xE2).put(0xF4);
            c.fillTo(Guest.CODE + 0x100).put(0x83, 0xC3, 1, 0xCB); // add bx, 1; retf
            s.write(Guest.CODE + 0x8100, 0xCB64_C383); // add bx, 100; retf
            assertEquals(101 * TIMES, s.start().finish().gpr[3] & 0xFFFF);
        });
    }

    @Test
    void aReturnBeyondTheCodeSegment() {
        shown(Mode.REAL, LosingSegments::withoutTargets, s -> {
            Code c = s.code.put(0xB9).word(TIMES).put(0x66, 0xB8).dword(0x10).fillTo(Guest.CODE + 0xC);
            c.label("top").put(0x66, 0x50).label("return").put(0x66, 0xC3); // push eax; o32 ret
            assertEquals(0x10, offset(s, "return") + 2);
            c.put(0x49).shortly("top", 0x75).put(0x66, 0xB8).dword(0x1_0000); // dec cx; jnz; mov eax, n
            c.shortly("top", 0xEB).label("fault").put(0x5B, 0xF4); // jmp; pop bx; hlt
            vector(s, GENERAL_PROTECTION, "fault");
            CpuState end = s.start().finish();
            assertEquals(offset(s, "return"), end.gpr[3] & 0xFFFF);
        });
    }

    @Test
    void aSegmentRegisterIsLoadedRightBehindAnX87AccessThroughIt() {
        play(CoreUnderTest.chosen(), Mode.PAGED_KERNEL, s -> {
            s.state.gpr[4] = Guest.STACK;
            s.state.gpr[0] = Guest.EXTRA;
            s.state.gpr[3] = Guest.FLAT_DATA;
            Code c = s.code.put(0xDB, 0xE3, 0x8E, 0xE3).with(TIMES, 0xB9).label("top"); // fninit; mov fs, ebx
            for (int i = 0; i < 24; i++) {
                c.put(0x90); // enough for a run of generated code to be worth it
            }
            c.with(Guest.DATA, 0x64, 0xD9, 0x05).put(0x8E, 0xE0); // fld fs:[...]; mov fs, eax
            c.with(Guest.DATA, 0xD9, 0x35).put(0xDD, 0xD8); // fnstenv [...]; fstp st0
            c.with(Guest.DATA + 24, 0x66, 0x39, 0x1D).put(0x0F, 0x95, 0xC2, 0x01, 0xD7); // cmp [], bx; setne dl; add
            c.put(0x93, 0x49).shortly("top", 0x75).put(0xF4); // xchg eax, ebx; dec ecx; jnz; hlt
            assertEquals(0, s.start().finish().gpr[7]);
        });
    }

    @Test
    void aStackPointerOf16BitsWrapsAround() {
        shown(Mode.REAL, LosingSegments::withoutStackWidth, s -> {
            s.state.gpr[4] = 0x7777_0004;
            loop(s).put(0x50, 0x51, 0x52).put(0x49).shortly("end", 0x74); // push ax, cx, dx; dec cx; jz
            s.code.put(0x5A, 0x5B, 0x58).shortly("top", 0xEB).label("end").put(0xF4); // pop dx, bx, ax; jmp
            assertEquals(0x7777_FFFE, s.start().finish().gpr[4]);
        });
    }

    /** {@code lidt [...]}: a table of vectors at a linear address. */
    private static void table(Scene s, Code c, int limit, int base) {
        int at = Guest.PRIVATE;
        s.write(at, limit | base << 16);
        s.write(at + 4, base >>> 16);
        c.put(0xBB).word(at - s.guest.base(Guest.DS)).put(0x0F, 0x01, 0x1F); // mov bx, n; lidt [bx]
    }

    private static void routine(Code c, String name, int added) {
        c.label(name).put(0x83, 0xC2, added, 0xCF); // add dx, n; iret
    }

    @Test
    void theTableOfVectorsLiesElsewhere() {
        shown(Mode.REAL, (bus, model) -> LosingSegments.withVectorsAt(bus, model, 0), s -> {
            table(s, s.code, 0x3FF, Guest.DATA + 0x103);
            loop(s).put(0xCD, 0x60).shortly("top", 0xE2).put(0xF4); // int 60h; loop; hlt
            routine(s.code, "one", 1);
            routine(s.code, "other", 2);
            vector(s, 0x60, "one");
            s.write(Guest.DATA + 0x103 + 4 * 0x60, s.guest.selector(Guest.CS) << 16 | offset(s, "other"));
            assertEquals(2 * TIMES, s.start().finish().gpr[2]);
        });
    }

    @Test
    void aVectorIsChangedInAHotLoop() {
        play(CoreUnderTest.chosen(), Mode.REAL, s -> {
            Code c = s.code.put(0x31, 0xC0, 0x8E, 0xD8); // xor ax, ax; mov ds, ax
            c.put(0xB9).word(TIMES).label("top").put(0xCD, 0x60); // int 60h
            c.put(0x83, 0x36, 0x80, 0x01, 0x04).shortly("top", 0xE2).put(0xF4); // xor word [180h], 4; loop; hlt
            c.fillTo(Guest.CODE + 0x40);
            routine(c, "one", 1);
            routine(c, "other", 2);
            vector(s, 0x60, "one");
            assertEquals(3 * TIMES / 2, s.start().finish().gpr[2]);
        });
    }

    @Test
    void theEndOfTheTableOfVectors() {
        shown(Mode.REAL, LosingSegments::withoutVectorLimit, s -> {
            table(s, s.code, 0x17F, 0);
            loop(s).put(0xCD, 0x60).shortly("top", 0xE2).put(0xF4);
            routine(s.code, "one", 1);
            s.code.label("fault").put(0x89, 0xE5, 0x83, 0x46, 0, 2); // mov bp, sp; add word [bp], 2: behind the INT
            routine(s.code, "skip", 5);
            vector(s, 0x60, "one");
            vector(s, GENERAL_PROTECTION, "fault");
            assertEquals(5 * TIMES, s.start().finish().gpr[2]);
        });
    }

    /** Rounds that end right behind a load of SS, before an instruction that generated code leaves over. */
    private static void shadow(Scene s, int... load) {
        Code c = s.code.put(0xB8).word(s.guest.selector(Guest.SS)).label("top"); // mov ax, n
        for (int i = 0; i < 20; i++) {
            c.put(0x90); // nop
        }
        c.put(load).label("behind").put(0xD4, 10).put(0xB8).word(s.guest.selector(Guest.SS)); // aam; mov ax, n
        c.shortly("top", 0xEB);
        s.start().core.run(TIMES);
        int seen = 0;
        for (int i = 0; i < 2000; i++) {
            s.core.run(1 + i % 97);
            CpuState state = s.core.save();
            if (state.eip == offset(s, "behind")) {
                seen++;
                assertTrue(state.movSsShadow, "after a round of " + (1 + i % 97));
            }
        }
        assertTrue(seen > 20, "seen " + seen + " times");
    }

    @Test
    void theShadowOfLoadsOfSs() {
        shown(Mode.REAL, LosingSegments::withoutShadow, s -> shadow(s, 0x8E, 0xD0)); // mov ss, ax
        shown(Mode.REAL, LosingSegments::withoutShadow, s -> shadow(s, 0x16, 0x17)); // push ss; pop ss
    }
}
