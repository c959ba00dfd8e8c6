package org.jeroboam.access.run;

import org.jeroboam.management.VirtualServer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Starts the run that the launcher asked for as soon as all bundles are up, and ends the process with its status. Without
 * the launcher's property it does nothing.
 */
@Component(service = {})
public final class RunComponent {
    private final ForegroundRun run;
    private final String[] arguments;
    private final FrameworkListener listener = this::frameworkEvent;
    private final BundleContext context;
    private boolean begun;

    /**
     * Waits for the framework.
     *
     * @param context of the bundle
     * @param server runs the machine
     */
    @Activate
    public RunComponent(BundleContext context, @Reference VirtualServer server) {
        this.context = context;
        String property = context.getProperty(ArgumentVector.PROPERTY);
        run = new ForegroundRun(server, System.in, System.out, System.err);
        arguments = property == null ? null : ArgumentVector.decode(property);
        if (arguments != null) {
            context.addFrameworkListener(listener);
            if (context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION).getState() == Bundle.ACTIVE) {
                begin();
            }
        }
    }

    private void frameworkEvent(FrameworkEvent event) {
        if (event.getType() == FrameworkEvent.STARTED) {
            begin();
        }
    }

    private synchronized void begin() {
        if (!begun) {
            begun = true;
            Thread.ofPlatform().name("run").start(this::runAndExit);
        }
    }

    private void runAndExit() {
        int status = Status.FAULT;
        try {
            status = run.run(arguments);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            System.exit(status);
        }
    }

    /** The process is told to stop: the guest is turned off and the terminal given back. */
    @Deactivate
    public void close() {
        if (arguments != null) {
            context.removeFrameworkListener(listener);
            run.close();
        }
    }
}
