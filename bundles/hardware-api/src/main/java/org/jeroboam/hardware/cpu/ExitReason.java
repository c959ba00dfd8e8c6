package org.jeroboam.hardware.cpu;

/** Why {@link CpuCore#run} returned. */
public enum ExitReason {
    /** All instructions of the budget were retired. */
    BUDGET,
    /** The processor executed HLT and no interrupt that would wake it is pending. */
    HALT,
    /** {@link CpuCore#requestExit()} was called. */
    REQUEST,
    /** Shutdown after a fault while delivering a double fault; a board resets the processor then. */
    SHUTDOWN,
    /** A debugger's breakpoint; {@link CpuCore#breakpointHit()} says which. */
    DEBUG
}
