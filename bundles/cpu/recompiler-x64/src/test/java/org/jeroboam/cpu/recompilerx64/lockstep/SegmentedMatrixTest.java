package org.jeroboam.cpu.recompilerx64.lockstep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import org.jeroboam.cpu.recompilerx64.Coverage;
import org.jeroboam.cpu.x86.Trait;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What {@link StateMatrixTest} does in real mode, V86 mode, and protected mode with segments of 16 bits or with bases and limits:
 * each form that the recompiler takes there, in both sizes of operands and addresses. A form counts if generated code came past it.
 */
class SegmentedMatrixTest {
    private static final Mode[] MODES = {
        Mode.REAL, Mode.V86, Mode.PROTECTED_16, Mode.SEGMENTED_KERNEL, Mode.SEGMENTED_USER
    };
    private static final long SEED = 90_000;
    private static final int SHRINKING = 600;
    private static final int TIMES = 48;
    private static final int TRIES = 6;
    private static final int ROUNDS = 12;

    /** All integer forms, and one in four of x87, MMX and SSE, each in one mode. */
    @Test
    void eachFormInSomeStates() {
        assumeTrue(CoreUnderTest.recompiles());
        List<String> unseen = new ArrayList<>();
        try (Coverage coverage = new Coverage()) {
            List<Forms.Form> forms = Forms.all();
            for (int i = 0; i < forms.size(); i++) {
                if (!FormMatrix.isFloating(forms.get(i).op()) || i % 4 == 0) {
                    cover(coverage, forms.get(i), MODES[i % MODES.length], SEED + 100L * i, TIMES, unseen);
                }
            }
        }
        assertEquals(List.of(), unseen);
    }

    @Test
    @Tag("full")
    void eachFormInManyStates() {
        assumeTrue(CoreUnderTest.recompiles());
        List<String> unseen = new ArrayList<>();
        long seed = Long.getLong("lockstep.seed", SEED * SEED);
        try (Coverage coverage = new Coverage()) {
            for (int round = 0; round < ROUNDS; round++) {
                for (Forms.Form form : Forms.all()) {
                    for (Mode mode : MODES) {
                        cover(coverage, form, mode, seed, SegmentedMatrix.MOST_TIMES, unseen);
                        seed += 100;
                    }
                }
            }
        }
        assertEquals(List.of(), unseen);
    }

    /** Runs cases of a form until one of them ran it as generated code. */
    private static void cover(
            Coverage coverage, Forms.Form form, Mode mode, long seed, int times, List<String> unseen) {
        for (int i = 0; i < TRIES; i++) {
            SegmentedMatrix matrix = new SegmentedMatrix(seed + i, mode, times);
            Case c = matrix.make(form);
            if (c == null) {
                return; // not taken in this mode
            }
            coverage.watch(
                    c.guest().base(Guest.CS), matrix.offset(c), matrix.instruction().op.has(Trait.BRANCH));
            Lockstep lockstep = new Lockstep(CoreUnderTest.INTERPRETER, coverage::core, false);
            if (lockstep.run(c) != null) {
                fail(form + "\n" + Shrinker.report(new Shrinker(lockstep, SHRINKING).shrink(c), lockstep));
            }
            if (coverage.ran() > 0) {
                return;
            }
        }
        unseen.add(form + " in " + mode);
    }
}
