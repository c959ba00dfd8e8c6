package org.jeroboam.hardware.cpu;

import java.util.List;

/**
 * One machine's processor. All methods are called on the machine thread, except {@link #requestExit()}. A core registers
 * itself with the {@link org.jeroboam.hardware.memory.MemoryMap} of its bus when it is created and leaves it in {@link #close()}.
 */
public interface CpuCore extends AutoCloseable {
    /**
     * Runs guest instructions until the budget is used up or something in {@link ExitReason} happens. An iteration of a
     * REP string instruction counts as one instruction, and so does an instruction that ends in an exception (a loop of
     * faults uses up its budget); taking an interrupt counts none.
     *
     * @param maxInstructions budget, 1 or more; never exceeded, and used up exactly when the reason is
     *     {@link ExitReason#BUDGET} (any core; this is what makes two runs equal); a watched access of the last instruction
     *     gives {@link ExitReason#DEBUG} with the budget used up
     * @return instructions retired by this call
     */
    long run(long maxInstructions);

    /**
     * Why the last {@link #run} returned.
     *
     * @return the reason; {@link ExitReason#BUDGET} before the first run
     */
    ExitReason exitReason();

    /**
     * Instructions retired since the state was loaded plus {@link CpuState#retired} of that state. Exact also within a
     * call-back from {@link #run}, where the instruction that accesses the port or device page is not yet counted.
     *
     * @return the count
     */
    long retired();

    /**
     * Lowers the budget of the current run: it ends with {@link ExitReason#BUDGET} when {@link #retired()} reaches the
     * limit. For call-backs that arm an earlier timer. A limit above the present one changes nothing; a limit already
     * reached ends the run after the current instruction.
     *
     * @param retired value of {@link #retired()} at which to stop
     */
    void limitRun(long retired);

    /** Makes the current or next {@link #run} return with {@link ExitReason#REQUEST} soon (within 20,000 instructions). Any thread. */
    void requestExit();

    /**
     * The level of INTR. It is looked at between instructions, at the latest when {@link #run} is called, after a port or
     * device page access, and after an instruction that may have enabled interrupts.
     *
     * @param asserted whether the interrupt controller requests
     */
    void setInterruptLine(boolean asserted);

    /** Latches a non-maskable interrupt. */
    void raiseNmi();

    /**
     * Opens or closes the A20 gate; when closed, bit 20 of every physical address is 0. Drops the TLB when it changes.
     *
     * @param open whether address line 20 passes
     */
    void setA20(boolean open);

    /**
     * The complete architectural state, at an instruction boundary.
     *
     * @return a new object that shares nothing with the core
     */
    CpuState save();

    /**
     * The state at the start of the instruction that is accessing a port or a device page now, so that it can be repeated.
     * Asked by another thread while the machine thread does not come back from that access; this core is not used any
     * more then, but for {@link #close()}.
     *
     * @return a new object, or null when the core does not know
     */
    default CpuState saveAtAccess() {
        return null;
    }

    /**
     * Takes a state; TLB and translated code are dropped.
     *
     * @param state from any core's {@link #save()}, or {@link CpuState#afterReset}
     */
    void load(CpuState state);

    /**
     * Sets the debugger's breakpoints in place of those before. A run ends with {@link ExitReason#DEBUG} before the
     * instruction at an {@link Breakpoint.Kind#EXECUTE} breakpoint (also when it is the first of the run), and after one
     * that touched a watched area. They are no part of the state; without any, nothing is slower.
     *
     * @param breakpoints any number; empty for none
     */
    void setBreakpoints(List<Breakpoint> breakpoints);

    /**
     * What ended the last run with {@link ExitReason#DEBUG}.
     *
     * @return the breakpoint, or null when the last run ended otherwise
     */
    Breakpoint breakpointHit();

    /**
     * Where a linear address leads now, with the privilege of the supervisor. Changes nothing: no accessed bit, no TLB.
     *
     * @param linear the address
     * @return the physical address behind the A20 gate, or -1 when the page is not present
     */
    long translate(int linear);

    /** Leaves the memory map and frees what the core holds outside the heap. */
    @Override
    void close();
}
