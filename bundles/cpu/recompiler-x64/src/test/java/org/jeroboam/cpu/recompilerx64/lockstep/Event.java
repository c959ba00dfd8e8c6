package org.jeroboam.cpu.recompilerx64.lockstep;

/**
 * Something that happens to the machine between two runs of its core.
 *
 * @param at retired instructions
 * @param kind what
 * @param a first number, see {@link Kind}
 * @param b second number
 */
record Event(long at, Kind kind, int a, int b) {
    /** What happens. */
    enum Kind {
        /** Nothing: the states are compared. */
        LOOK,
        /** INTR goes up with vector {@code a}. */
        INTERRUPT,
        /** INTR goes down without having been served. */
        WITHDRAW,
        /** An NMI. */
        NMI,
        /** A bus master writes {@code b} to patch slot {@code a}. */
        DMA,
        /** A bus master writes {@code b} to linear address {@code a} of code or data, whatever is there. */
        DMA_ANYWHERE,
        /** The A20 gate opens when {@code a} is 1. */
        A20,
        /** Page {@code a} becomes read-only when {@code b} is 1. */
        READ_ONLY,
        /** Page {@code a} is read from the second bank when {@code b} is 1. */
        SHADOW,
        /** The dirty log is switched on when {@code a} is 1. */
        DIRTY_LOG,
        /** The log of dirty pages is taken and compared. */
        TAKE_DIRTY,
        /** The state is saved and loaded again. */
        RELOAD,
        /** Another core takes over: the interpreter, and the next time the tested one again. */
        SWAP,
        /** Somebody asks the core to leave its run. */
        REQUEST,
        /** The debugger wants to stop before item {@code a}, or at accesses to the data at {@code a} when {@code b} is 1. */
        BREAKPOINT,
        /** The debugger is gone. */
        NO_BREAKPOINTS
    }
}
