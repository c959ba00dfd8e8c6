package org.jeroboam.access.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.ManagementException.Kind;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.ScreenImage;

/** {@code vm:screenshot}. */
@Service
@Command(scope = "vm", name = "screenshot", description = "Takes a picture of a machine's screen")
public final class ScreenshotCommand extends MachineCommand {
    @Argument(index = 1, name = "file", description = "The picture's file, a PNG; it is overwritten", required = true)
    @Completion(FileCompleter.class)
    String file;

    @Override
    void run(VirtualMachine machine) throws ManagementException {
        ScreenImage screen = machine.extension().screen();
        if (screen.isEmpty()) {
            throw ManagementException.badRequest(
                    "the screen of " + machine.getName() + " is dark; there is nothing to take a picture of");
        }
        try {
            Files.write(Path.of(file), screen.png());
        } catch (NoSuchFileException e) {
            throw new ManagementException(
                    Kind.BAD_REQUEST, "the picture " + file + " cannot be written: there is no such directory", e);
        } catch (IOException e) {
            throw new ManagementException(
                    Kind.BAD_REQUEST, "the picture " + file + " cannot be written: " + e.getMessage(), e);
        }
    }
}
