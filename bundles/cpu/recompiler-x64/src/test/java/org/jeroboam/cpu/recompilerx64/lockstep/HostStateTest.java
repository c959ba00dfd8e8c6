package org.jeroboam.cpu.recompilerx64.lockstep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Consumer;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A guest that has everything of the host's units its own way while it is hot: the host gets its own back, whatever ends
 * the run. The guest rounds up, flushes denormals, computes with 24 bits, has DF and AC set and eight values on the
 * x87 stack.
 */
class HostStateTest {
    private static final int ROUNDS = 3000;
    private static final int CONTROL = 0x087F;
    private static final int MXCSR = 0xDFC0;
    private static final int FULL = 0xFF;
    private static final int EMPTY = 0xFFFF;
    private static final int VECTOR = 0x50;

    /** A control word that no instruction sets by itself. */
    private static final int UNUSUAL = 0x0E7F;

    private final HostState original = HostState.now();
    private HostState before;

    @BeforeEach
    void look() {
        HostState.setControl(UNUSUAL);
        before = HostState.now();
        assertEquals(UNUSUAL, before.control());
        assertEquals(EMPTY, before.tags());
    }

    @AfterEach
    void restore() {
        HostState.setControl(original.control());
    }

    /** Plays a loop of x87 and SSE, then something, and looks at the host. */
    private void play(Consumer<Code> something, ExitReason expected) {
        try (Scene s = new Scene(CoreUnderTest.chosen(), Mode.FLAT)) {
            s.write(Guest.DATA, CONTROL);
            s.write(Guest.DATA + 4, MXCSR);
            s.write(Guest.DATA + 8, 0x4049_0FDB);
            Code c = s.code.put(0x68).dword(0x4_0002).put(0x9D, 0xFD); // push AC; popfd; std
            c.with(Guest.DATA, 0xD9, 0x2D).with(Guest.DATA + 4, 0x0F, 0xAE, 0x15); // fldcw, ldmxcsr
            for (int i = 0; i < 8; i++) {
                c.with(Guest.DATA + 8, 0xD9, 0x05); // fld dword
            }
            c.with(ROUNDS, 0xB9).label("top");
            c.put(0xD8, 0xC9).with(Guest.DATA + 12, 0xD9, 0x15); // fmul st1; fst dword
            c.with(Guest.DATA + 8, 0xF3, 0x0F, 0x10, 0x05).put(0xF3, 0x0F, 0x58, 0xC8); // movss; addss xmm1, xmm0
            something.accept(c);
            c.put(0x49).near("top", 0x0F, 0x85); // dec ecx; jnz
            c.put(0xF4).label("handler").put(0xCF); // hlt; iretd
            s.gate(VECTOR, "handler").start();
            s.core.run(7 * ROUNDS / 2);
            s.core.run(1000);
            compare();
            for (int i = 0; i < 100; i++) {
                s.core.run(1 + 7L * i); // the budget ends here and there
                compare();
            }
            s.core.run(100 * ROUNDS);
            assertEquals(expected, s.core.exitReason());
            compare();
            CpuState end = s.core.save();
            compare();
            assertEquals(CONTROL, end.fxsave[0] & 0xFF | end.fxsave[1] << 8);
            assertEquals(FULL, end.fxsave[4] & 0xFF);
            assertEquals(MXCSR, (end.fxsave[24] & 0xC0 | (end.fxsave[25] & 0xFF) << 8));
        }
        compare();
    }

    private void compare() {
        HostState now = HostState.now();
        assertEquals(before.mxcsr(), now.mxcsr(), "MXCSR");
        assertEquals(before.control(), now.control(), "x87 control word");
        assertEquals(EMPTY, now.tags(), "x87 tags");
        assertEquals(0, now.flags() & HostState.DF, "DF");
        assertEquals(0, now.flags() & HostState.AC, "AC");
        assertEquals(0, now.flags() & HostState.TF, "TF");
    }

    @Test
    void theBudgetAndTheEndOfAProgram() {
        play(c -> {}, ExitReason.HALT);
    }

    @Test
    void accessesThatTheTlbHasNot() {
        play(
                c -> c.put(0x89, 0xC8, 0x83, 0xE0, 0x03, 0xC1, 0xE0, 0x0C) // mov eax, ecx; and eax, 3; shl eax, 12
                        .put(0x01, 0x88) // add [eax + DATA], ecx
                        .dword(Guest.DATA + 16)
                        .put(0x0F, 0x20, 0xD8, 0x0F, 0x22, 0xD8), // mov eax, cr3; mov cr3, eax
                ExitReason.HALT);
    }

    @Test
    void instructionsLeftToTheInterpreter() {
        play(
                c -> c.put(0xD9, 0xFE) // fsin
                        .put(0xFC, 0xA4, 0xFD) // cld; movsb; std
                        .put(0xBE)
                        .dword(Guest.DATA + 0x100)
                        .put(0xBF)
                        .dword(Guest.DATA + 0x200)
                        .put(0xA4), // movsb
                ExitReason.HALT);
    }

    @Test
    void devices() {
        play(c -> c.with(Guest.DEVICE, 0xD9, 0x05).put(0xDD, 0xD8).with(Guest.DATA + 8, 0xD9, 0x05), ExitReason.HALT);
    }

    @Test
    void faultsAndInterrupts() {
        play(c -> c.put(0xCD, VECTOR), ExitReason.HALT);
    }

    @Test
    void anEndlessLoopThatIsStopped() {
        try (Scene s = new Scene(CoreUnderTest.chosen(), Mode.FLAT)) {
            s.write(Guest.DATA, CONTROL);
            Code c = s.code.with(Guest.DATA, 0xD9, 0x2D).put(0xD9, 0xE8).label("top");
            c.put(0xD8, 0xC0).near("top", 0xE9); // fld1; fadd st0; jmp
            s.start();
            for (int i = 0; i < 20; i++) {
                s.core.requestExit();
                s.core.run(100_000);
                compare();
                s.core.run(100_000);
                compare();
            }
            assertTrue(s.core.retired() > 1_000_000);
        }
        compare();
    }
}
