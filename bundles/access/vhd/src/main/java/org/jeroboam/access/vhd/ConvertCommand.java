package org.jeroboam.access.vhd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.operation.DiskKind;

/** {@code convert}. */
final class ConvertCommand implements Command {
    static final Syntax.Option TYPE = Syntax.Option.oneOf("--type", "fixed, dynamic or raw", "fixed", "dynamic", "raw");
    static final Syntax.Option SYNC =
            Syntax.Option.flag("--no-sync", "do not wait until the host has the new file on its medium");

    @Override
    public Syntax syntax() {
        return new Syntax(
                "convert",
                "Copies a disk, with its parents if it has some, into a new file; the disk is left as it is.",
                List.of(new Syntax.Operand("IN", "the disk: .vhd or raw"), new Syntax.Operand("OUT", "the new file")),
                List.of(
                        TYPE.needed(),
                        SYNC,
                        Syntax.Option.flag("--force", "replace a file that has the new file's name")));
    }

    @Override
    public String run(Arguments arguments, Front front) throws ConfigurationException, IOException {
        convert(arguments, front, arguments.file(0), arguments.file(1));
        return null;
    }

    static void convert(Arguments arguments, Front front, Path from, Path to)
            throws ConfigurationException, IOException {
        DiskKind kind = DiskKind.valueOf(arguments.value("--type").toUpperCase(Locale.ROOT));
        boolean force = arguments.has("--force");
        boolean sync = !arguments.has("--no-sync");
        front.<Void, ConfigurationException>watched("converting", progress -> {
            front.operations().convert(from, to, kind, force, sync, progress);
            return null;
        });
        front.say("made " + to + " of " + Sizes.text(Files.size(to)));
    }
}
