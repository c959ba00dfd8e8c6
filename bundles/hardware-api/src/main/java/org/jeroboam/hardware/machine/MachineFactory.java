package org.jeroboam.hardware.machine;

import org.jeroboam.hardware.device.ConfigurationException;

/** OSGi service that makes machines. Thread-safe. */
public interface MachineFactory {
    /**
     * Builds a machine that is powered off: files are opened and locked, parts are chosen, nothing runs.
     *
     * @param config what to build
     * @param listener told of all that happens
     * @param scheduler gives time slices
     * @return the machine
     * @throws ConfigurationException when something in the configuration cannot be built; one sentence; nothing is left open
     */
    Machine create(MachineConfig config, MachineListener listener, MachineScheduler scheduler)
            throws ConfigurationException;
}
