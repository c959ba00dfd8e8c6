package org.jeroboam.machine.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jeroboam.hardware.storage.BlockPort;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.Geometry;

/**
 * A drive of the machine with its medium. Calls that block take turns, as images want it. The medium stays in the drive,
 * to the guest, while the bundle that knows its format is replaced.
 */
public final class Drive {
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

    /** Takes the medium out. */
    public void remove() throws IOException {
        file = null;
        changes++;
        try {
            close();
        } finally {
            sectors = 0;
            geometry = NO_GEOMETRY;
            readOnly = false;
        }
    }

    /** Makes all writes so far durable. */
    public void flush() throws IOException {
        turn.lock();
        try {
            if (image != null && !readOnly) {
                image.flush();
            }
        } finally {
            turn.unlock();
        }
    }

    /** Flushes and closes the medium. */
    public void close() throws IOException {
        turn.lock();
        DiskImage old = image;
        image = null;
        try {
            if (old != null) {
                old.close();
            }
        } finally {
            turn.unlock();
        }
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
            Drive.this.flush();
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
