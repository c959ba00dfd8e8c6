package org.jeroboam.access.shell;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;

/** {@code vm:resume}. */
@Service
@Command(scope = "vm", name = "resume", description = "Lets a paused machine go on")
public final class ResumeCommand extends MachineCommand {
    @Override
    void run(VirtualMachine machine) throws ManagementException {
        machine.resume();
    }
}
