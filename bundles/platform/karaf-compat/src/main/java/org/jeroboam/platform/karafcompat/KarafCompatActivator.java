package org.jeroboam.platform.karafcompat;

import org.osgi.annotation.bundle.Header;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.hooks.weaving.WeavingHook;

/**
 * Installs the weaving hooks and provides for {@link EventThreads}. The bundle must start before any Karaf bundle whose
 * classes are edited, and before the ssh server, at start level 1; Declarative Services come too late for that.
 */
@Header(name = Constants.BUNDLE_ACTIVATOR, value = "${@class}")
public final class KarafCompatActivator implements BundleActivator {

    @Override
    public void start(BundleContext context) {
        EventThreads.provide();
        context.registerService(WeavingHook.class, new SubjectWeavingHook(context.getBundle()), null);
        context.registerService(WeavingHook.class, new ActivatorWeavingHook(), null);
    }

    @Override
    public void stop(BundleContext context) {
        // The framework takes the service back; classes that are woven already stay so.
    }
}
