package org.jeroboam.access.shell;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;

/** {@code vm:swap}. */
@Service
@Command(scope = "vm", name = "swap", description = "Replaces a part by another version of it while the machine runs")
public final class SwapCommand extends MachineCommand {
    @Reference
    Session session;

    @Argument(index = 1, name = "part", description = "The part's name, as vm:devices shows it", required = true)
    String part;

    @Option(name = "--to", description = "Version of the bundle to use (default: the highest-ranked one)")
    String version;

    @Override
    void run(VirtualMachine machine) throws ManagementException {
        long micros = machine.extension().swapPart(part, version).toNanos() / 1000;
        session.getConsole().println(part + " was replaced; the guest stood still for " + micros + " us");
    }
}
