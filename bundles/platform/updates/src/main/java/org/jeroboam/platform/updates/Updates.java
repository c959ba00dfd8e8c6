package org.jeroboam.platform.updates;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.ManagementException.Kind;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.VirtualMachineState;
import org.jeroboam.management.VirtualServer;
import org.jeroboam.management.extension.PartSpares;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.hooks.bundle.EventHook;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the previous jar of each bundle that machines are made of when it is updated, and puts it back when told to, or
 * when the update failed. A bundle is one of these when it offers a part, or is one of the product's own.
 */
@Component(immediate = true, configurationPid = "org.jeroboam.platform.updates")
@Designate(ocd = UpdatePolicy.class)
public final class Updates implements PartSpares, SynchronousBundleListener {
    private static final Logger LOG = LoggerFactory.getLogger(Updates.class);
    private static final String PART = "org.jeroboam.part";
    private static final String OURS = "jeroboam-";

    private final BundleContext context;
    private final ServiceRegistration<EventHook> hook;
    private final SpareStore store;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().daemon().name("jeroboam-updates").unstarted(task));
    /** By the bundles that are being updated: the machines that waited for something before. */
    private final Map<Long, Set<String>> waitedBefore = new ConcurrentHashMap<>();

    private volatile UpdatePolicy policy;

    /** The server, when there is one. */
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    private volatile VirtualServer server;

    /**
     * Begins to watch.
     *
     * @param context of the bundle
     * @param policy what happens when an update fails
     */
    @Activate
    public Updates(BundleContext context, UpdatePolicy policy) {
        this.context = context;
        this.policy = policy;
        store = new SpareStore(context.getDataFile("spares").toPath());
        context.addBundleListener(this);
        // Hooks are asked before any listener is told: Declarative Services, one of these, takes a part's services
        // away.
        hook = context.registerService(EventHook.class, (event, receivers) -> stopping(event), null);
    }

    @Modified
    void modified(UpdatePolicy changed) {
        policy = changed;
    }

    @Deactivate
    void deactivate() {
        hook.unregister();
        context.removeBundleListener(this);
        timer.shutdownNow();
    }

    // ---- what bundles do

    private void stopping(BundleEvent event) {
        Bundle bundle = event.getBundle();
        if (event.getType() != BundleEvent.STOPPING || !concerns(bundle)) {
            return;
        }
        try {
            note(bundle);
        } catch (IOException e) {
            LOG.error("no spare can be kept of {}: {}", bundle, e.getMessage(), e);
        }
    }

    private boolean concerns(Bundle bundle) {
        return isPart(bundle) && context.getBundle(Constants.SYSTEM_BUNDLE_ID).getState() != Bundle.STOPPING;
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        Bundle bundle = event.getBundle();
        if (!concerns(bundle)) {
            return;
        }
        try {
            switch (event.getType()) {
                case BundleEvent.UPDATED -> updated(bundle);
                case BundleEvent.UNINSTALLED -> {
                    synchronized (store) {
                        store.forget(bundle.getBundleId());
                    }
                }
                default -> {
                    // nothing of ours
                }
            }
        } catch (IOException e) {
            LOG.error("no spare can be kept of {}: {}", bundle, e.getMessage(), e);
        }
    }

    private static boolean isPart(Bundle bundle) {
        String name = bundle.getSymbolicName();
        if (name == null) {
            return false;
        }
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        return name.startsWith(OURS)
                || revision != null && !revision.getDeclaredCapabilities(PART).isEmpty();
    }

    /** Before an update a bundle is stopped: then its jar is still the old one. */
    private void note(Bundle bundle) throws IOException {
        waitedBefore.put(bundle.getBundleId(), waiting());
        synchronized (store) {
            if (!store.knows(bundle.getBundleId(), bundle.getLastModified())) {
                keep(bundle);
            }
        }
    }

    private boolean keep(Bundle bundle) throws IOException {
        return store.note(
                bundle.getBundleId(),
                bundle.getLastModified(),
                bundle.getVersion().toString(),
                BundleJar.of(bundle));
    }

    private void updated(Bundle bundle) throws IOException {
        boolean hasSpare;
        synchronized (store) {
            hasSpare = keep(bundle);
        }
        if (hasSpare) {
            LOG.info(
                    "{} was updated to version {}; what it was before is kept, see part:spares",
                    bundle.getSymbolicName(),
                    bundle.getVersion());
            Set<String> before = waitedBefore.getOrDefault(bundle.getBundleId(), Set.of());
            if (policy.revert().equals("on-failure")) {
                timer.schedule(() -> judge(bundle, before), policy.patience_seconds(), TimeUnit.SECONDS);
            }
        }
    }

    // ---- the policy

    /** Looks what an update did. */
    private void judge(Bundle bundle, Set<String> before) {
        try {
            String failure = failure(bundle, before);
            if (failure != null && policy.revert().equals("on-failure")) {
                LOG.warn(
                        "the update of {} to version {} failed ({}); the previous version comes back",
                        bundle.getSymbolicName(),
                        bundle.getVersion(),
                        failure);
                revert(bundle);
            }
        } catch (ManagementException | RuntimeException e) {
            LOG.error("{} could not be put back to its previous version", bundle, e);
        }
    }

    private String failure(Bundle bundle, Set<String> before) {
        if (bundle.getState() == Bundle.INSTALLED) {
            return "it cannot be resolved";
        }
        Set<String> waiting = waiting();
        waiting.removeAll(before);
        return waiting.isEmpty()
                ? null
                : String.join("; ", waiting.stream().map(this::reason).toList());
    }

    private String reason(String machine) {
        VirtualServer current = server;
        return machine + " waits"
                + (current == null
                        ? ""
                        : current.findVirtualMachine(machine)
                                .map(m -> ": " + m.extension().status().reason())
                                .orElse(""));
    }

    /** The machines that stand still for a reason. */
    private Set<String> waiting() {
        VirtualServer current = server;
        return current == null
                ? ConcurrentHashMap.newKeySet()
                : current.getVirtualMachines().stream()
                        .filter(m -> m.getState() == VirtualMachineState.PAUSED)
                        .filter(m -> !m.extension().status().reason().isEmpty())
                        .map(VirtualMachine::getName)
                        .collect(Collectors.toCollection(ConcurrentHashMap::newKeySet));
    }

    // ---- what people want

    @Override
    public List<Spare> spares() {
        List<Spare> spares = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            try {
                synchronized (store) {
                    String version = store.version(bundle.getBundleId());
                    if (version != null) {
                        spares.add(new Spare(
                                bundle.getBundleId(),
                                bundle.getSymbolicName(),
                                bundle.getVersion().toString(),
                                version));
                    }
                }
            } catch (IOException e) {
                LOG.error("the spare of {} cannot be read", bundle, e);
            }
        }
        spares.sort(Comparator.comparing(Spare::bundle));
        return spares;
    }

    @Override
    public String revert(String name) throws ManagementException {
        Spare spare = spares().stream()
                .filter(s -> s.bundle().equals(name) || Long.toString(s.id()).equals(name))
                .findFirst()
                .orElseThrow(() -> ManagementException.badRequest(
                        "there is no spare of a bundle '" + name + "'; see part:spares"));
        return revert(context.getBundle(spare.id()));
    }

    private String revert(Bundle bundle) throws ManagementException {
        byte[] spare;
        try {
            synchronized (store) {
                spare = store.spare(bundle.getBundleId());
            }
            bundle.update(new ByteArrayInputStream(spare));
        } catch (IOException e) {
            throw new ManagementException(
                    Kind.FAULT, "the spare of " + bundle.getSymbolicName() + " cannot be read: " + e.getMessage(), e);
        } catch (BundleException e) {
            throw new ManagementException(
                    Kind.FAULT, bundle.getSymbolicName() + " cannot be put back: " + e.getMessage(), e);
        }
        context.getBundle(Constants.SYSTEM_BUNDLE_ID)
                .adapt(FrameworkWiring.class)
                .refreshBundles(Arrays.asList(bundle));
        return bundle.getVersion().toString();
    }
}
