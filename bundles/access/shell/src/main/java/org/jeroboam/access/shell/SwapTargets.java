package org.jeroboam.access.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.VirtualServer;
import org.jeroboam.management.extension.MachineExtension.PartInfo;

/** Completes what the part on the line can be replaced by; before a part is named, what any part can be. */
@Service
public final class SwapTargets implements Completer {
    @Reference
    VirtualServer server;

    @Override
    public int complete(Session session, CommandLine commandLine, List<String> candidates) {
        List<String> targets = MachineOnLine.ask(server, commandLine, machine -> targets(machine, commandLine));
        return new StringsCompleter(targets).complete(session, commandLine, candidates);
    }

    private static List<String> targets(VirtualMachine machine, CommandLine line) throws ManagementException {
        if (!List.of(line.getArguments()).contains("--to")) {
            return List.of("--to");
        }
        TreeSet<String> all = new TreeSet<>();
        for (PartInfo part : machine.extension().parts()) {
            List<String> own = machine.extension().swapTargets(part.name());
            if (List.of(line.getArguments()).contains(part.name())) {
                return own;
            }
            all.addAll(own);
        }
        return new ArrayList<>(all);
    }
}
