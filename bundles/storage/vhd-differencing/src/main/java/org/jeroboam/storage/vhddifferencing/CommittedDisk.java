package org.jeroboam.storage.vhddifferencing;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.Geometry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A differencing disk whose bits are written soon after its data, also when its guest neither flushes nor does anything
 * else from then on. A thread of its own waits for that as long as the disk is open.
 */
final class CommittedDisk implements DiskImage {
    private static final Logger LOG = LoggerFactory.getLogger(CommittedDisk.class);

    private final DifferencingDisk disk;
    private final String name;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean closed;

    private CommittedDisk(DifferencingDisk disk, String name) {
        this.disk = disk;
        this.name = name;
    }

    /**
     * Takes a disk that is open for writing.
     *
     * @param disk the disk; closed with this one
     * @param name for the log
     * @return the disk
     */
    static CommittedDisk of(DifferencingDisk disk, String name) {
        CommittedDisk committed = new CommittedDisk(disk, name);
        Thread.ofPlatform().daemon().name("disk bits").start(committed::commitInTime);
        return committed;
    }

    private void commitInTime() {
        lock.lock();
        try {
            while (!closed) {
                long left = disk.nanosToCommit();
                if (left > 0) {
                    changed.await(left, TimeUnit.NANOSECONDS);
                } else {
                    commit();
                }
            }
        } catch (InterruptedException e) {
            // Nobody does that; the next flush writes the bits.
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void commit() {
        try {
            disk.commitOld();
        } catch (IOException e) {
            LOG.error("disk image {}: what was written lately may not outlive this process", name, e);
            disk.postpone();
        }
    }

    @Override
    public long sectors() {
        return disk.sectors();
    }

    @Override
    public Geometry geometry() {
        return disk.geometry();
    }

    @Override
    public boolean readOnly() {
        return disk.readOnly();
    }

    @Override
    public void read(long sector, int count, MemorySegment target) throws IOException {
        lock.lock();
        try {
            disk.read(sector, count, target);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void write(long sector, int count, MemorySegment source) throws IOException {
        lock.lock();
        try {
            boolean waited = disk.waiting();
            disk.write(sector, count, source);
            if (!waited && disk.waiting()) {
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void flush() throws IOException {
        lock.lock();
        try {
            disk.flush();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            closed = true;
            changed.signal();
            disk.close();
        } finally {
            lock.unlock();
        }
    }
}
