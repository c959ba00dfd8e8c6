package org.jeroboam.cpu.recompilerx64;

/**
 * Where the guest's arithmetic flags are.
 *
 * @param host in the host's EFLAGS
 * @param memory in {@link StateBlock#FLAGS}
 * @param shifted those in EFLAGS are of a shift: AF is 0 whatever the host says
 * @param noOverflow OF is 0 whatever the host says
 * @param noCarry CF of EFLAGS means nothing; the recipe knows it
 * @param recipe how they can be had from registers, or null
 */
record FlagState(
        boolean host, boolean memory, boolean shifted, boolean noOverflow, boolean noCarry, FlagRecipe recipe) {
    static final FlagState IN_MEMORY = new FlagState(false, true, false, false, false, null);
    static final FlagState IN_HOST = new FlagState(true, false, false, false, false, null);
    static final FlagState SHIFTED = new FlagState(true, false, true, false, false, null);
    static final FlagState SHIFTED_RIGHT = new FlagState(true, false, true, true, false, null);

    static FlagState of(FlagRecipe recipe) {
        return new FlagState(true, false, false, false, false, recipe);
    }

    /** Of INC or DEC by a recipe, where EFLAGS did not have CF before. */
    static FlagState withoutCarry(FlagRecipe recipe) {
        return new FlagState(true, false, false, false, true, recipe);
    }

    /** Whether EFLAGS are the guest's flags, all of them. */
    boolean whole() {
        return host && !shifted && !noOverflow && !noCarry;
    }

    /** The same, and in memory too. */
    FlagState saved() {
        return new FlagState(host, true, shifted, noOverflow, noCarry, recipe);
    }

    /** EFLAGS are lost. */
    FlagState withoutHost() {
        return new FlagState(false, memory, false, false, false, recipe);
    }

    /** They are in EFLAGS, fit for any use. */
    FlagState restored() {
        return new FlagState(true, memory, false, false, false, recipe);
    }

    /** They are in EFLAGS as the recipe makes them. */
    FlagState recalled() {
        return new FlagState(true, memory, recipe.isShift(), recipe.noOverflow(), false, recipe);
    }

    /** As left by a shift that a recipe describes. */
    FlagState withRecipe(FlagRecipe newRecipe) {
        return new FlagState(host, memory, shifted, noOverflow, noCarry, newRecipe);
    }

    /** The registers of the recipe change. */
    FlagState withoutRecipe() {
        return new FlagState(host, memory, shifted, noOverflow, false, null);
    }
}
