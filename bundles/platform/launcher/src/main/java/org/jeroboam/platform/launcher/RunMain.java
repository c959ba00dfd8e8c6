package org.jeroboam.platform.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/**
 * {@code jeroboam run}: an OSGi framework with the bundles of the run list and nothing else, in the foreground.
 *
 * <p>It hands over to the service {@link Callable} with the property {@code jeroboam.run}, which it calls on the main
 * thread; what that returns is the exit status. The service reads its arguments from the framework property {@code
 * jeroboam.run.args} (docs/decisions/0002-run-profile.md). The streams are left alone: the service has the terminal
 * for itself, and the log goes to a file.
 *
 * <p>System properties: {@code jeroboam.dist} the distribution; {@code jeroboam.run.dir} a directory of this run's
 * own, for the bundle cache; {@code jeroboam.run.log} the log file, named in messages.
 */
public final class RunMain {

    /** The exit status of a fault of ours. */
    static final int FAULT = 70;

    private static final String RUN = "(&(objectClass=java.util.concurrent.Callable)(jeroboam.run=true))";
    private static final long START_SECONDS = 30;
    private static final long STOP_MILLISECONDS = 1_500;

    private RunMain() {}

    public static void main(String[] arguments) {
        Path distribution = Path.of(System.getProperty("jeroboam.dist"));
        Path directory = Path.of(System.getProperty("jeroboam.run.dir"));
        System.exit(run(distribution, directory));
    }

    private static int run(Path distribution, Path directory) {
        Framework framework = framework(directory);
        try {
            framework.init();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(framework), "framework stop"));
            BlockingQueue<ServiceReference<?>> commands = commands(framework.getBundleContext());
            start(framework, distribution);
            ServiceReference<?> command = commands.poll(START_SECONDS, TimeUnit.SECONDS);
            return command == null ? noCommand(framework) : call(framework, command);
        } catch (IOException | BundleException | InvalidSyntaxException e) {
            return fault("the run profile did not start: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            return fault("the start of the run profile was interrupted", e);
        }
    }

    private static Framework framework(Path directory) {
        Map<String, String> configuration = Map.of(
                Constants.FRAMEWORK_STORAGE,
                directory.resolve("cache").toString(),
                Constants.FRAMEWORK_STORAGE_CLEAN,
                Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        return ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no OSGi framework on the class path"))
                .newFramework(configuration);
    }

    /** Will hold the service that runs the command, once it is registered. */
    private static BlockingQueue<ServiceReference<?>> commands(BundleContext context) throws InvalidSyntaxException {
        BlockingQueue<ServiceReference<?>> commands = new ArrayBlockingQueue<>(1);
        ServiceListener listener = event -> {
            if (event.getType() == ServiceEvent.REGISTERED) {
                commands.offer(event.getServiceReference());
            }
        };
        context.addServiceListener(listener, RUN);
        return commands;
    }

    private static void start(Framework framework, Path distribution) throws IOException, BundleException {
        BundleContext context = framework.getBundleContext();
        List<Bundle> bundles = new ArrayList<>();
        for (String path : Files.readAllLines(distribution.resolve(RunBundleList.FILE))) {
            // By reference: the jar is used where it lies and not copied into the cache
            bundles.add(context.installBundle(
                    "reference:" + distribution.resolve(path).toUri()));
        }
        framework.start();
        for (Bundle bundle : bundles) {
            bundle.start();
        }
    }

    private static int call(Framework framework, ServiceReference<?> reference) {
        BundleContext context = framework.getBundleContext();
        if (!(context.getService(reference) instanceof Callable<?> command)) {
            return fault("the service of the run command went away at once", null);
        }
        HeapTrim.begin();
        try {
            Object status = command.call();
            return status instanceof Integer number
                    ? number
                    : fault("the run command returned " + status + " and no exit status", null);
        } catch (Exception e) {
            return fault("a fault inside Jeroboam: " + e, e);
        }
    }

    private static int noCommand(Framework framework) {
        String inactive = Arrays.stream(framework.getBundleContext().getBundles())
                .filter(bundle -> bundle.getState() != Bundle.ACTIVE)
                .map(Bundle::getSymbolicName)
                .collect(Collectors.joining(", "));
        return fault(
                "no bundle offered the run command within " + START_SECONDS + " s"
                        + (inactive.isEmpty() ? "" : "; not active: " + inactive),
                null);
    }

    private static int fault(String what, Throwable cause) {
        Faults.report(what, cause);
        return FAULT;
    }

    private static void stop(Framework framework) {
        try {
            framework.stop();
            framework.waitForStop(STOP_MILLISECONDS);
        } catch (BundleException e) {
            Faults.report("the framework did not stop: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
