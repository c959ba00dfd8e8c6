package org.jeroboam.access.shell;

import java.util.List;
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

    /** The same option where people write it, behind the part: Karaf itself knows options in front only. */
    @Argument(index = 2, name = "--to TARGET", description = "May also stand here", multiValued = true)
    @Completion(SwapTargets.class)
    List<String> rest;

    @Override
    void run(VirtualMachine machine) throws ManagementException {
        if (rest != null && !rest.isEmpty()) {
            if (rest.size() != 2 || !rest.getFirst().equals("--to") || to != null) {
                throw ManagementException.badRequest("vm:swap does not understand '" + String.join(" ", rest)
                        + "'; use vm:swap NAME PART --to TARGET");
            }
            to = rest.getLast();
        }
        SwapResult result = machine.extension().swapPart(part, to);
        String note = result.note().isEmpty() ? "" : "; " + result.note();
        session.getConsole()
                .println(part + " was replaced; the guest stood still for "
                        + result.blackout().toNanos() / 1000 + " us" + note);
    }
}
