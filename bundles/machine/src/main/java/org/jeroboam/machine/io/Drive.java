package org.jeroboam.machine.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jeroboam.hardware.storage.BlockPort;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.Geometry;
import org.jeroboam.machine.Limits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A drive of the machine with its medium. Calls that block take turns, as images want it. The medium stays in the drive,
 * to the guest, while the bundle that knows its format is replaced.
 */
public final class Drive {
    private static final Logger LOG = LoggerFactory.getLogger(Drive.class);
    private static final Geometry NO_GEOMETRY = new Geometry(1, 1, 1);

    private final String name;
    private final boolean removable;
    private final Runnable ejector;
    private final ReentrantLock turn = new ReentrantLock();
    private volatile Path file;
    private volatile DiskImage image;
    private volatile boolean readOnly;
    private volatile long sectors;
    private volatile Geometry geometry = NO_GEOMETRY;
    private volatile int changes;

    /**
     * Creates an empty drive.
     *
     * @param name its name
     * @param removable whether its medium can be changed
     * @param ejector takes the medium out when the guest wants it; machine thread
     */
    public Drive(String name, boolean removable, Runnable ejector) {
        this.name = name;
        this.removable = removable;
        this.ejector = ejector;
    }

    /** The drive's name. */
    public String name() {
        return name;
    }

    /** The image's file, or null. */
    public Path file() {
        return file;
    }

    /** How often the medium was changed. */
    public int changes() {
        return changes;
    }

    /** Takes up the count of a saved machine, whose devices remember it. */
    public void restoreChanges(int count) {
        changes = count;
    }

    /** Opens an image. */
    @FunctionalInterface
    public interface Opening {
        /** Opens it. */
        DiskImage open() throws IOException;
    }

    /** Puts a medium in. */
    public void insert(Path path, DiskImage medium) {
        file = path;
        changes++;
        reopened(medium);
    }

    /** The same medium, opened by another bundle. */
    public void reopened(DiskImage medium) {
        sectors = medium.sectors();
        geometry = medium.geometry();
        readOnly = medium.readOnly();
        image = medium;
    }

    /** Takes the medium out; the rest as {@link #close}. */
    public void remove(long limit, Runnable then) throws IOException {
        file = null;
        changes++;
        try {
            close(limit, then);
        } finally {
            sectors = 0;
            geometry = NO_GEOMETRY;
            readOnly = false;
        }
    }

    /** Makes all writes so far durable. */
    public void flush(long limit) throws IOException {
        if (!lock(limit)) {
            throw unfinished(limit);
        }
        try {
            if (image != null && !readOnly) {
                image.flush();
            }
        } finally {
            turn.unlock();
        }
    }

    /**
     * Flushes and closes the image when no work uses it. When the host does not end that within the limit, nobody gets at
     * the image any more, and it is closed once the host is done.
     *
     * @param limit nanoseconds
     * @param then what is to be done when the image is closed
     */
    public void close(long limit, Runnable then) throws IOException {
        DiskImage old = image;
        if (!lock(limit)) {
            image = null;
            Thread.ofPlatform().daemon().name("jeroboam-closing-" + name).start(() -> closeLate(old, then));
            throw unfinished(limit);
        }
        try {
            image = null;
            if (old != null) {
                old.close();
            }
        } finally {
            turn.unlock();
            then.run();
        }
    }

    private void closeLate(DiskImage old, Runnable then) {
        turn.lock();
        try {
            if (old != null) {
                old.close();
            }
        } catch (IOException | RuntimeException | Error e) {
            LOG.error("the medium of drive {} could not be closed", name, e);
        } finally {
            turn.unlock();
            then.run();
        }
    }

    /**
     * Opens the same medium anew while no work uses it: what is under way is finished first, what comes meanwhile waits.
     * Between the two nobody has the image open.
     *
     * @param limit nanoseconds to wait for the work that is under way
     * @param opening opens it after the present image is flushed and closed
     */
    public void reopen(long limit, Opening opening) throws IOException {
        if (!lock(limit)) {
            throw unfinished(limit);
        }
        try {
            DiskImage old = image;
            if (old != null) {
                if (!readOnly) {
                    old.flush();
                }
                image = null;
                closeFlushed(old);
            }
            reopened(opening.open());
        } finally {
            turn.unlock();
        }
    }

    /** What is in the file is complete: another one may open it even if the old one stumbles over its end. */
    private void closeFlushed(DiskImage old) {
        try {
            old.close();
        } catch (IOException | RuntimeException e) {
            LOG.error("the medium of drive {} could not be closed", name, e);
        }
    }

    private boolean lock(long limit) throws IOException {
        try {
            return turn.tryLock(limit, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("drive " + name + " was not waited for any longer", e);
        }
    }

    private IOException unfinished(long limit) {
        return new IOException(
                "the host does not finish the disk work of drive " + name + " within " + Limits.seconds(limit));
    }

    private DiskImage medium(long sector, int count) throws IOException {
        DiskImage current = image;
        if (current == null) {
            throw new IOException("drive " + name + " has no medium");
        }
        if (sector < 0 || count < 0 || sector > sectors - count) {
            throw new IOException("drive " + name + " has " + sectors + " sectors, no " + count + " from " + sector);
        }
        return current;
    }

    /** A device's view. */
    public final class Port implements BlockPort {
        private volatile boolean revoked;

        @Override
        public boolean present() {
            return file != null;
        }

        @Override
        public boolean readOnly() {
            return readOnly;
        }

        @Override
        public long sectors() {
            return sectors;
        }

        @Override
        public Geometry geometry() {
            return geometry;
        }

        @Override
        public boolean removable() {
            return removable;
        }

        @Override
        public int changes() {
            return changes;
        }

        @Override
        public void eject() {
            if (!revoked && removable && file != null) {
                ejector.run();
            }
        }

        @Override
        public void read(long sector, int count, MemorySegment target) throws IOException {
            check();
            turn.lock();
            try {
                medium(sector, count).read(sector, count, target);
            } finally {
                turn.unlock();
            }
        }

        @Override
        public void write(long sector, int count, MemorySegment source) throws IOException {
            check();
            turn.lock();
            try {
                if (readOnly) {
                    throw new IOException("drive " + name + " refuses writes");
                }
                medium(sector, count).write(sector, count, source);
            } finally {
                turn.unlock();
            }
        }

        @Override
        public void flush() throws IOException {
            check();
            Drive.this.flush(Long.MAX_VALUE);
        }

        private void check() throws IOException {
            if (revoked) {
                throw new IOException("drive " + name + " was taken from this device");
            }
        }

        /** Ends it for good. */
        public void revoke() {
            revoked = true;
        }
    }

    /** A device's end. */
    public Port open() {
        return new Port();
    }
}
