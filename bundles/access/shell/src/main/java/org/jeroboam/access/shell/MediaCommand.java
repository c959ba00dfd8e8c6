package org.jeroboam.access.shell;

import java.nio.file.Path;
import java.util.Locale;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.RemovableDrive;

/** {@code vm:media}. */
@Service
@Command(scope = "vm", name = "media", description = "Shows or changes what is in a machine's CD and floppy drives")
public final class MediaCommand extends MachineCommand {
    private static final String EJECT = "eject";

    @Reference
    Session session;

    @Argument(index = 1, name = "drive", description = "cdrom or floppy; without it, both are shown")
    @Completion(
            value = StringsCompleter.class,
            values = {"cdrom", "floppy"})
    String drive;

    @Argument(
            index = 2,
            name = "medium",
            description =
                    "The image that is put in, or eject (./eject for a file of that name); without it, what is in is"
                            + " shown")
    @Completion(FileCompleter.class)
    String medium;

    @Override
    void run(VirtualMachine machine) throws ManagementException {
        if (drive == null) {
            for (RemovableDrive one : RemovableDrive.values()) {
                show(machine, one);
            }
        } else if (medium == null) {
            show(machine, parse(drive));
        } else {
            machine.extension()
                    .changeMedium(
                            parse(drive),
                            medium.equals(EJECT) ? null : Path.of(medium).toAbsolutePath());
        }
    }

    private void show(VirtualMachine machine, RemovableDrive one) {
        Path image = machine.getSettings().medium(one);
        session.getConsole().printf("%-8s%s%n", name(one), image == null ? "empty" : image);
    }

    private static RemovableDrive parse(String text) throws ManagementException {
        for (RemovableDrive one : RemovableDrive.values()) {
            if (name(one).equals(text)) {
                return one;
            }
        }
        throw ManagementException.badRequest("there is no drive '" + text + "'; there are cdrom and floppy");
    }

    private static String name(RemovableDrive one) {
        return one.name().toLowerCase(Locale.ROOT);
    }
}
