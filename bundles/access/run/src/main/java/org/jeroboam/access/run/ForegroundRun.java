package org.jeroboam.access.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.VirtualServer;
import org.jeroboam.management.extension.DebugStub;
import org.jeroboam.management.extension.MachineExtension.Outcome;
import org.jeroboam.management.extension.MachineSettings;
import org.jeroboam.management.extension.MachineSettings.SerialConnection;
import org.jeroboam.management.extension.SerialConsole;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** One {@code jeroboam run}: from the arguments to the exit status. */
final class ForegroundRun {
    private static final Logger LOG = LoggerFactory.getLogger(ForegroundRun.class);
    private static final String HINT = "Ctrl-A X leaves";

    private final VirtualServer server;
    private final DebugStub stub;
    private final Bringer bringer;
    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private volatile VirtualMachine machine;
    private volatile Terminal terminal;

    /** Starts the bundles that a run brings along. */
    interface Bringer {
        void start(List<Path> bundles) throws ManagementException;
    }

    /** @param stub lets GDB in, or null when that is not installed */
    ForegroundRun(
            VirtualServer server, DebugStub stub, Bringer bringer, InputStream in, PrintStream out, PrintStream err) {
        this.server = server;
        this.stub = stub;
        this.bringer = bringer;
        this.in = in;
        this.out = out;
        this.err = err;
    }

    /** Runs to the end and returns the exit status. */
    int run(String[] arguments) throws InterruptedException {
        RunOptions options = new RunOptions();
        CommandLine commandLine = new CommandLine(options);
        try {
            commandLine.parseArgs(arguments);
            if (options.help) {
                commandLine.usage(out);
                return Status.OK;
            }
            MachineSettings settings = options.settings();
            bringer.start(options.bundles);
            machine = server.createTransientMachine("machine", settings);
            if (options.gdb == null) {
                machine.extension().startPaused();
            } else {
                waitForDebugger(options.gdb);
            }
            return follow(options);
        } catch (ParameterException e) {
            return refuse(e.getMessage() + "; see ./jeroboam run --help", Status.BAD_INPUT);
        } catch (ManagementException e) {
            return refuse(e.getMessage(), Status.of(e));
        } catch (RuntimeException e) {
            LOG.error("a fault of Jeroboam's own ended the run", e);
            return refuse("a fault of Jeroboam's own ended the run (" + e + "); the log has the details", Status.FAULT);
        } catch (IOException e) {
            return refuse("the terminal cannot be used: " + e.getMessage(), Status.FAULT);
        } finally {
            close();
        }
    }

    private void waitForDebugger(int port) throws ManagementException {
        if (stub == null) {
            throw ManagementException.badRequest("--gdb needs the bundle jeroboam-access-gdb, which is not installed");
        }
        if (port < 1 || port > 65535) {
            throw ManagementException.badRequest("--gdb must be a port from 1 to 65535, not " + port);
        }
        machine.extension().startPaused();
        stub.listen(machine, port);
        err.print("the guest waits for GDB: target remote localhost:" + port + "\r\n");
    }

    private int refuse(String message, int status) {
        err.println("jeroboam: " + message);
        return status;
    }

    private int follow(RunOptions options) throws ManagementException, IOException, InterruptedException {
        MachineSettings settings = machine.getSettings();
        if (settings.serial() instanceof SerialConnection.Console
                || settings.serial2() instanceof SerialConnection.Console) {
            openConsole();
        }
        // Not before the console is open: a guest may be quick to end.
        if (options.gdb == null) {
            machine.resume();
        }
        try {
            var outcome = machine.extension().outcome();
            Outcome end = options.timeout > 0 ? outcome.get(options.timeout, TimeUnit.SECONDS) : outcome.get();
            restoreTerminal();
            tell(end);
            return Status.of(end);
        } catch (TimeoutException e) {
            restoreTerminal();
            server.deleteVirtualMachine(machine);
            tell(machine.extension().outcome().join());
            return refuse("the guest was still running after " + options.timeout + " seconds", Status.TIMEOUT);
        } catch (ExecutionException e) {
            return refuse("the machine's end is not known: " + e.getCause().getMessage(), Status.FAULT);
        }
    }

    private void tell(Outcome end) {
        if (!end.stateHash().isEmpty()) {
            err.println("state hash: " + end.stateHash());
        }
        if (!end.detail().isEmpty()) {
            err.println("jeroboam: " + end.detail());
        }
    }

    private void openConsole() throws ManagementException, IOException, InterruptedException {
        terminal = Terminal.makeRaw();
        if (terminal != null) {
            err.print(HINT + "\r\n");
        }
        SerialConsole console = machine.extension().openConsole(data -> {
            out.write(data, 0, data.length);
            out.flush();
        });
        Thread.ofPlatform()
                .daemon()
                .name("keyboard")
                .start(new Keyboard(in, console, terminal != null, this::leave, this::help));
    }

    private void help() {
        err.print("\r\n" + HINT + "; Ctrl-A A sends Ctrl-A\r\n");
    }

    private void leave() {
        try {
            machine.turnOff();
        } catch (ManagementException e) {
            // It ended by itself at the same moment, which is what was asked for.
            help();
        }
    }

    /** Ends the machine and gives the terminal back; also when the process is told to stop. */
    void close() {
        VirtualMachine running = machine;
        try {
            if (running != null) {
                server.deleteVirtualMachine(running);
            }
        } catch (ManagementException e) {
            refuse(e.getMessage(), Status.FAULT);
        } finally {
            restoreTerminal();
        }
    }

    private synchronized void restoreTerminal() {
        Terminal raw = terminal;
        terminal = null;
        if (raw != null) {
            try {
                raw.restore();
            } catch (IOException e) {
                refuse("the terminal's settings cannot be restored; type 'reset'", Status.FAULT);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
