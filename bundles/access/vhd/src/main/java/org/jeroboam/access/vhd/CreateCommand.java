package org.jeroboam.access.vhd;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.ImageLocks;
import org.jeroboam.storage.vhd.DynamicHeader;
import org.jeroboam.storage.vhd.operation.Creation;
import org.jeroboam.storage.vhd.operation.NewFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code create}. */
@Command(name = "create", description = "Makes an empty disk.", sortOptions = false)
final class CreateCommand implements Callable<Integer> {
    /** Kinds of disks without a parent. */
    enum Kind {
        FIXED,
        DYNAMIC
    }

    @Parameters(paramLabel = "FILE", description = "the new file")
    Path file;

    @Option(
            names = "--size",
            required = true,
            paramLabel = "SIZE",
            converter = Sizes.class,
            description = "the disk's size, such as 512M or 16G; 3M to 2040G")
    long size;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            defaultValue = "dynamic",
            description = "fixed, or dynamic: grows with what is written (default)")
    Kind type;

    @Option(names = "--force", description = "replace a file of that name")
    boolean force;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "this text")
    boolean help;

    private final Terminal terminal;

    CreateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws ConfigurationException, IOException {
        Creation.checkSize(size);
        try (ImageLocks.Lock _ = Target.claim(file, force, new Locks());
                NewFile target = NewFile.begin(file, force)) {
            if (type == Kind.FIXED) {
                Creation.fixed(target.file(), size, Instant.now(), UUID.randomUUID());
            } else {
                Creation.dynamic(
                        target.file(), size, DynamicHeader.DEFAULT_BLOCK_SIZE, Instant.now(), UUID.randomUUID());
            }
            target.finish();
        }
        terminal.out()
                .println("made " + file + ", a " + (type == Kind.FIXED ? "fixed" : "dynamic") + " disk of "
                        + Sizes.text(size));
        return Status.OK;
    }
}
