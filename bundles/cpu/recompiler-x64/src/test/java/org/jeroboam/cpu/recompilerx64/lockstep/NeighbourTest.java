package org.jeroboam.cpu.recompilerx64.lockstep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jeroboam.cpu.recompilerx64.LosingNeighbours;
import org.junit.jupiter.api.Test;

/** Variables beside code: in its line, in its page, and where there will be code later. */
class NeighbourTest {
    private static final int TIMES = 2000;
    private static final int ROUNDS = 20;
    private static final int FEW = 20;

    private static void play(CoreUnderTest core, Mode mode, Consumer<Scene> play) {
        try (Scene scene = new Scene(core, mode)) {
            play.accept(scene);
        }
    }

    /** {@code hlt}, and a jump, behind which nothing is decoded ahead. */
    private static void halt(Code c) {
        c.put(0xF4, 0xEB, 0xFE);
    }

    /** {@code inc dword [label]} */
    private static void increment(Code c, String label) {
        c.address(label, 0x8D, 0x15).put(0xFF, 0x02); // lea edx, [label]; inc dword [edx]
    }

    /** A loop of many rounds that counts in a variable. */
    private static void counter(Scene s, int distance) {
        Code c = s.code.with(TIMES, 0xB9).label("top");
        increment(c, "variable");
        c.put(0x49).near("top", 0x0F, 0x85); // dec ecx; jnz
        halt(c);
        c.fillTo(Guest.CODE + distance).label("variable").put(0, 0, 0, 0);
        s.start().finish();
        assertEquals(TIMES, s.read(c.of("variable")));
    }

    @Test
    void aVariableInTheLineOfItsLoopStaysInGeneratedCode() {
        assumeTrue(CoreUnderTest.recompiles());
        for (int distance : new int[] {0x20, 0x3E, 0x800}) {
            AtomicInteger left = new AtomicInteger();
            play((bus, model) -> LosingNeighbours.counting(bus, model, left), Mode.FLAT, s -> counter(s, distance));
            assertTrue(left.get() < FEW, left.get() + " instructions were left to the interpreter");
        }
    }

    @Test
    void aVariableThatReachesIntoTheNextPage() {
        play(CoreUnderTest.chosen(), Mode.PAGED_KERNEL, s -> counter(s, 0xFFE));
    }

    /** An inner loop counts in a variable, the outer one changes an instruction beside it. */
    private static void patched(Scene s) {
        Code c = s.code.with(TIMES, 0xBE).label("outer"); // mov esi, TIMES
        c.with(ROUNDS, 0xB9).label("top");
        increment(c, "variable");
        c.label("slot").with(0, 0xB8).put(0x01, 0xC3); // mov eax, 0; add ebx, eax
        c.put(0x49).near("top", 0x0F, 0x85);
        c.address("slot", 0x8D, 0x15).put(0x89, 0x72, 0x01); // lea edx, [slot]; mov [edx+1], esi
        c.put(0x4E).near("outer", 0x0F, 0x85); // dec esi; jnz
        halt(c);
        c.label("variable").put(0, 0, 0, 0);
        assertEquals(ROUNDS * ((TIMES + 1) * TIMES / 2 - 1), s.start().finish().gpr[3]);
    }

    @Test
    void theCodeBesideTheVariableIsStillWatched() {
        for (Mode mode : new Mode[] {Mode.FLAT, Mode.PAGED_KERNEL}) {
            play(CoreUnderTest.chosen(), mode, NeighbourTest::patched);
            if (CoreUnderTest.recompiles()) {
                assertThrows(
                        AssertionError.class, () -> play(LosingNeighbours::withoutLook, mode, NeighbourTest::patched));
            }
        }
    }

    /** A loop writes four bytes again and again; then they are code, and what is written there counts. */
    private static void becomesCode(Scene s) {
        Code c = s.code.with(TIMES, 0xB9).label("top");
        c.address("later", 0x8D, 0x15).put(0xC7, 0x02, 0x90, 0x40, 0x90, 0xC3); // mov [later], nop inc eax nop ret
        c.put(0x85, 0xFF).near("over", 0x0F, 0x84); // test edi, edi; jz over
        c.put(0xFF, 0xD2, 0x83, 0xF1, 0x01, 0x83, 0xF1, 0x01); // call edx; xor ecx, 1, twice
        c.put(0xC6, 0x42, 0x01, 0x48, 0xFF, 0xD2, 0xFF, 0xD2); // mov byte [edx+1], dec eax; call edx, twice
        c.label("over").put(0x49).near("top", 0x0F, 0x85); // dec ecx; jnz
        c.put(0x85, 0xFF).near("end", 0x0F, 0x85).put(0x47); // test edi, edi; jnz end; inc edi
        c.with(TIMES, 0xB9).near("top", 0xE9).label("end");
        halt(c);
        c.label("later").put(0, 0, 0, 0);
        assertEquals(-TIMES, s.start().finish().gpr[0]);
    }

    @Test
    void aVariableBecomesCode() {
        play(CoreUnderTest.chosen(), Mode.FLAT, NeighbourTest::becomesCode);
    }
}
