package org.jeroboam.cpu.recompilerx64.lockstep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jeroboam.cpu.recompilerx64.Coverage;
import org.jeroboam.cpu.x86.Op;
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
    /** What is not translated as in flat code. */
    private static final Set<Op> OWN = EnumSet.of(
            Op.PUSH,
            Op.POP,
            Op.PUSHA,
            Op.POPA,
            Op.PUSHF,
            Op.POPF,
            Op.LEAVE,
            Op.CALL,
            Op.CALL_IND,
            Op.RET,
            Op.JMP,
            Op.JMP_IND,
            Op.LOOP,
            Op.JCXZ,
            Op.LEA,
            Op.LODS,
            Op.STOS,
            Op.MOVS,
            Op.SCAS,
            Op.CMPS,
            Op.PUSH_SEG,
            Op.POP_SEG,
            Op.MOV_TO_SEG,
            Op.LES,
            Op.LDS,
            Op.LFS,
            Op.LGS,
            Op.CALL_FAR,
            Op.JMP_FAR,
            Op.JMP_FAR_IND,
            Op.CALL_FAR_IND,
            Op.RET_FAR,
            Op.LSS,
            Op.INT,
            Op.IRET,
            Op.ENTER,
            Op.XLAT,
            Op.LOOPE,
            Op.LOOPNE);

    private static final long SEED = 90_000;
    private static final int SHRINKING = 600;
    private static final int TIMES = 48;
    private static final int TRIES = 12;
    private static final int ROUNDS = 12;

    /** All integer forms, and one in four of x87, MMX and SSE, each in one mode, and what segments change in all. */
    @Test
    void eachFormInSomeStates() {
        assumeTrue(CoreUnderTest.recompiles());
        List<String> unseen = new ArrayList<>();
        try (Coverage coverage = new Coverage()) {
            List<Forms.Form> forms = Forms.all();
            for (int i = 0; i < forms.size(); i++) {
                Forms.Form form = forms.get(i);
                for (int mode = 0; mode < MODES.length; mode++) {
                    boolean chosen = i % MODES.length == mode && (!FormMatrix.isFloating(form.op()) || i % 4 == 0);
                    if (chosen || OWN.contains(form.op())) {
                        cover(coverage, form, MODES[mode], SEED + 1000L * i + 100 * mode, TIMES, unseen);
                    }
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

    /** A wild far jump runs page tables as code, so that marking a page as accessed ends the round in the middle of a run. */
    @Test
    void aLookupThatChangesCode() {
        assumeTrue(CoreUnderTest.recompiles());
        Forms.Form form = Forms.all().stream()
                .filter(f -> f.op() == Op.JMP_FAR_IND && f.prefix() == 0x66)
                .findFirst()
                .orElseThrow();
        Case c = new SegmentedMatrix(514_350, Mode.V86, 150).make(form);
        assertNull(new Lockstep(CoreUnderTest.INTERPRETER, CoreUnderTest.chosen(), false).run(c));
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
                    c.guest().base(Guest.CS),
                    matrix.offset(c),
                    matrix.instruction().op.has(Trait.BRANCH));
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
