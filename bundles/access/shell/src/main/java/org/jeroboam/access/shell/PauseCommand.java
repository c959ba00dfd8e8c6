package org.jeroboam.access.shell;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;

/** {@code vm:pause}. */
@Service
@Command(scope = "vm", name = "pause", description = "Stops a machine's time")
public final class PauseCommand extends MachineCommand {
    @Override
    void run(VirtualMachine machine) throws ManagementException {
        machine.pause();
    }
}
