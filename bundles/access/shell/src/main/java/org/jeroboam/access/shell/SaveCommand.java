package org.jeroboam.access.shell;

import java.nio.file.Path;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;

/** {@code vm:save}. */
@Service
@Command(
        scope = "vm",
        name = "save",
        description =
                "Saves a machine's state and turns it off; with a file, writes the state there and pauses the machine")
public final class SaveCommand extends MachineCommand {
    @Argument(index = 1, name = "file", description = "Where to write the state")
    @Completion(FileCompleter.class)
    String file;

    @Override
    void run(VirtualMachine machine) throws ManagementException {
        if (file == null) {
            machine.save();
        } else {
            machine.extension().saveTo(Path.of(file));
        }
    }
}
