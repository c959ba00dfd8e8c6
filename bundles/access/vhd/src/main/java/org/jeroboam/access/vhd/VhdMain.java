package org.jeroboam.access.vhd;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** {@code jeroboam vhd}: virtual hard disk files without a server. The exit status is that of {@link Status}. */
public final class VhdMain {
    private VhdMain() {}

    /**
     * Runs a command.
     *
     * @param arguments as typed
     */
    public static void main(String[] arguments) {
        Terminal terminal = new Terminal(
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                System.console() != null && System.console().isTerminal());
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(new Thread(interruption::request, "interruption"));
        int status = new VhdTool(terminal, interruption).run(arguments);
        interruption.over();
        System.exit(status);
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
