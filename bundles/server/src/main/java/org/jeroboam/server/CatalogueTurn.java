package org.jeroboam.server;

import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until no other server keeps the catalogue, then offers its lock to the server of this bundle, for as long as the
 * bundle is started: a second version of it takes over when the first one goes. The lock is no type that other bundles know.
 */
@Component(
        immediate = true,
        service = {})
@Capability(namespace = "osgi.service", attribute = "objectClass:List<String>=\"org.jeroboam.server.CatalogueLock\"")
public final class CatalogueTurn {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogueTurn.class);
    private static final long LOOK_NANOS = 500_000_000;

    private final Path directory;
    private final Function<CatalogueLock, Runnable> offer;
    private CatalogueLock lock;
    private Runnable withdrawal;
    private Thread waiting;
    private volatile boolean closed;

    /**
     * Takes the lock, or begins to wait for it.
     *
     * @param context of the bundle
     */
    @Activate
    public CatalogueTurn(BundleContext context) {
        this(
                LocalVirtualServer.directory(context),
                lock -> context.registerService(CatalogueLock.class, lock, null)::unregister);
    }

    /**
     * Takes the lock, or begins to wait for it.
     *
     * @param offer offers the lock; answers what withdraws it
     */
    CatalogueTurn(Path directory, Function<CatalogueLock, Runnable> offer) {
        this.directory = directory;
        this.offer = offer;
        if (!take()) {
            LOG.warn(
                    "another server keeps the machines in {}; this one takes over when that goes. To replace it, stop its"
                            + " bundle or update it",
                    directory);
            waiting = Thread.ofPlatform().daemon().name("jeroboam-catalogue").start(this::await);
        }
    }

    private void await() {
        while (!closed && !take()) {
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
        if (lock != null) {
            LOG.info("this server keeps the machines in {} now", directory);
        }
    }

    private boolean take() {
        lock = CatalogueLock.take(directory);
        if (lock != null) {
            withdrawal = offer.apply(lock);
        }
        return lock != null;
    }

    /** The bundle goes: its server first, which saves the machines, then the lock. */
    @Deactivate
    public void close() {
        closed = true;
        boolean interrupted = false;
        while (waiting != null && waiting.isAlive()) {
            LockSupport.unpark(waiting);
            try {
                waiting.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (lock != null) {
            withdrawal.run();
            lock.close();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
