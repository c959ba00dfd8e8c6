package org.jeroboam.access.shell;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;

/** {@code vm:reset}. */
@Service
@Command(scope = "vm", name = "reset", description = "Presses a machine's reset button")
public final class ResetCommand extends MachineCommand {
    @Override
    void run(VirtualMachine machine) throws ManagementException {
        machine.reset();
    }
}
