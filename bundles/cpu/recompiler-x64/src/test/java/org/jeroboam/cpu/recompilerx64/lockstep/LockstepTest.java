package org.jeroboam.cpu.recompilerx64.lockstep;

import static org.junit.jupiter.api.Assertions.fail;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random programs on the tested core and on the interpreter: every register, every byte of memory and every access to the
 * bus must be the same at the same count of instructions. {@code -Dlockstep.seed} sets the first seed and
 * {@code -Dlockstep.cases} the number of cases of the long form.
 */
class LockstepTest {
    private static final long SEED = 1_000_000;
    private static final int FEW = 150;
    private static final int MANY = 20_000;
    private static final int SHRINKING = 1500;

    @Test
    void randomPrograms() {
        programs(SEED, FEW);
    }

    /** Programs of these seeds also change descriptors, gates and page tables of the system. */
    @Test
    void programsThatChangeTables() {
        programs(SEED + Guest.TABLES_FROM, FEW / 2);
    }

    /** Code of 16 bits, and segments with bases and limits. */
    @Test
    void programsWithSegments() {
        programsWithSegments(SEED, FEW);
    }

    @Test
    @Tag("full")
    void manyRandomPrograms() {
        programs(Long.getLong("lockstep.seed", 50_000_000L), Integer.getInteger("lockstep.cases", MANY));
    }

    @Test
    @Tag("full")
    void manyProgramsWithSegments() {
        programsWithSegments(Long.getLong("lockstep.seed", 60_000_000L), Integer.getInteger("lockstep.cases", MANY));
    }

    private static void programsWithSegments(long first, int count) {
        Mode[] modes = {Mode.REAL, Mode.V86, Mode.PROTECTED_16, Mode.SEGMENTED_KERNEL, Mode.SEGMENTED_USER};
        for (Mode mode : modes) {
            for (long seed = first; seed < first + count / modes.length; seed++) {
                compare(CaseGenerator.make(seed, mode));
            }
        }
    }

    private static void programs(long first, int count) {
        for (long seed = first; seed < first + count; seed++) {
            compare(CaseGenerator.make(seed));
        }
    }

    private static void compare(Case c) {
        CoreUnderTest tested = CoreUnderTest.chosen();
        // The interpreter against itself shows that chunks of any size give the same.
        Lockstep lockstep = new Lockstep(CoreUnderTest.INTERPRETER, tested, tested == CoreUnderTest.INTERPRETER);
        if (lockstep.run(c) != null) {
            fail(Shrinker.report(new Shrinker(lockstep, SHRINKING).shrink(c), lockstep));
        }
    }
}
