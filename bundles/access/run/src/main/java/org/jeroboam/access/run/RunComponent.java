package org.jeroboam.access.run;

import java.util.concurrent.Callable;
import org.jeroboam.management.VirtualServer;
import org.jeroboam.management.extension.DebugStub;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;

/**
 * What {@code jeroboam run} does, as the launcher calls it once all bundles are up: the result is the exit status. The
 * arguments are in the framework property {@link ArgumentVector#PROPERTY}.
 */
@Component(service = Callable.class, property = "jeroboam.run:Boolean=true")
public final class RunComponent implements Callable<Integer> {
    private final ForegroundRun run;
    private final String[] arguments;

    /**
     * Reads the arguments.
     *
     * @param context of the bundle
     * @param server runs the machine
     * @param stub lets GDB in; null when that is not installed
     */
    @Activate
    public RunComponent(
            BundleContext context,
            @Reference VirtualServer server,
            @Reference(cardinality = ReferenceCardinality.OPTIONAL) DebugStub stub) {
        String property = context.getProperty(ArgumentVector.PROPERTY);
        run = new ForegroundRun(server, stub, new BroughtBundles(context)::start, System.in, System.out, System.err);
        arguments = ArgumentVector.decode(property == null ? "" : property);
    }

    @Override
    public Integer call() throws InterruptedException {
        return run.run(arguments);
    }

    /** The process is told to stop: the guest is turned off and the terminal given back. */
    @Deactivate
    public void close() {
        run.close();
    }
}
