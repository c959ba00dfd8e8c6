package org.jeroboam.hardware.machine;

import org.jeroboam.hardware.cpu.Breakpoint;

/** What a machine tells without being asked. */
public sealed interface MachineEvent {
    /**
     * The state changed.
     *
     * @param state the new one
     * @param reason one sentence when it is not obvious; else empty
     */
    record StateChanged(MachineState state, String reason) implements MachineEvent {}

    /**
     * The guest ended, or cannot go on; the state is OFF, or PAUSED for {@link StopReason#CANNOT_GO_ON}.
     *
     * @param reason why
     * @param detail one sentence, or empty
     */
    record Stopped(StopReason reason, String detail) implements MachineEvent {}

    /**
     * Bytes from a character port, to be acknowledged by {@link MachineCommand.Consumed}.
     *
     * @param port its name
     * @param data the bytes
     */
    record Output(String port, byte[] data) implements MachineEvent {}

    /**
     * A debugger's breakpoint was reached; the machine becomes PAUSED, which is told next.
     *
     * @param breakpoint which one
     */
    record BreakpointHit(Breakpoint breakpoint) implements MachineEvent {}

    /**
     * The guest ejected a medium.
     *
     * @param drive name of the drive, which is now empty
     */
    record MediumEjected(String drive) implements MachineEvent {}

    /**
     * A part was replaced.
     *
     * @param part its name
     * @param from version of the bundle before; {@code name/version} when it is another bundle
     * @param to version of the bundle now, likewise
     * @param way how
     * @param blackoutNanos how long the guest stood still, host time
     */
    record PartSwapped(String part, String from, String to, SwapWay way, long blackoutNanos) implements MachineEvent {}

    /**
     * A staged swap failed; what was there goes on, unless {@link PartFailed} is told, too.
     *
     * @param part its name
     * @param from version of the bundle before, as in {@link PartSwapped}
     * @param to version of the bundle that failed
     * @param message one sentence
     */
    record SwapFailed(String part, String from, String to, String message) implements MachineEvent {}

    /**
     * A part failed; the machine waits for a mended one.
     *
     * @param part its name
     * @param message one sentence
     */
    record PartFailed(String part, String message) implements MachineEvent {}

    /**
     * A part has something to say about the guest.
     *
     * @param part its name
     * @param message one sentence
     */
    record Reported(String part, String message) implements MachineEvent {}

    /** Why a guest ended. */
    enum StopReason {
        /** The guest switched the power off. */
        POWERED_OFF_BY_GUEST,
        /** The guest reset the machine, which ends it by configuration. */
        RESET_BY_GUEST,
        /** An administrator cut the power. */
        TURNED_OFF,
        /** The processor shut down under {@code resetPowersOff}, or halted with interrupts off and nothing that could wake it. */
        CANNOT_GO_ON,
        /** A fault of ours. */
        FAULT
    }
}
