package org.jeroboam.access.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.Session;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.SerialConsole;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;

/** {@code vm:console}. */
@Service
@Command(
        scope = "vm",
        name = "console",
        description = "Opens the serial port of a machine that leads to the console; Ctrl-] leaves")
public final class ConsoleCommand extends MachineCommand {
    private static final int LEAVE = 0x1D;
    private static final int CHUNK = 1024;
    private static final String TERMINAL = ".jline.terminal";

    @Reference
    Session session;

    @Override
    void run(VirtualMachine machine) throws ManagementException {
        PrintStream out = session.getConsole();
        Terminal terminal = session.get(TERMINAL) instanceof Terminal t ? t : null;
        Attributes before = terminal == null ? null : terminal.enterRawMode();
        out.println("Ctrl-] leaves");
        try (SerialConsole console = machine.extension().openConsole(data -> {
            out.write(data, 0, data.length);
            out.flush();
        })) {
            // A terminal takes the session's keys for itself and passes them on.
            type(terminal == null ? session.getKeyboard() : terminal.input(), console);
        } catch (IOException e) {
            throw new UncheckedIOException("the session's keyboard cannot be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (terminal != null) {
                terminal.setAttributes(before);
            }
            out.println();
        }
    }

    private static void type(InputStream keyboard, SerialConsole console) throws IOException, InterruptedException {
        byte[] chunk = new byte[CHUNK];
        for (int n = keyboard.read(chunk); n >= 0; n = keyboard.read(chunk)) {
            for (int i = 0; i < n; i++) {
                if (chunk[i] == LEAVE) {
                    console.send(Arrays.copyOf(chunk, i));
                    return;
                }
            }
            console.send(Arrays.copyOf(chunk, n));
        }
    }
}
