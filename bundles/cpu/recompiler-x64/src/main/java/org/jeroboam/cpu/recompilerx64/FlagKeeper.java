package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.RAX;

/**
 * Keeps the guest's arithmetic flags: in the host's EFLAGS while nothing disturbs them, then as a recipe while its
 * registers stay, else in memory. Uses R10.
 */
final class FlagKeeper {
    private static final Address FLAGS = Address.of(R15, StateBlock.FLAGS);
    private static final Address LAHF_BYTE = Address.of(R15, StateBlock.FLAGS_LAHF);
    private static final int CF = 0x01;
    private static final int PF = 0x04;
    private static final int ZF = 0x40;
    private static final int SF = 0x80;

    private final Assembler asm;
    private FlagState state = FlagState.IN_MEMORY;

    FlagKeeper(Assembler asm) {
        this.asm = asm;
    }

    FlagState state() {
        return state;
    }

    void set(FlagState newState) {
        state = newState;
    }

    /** Makes sure that memory has them; EFLAGS stay if they had them. */
    void save() {
        if (state.memory()) {
            return;
        }
        if (!state.host() || state.noCarry()) {
            recall();
        }
        asm.mov64(R10, RAX);
        asm.byte1(0x9F); // lahf
        if (state.noOverflow()) {
            asm.byte1(0xB0); // mov al, 0
            asm.byte1(0);
        } else {
            asm.rr(0x0F90, 1, 0, RAX); // seto al
        }
        if (state.shifted()) {
            asm.rri8(0x80, 1, 4, 4, 0xEF); // and ah, ~AF
        }
        asm.rm(0x89, 2, RAX, FLAGS);
        asm.mov64(RAX, R10);
        state = state.shifted() ? FlagState.IN_MEMORY : state.saved();
    }

    /** Brings them into EFLAGS by the recipe. */
    private void recall() {
        state.recipe().emit(asm);
        state = state.recalled();
    }

    /** Emits what an exit does when only a recipe has the flags. */
    static void saveByRecipe(Assembler asm, FlagRecipe recipe) {
        FlagKeeper keeper = new FlagKeeper(asm);
        keeper.set(FlagState.of(recipe).withoutHost());
        keeper.save();
    }

    /** What an exit must use to put the flags into memory; null when they are there. */
    FlagRecipe owed() {
        return state.memory() ? null : state.recipe();
    }

    /** Something is about to change EFLAGS. */
    void disturb() {
        if (state.recipe() == null) {
            save();
        }
        state = state.withoutHost();
    }

    /** EFLAGS have changed, and memory has the flags or they do not matter. */
    void disturbed() {
        state = FlagState.IN_MEMORY;
    }

    /**
     * An instruction that leaves the flags is about to write registers.
     *
     * @param registers their mask
     * @param gentle whether EFLAGS stay as they are
     */
    void keepFrom(int registers, boolean gentle) {
        FlagRecipe recipe = state.recipe();
        if (recipe == null || state.memory() || (recipe.registers() & registers) == 0) {
            return;
        }
        if (!gentle) {
            save();
        } else if (!state.host() || state.noCarry()) {
            recall();
        }
    }

    /** An instruction has written registers: a recipe from before it may be spoiled. */
    void wrote(int registers, FlagRecipe before) {
        if (before != null && state.recipe() == before && (before.registers() & registers) != 0) {
            state = state.withoutRecipe();
            if (!state.host() && !state.memory()) {
                state = FlagState.IN_MEMORY; // they do not matter any more
            }
        }
    }

    /** Makes sure that EFLAGS have them all. */
    void restore() {
        if (!state.whole() && state.recipe() != null) {
            recall();
        }
        if (state.whole()) {
            return;
        }
        save();
        asm.mov64(R10, RAX);
        asm.rm(0x0FB7, 4, RAX, FLAGS);
        asm.byte1(0x04); // add al, 7Fh: OF
        asm.byte1(0x7F);
        asm.byte1(0x9E); // sahf
        asm.mov64(RAX, R10);
        state = state.restored();
    }

    /** Emits a test of the guest's ZF, which is in memory: the host's is set when that is clear. */
    void testZero() {
        asm.rmi8(0xF6, 1, 0, LAHF_BYTE, ZF);
    }

    /** Whether CF of EFLAGS is the guest's. */
    boolean hasCarry() {
        return state.host() && !state.noCarry();
    }

    /** Makes sure that CF of EFLAGS is the guest's. */
    void restoreCarry() {
        if (!state.host() || state.noCarry()) {
            if (state.recipe() != null && !state.memory()) {
                recall();
            } else {
                asm.rmi8(0x0FBA, 2, 4, FLAGS, 8); // bt, as wide as what was stored
            }
        }
    }

    /**
     * Makes a condition of the guest one of the host.
     *
     * @return the condition for Jcc, SETcc, CMOVcc that come next
     */
    int condition(int guest) {
        boolean overflow = guest < 2 || guest >= 12;
        boolean carry = guest >> 1 == 1 || guest >> 1 == 3;
        if ((!state.host() || carry && state.noCarry()) && state.recipe() != null) {
            recall();
        }
        if (state.host() && !(overflow && state.noOverflow())) {
            return guest;
        }
        save();
        int mask =
                switch (guest >> 1) {
                    case 1 -> CF;
                    case 2 -> ZF;
                    case 3 -> CF | ZF;
                    case 4 -> SF;
                    case 5 -> PF;
                    default -> 0;
                };
        state = state.withoutHost();
        if (guest < 2) {
            asm.rmi8(0xF6, 1, 0, FLAGS, 1);
        } else if (mask != 0) {
            asm.rmi8(0xF6, 1, 0, LAHF_BYTE, mask);
        } else {
            restore();
            return guest;
        }
        return (guest & 1) == 0 ? Assembler.NOT_EQUAL : Assembler.EQUAL;
    }
}
