package org.jeroboam.management;

import java.util.List;
import java.util.Optional;
import org.jeroboam.management.extension.MachineSettings;

/** The virtual server (SDK: {@code IVMVirtualServer}): an OSGi service. Thread-safe. */
public interface VirtualServer {
    /**
     * Creates a virtual machine, turned off, and keeps it in the catalogue.
     *
     * @param name unique; 1 to 100 letters, digits, spaces and {@code ._-}, starting with a letter or digit
     * @param settings what it consists of
     * @return the machine
     * @throws ManagementException when the name is taken or not allowed, or the settings cannot be built
     */
    VirtualMachine createVirtualMachine(String name, MachineSettings settings) throws ManagementException;

    /**
     * Makes a machine that is in no catalogue and leaves nothing behind when it is closed.
     *
     * @param name for messages
     * @param settings what it consists of
     * @return the machine, turned off; the caller closes it with {@link #deleteVirtualMachine}
     * @throws ManagementException when the settings cannot be built
     */
    VirtualMachine createTransientMachine(String name, MachineSettings settings) throws ManagementException;

    /**
     * Finds a machine.
     *
     * @param name its name
     * @return the machine, or empty
     */
    Optional<VirtualMachine> findVirtualMachine(String name);

    /**
     * All machines of the catalogue.
     *
     * @return by name
     */
    List<VirtualMachine> getVirtualMachines();

    /**
     * Removes a machine and its saved state; its disks stay.
     *
     * @param machine a machine that is turned off or saved
     * @throws ManagementException when it runs
     */
    void deleteVirtualMachine(VirtualMachine machine) throws ManagementException;
}
