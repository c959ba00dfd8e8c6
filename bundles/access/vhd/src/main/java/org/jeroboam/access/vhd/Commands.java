package org.jeroboam.access.vhd;

import java.util.List;
import java.util.Optional;

/** All commands. */
final class Commands {
    /** In the order of the help. */
    static final List<Command> ALL = List.of(
            new CreateCommand(),
            new InfoCommand(),
            new ConvertCommand(),
            new ChangeCommands.Compact(),
            new ChangeCommands.Resize(),
            new ChangeCommands.Merge(),
            new ChangeCommands.Reparent(),
            new CheckCommands.Look(),
            new CheckCommands.Mend(),
            new MapCommand());

    private Commands() {}

    static Optional<Command> named(String name) {
        for (Command command : ALL) {
            if (command.syntax().name().equals(name)) {
                return Optional.of(command);
            }
        }
        return Optional.empty();
    }
}
