package org.jeroboam.access.shell;

import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.table.ShellTable;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.extension.PartSpares;

/** {@code part:spares}. */
@Service
@Command(scope = "part", name = "spares", description = "Lists the previous versions of bundles that were updated")
public final class SparesCommand implements Action {
    @Reference(optional = true)
    PartSpares spares;

    @Reference
    Session session;

    @Override
    public Object execute() throws ManagementException {
        ShellTable table = new ShellTable().emptyTableText("nothing was updated");
        table.column("ID").alignRight();
        table.column("Bundle");
        table.column("Version");
        table.column("Spare");
        for (PartSpares.Spare spare : service(spares).spares()) {
            table.addRow().addContent(spare.id(), spare.bundle(), spare.version(), spare.spareVersion());
        }
        table.print(session.getConsole());
        return null;
    }

    static PartSpares service(PartSpares spares) throws ManagementException {
        if (spares == null) {
            throw ManagementException.badRequest(
                    "nothing keeps spares; install and start the bundle jeroboam-platform-updates");
        }
        return spares;
    }
}
