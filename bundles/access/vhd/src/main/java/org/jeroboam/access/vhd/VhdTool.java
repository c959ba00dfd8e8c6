package org.jeroboam.access.vhd;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.util.concurrent.CancellationException;
import org.jeroboam.hardware.device.ConfigurationException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The tool: finds the command and turns what goes wrong into one sentence and an exit status. */
@Command(
        name = "jeroboam vhd",
        description = "Makes, inspects, converts and checks virtual hard disk files (.vhd).",
        subcommands = {
            CreateCommand.class,
            InfoCommand.class,
            ConvertCommand.class,
            CheckCommand.class,
            HelpCommand.class
        },
        footer = {
            "",
            "A disk that a machine has open is left alone. What is made is finished or not there at all.",
            "",
            "Exit status: 0 done, 1 the check found problems, 2 bad input, 70 a fault of Jeroboam."
        })
final class VhdTool {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "this text")
    boolean help;

    private final Terminal terminal;
    private final Interruption interruption;

    VhdTool(Terminal terminal, Interruption interruption) {
        this.terminal = terminal;
        this.interruption = interruption;
    }

    int run(String... arguments) {
        CommandLine line = new CommandLine(this, new CommandFactory(terminal, interruption))
                .setOut(new PrintWriter(terminal.out(), true))
                .setErr(new PrintWriter(terminal.err(), true))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((exception, command, result) -> failed(exception))
                .setParameterExceptionHandler(this::misused);
        if (arguments.length == 0) {
            line.usage(terminal.out());
            return Status.BAD_INPUT;
        }
        return line.execute(arguments);
    }

    private int misused(ParameterException exception, String[] arguments) {
        say(exception.getMessage() + "; " + exception.getCommandLine().getCommandName()
                + " --help lists what there is");
        return Status.BAD_INPUT;
    }

    private int failed(Exception exception) {
        switch (exception) {
            case ConfigurationException e -> say(e.getMessage());
            case CancellationException e -> say("interrupted; nothing was changed");
            case FileSystemException e ->
                say("the host refuses " + e.getFile() + ": "
                        + (e.getReason() == null ? e.getClass().getSimpleName() : e.getReason()));
            case IOException e -> say("the host fails: " + e.getMessage());
            default -> {
                String where = exception.getStackTrace().length == 0
                        ? ""
                        : " in " + exception.getStackTrace()[0];
                say("a fault of Jeroboam, please report it: " + exception + where);
                return Status.FAULT;
            }
        }
        return Status.BAD_INPUT;
    }

    private void say(String sentence) {
        terminal.err().println("jeroboam vhd: " + sentence);
    }
}
