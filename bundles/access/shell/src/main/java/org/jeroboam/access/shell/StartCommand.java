package org.jeroboam.access.shell;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;

/** {@code vm:start}. */
@Service
@Command(scope = "vm", name = "start", description = "Turns a machine on, or restores its saved state")
public final class StartCommand extends MachineCommand {
    @Override
    void run(VirtualMachine machine) throws ManagementException {
        machine.startup();
    }
}
