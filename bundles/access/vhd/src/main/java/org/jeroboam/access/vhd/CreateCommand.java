package org.jeroboam.access.vhd;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.operation.DiskKind;

/** {@code create}. */
final class CreateCommand implements Command {
    private static final String DIFFERENCING = "differencing";

    @Override
    public Syntax syntax() {
        return new Syntax(
                "create",
                "Makes an empty disk; a differencing one begins as its parent is.",
                List.of(new Syntax.Operand("FILE", "the new file")),
                List.of(
                        Syntax.Option.value("--size", "SIZE", "the disk's size, such as 512M or 16G; 3M to 2040G"),
                        Syntax.Option.oneOf(
                                "--type",
                                "fixed, dynamic (grows with what is written; default) or differencing",
                                "fixed",
                                "dynamic",
                                DIFFERENCING),
                        Syntax.Option.file("--parent", "FILE", "the parent of a differencing disk"),
                        Syntax.Option.flag("--protect", "let nobody write to the parent's file from now on"),
                        Syntax.Option.value("--block-size", "SIZE", "of a dynamic disk: a power of two (default 2M)"),
                        Syntax.Option.flag("--force", "replace a file of that name")));
    }

    @Override
    public String run(Arguments arguments, Front front) throws ConfigurationException, IOException {
        Path file = arguments.file(0);
        boolean force = arguments.has("--force");
        String type = arguments.has("--type")
                ? arguments.value("--type")
                : arguments.has("--parent") ? DIFFERENCING : "dynamic";
        if (type.equals(DIFFERENCING)) {
            child(arguments, front, file, force);
            return null;
        }
        if (arguments.has("--parent")) {
            throw arguments.wrong("takes --parent only for a differencing disk");
        }
        if (arguments.has("--protect")) {
            throw arguments.wrong("takes --protect only for a differencing disk's parent");
        }
        if (!arguments.has("--size")) {
            throw arguments.wrong("needs --size: the disk's size, such as 512M or 16G");
        }
        if (arguments.has("--block-size") && !type.equals("dynamic")) {
            throw arguments.wrong("takes --block-size only for a dynamic disk");
        }
        long size = arguments.size("--size");
        long blockSize =
                arguments.has("--block-size") ? arguments.size("--block-size") : DynamicHeader.DEFAULT_BLOCK_SIZE;
        DiskKind kind = type.equals("fixed") ? DiskKind.FIXED : DiskKind.DYNAMIC;
        front.operations().create(file, size, kind, blockSize, force);
        front.say("made " + file + ", a " + type + " disk of " + Sizes.text(size));
        return null;
    }

    private static void child(Arguments arguments, Front front, Path file, boolean force)
            throws ConfigurationException, IOException {
        if (!arguments.has("--parent")) {
            throw arguments.wrong("needs --parent for a differencing disk");
        }
        if (arguments.has("--size") || arguments.has("--block-size")) {
            throw arguments.wrong("takes no sizes for a differencing disk, which has that of its parent");
        }
        Path parent = arguments.file("--parent");
        front.operations().createChild(file, parent, force, arguments.has("--protect"));
        front.say("made " + file + ", a differencing disk over " + parent + ", which must not change from now on");
    }
}
