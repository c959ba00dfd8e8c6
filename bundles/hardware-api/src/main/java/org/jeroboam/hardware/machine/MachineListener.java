package org.jeroboam.hardware.machine;

/** Told of events, in order, on a thread of the machine that is not the machine thread. Must return soon. */
@FunctionalInterface
public interface MachineListener {
    /**
     * Something happened.
     *
     * @param event what
     */
    void event(MachineEvent event);
}
