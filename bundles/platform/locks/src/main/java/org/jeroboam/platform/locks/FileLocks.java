package org.jeroboam.platform.locks;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.storage.ImageLocks;
import org.osgi.service.component.annotations.Component;

/**
 * Locks on image files: a table for the machines of this process, which knows owners, over the host's locks, which know
 * other processes. A file is the same file under each of its names. Nothing is written anywhere. Locks outlive this
 * service: they belong to who asked for them, and a successor meets them as the host's.
 */
@Component(service = ImageLocks.class)
public final class FileLocks implements ImageLocks {
    private final Map<Object, Entry> held = new HashMap<>();

    private record Entry(HostLock host, boolean shared, List<String> owners) {}

    /** For Declarative Services. Linking the host's functions takes some time, in which a program can do other things. */
    public FileLocks() {
        Thread.ofPlatform().daemon().name("linking of locks").start(HostLock::prepare);
    }

    @Override
    public synchronized Lock lock(Path file, boolean shared, String owner) throws ConfigurationException, IOException {
        while (true) {
            Object key = key(file);
            Lock lock = lock(file, key, shared, owner);
            boolean same = false;
            try {
                // Whoever held it may have put another file in its place.
                same = key.equals(key(file));
            } finally {
                if (!same) {
                    lock.close();
                }
            }
            if (same) {
                return lock;
            }
        }
    }

    private Lock lock(Path file, Object key, boolean shared, String owner) throws ConfigurationException, IOException {
        Entry entry = held.get(key);
        if (entry == null) {
            HostLock host = hostLock(file, shared);
            if (host == null) {
                throw new ConfigurationException("file " + file + " is in use by " + LockHolder.describe(file)
                        + "; close it there or use a copy");
            }
            entry = new Entry(host, shared, new ArrayList<>());
            held.put(key, entry);
        } else if (!shared || !entry.shared()) {
            throw new ConfigurationException("file " + file + " is in use by " + String.join(", ", entry.owners())
                    + "; detach it there or use a copy");
        }
        entry.owners().add(owner);
        AtomicBoolean released = new AtomicBoolean();
        return () -> {
            if (released.compareAndSet(false, true)) {
                release(key, owner);
            }
        };
    }

    private synchronized void release(Object key, String owner) {
        Entry entry = held.get(key);
        if (entry != null) {
            entry.owners().remove(owner);
            if (entry.owners().isEmpty()) {
                held.remove(key);
                entry.host().close();
            }
        }
    }

    private static HostLock hostLock(Path file, boolean shared) throws ConfigurationException, IOException {
        try {
            return HostLock.tryLock(file, shared);
        } catch (AccessDeniedException e) {
            throw new ConfigurationException(
                    "file " + file + " may not be " + (shared ? "read" : "written") + ": " + e.getReason()
                            + (shared ? "" : "; change that or attach it read-only"),
                    e);
        }
    }

    private static Object key(Path file) throws ConfigurationException, IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isDirectory()) {
                throw new ConfigurationException("disk image " + file + " is a directory; name a file");
            }
            return attributes.fileKey() == null ? file.toRealPath() : attributes.fileKey();
        } catch (NoSuchFileException e) {
            throw new ConfigurationException("file " + file + " does not exist", e);
        }
    }
}
