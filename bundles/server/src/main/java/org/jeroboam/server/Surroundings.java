package org.jeroboam.server;

import org.jeroboam.hardware.machine.MachineFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;

/** What the server knows of the framework: whether it ends, why the server has to go, and when parts come. */
final class Surroundings implements AutoCloseable {
    // Declarative Services' reasons (OSGi Compendium, ComponentConstants)
    private static final int REFERENCE = 2;
    private static final int CONFIGURATION_MODIFIED = 3;
    private static final int CONFIGURATION_DELETED = 4;
    private static final int BUNDLE_STOPPED = 6;

    private static final String PARTS = "(" + Constants.OBJECTCLASS + "=org.jeroboam.hardware.*)";

    private final BundleContext context;
    private final String machines;
    private ServiceListener listener;

    Surroundings(BundleContext context, MachineFactory factory) {
        this.context = context;
        Bundle bundle = FrameworkUtil.getBundle(factory.getClass());
        machines = bundle == null ? "the bundle that runs machines" : bundle.getSymbolicName();
    }

    /** Has something run whenever a bundle offers something that machines are made of. */
    void whenPartsCome(Runnable action) {
        listener = event -> {
            if (event.getType() == ServiceEvent.REGISTERED) {
                action.run();
            }
        };
        try {
            context.addServiceListener(listener, PARTS);
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException("the filter is wrong: " + PARTS, e);
        }
    }

    /** Whether the whole framework ends. */
    boolean end() {
        return context.getBundle(Constants.SYSTEM_BUNDLE_ID).getState() == Bundle.STOPPING;
    }

    /** Why the server goes while the framework goes on. */
    String why(int reason) {
        boolean self = context.getBundle().getState() == Bundle.STOPPING;
        return switch (self ? BUNDLE_STOPPED : reason) {
            case REFERENCE -> machines + ", which runs machines, is stopped or replaced";
            case CONFIGURATION_MODIFIED, CONFIGURATION_DELETED -> "the server's configuration changed";
            default -> context.getBundle().getSymbolicName() + " or a library below it is stopped or replaced";
        };
    }

    @Override
    public void close() {
        if (listener != null) {
            context.removeServiceListener(listener);
        }
    }
}
