package org.jeroboam.access.vhd;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ServiceLoader;
import org.jeroboam.hardware.storage.ImageLocks;
import org.jeroboam.storage.vhd.operation.VhdOperations;

/** {@code jeroboam vhd}: virtual hard disk files without a server. The exit status is that of {@link Status}. */
public final class VhdMain {
    private VhdMain() {}

    /**
     * Runs a command.
     *
     * @param arguments as typed
     */
    public static void main(String[] arguments) {
        Interruption interruption = new Interruption();
        Front front = front(interruption, stream(FileDescriptor.out), stream(FileDescriptor.err));
        int status = new VhdTool(front).run(arguments);
        if (interruption.over()) {
            // The way out that loads nothing more. All output is flushed.
            Runtime.getRuntime().halt(status);
        }
    }

    /** What the commands speak to in this process. */
    static Front front(Interruption interruption, PrintStream out, PrintStream err) {
        ImageLocks locks = ServiceLoader.load(ImageLocks.class)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the lock service is not on the class path"));
        // The JDK's other console would bring a library for editing lines.
        System.setProperty("jdk.console", "java.base");
        Terminal terminal = new Terminal(
                out, err, System.console() != null && System.console().isTerminal());
        Runtime.getRuntime().addShutdownHook(new Thread(interruption::request, "interruption"));
        return new Front(terminal, new VhdOperations(locks, "jeroboam vhd"), interruption);
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
