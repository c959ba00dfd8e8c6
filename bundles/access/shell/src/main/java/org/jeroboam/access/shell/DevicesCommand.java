package org.jeroboam.access.shell;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.table.ShellTable;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineExtension.PartInfo;
import org.jeroboam.management.extension.MachineExtension.PartSwap;

/** {@code vm:devices}. */
@Service
@Command(scope = "vm", name = "devices", description = "Lists the parts of a machine that is on")
public final class DevicesCommand extends MachineCommand {
    private static final DateTimeFormatter WHEN = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    @Reference
    Session session;

    @Option(name = "--imperfections", aliases = "-i", description = "Show what each part does not model")
    boolean imperfections;

    private static String text(PartSwap swap) {
        return swap == null
                ? "-"
                : swap.at().atZone(ZoneId.systemDefault()).format(WHEN) + " " + swap.from() + " -> " + swap.to() + " "
                        + swap.way();
    }

    @Override
    void run(VirtualMachine machine) throws ManagementException {
        ShellTable table = new ShellTable();
        table.column("Part");
        table.column("Type");
        table.column("Bundle");
        table.column("Version");
        table.column("State").alignRight();
        table.column("Swaps").alignRight();
        table.column("Last swap");
        table.column("Blackout").alignRight();
        for (PartInfo part : machine.extension().parts()) {
            table.addRow()
                    .addContent(
                            part.name(),
                            part.type(),
                            part.bundle(),
                            part.version(),
                            part.stateBytes() < 0 ? "-" : part.stateBytes() + " bytes",
                            part.swaps(),
                            text(part.lastSwap()),
                            part.lastSwap() == null
                                    ? "-"
                                    : part.lastSwap().blackout().toNanos() / 1000 + " us");
        }
        table.print(session.getConsole());
        if (imperfections) {
            for (PartInfo part : machine.extension().parts()) {
                part.imperfections().forEach(text -> session.getConsole().println(part.name() + ": " + text));
            }
        }
    }
}
