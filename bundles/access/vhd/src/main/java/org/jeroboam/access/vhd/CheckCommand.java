package org.jeroboam.access.vhd;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.ImageLocks;
import org.jeroboam.storage.vhd.HostFile;
import org.jeroboam.storage.vhd.operation.Check;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code check}. */
@Command(name = "check", description = "Looks for damage in a disk's file and changes nothing.", sortOptions = false)
final class CheckCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "the disk")
    Path path;

    @Option(names = "--json", description = "answer in JSON")
    boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "this text")
    boolean help;

    private final Terminal terminal;
    private final Interruption interruption;

    CheckCommand(Terminal terminal, Interruption interruption) {
        this.terminal = terminal;
        this.interruption = interruption;
    }

    @Override
    public Integer call() throws ConfigurationException, IOException {
        ProgressLine progress = new ProgressLine("checking", terminal, interruption);
        Check.Report report;
        try (ImageLocks.Lock _ = new Locks().toRead(path);
                HostFile file = HostFile.open(path, true)) {
            report = Check.run(file, progress);
        } finally {
            progress.end();
        }
        if (json) {
            terminal.out()
                    .println(new Json()
                            .put("file", path.toString())
                            .put("good", report.good())
                            .put("problemCount", report.problemCount())
                            .put("problems", report.problems())
                            .put("notes", report.notes()));
        } else {
            print(report);
        }
        return report.good() ? Status.OK : Status.PROBLEMS;
    }

    private static String problems(long count) {
        return count + (count == 1 ? " problem" : " problems");
    }

    private void print(Check.Report report) {
        report.problems().forEach(problem -> terminal.out().println("problem: " + problem));
        long more = report.problemCount() - report.problems().size();
        if (more > 0) {
            terminal.out().println("and " + problems(more) + " more");
        }
        report.notes().forEach(note -> terminal.out().println("note: " + note));
        terminal.out()
                .println(path
                        + (report.good() ? " is in good order" : " is damaged: " + problems(report.problemCount())));
    }
}
