package org.jeroboam.access.shell;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.DebugStub;

/** {@code vm:gdb}. */
@Service
@Command(
        scope = "vm",
        name = "gdb",
        description = "Opens a port of the server's loopback address for GDB until the machine is turned off")
public final class GdbCommand extends MachineCommand {
    @Reference
    DebugStub stub;

    @Reference
    Session session;

    @Argument(index = 1, name = "port", description = "1 to 65535; without it, any free port")
    int port;

    @Override
    void run(VirtualMachine machine) throws ManagementException {
        DebugStub.Listening listening = stub.listen(machine, port);
        session.getConsole().println("target remote localhost:" + listening.port());
    }
}
