package org.jeroboam.access.shell;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;

/** {@code vm:cpu}. */
@Service
@Command(scope = "vm", name = "cpu", description = "Changes the processor core while the machine runs")
public final class CpuCommand extends MachineCommand {
    @Argument(index = 1, name = "core", description = "The core's name", required = true)
    String core;

    @Override
    void run(VirtualMachine machine) throws ManagementException {
        machine.extension().switchCore(core);
    }
}
