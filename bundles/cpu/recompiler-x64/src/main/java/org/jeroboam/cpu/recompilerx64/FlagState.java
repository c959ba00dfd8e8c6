package org.jeroboam.cpu.recompilerx64;

/**
 * Where the guest's arithmetic flags are.
 *
 * @param host in the host's EFLAGS
 * @param memory in {@link StateBlock#FLAGS}
 * @param shifted those in EFLAGS are of a shift: AF is 0 whatever the host says
 * @param noOverflow OF is 0 whatever the host says
 * @param recipe how they can be had from registers, or null
 */
record FlagState(boolean host, boolean memory, boolean shifted, boolean noOverflow, FlagRecipe recipe) {
    static final FlagState IN_MEMORY = new FlagState(false, true, false, false, null);
    static final FlagState IN_HOST = new FlagState(true, false, false, false, null);
    static final FlagState SHIFTED = new FlagState(true, false, true, false, null);
    static final FlagState SHIFTED_RIGHT = new FlagState(true, false, true, true, null);

    static FlagState of(FlagRecipe recipe) {
        return new FlagState(true, false, false, false, recipe);
    }

    /** The same, and in memory too. */
    FlagState saved() {
        return new FlagState(host, true, shifted, noOverflow, recipe);
    }

    /** EFLAGS are lost. */
    FlagState withoutHost() {
        return new FlagState(false, memory, false, false, recipe);
    }

    /** They are in EFLAGS, fit for any use. */
    FlagState restored() {
        return new FlagState(true, memory, false, false, recipe);
    }

    /** The registers of the recipe change. */
    FlagState withoutRecipe() {
        return new FlagState(host, memory, shifted, noOverflow, null);
    }
}
