package org.jeroboam.access.shell;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;

/** {@code vm:stop}. */
@Service
@Command(scope = "vm", name = "stop", description = "Turns a machine off; what its guest did not flush is lost")
public final class StopCommand extends MachineCommand {
    @Option(
            name = "--shutdown",
            aliases = "-s",
            description = "Press the power button instead: the guest shuts itself down")
    boolean shutdown;

    @Override
    void run(VirtualMachine machine) throws ManagementException {
        if (shutdown) {
            machine.shutdown();
        } else {
            machine.turnOff();
        }
    }
}
