package org.jeroboam.hardware.testkit;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jeroboam.hardware.storage.BlockPort;
import org.jeroboam.hardware.storage.DiskImage;
import org.jeroboam.hardware.storage.Geometry;

/** A drive with its medium in memory, a cache that a power cut empties, and failures on demand. */
public final class FakeBlockPort {
    private final Trace trace;
    private final String name;
    private byte[] content = new byte[0];
    private byte[] durable = new byte[0];
    private boolean present;
    private boolean readOnly;
    private boolean removable;
    private int changes;
    private long failingSector = -1;
    private String failure;
    private String flushFailure;
    private int reads;
    private int writes;
    private int flushes;

    FakeBlockPort(Trace trace, String name) {
        this.trace = trace;
        this.name = name;
    }

    /**
     * Inserts a medium.
     *
     * @param bytes whole sectors; changed in place by writes
     * @param protect whether writes are refused
     */
    public void insert(byte[] bytes, boolean protect) {
        if (bytes.length % DiskImage.SECTOR_SIZE != 0) {
            throw new IllegalArgumentException("not whole sectors: " + bytes.length);
        }
        content = bytes;
        durable = bytes.clone();
        readOnly = protect;
        present = true;
        changes++;
    }

    /**
     * Sets whether the guest can eject the medium.
     *
     * @param value what the device is told
     */
    public void setRemovable(boolean value) {
        removable = value;
    }

    /** Takes the medium out. */
    public void eject() {
        content = new byte[0];
        durable = content;
        present = false;
        changes++;
    }

    /**
     * Makes accesses of one sector fail until {@link #heal()}.
     *
     * @param sector the sector
     * @param message the failure's sentence
     */
    public void failAt(long sector, String message) {
        failingSector = sector;
        failure = message;
    }

    /**
     * Makes flushes fail until {@link #heal()}.
     *
     * @param message the failure's sentence
     */
    public void failFlush(String message) {
        flushFailure = message;
    }

    /** Ends all failures. */
    public void heal() {
        failingSector = -1;
        flushFailure = null;
    }

    /**
     * The medium as it is.
     *
     * @return its bytes, live
     */
    public byte[] content() {
        return content;
    }

    /**
     * What a power cut would leave.
     *
     * @return the content at the last successful flush
     */
    public byte[] durable() {
        return durable.clone();
    }

    /**
     * Calls so far.
     *
     * @return reads, whatever their size
     */
    public int reads() {
        return reads;
    }

    /**
     * Calls so far.
     *
     * @return writes, whatever their size
     */
    public int writes() {
        return writes;
    }

    /**
     * Calls so far.
     *
     * @return flushes
     */
    public int flushes() {
        return flushes;
    }

    void takeConditionOf(FakeBlockPort other) {
        content = other.content.clone();
        durable = other.durable.clone();
        present = other.present;
        readOnly = other.readOnly;
        removable = other.removable;
        changes = other.changes;
        failingSector = other.failingSector;
        failure = other.failure;
        flushFailure = other.flushFailure;
    }

    BlockPort scoped(Scope scope) {
        return new BlockPort() {
            @Override
            public boolean present() {
                return !scope.late() && present;
            }

            @Override
            public boolean readOnly() {
                return !scope.late() && readOnly;
            }

            @Override
            public long sectors() {
                return scope.late() ? 0 : content.length / DiskImage.SECTOR_SIZE;
            }

            @Override
            public Geometry geometry() {
                return Geometry.ofSize(content.length / DiskImage.SECTOR_SIZE);
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
                if (!scope.late() && present && removable) {
                    FakeBlockPort.this.eject();
                    trace.add(name + " ejected");
                }
            }

            @Override
            public void read(long sector, int count, MemorySegment target) throws IOException {
                int offset = check(scope, sector, count, target);
                reads++;
                MemorySegment.copy(
                        MemorySegment.ofArray(content), offset, target, 0, (long) count * DiskImage.SECTOR_SIZE);
            }

            @Override
            public void write(long sector, int count, MemorySegment source) throws IOException {
                int offset = check(scope, sector, count, source);
                if (readOnly) {
                    throw new IOException("drive " + name + " is read-only");
                }
                writes++;
                int length = count * DiskImage.SECTOR_SIZE;
                MemorySegment.copy(source, 0, MemorySegment.ofArray(content), offset, length);
                trace.add(name + " wrote " + sector + ": "
                        + Arrays.hashCode(Arrays.copyOfRange(content, offset, offset + length)));
            }

            @Override
            public void flush() throws IOException {
                if (flushFailure != null) {
                    throw new IOException(flushFailure);
                }
                if (!scope.late()) {
                    flushes++;
                    durable = content.clone();
                    trace.add(name + " flushed");
                }
            }
        };
    }

    private int check(Scope scope, long sector, int count, MemorySegment buffer) throws IOException {
        if (scope.late() || !present) {
            throw new IOException("drive " + name + " has no medium");
        }
        long sectors = content.length / DiskImage.SECTOR_SIZE;
        if (sector < 0 || count < 0 || sector > sectors - count) {
            throw new IOException("sector " + sector + ", count " + count + " is not on drive " + name);
        }
        if (!buffer.isNative() || buffer.byteSize() < (long) count * DiskImage.SECTOR_SIZE) {
            throw new IllegalArgumentException("the buffer must lie outside the heap and hold " + count + " sectors");
        }
        if (failingSector >= sector && failingSector < sector + count) {
            throw new IOException(failure);
        }
        return Math.toIntExact(sector * DiskImage.SECTOR_SIZE);
    }
}
