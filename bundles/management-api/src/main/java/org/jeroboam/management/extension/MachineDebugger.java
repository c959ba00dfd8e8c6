package org.jeroboam.management.extension;

import java.util.List;
import org.jeroboam.management.ManagementException;

/**
 * A debugger outside the guest: stops, steps, reads and writes. While one is open it alone says when the guest runs.
 * Thread-safe.
 */
public interface MachineDebugger extends AutoCloseable {
    /**
     * The processor's registers.
     *
     * @return as of now; of a guest that runs, of some instant
     * @throws ManagementException when the machine is turned off
     */
    ProcessorRegisters registers() throws ManagementException;

    /**
     * Changes general registers, EIP, EFLAGS, the x87 and SSE registers and selectors; a changed selector is loaded as
     * MOV does in the present mode, CS as a far JMP does. Segment bases and control registers cannot be changed.
     *
     * @param registers all of them
     * @throws ManagementException when the guest runs, a base or control register differs, or the load of a selector
     *     would fault
     */
    void setRegisters(ProcessorRegisters registers) throws ManagementException;

    /**
     * Reads guest memory as the processor sees it now.
     *
     * @param linear first linear address
     * @param length bytes, 0 to 64 KiB
     * @return fewer bytes when a page is not present
     * @throws ManagementException when the machine is turned off
     */
    byte[] readMemory(int linear, int length) throws ManagementException;

    /**
     * Writes guest memory, whatever the page tables protect.
     *
     * @param linear first linear address
     * @param data the bytes
     * @return how many were written; fewer when a page is not present
     * @throws ManagementException when the machine is turned off
     */
    int writeMemory(int linear, byte[] data) throws ManagementException;

    /**
     * Sets the breakpoints in place of those before.
     *
     * @param breakpoints any number
     * @throws ManagementException when the machine is turned off or the processor core has no breakpoints
     */
    void setBreakpoints(List<DebugBreakpoint> breakpoints) throws ManagementException;

    /**
     * Executes one instruction, whatever breakpoint it has.
     *
     * @throws ManagementException when the guest runs, or cannot go on
     */
    void step() throws ManagementException;

    /**
     * Lets the guest run until a {@link Stop}.
     *
     * @throws ManagementException when it is turned off
     */
    void resume() throws ManagementException;

    /**
     * Stops the guest between two instructions.
     *
     * @throws ManagementException when it is turned off
     */
    void interrupt() throws ManagementException;

    /** Leaves: breakpoints are gone and the guest goes on. */
    @Override
    void close();

    /** Told of stops. */
    @FunctionalInterface
    interface Listener {
        /**
         * A guest that ran has stopped. Called on a thread of the server.
         *
         * @param reason why
         */
        void stopped(Stop reason);
    }

    /** Why a guest stopped. */
    sealed interface Stop {
        /**
         * At a breakpoint.
         *
         * @param breakpoint which
         */
        record AtBreakpoint(DebugBreakpoint breakpoint) implements Stop {}

        /** Somebody paused it. */
        record Paused() implements Stop {}

        /** It was turned off. */
        record TurnedOff() implements Stop {}
    }

    /**
     * A breakpoint.
     *
     * @param kind what must happen
     * @param linear first linear address
     * @param length bytes of data, 1 to 4096; 1 for {@link Kind#EXECUTE}
     */
    record DebugBreakpoint(Kind kind, int linear, int length) {
        /** What stops the guest. */
        public enum Kind {
            /** The instruction at the address is about to be executed. */
            EXECUTE,
            /** An instruction wrote to the area. */
            WRITE,
            /** An instruction read from the area. */
            READ,
            /** An instruction read from or wrote to the area. */
            ACCESS
        }
    }

    /**
     * Registers of an x86 processor.
     *
     * @param general EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI
     * @param eip offset of the next instruction in its code segment
     * @param eflags the flags
     * @param selectors ES, CS, SS, DS, FS, GS
     * @param bases linear bases of the same
     * @param control CR0, CR2, CR3, CR4
     * @param fxsave x87, MMX and SSE as FXSAVE writes them, 512 bytes
     */
    record ProcessorRegisters(
            int[] general, int eip, int eflags, int[] selectors, int[] bases, int[] control, byte[] fxsave) {}
}
