package org.jeroboam.access.shell;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.table.ShellTable;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineExtension.PartInfo;

/** {@code vm:devices}. */
@Service
@Command(scope = "vm", name = "devices", description = "Lists the parts of a machine that is on")
public final class DevicesCommand extends MachineCommand {
    @Reference
    Session session;

    @Option(name = "--imperfections", aliases = "-i", description = "Show what each part does not model")
    boolean imperfections;

    @Override
    void run(VirtualMachine machine) throws ManagementException {
        ShellTable table = new ShellTable();
        table.column("Part");
        table.column("Type");
        table.column("Bundle");
        table.column("Version");
        table.column("State").alignRight();
        table.column("Swaps").alignRight();
        table.column("Last blackout").alignRight();
        for (PartInfo part : machine.extension().parts()) {
            table.addRow()
                    .addContent(
                            part.name(),
                            part.type(),
                            part.bundle(),
                            part.version(),
                            part.stateBytes() < 0 ? "-" : part.stateBytes() + " bytes",
                            part.swaps(),
                            part.lastBlackout() == null
                                    ? "-"
                                    : part.lastBlackout().toNanos() / 1000 + " us");
        }
        table.print(session.getConsole());
        if (imperfections) {
            for (PartInfo part : machine.extension().parts()) {
                part.imperfections().forEach(text -> session.getConsole().println(part.name() + ": " + text));
            }
        }
    }
}
