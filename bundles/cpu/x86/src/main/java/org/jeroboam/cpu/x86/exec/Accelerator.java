package org.jeroboam.cpu.x86.exec;

/**
 * Executes places that are entered often faster than linked instruction objects can. It may leave over whatever it
 * likes, instruction by instruction; state, budget and every observable effect must be those of the interpreter.
 * Machine thread only.
 */
public interface Accelerator extends AutoCloseable {
    /** How {@link #run} ended. */
    enum Outcome {
        /** Execution goes on at {@link Engine#eip()}, wherever that is. */
        CONTINUE,
        /** The instruction at {@link Engine#eip()} is the interpreter's; the budget is 1 or more. */
        INTERPRET
    }

    /**
     * Makes code for a place that was entered often, and sets {@link Place#setCode}; or leaves it at 0, then it will not be
     * asked again for this place.
     *
     * @param place where branches lead to, in the present mode
     */
    void translate(Place place);

    /**
     * Executes code from {@link Engine}'s state on, and updates that: registers, {@link Engine#eip()}, flags, budget. What
     * it executes consumes the budget, one for each instruction, and never more than there is.
     *
     * @param place one with code, for the present mode and address space
     * @return how to go on
     */
    Outcome run(Place place);

    /** Brings the floating-point registers home, for the interpreter. */
    void releaseFpu();

    /** All places are forgotten: so may be their code. */
    void forget();

    /** Frees what it holds outside the heap. */
    @Override
    void close();
}
