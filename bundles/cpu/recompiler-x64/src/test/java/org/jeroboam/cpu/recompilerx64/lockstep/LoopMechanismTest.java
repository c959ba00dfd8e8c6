package org.jeroboam.cpu.recompilerx64.lockstep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.function.Consumer;
import org.jeroboam.cpu.recompilerx64.LosingLoops;
import org.junit.jupiter.api.Test;

/** Guests for what loops know in advance; each fails with a recompiler that gets it wrong. */
class LoopMechanismTest {
    private static final int TIMES = 2000;
    private static final int FIRST = 0x3_0E00;
    private static final int HALF = 128;

    private static void shownBy(Mode mode, CoreUnderTest off, Consumer<Scene> play) {
        scene(CoreUnderTest.chosen(), mode, play);
        if (CoreUnderTest.recompiles()) {
            assertThrows(AssertionError.class, () -> scene(off, mode, play));
        }
    }

    private static void scene(CoreUnderTest core, Mode mode, Consumer<Scene> play) {
        try (Scene scene = new Scene(core, mode)) {
            play.accept(scene);
        }
    }

    /** The index is a byte, and the second half of the table in a page of its own. */
    @Test
    void aTableInTwoPages() {
        shownBy(Mode.PAE_KERNEL, LosingLoops::withoutTableEnds, s -> {
            Code c = table(s);
            c.put(0x0F, 0xB6, 0xC1).with(FIRST, 0x03, 0x1C, 0x85); // movzx eax, cl; add ebx, [eax*4 + FIRST]
            check(s, c);
        });
    }

    @Test
    void anIndexThatDoesNotStayAByte() {
        CoreUnderTest off = (bus, model) -> LosingLoops.withoutChangesOfIndices(bus, model, 0x380);
        shownBy(Mode.PAE_KERNEL, off, s -> {
            Code c = table(s);
            c.put(0x0F, 0xB6, 0xC1).with(0x380, 0x05); // movzx eax, cl; add eax, 380h
            c.with(FIRST - 0xE00, 0x03, 0x1C, 0x85); // add ebx, [eax*4 + ..]
            check(s, c);
        });
    }

    /** A table whose second page is exchanged by INT 31h in each round. */
    private static Code table(Scene s) {
        for (int i = 0; i < HALF; i++) {
            s.write(FIRST + 4 * i, 3 * i);
            s.write(0x3_1000 + 4 * i, 1000 + i);
            s.write(0x3_2000 + 4 * i, 50_000 + i);
        }
        Code c = s.code.with(TIMES, 0xB9).label("top").put(0xCD, 0x31); // mov ecx, TIMES; int 31h
        return c.with(FIRST, 0x03, 0x1D); // add ebx, [FIRST]: 0, but the TLB has the first page
    }

    private static void check(Scene s, Code c) {
        c.put(0x49).near("top", 0x0F, 0x85).put(0xF4);
        int expected = 0;
        for (int i = 0; i < TIMES; i++) {
            int index = TIMES - i & 0xFF;
            int second = (i & 1) == 0 ? 50_000 : 1000;
            expected += index < HALF ? 3 * index : second + index - HALF;
        }
        assertEquals(expected, s.start().finish().gpr[3]);
    }

    /** The carry of a round is added behind an access of the next. */
    @Test
    void flagsThatALoopTakesAlong() {
        shownBy(Mode.PAGED_KERNEL, LosingLoops::withoutFlagsOfLoops, s -> {
            Code c = s.code.put(0xF8).with(TIMES, 0xB9).label("top"); // clc; mov ecx, TIMES
            c.with(Guest.DATA, 0xA1).put(0x83, 0xD3, 0x00, 0x39, 0xC0); // mov eax, [DATA]; adc ebx, 0; cmp eax, eax
            c.put(0x89, 0xCA, 0x80, 0xFA, 0x80); // mov edx, ecx; cmp dl, 80h
            c.put(0x49).near("top", 0x0F, 0x85).put(0xF4);
            int expected = 0;
            for (int i = TIMES; i > 1; i--) {
                expected += (i & 0xFF) < 0x80 ? 1 : 0;
            }
            assertEquals(expected, s.start().finish().gpr[3]);
        });
    }
}
