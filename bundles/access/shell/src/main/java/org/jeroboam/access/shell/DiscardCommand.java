package org.jeroboam.access.shell;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;

/** {@code vm:discard}. */
@Service
@Command(scope = "vm", name = "discard", description = "Throws a machine's saved state away: it is turned off then")
public final class DiscardCommand extends MachineCommand {
    @Override
    void run(VirtualMachine machine) throws ManagementException {
        machine.discardSavedState();
    }
}
