package org.jeroboam.access.vhd;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Gives the commands what they speak to. */
record CommandFactory(Terminal terminal, Interruption interruption) implements IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
        if (type == CreateCommand.class) {
            return type.cast(new CreateCommand(terminal));
        }
        if (type == InfoCommand.class) {
            return type.cast(new InfoCommand(terminal));
        }
        if (type == ConvertCommand.class) {
            return type.cast(new ConvertCommand(terminal, interruption));
        }
        if (type == CheckCommand.class) {
            return type.cast(new CheckCommand(terminal, interruption));
        }
        if (type == Sizes.class) {
            return type.cast(new Sizes());
        }
        return CommandLine.defaultFactory().create(type);
    }
}
