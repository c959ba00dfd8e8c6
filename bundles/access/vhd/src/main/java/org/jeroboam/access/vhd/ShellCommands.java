package org.jeroboam.access.vhd;

import java.util.List;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.jeroboam.hardware.storage.ImageLocks;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Gives the server's shell the commands {@code vhd:create} and so on, which are those of {@code jeroboam vhd}. */
@Component(service = {})
public final class ShellCommands {
    private final SessionFactory shell;
    private final List<ShellCommand> commands;

    /**
     * For Declarative Services.
     *
     * @param shell takes the commands
     * @param locks the lock service
     */
    @Activate
    public ShellCommands(@Reference SessionFactory shell, @Reference ImageLocks locks) {
        this.shell = shell;
        commands = Commands.ALL.stream()
                .map(command -> new ShellCommand(command, locks))
                .toList();
        commands.forEach(shell.getRegistry()::register);
    }

    /** Takes them back. */
    @Deactivate
    public void deactivate() {
        commands.forEach(shell.getRegistry()::unregister);
    }
}
