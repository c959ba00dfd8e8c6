package org.jeroboam.platform.trust;

import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.hooks.resolver.ResolverHook;
import org.osgi.framework.hooks.resolver.ResolverHookFactory;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps bundles that are not trusted from being resolved when they are parts: when they offer one, can use
 * the packages of virtual hardware, or add to a bundle of ours. Each revision is looked at once.
 */
final class PartGuard implements ResolverHookFactory, ResolverHook {
    private static final Logger LOG = LoggerFactory.getLogger(PartGuard.class);
    private static final String PART = "org.jeroboam.part";
    private static final String HARDWARE = "org.jeroboam.hardware.";
    private static final String OURS = "jeroboam-";

    private record Revision(long bundle, long modified) {}

    private final Map<Revision, String> verdicts = new ConcurrentHashMap<>();
    private final TrustPolicy policy;

    PartGuard(TrustPolicy policy) {
        this.policy = policy;
    }

    @Override
    public ResolverHook begin(Collection<BundleRevision> triggers) {
        return this;
    }

    @Override
    public void filterResolvable(Collection<BundleRevision> candidates) {
        // Felix 7 finds no provider for anybody as soon as one candidate is removed here.
    }

    private static boolean isPart(BundleRevision revision) {
        return !revision.getDeclaredCapabilities(PART).isEmpty()
                || asks(revision, BundleRevision.PACKAGE_NAMESPACE, HARDWARE)
                || asks(revision, BundleRevision.BUNDLE_NAMESPACE, OURS)
                || asks(revision, BundleRevision.HOST_NAMESPACE, OURS);
    }

    private static boolean asks(BundleRevision revision, String namespace, String prefix) {
        return revision.getDeclaredRequirements(namespace).stream()
                .anyMatch(r -> canMean(r.getDirectives().getOrDefault("filter", ""), namespace, prefix));
    }

    /** Whether a requirement's filter names something with a prefix, or has a wildcard that such a thing fits. */
    static boolean canMean(String filter, String namespace, String prefix) {
        int at = filter.indexOf(namespace + "=");
        if (at < 0) {
            return false;
        }
        String name = filter.substring(at + namespace.length() + 1).split("\\)", 2)[0];
        int star = name.indexOf('*');
        String fixed = star < 0 ? name : name.substring(0, star);
        return fixed.startsWith(prefix) || star >= 0 && prefix.startsWith(fixed);
    }

    private boolean isTrusted(Bundle bundle) {
        return verdicts.computeIfAbsent(new Revision(bundle.getBundleId(), bundle.getLastModified()), key -> {
                    String problem;
                    try {
                        problem = policy.problem(Content.of(bundle));
                    } catch (IOException e) {
                        problem = "cannot be read: " + e.getMessage();
                    }
                    if (problem != null) {
                        LOG.error(
                                "bundle {} {} is refused as a part: it {}",
                                bundle.getSymbolicName(),
                                bundle.getVersion(),
                                problem);
                    }
                    return problem == null ? "" : problem;
                })
                .isEmpty();
    }

    @Override
    public void filterSingletonCollisions(BundleCapability singleton, Collection<BundleCapability> collisions) {
        // none of ours
    }

    /** A part that is not trusted finds nothing that it needs, so it stays unresolved. */
    @Override
    public void filterMatches(BundleRequirement requirement, Collection<BundleCapability> candidates) {
        BundleRevision revision = requirement.getRevision();
        if (policy.required() && !candidates.isEmpty() && isPart(revision) && !isTrusted(revision.getBundle())) {
            candidates.clear();
        }
    }

    @Override
    public void end() {
        // nothing is kept
    }
}
