package org.jeroboam.platform.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.karaf.main.Main;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;

/**
 * {@code jeroboam start}: Karaf in the background. Beyond what Karaf's own main class does, it tells whoever waits for
 * the start that everything is there, by a file.
 *
 * <p>System properties: Karaf's own ({@code karaf.home} and so on), {@code jeroboam.server.ready} the file that exists
 * while the server answers, and {@code jeroboam.ssh.port} where its shell does.
 */
public final class ServerMain {

    /** Registered when all boot features are installed and started; and just before the ssh server listens. */
    private static final Set<String> NEEDED =
            Set.of("org.apache.karaf.features.BootFinished", "org.apache.sshd.server.SshServer");

    /** An administrator may have moved the ssh server elsewhere: then nobody greets here. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final Path ready;
    private final int port;

    private ServerMain(Path ready, int port) {
        this.ready = ready;
        this.port = port;
    }

    public static void main(String[] arguments) throws Exception {
        ServerMain server = new ServerMain(
                Path.of(System.getProperty("jeroboam.server.ready")), Integer.getInteger("jeroboam.ssh.port"));
        int status;
        do {
            System.setProperty("karaf.restart", "false");
            status = server.run(arguments);
        } while (Boolean.getBoolean("karaf.restart"));
        System.exit(status);
    }

    /** Runs Karaf until it is shut down. */
    private int run(String[] arguments) throws Exception {
        Main karaf = new Main(arguments);
        try {
            karaf.launch();
            announce(karaf.getFramework().getBundleContext());
            karaf.awaitShutdown();
        } finally {
            Files.deleteIfExists(ready);
            karaf.destroy();
        }
        return karaf.getExitCode();
    }

    private void announce(BundleContext context) throws InvalidSyntaxException {
        Set<String> missing = ConcurrentHashMap.newKeySet();
        missing.addAll(NEEDED);
        context.addServiceListener(
                event -> {
                    if (event.getType() == ServiceEvent.REGISTERED) {
                        seen(event.getServiceReference(), missing);
                    }
                },
                filter());
        ServiceReference<?>[] there = context.getAllServiceReferences(null, filter());
        for (ServiceReference<?> reference : there == null ? new ServiceReference<?>[0] : there) {
            seen(reference, missing);
        }
    }

    private void seen(ServiceReference<?> reference, Set<String> missing) {
        boolean removed = false;
        for (String name : (String[]) reference.getProperty(Constants.OBJECTCLASS)) {
            removed |= missing.remove(name);
        }
        if (removed && missing.isEmpty()) {
            // Not here: the ssh server listens after it has told of itself.
            Thread.ofPlatform().daemon().name("jeroboam-ready").start(this::tell);
        }
    }

    private void tell() {
        if (!SshGreeting.awaited(port, LONGEST_WAIT)) {
            Faults.report(
                    "the server runs, but no ssh server greets on port " + port + "; see sshHost and sshPort in"
                            + " etc/org.apache.karaf.shell.cfg in the state directory",
                    null);
        }
        try {
            Files.writeString(ready, Long.toString(ProcessHandle.current().pid()));
        } catch (IOException e) {
            Faults.report("the server runs, but cannot write " + ready + ": " + e.getMessage(), e);
        }
    }

    private static String filter() {
        StringBuilder filter = new StringBuilder("(|");
        NEEDED.forEach(name -> filter.append("(objectClass=").append(name).append(')'));
        return filter.append(')').toString();
    }
}
