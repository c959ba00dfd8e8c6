package org.jeroboam.access.shell;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;

/** {@code vm:regs}. */
@Service
@Command(scope = "vm", name = "regs", description = "Shows the registers of a machine's processor")
public final class RegsCommand extends MachineCommand {
    @Reference
    Session session;

    @Override
    void run(VirtualMachine machine) throws ManagementException {
        session.getConsole().println(machine.extension().registers());
    }
}
