package org.jeroboam.platform.trust;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;

/**
 * Guards the resolver from the moment the bundle starts, before any part is resolved. So the policy is not left to the
 * configuration service, which comes later: it is read once from {@code etc/org.jeroboam.platform.trust.cfg}, and whoever
 * may change that file may change the distribution, too.
 */
public final class TrustActivator implements BundleActivator {
    private static final String FILE = "org.jeroboam.platform.trust.cfg";

    /** Made by the framework. */
    public TrustActivator() {}

    @Override
    public void start(BundleContext context) throws IOException {
        Path etc = Path.of(context.getProperty("karaf.etc"));
        Path home = Path.of(context.getProperty("karaf.home"));
        context.registerService(ResolverHookFactory.class, new PartGuard(read(etc, home)), null);
    }

    /** A file that cannot be read stops the bundle's start; none at all means that nothing is required. */
    static TrustPolicy read(Path etc, Path home) throws IOException {
        Properties p = new Properties();
        Path file = etc.resolve(FILE);
        if (Files.exists(file)) {
            try (Reader in = Files.newBufferedReader(file)) {
                p.load(in);
            }
        }
        String required = p.getProperty("required", "false").strip();
        // Fails closed: what is not "false" is taken for "true".
        return new TrustPolicy(
                !required.equals("false"),
                etc.resolve(p.getProperty("keystore", "trusted-parts.p12").strip()),
                p.getProperty("password", ""),
                home.resolve("system"));
    }

    @Override
    public void stop(BundleContext context) {
        // the framework takes the hook away
    }
}
