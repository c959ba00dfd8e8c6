package org.jeroboam.access.vhd;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.storage.vhd.operation.Compaction;

/** The commands that change a disk's file in its place. */
final class ChangeCommands {
    static final Syntax.Operand DISK = new Syntax.Operand("FILE", "the disk");

    private ChangeCommands() {}

    /** {@code compact}. */
    static final class Compact implements Command {
        @Override
        public Syntax syntax() {
            return new Syntax(
                    "compact",
                    "Makes a dynamic disk's file as small as its content allows. Needs room for the new file beside"
                            + " the old one.",
                    List.of(DISK),
                    List.of());
        }

        @Override
        public String run(Arguments arguments, Front front) throws ConfigurationException, IOException {
            Path file = arguments.file(0);
            Compaction.Result result = front.<Compaction.Result, ConfigurationException>watched(
                    "compacting", progress -> front.operations().compact(file, progress));
            front.say(file + " has " + Sizes.text(result.after()) + " now, after " + Sizes.text(result.before()));
            return null;
        }
    }

    /** {@code resize}. */
    static final class Resize implements Command {
        @Override
        public Syntax syntax() {
            return new Syntax(
                    "resize",
                    "Makes a fixed or dynamic disk larger; what is new are zeros, which the guest has to partition.",
                    List.of(DISK),
                    List.of(
                            Syntax.Option.value("--size", "SIZE", "the new size, such as 16G; up to 2040G")
                                    .needed(),
                            Syntax.Option.flag("--force", "also if that makes differencing disks over it worthless")));
        }

        @Override
        public String run(Arguments arguments, Front front) throws ConfigurationException, IOException {
            Path file = arguments.file(0);
            long size = arguments.size("--size");
            front.<Void, ConfigurationException>watched("resizing", progress -> {
                front.operations().resize(file, size, arguments.has("--force"), progress);
                return null;
            });
            front.say(file + " is a disk of " + Sizes.text(size) + " now");
            return null;
        }
    }

    /** {@code merge}. */
    static final class Merge implements Command {
        @Override
        public Syntax syntax() {
            return new Syntax(
                    "merge",
                    "Writes what a differencing disk holds into its parent, or the whole chain into a new file. The"
                            + " disk itself stays; other children of the parent are worthless afterwards.",
                    List.of(new Syntax.Operand("FILE", "the differencing disk")),
                    List.of(
                            Syntax.Option.file("--into", "OUT", "a new file, instead of the parent"),
                            ConvertCommand.TYPE,
                            ConvertCommand.SYNC,
                            Syntax.Option.flag(
                                    "--force",
                                    "with --into: replace a file of that name; else: also if that makes other"
                                            + " differencing disks over the parent worthless")));
        }

        @Override
        public String run(Arguments arguments, Front front) throws ConfigurationException, IOException {
            Path file = arguments.file(0);
            if (arguments.has("--into")) {
                if (!arguments.has("--type")) {
                    throw arguments.wrong("needs --type for a new file");
                }
                ConvertCommand.convert(arguments, front, file, arguments.file("--into"));
                return null;
            }
            for (String option : List.of("--type", "--no-sync")) {
                if (arguments.has(option)) {
                    throw arguments.wrong("takes " + option + " only with --into");
                }
            }
            Path parent = front.<Path, ConfigurationException>watched(
                    "merging", progress -> front.operations().merge(file, arguments.has("--force"), progress));
            front.say(parent + " is what " + file + " was, which can be deleted");
            return null;
        }

        @Override
        public String afterInterruption() {
            return "the disk is as it was; its parent may hold a part of it, so merge it again before the parent is"
                    + " used for anything else";
        }
    }

    /** {@code reparent}. */
    static final class Reparent implements Command {
        @Override
        public Syntax syntax() {
            return new Syntax(
                    "reparent",
                    "Tells a differencing disk where its parent is, and that the parent is as it was when the disk was"
                            + " made on it.",
                    List.of(new Syntax.Operand("FILE", "the differencing disk")),
                    List.of(
                            Syntax.Option.file("--parent", "FILE", "its parent").needed(),
                            Syntax.Option.flag(
                                    "--force",
                                    "also if the parent has another id; its content must be the" + " same")));
        }

        @Override
        public String run(Arguments arguments, Front front) throws ConfigurationException, IOException {
            Path file = arguments.file(0);
            Path parent = arguments.file("--parent");
            front.operations().reparent(file, parent, arguments.has("--force"));
            front.say(file + " is a differencing disk over " + parent + " now");
            return null;
        }
    }
}
