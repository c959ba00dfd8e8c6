package org.jeroboam.access.shell;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;

/** {@code vm:delete}. */
@Service
@Command(scope = "vm", name = "delete", description = "Deletes a machine and its saved state; its disks stay")
public final class DeleteCommand extends MachineCommand {
    @Override
    void run(VirtualMachine machine) throws ManagementException {
        server.deleteVirtualMachine(machine);
    }
}
