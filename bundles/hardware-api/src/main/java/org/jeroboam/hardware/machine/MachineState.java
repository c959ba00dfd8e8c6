package org.jeroboam.hardware.machine;

/** What a machine is doing. */
public enum MachineState {
    /** Powered off. */
    OFF,
    /** Guest code runs, or waits in HLT. */
    RUNNING,
    /** Guest time stands still at the administrator's wish. */
    PAUSED,
    /** Guest time stands still because a part is missing or failed; see the last {@link MachineEvent.StateChanged}. */
    WAITING_FOR_PART,
    /** {@link Machine#close()} was called. */
    CLOSED
}
