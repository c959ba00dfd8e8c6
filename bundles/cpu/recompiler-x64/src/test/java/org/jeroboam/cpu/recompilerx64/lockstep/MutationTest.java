package org.jeroboam.cpu.recompilerx64.lockstep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jeroboam.cpu.recompilerx64.Mutants;
import org.jeroboam.cpu.x86.Op;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The loops of {@link FormMatrix} or random programs find each recompiler that is broken on purpose in one operation. */
class MutationTest {
    private static final long SEED = 7_000_000;
    private static final int MOST_PROGRAMS = 40;
    private static final int LOOPS = 40;
    private static final int TIMES = 200;
    private static final int SOME = 5;

    /** Every fifth mutant. */
    @Test
    void someMutantsAreFound() {
        List<Op> some = new ArrayList<>();
        for (int i = 0; i < Mutants.operations().size(); i += SOME) {
            some.add(Mutants.operations().get(i));
        }
        find(some);
    }

    @Test
    @Tag("full")
    void allMutantsAreFound() {
        find(Mutants.operations());
    }

    /** Every fifth mutant in code of 16 bits. */
    @Test
    void someSegmentedMutantsAreFound() {
        List<Op> all = Mutants.segmentedOperations();
        List<Op> some = new ArrayList<>();
        for (int i = 0; i < all.size(); i += SOME) {
            some.add(all.get(i));
        }
        findSegmented(some);
    }

    @Test
    @Tag("full")
    void allSegmentedMutantsAreFound() {
        findSegmented(Mutants.segmentedOperations());
    }

    private static void findSegmented(List<Op> operations) {
        assumeTrue(CoreUnderTest.recompiles());
        List<String> alive = new ArrayList<>();
        for (Op op : operations) {
            AtomicInteger broken = new AtomicInteger();
            if (!foundSegmented(op, broken)) {
                alive.add(op + ", translated wrongly " + broken + " times");
            }
        }
        assertEquals(List.of(), alive);
    }

    private static boolean foundSegmented(Op op, AtomicInteger broken) {
        CoreUnderTest mutant = (bus, model) -> Mutants.core(bus, model, op, broken);
        Lockstep lockstep = new Lockstep(CoreUnderTest.INTERPRETER, mutant, false);
        List<Forms.Form> forms = Forms.all().stream().filter(f -> f.op() == op).toList();
        for (int i = 0; i < LOOPS; i++) {
            Case c = new SegmentedMatrix(SEED + i, Mode.REAL, SegmentedMatrix.MOST_TIMES)
                    .make(forms.get(i % forms.size()));
            if (c != null && lockstep.run(c) != null) {
                return true;
            }
        }
        for (int i = 0; i < MOST_PROGRAMS; i++) {
            if (lockstep.run(CaseGenerator.make(SEED + i, i % 2 == 0 ? Mode.REAL : Mode.V86)) != null) {
                return true;
            }
        }
        return false;
    }

    private static void find(List<Op> operations) {
        assumeTrue(CoreUnderTest.recompiles());
        List<String> alive = new ArrayList<>();
        for (Op op : operations) {
            AtomicInteger broken = new AtomicInteger();
            if (!found(op, broken)) {
                alive.add(op + ", translated wrongly " + broken + " times");
            }
        }
        assertEquals(List.of(), alive);
    }

    private static boolean found(Op op, AtomicInteger broken) {
        CoreUnderTest mutant = (bus, model) -> Mutants.core(bus, model, op, broken);
        Lockstep lockstep = new Lockstep(CoreUnderTest.INTERPRETER, mutant, false);
        List<Forms.Form> forms = Forms.all().stream().filter(f -> f.op() == op).toList();
        for (int i = 0; i < LOOPS && !forms.isEmpty(); i++) {
            Case c = new FormMatrix(SEED + i, Mode.PAGED_USER, TIMES).make(forms.get(i % forms.size()));
            if (c != null && lockstep.run(c) != null) {
                return true;
            }
        }
        for (int i = 0; i < MOST_PROGRAMS; i++) {
            if (lockstep.run(CaseGenerator.make(SEED + i)) != null) {
                return true;
            }
        }
        return false;
    }
}
