package org.jeroboam.access.shell;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jeroboam.management.VirtualServer;
import org.jeroboam.management.extension.MachineExtension.PartInfo;

/** Completes the names of parts of the machine that the line names before. */
@Service
public final class PartNames implements Completer {
    @Reference
    VirtualServer server;

    @Override
    public int complete(Session session, CommandLine commandLine, List<String> candidates) {
        List<String> names = MachineOnLine.ask(server, commandLine, machine -> machine.extension().parts().stream()
                .map(PartInfo::name)
                .toList());
        return new StringsCompleter(names).complete(session, commandLine, candidates);
    }
}
