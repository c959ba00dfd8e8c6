package org.jeroboam.access.shell;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.VirtualServer;

/** Completes the names of machines. */
@Service
public final class MachineNames implements Completer {
    @Reference
    VirtualServer server;

    @Override
    public int complete(Session session, CommandLine commandLine, List<String> candidates) {
        return new StringsCompleter(server.getVirtualMachines().stream()
                        .map(VirtualMachine::getName)
                        .toList())
                .complete(session, commandLine, candidates);
    }
}
