package org.jeroboam.access.shell;

import java.nio.file.Path;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.VirtualMachineState;

/** {@code vm:restore}. */
@Service
@Command(
        scope = "vm",
        name = "restore",
        description =
                "Restores a machine's saved state and lets it go on; with a file, restores that and leaves it paused")
public final class RestoreCommand extends MachineCommand {
    @Argument(index = 1, name = "file", description = "A state that vm:save wrote")
    @Completion(FileCompleter.class)
    String file;

    @Override
    void run(VirtualMachine machine) throws ManagementException {
        if (file != null) {
            machine.extension().restoreFrom(Path.of(file));
        } else if (machine.getState() == VirtualMachineState.SAVED) {
            machine.startup();
        } else {
            throw ManagementException.badRequest(machine.getName() + " has no saved state");
        }
    }
}
