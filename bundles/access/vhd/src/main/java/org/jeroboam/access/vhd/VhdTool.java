package org.jeroboam.access.vhd;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.jeroboam.hardware.device.ConfigurationException;

/** The command line: finds the command, turns what goes wrong into one sentence and an exit status. */
final class VhdTool {
    private static final String PROGRAM = "jeroboam vhd";

    private final Front front;

    VhdTool(Front front) {
        this.front = front;
    }

    int run(String... arguments) {
        List<String> words = Arrays.asList(arguments);
        if (words.isEmpty()) {
            front.terminal().out().print(usage());
            return Status.BAD_INPUT;
        }
        String first = words.getFirst();
        if (first.equals("-h") || first.equals(Syntax.HELP) || first.equals("help")) {
            return help(words);
        }
        Optional<Command> command = Commands.named(first);
        if (command.isEmpty()) {
            say("there is no command " + first + "; " + PROGRAM + " --help lists them");
            return Status.BAD_INPUT;
        }
        return run(command.get(), words.subList(1, words.size()));
    }

    private int help(List<String> words) {
        Optional<Command> command = words.size() > 1 ? Commands.named(words.get(1)) : Optional.empty();
        front.terminal()
                .out()
                .print(command.map(c -> c.syntax().help(PROGRAM + " ")).orElseGet(VhdTool::usage));
        return Status.OK;
    }

    private int run(Command command, List<String> words) {
        try {
            Arguments arguments = Arguments.parse(command.syntax(), words);
            if (arguments.wantsHelp()) {
                front.terminal().out().print(command.syntax().help(PROGRAM + " "));
                return Status.OK;
            }
            String problem = command.run(arguments, front);
            if (problem != null && !problem.isEmpty()) {
                front.say(problem);
            }
            return problem == null ? Status.OK : Status.PROBLEMS;
        } catch (ConfigurationException | IOException | RuntimeException e) {
            return failed(command, e);
        }
    }

    private int failed(Command command, Exception exception) {
        say(sentence(command, exception));
        return exception instanceof RuntimeException && !(exception instanceof CancellationException)
                ? Status.FAULT
                : Status.BAD_INPUT;
    }

    /** What went wrong, for people. */
    static String sentence(Command command, Exception exception) {
        return switch (exception) {
            case ConfigurationException e -> e.getMessage();
            case CancellationException _ -> "interrupted; " + command.afterInterruption();
            case FileSystemException e ->
                "the host refuses " + e.getFile() + ": "
                        + (e.getReason() == null ? e.getClass().getSimpleName() : e.getReason());
            case IOException e -> "the host fails: " + e.getMessage();
            default -> {
                String where = exception.getStackTrace().length == 0
                        ? ""
                        : " in " + exception.getStackTrace()[0];
                yield "a fault of Jeroboam, please report it: " + exception + where;
            }
        };
    }

    private static String usage() {
        StringBuilder usage = new StringBuilder("Usage: " + PROGRAM + " COMMAND\n"
                + "Makes, inspects, converts, checks and changes virtual hard disk files (.vhd).\n\n");
        for (Command command : Commands.ALL) {
            usage.append("  ").append(command.syntax().usage()).append('\n');
        }
        return usage + "\n" + PROGRAM + " COMMAND --help says more about one.\n"
                + "A disk that a machine has open is left alone. What is made is finished or not there at all.\n"
                + "Exit status: 0 done, 1 problems were found, 2 bad input or not possible, 70 a fault of Jeroboam.\n";
    }

    private void say(String sentence) {
        front.terminal().err().println(PROGRAM + ": " + sentence);
    }
}
