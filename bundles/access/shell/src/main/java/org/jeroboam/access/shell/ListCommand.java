package org.jeroboam.access.shell;

import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.table.ShellTable;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.VirtualServer;

/** {@code vm:list}. */
@Service
@Command(scope = "vm", name = "list", description = "Lists the machines")
public final class ListCommand implements Action {
    @Reference
    VirtualServer server;

    @Reference
    Session session;

    @Override
    public Object execute() {
        ShellTable table = new ShellTable().emptyTableText("no machines; make one with vm:create");
        table.column("Name");
        table.column("State");
        table.column("Memory").alignRight();
        table.column("CPU time").alignRight();
        for (VirtualMachine machine : server.getVirtualMachines()) {
            table.addRow()
                    .addContent(
                            machine.getName(),
                            Text.of(machine.getState()),
                            (machine.getSettings().memoryBytes() >> 20) + "M",
                            Text.of(machine.extension().status().cpuTime()));
        }
        table.print(session.getConsole());
        return null;
    }
}
