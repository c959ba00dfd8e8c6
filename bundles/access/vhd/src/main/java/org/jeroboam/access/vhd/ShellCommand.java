package org.jeroboam.access.vhd;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Parser;
import org.apache.karaf.shell.api.console.Session;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.ImageLocks;
import org.jeroboam.storage.vhd.operation.VhdOperations;

/** A command of the tool in the server's shell. Ctrl-C ends it in good order. */
final class ShellCommand implements Command {
    private static final String SCOPE = "vhd";
    private static final String CHILD = "vhd: command of a shell";

    private final org.jeroboam.access.vhd.Command command;
    private final Syntax syntax;
    private final ImageLocks locks;

    ShellCommand(org.jeroboam.access.vhd.Command command, ImageLocks locks) {
        this.command = command;
        this.locks = locks;
        syntax = command.syntax();
    }

    @Override
    public String getScope() {
        return SCOPE;
    }

    @Override
    public String getName() {
        return syntax.name();
    }

    @Override
    public String getDescription() {
        return syntax.description();
    }

    @Override
    public Completer getCompleter(boolean scoped) {
        return new SyntaxCompleter(SCOPE, syntax);
    }

    @Override
    public Parser getParser() {
        return null;
    }

    @Override
    public Object execute(Session session, List<Object> words) throws ShellException {
        PrintStream out = session.getConsole();
        Interruption interruption = new Interruption();
        Front front = new Front(
                new Terminal(out, out, session.getTerminal() != null),
                new VhdOperations(locks, "the shell's vhd:" + syntax.name()),
                interruption);
        AtomicReference<ShellException> failure = new AtomicReference<>();
        // On a thread of its own: an interrupt would close the files under the operation.
        Thread worker = Thread.ofPlatform().daemon().name(CHILD).start(() -> {
            try {
                run(words, front);
            } catch (ShellException e) {
                failure.set(e);
            }
        });
        if (waitFor(worker, interruption)) {
            // The shell shows nothing more of a command that was interrupted.
            out.println();
            out.println(
                    failure.get() == null
                            ? "too late to interrupt; it is done"
                            : failure.get().getMessage());
        } else if (failure.get() != null) {
            throw failure.get();
        }
        return null;
    }

    private void run(List<Object> words, Front front) throws ShellException {
        try {
            Arguments arguments =
                    Arguments.parse(syntax, words.stream().map(String::valueOf).toList());
            if (arguments.wantsHelp()) {
                front.terminal().out().print(syntax.help(SCOPE + ":"));
                return;
            }
            String problem = command.run(arguments, front);
            if (problem != null) {
                throw new ShellException(problem.isEmpty() ? "problems were found" : problem, null);
            }
        } catch (ConfigurationException | IOException | RuntimeException e) {
            throw new ShellException(VhdTool.sentence(command, e), e);
        }
    }

    /** Whether somebody wanted it to end. */
    private static boolean waitFor(Thread worker, Interruption interruption) {
        boolean interrupted = false;
        while (worker.isAlive()) {
            try {
                worker.join();
            } catch (InterruptedException e) {
                interrupted = true;
                interruption.ask();
            }
        }
        return interrupted;
    }
}
