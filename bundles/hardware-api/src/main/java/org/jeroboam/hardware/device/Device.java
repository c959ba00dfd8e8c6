package org.jeroboam.hardware.device;

import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/**
 * One device on one board. All calls come on the machine thread, so a device needs no locks. Life: {@link #attach}, then
 * {@link #reset} with {@code POWER_ON} or {@link #restore}, then work; {@link #drain}, {@link #save} and {@link #detach}
 * when it is saved or replaced.
 *
 * <p>The guest is hostile: no register write, descriptor or media content may make a device throw, hang, or act outside
 * its scope.
 */
public interface Device {
    /**
     * Connects to the board and registers ports, pages, timers and lines there. Drives no line and arms no timer:
     * {@link #reset} or {@link #restore} follows.
     *
     * @param board the device's scope, valid until {@link #detach}
     */
    void attach(Board board);

    /**
     * Goes to the state that the data sheet gives for a reset.
     *
     * @param kind {@code POWER_ON} or {@code HARD}
     */
    void reset(ResetKind kind);

    /**
     * Asks whether the device can be saved between two instructions now. Background work in
     * {@link org.jeroboam.hardware.board.Offload}s is the machine's business; a device says {@link DrainState#DRAINING}
     * only when it needs more guest time. The machine asks again until all devices are quiet in one round.
     *
     * @return whether {@link #save} would be complete
     */
    default DrainState drain() {
        return DrainState.QUIET;
    }

    /**
     * Writes all that the device must remember: raw latches, deadlines, half-done accesses, queued bytes. Changes nothing.
     *
     * @param out gets at least one section
     */
    void save(StateWriter out);

    /**
     * Takes a state that this or an older version saved: sets registers, re-arms timers, drives lines to their levels
     * without making an edge of its own.
     *
     * @param in what {@link #save} wrote
     * @throws StateException when the state does not fit; the device is then discarded
     */
    void restore(StateReader in) throws StateException;

    /** The end: frees what the device holds beside the board's scope, which the machine revokes right after. */
    default void detach() {}
}
