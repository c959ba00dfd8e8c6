package org.jeroboam.access.shell;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineExtension.SwapResult;

/** {@code vm:swap}. */
@Service
@Command(scope = "vm", name = "swap", description = "Replaces a part by another version of it while the machine runs")
public final class SwapCommand extends MachineCommand {
    @Reference
    Session session;

    @Argument(index = 1, name = "part", description = "The part's name, as vm:devices shows it", required = true)
    @Completion(PartNames.class)
    String part;

    @Option(
            name = "--to",
            description = "The bundle to use: its version, its name, or name/version (default: the highest-ranked one)")
    @Completion(SwapTargets.class)
    String to;

    @Override
    void run(VirtualMachine machine) throws ManagementException {
        SwapResult result = machine.extension().swapPart(part, to);
        String note = result.note().isEmpty() ? "" : "; " + result.note();
        session.getConsole()
                .println(part + " was replaced; the guest stood still for "
                        + result.blackout().toNanos() / 1000 + " us" + note);
    }
}
