package org.jeroboam.access.shell;

import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.extension.PartSpares;

/** {@code part:revert}. */
@Service
@Command(scope = "part", name = "revert", description = "Puts back what a bundle was before its last update")
public final class RevertCommand implements Action {
    @Reference(optional = true)
    PartSpares spares;

    @Reference
    Session session;

    @Argument(description = "The bundle's symbolic name or number, see part:spares", required = true)
    String bundle;

    @Override
    public Object execute() throws ManagementException {
        String version = SparesCommand.service(spares).revert(bundle);
        session.getConsole().println(bundle + " has version " + version + " again");
        return null;
    }
}
