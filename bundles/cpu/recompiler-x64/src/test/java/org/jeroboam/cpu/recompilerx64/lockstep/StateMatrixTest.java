package org.jeroboam.cpu.recompilerx64.lockstep;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jeroboam.cpu.x86.Op;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every form of the instruction table by itself in a hot loop, in many states: random registers, flags all clear or all
 * set, memory operands within pages, across their ends, in absent and in read-only pages.
 */
class StateMatrixTest {
    /** What would leave the loop for good. */
    private static final Set<Op> LEAVING = EnumSet.of(
            Op.HLT, Op.MOV_TO_CR, Op.LGDT, Op.LIDT, Op.LLDT, Op.LTR, Op.LMSW, Op.WRMSR, Op.MOV_TO_DR, Op.SYSEXIT);

    private static final int SHRINKING = 600;
    private static final long SEED = 40_000;
    private static final int ROUNDS = 20;
    private static final int FEW_TIMES = 40;
    private static final int MANY_TIMES = 200;

    /** All integer forms, and one in four of x87, MMX and SSE. */
    @Test
    void eachFormInSomeStates() {
        List<Forms.Form> forms = forms();
        CoreUnderTest tested = CoreUnderTest.chosen();
        for (int i = 0; i < forms.size(); i++) {
            boolean floating = FormMatrix.isFloating(forms.get(i).op());
            if (!floating || i % 4 == 0) {
                compare(tested, forms.get(i), SEED + i, Mode.PAGED_USER, FEW_TIMES);
            }
        }
    }

    @Test
    @Tag("full")
    void eachFormInManyStates() {
        CoreUnderTest tested = CoreUnderTest.chosen();
        long seed = Long.getLong("lockstep.seed", SEED * SEED);
        for (int round = 0; round < ROUNDS; round++) {
            for (Forms.Form form : forms()) {
                for (Mode mode : new Mode[] {Mode.FLAT, Mode.PAGED_USER, Mode.PAE_KERNEL}) {
                    compare(tested, form, seed++, mode, MANY_TIMES);
                }
            }
        }
    }

    private static List<Forms.Form> forms() {
        return Forms.all().stream().filter(f -> !LEAVING.contains(f.op())).toList();
    }

    private static void compare(CoreUnderTest tested, Forms.Form form, long seed, Mode mode, int times) {
        Lockstep lockstep = new Lockstep(CoreUnderTest.INTERPRETER, tested, tested == CoreUnderTest.INTERPRETER);
        Case c = new FormMatrix(seed, mode, times).make(form);
        if (c != null && lockstep.run(c) != null) {
            fail(form + "\n" + Shrinker.report(new Shrinker(lockstep, SHRINKING).shrink(c), lockstep));
        }
    }
}
