package org.jeroboam.access.shell;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.ScreenImage;

/** {@code vm:screen}. */
@Service
@Command(scope = "vm", name = "screen", description = "Shows a machine's screen, when that is in a text mode")
public final class ScreenCommand extends MachineCommand {
    @Reference
    Session session;

    @Override
    void run(VirtualMachine machine) throws ManagementException {
        ScreenImage screen = machine.extension().screen();
        if (screen.isEmpty()) {
            throw ManagementException.badRequest("the screen of " + machine.getName() + " is dark");
        }
        if (screen.text() == null) {
            throw ManagementException.badRequest("the screen of " + machine.getName() + " shows graphics ("
                    + screen.width() + " by " + screen.height() + "); vm:screenshot takes a picture of it");
        }
        screen.text().lines().map(String::stripTrailing).forEach(session.getConsole()::println);
    }
}
