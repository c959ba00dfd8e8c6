package org.jeroboam.access.shell;

import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.VirtualServer;

/** A command about one machine. */
abstract class MachineCommand implements Action {
    @Reference
    VirtualServer server;

    @Argument(index = 0, name = "name", description = "The machine's name; options come before it", required = true)
    @Completion(MachineNames.class)
    String name;

    @Override
    public final Object execute() throws ManagementException {
        VirtualMachine machine = server.findVirtualMachine(name)
                .orElseThrow(() -> ManagementException.badRequest("there is no machine '" + name + "'; see vm:list"));
        run(machine);
        return null;
    }

    abstract void run(VirtualMachine machine) throws ManagementException;
}
