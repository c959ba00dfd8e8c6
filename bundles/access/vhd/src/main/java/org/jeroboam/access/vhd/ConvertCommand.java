package org.jeroboam.access.vhd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.ImageLocks;
import org.jeroboam.storage.vhd.operation.Conversion;
import org.jeroboam.storage.vhd.operation.DiskKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code convert}. */
@Command(
        name = "convert",
        description = "Copies a disk into a new file of another kind; the disk is left as it is.",
        sortOptions = false)
final class ConvertCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "IN", description = "the disk: .vhd or raw")
    Path from;

    @Parameters(index = "1", paramLabel = "OUT", description = "the new file")
    Path to;

    @Option(names = "--type", required = true, paramLabel = "TYPE", description = "fixed, dynamic or raw")
    DiskKind type;

    @Option(names = "--force", description = "replace a file that has the new file's name")
    boolean force;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "this text")
    boolean help;

    private final Terminal terminal;
    private final Interruption interruption;

    ConvertCommand(Terminal terminal, Interruption interruption) {
        this.terminal = terminal;
        this.interruption = interruption;
    }

    @Override
    public Integer call() throws ConfigurationException, IOException {
        if (Files.exists(to) && Files.exists(from) && Files.isSameFile(from, to)) {
            throw new ConfigurationException(from + " and " + to + " are the same file; choose another name");
        }
        ProgressLine progress = new ProgressLine("converting", terminal, interruption);
        Locks locks = new Locks();
        try (ImageLocks.Lock _ = locks.toRead(from);
                ImageLocks.Lock _ = Target.claim(to, force, locks)) {
            Conversion.run(from, to, type, force, progress);
        } finally {
            progress.end();
        }
        terminal.out().println("made " + to + " of " + Sizes.text(Files.size(to)));
        return Status.OK;
    }
}
