package org.jeroboam.storage.vhd.operation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;

/**
 * Writes to a sink on a thread of its own what another thread reads meanwhile, and has the host bring it to the medium
 * in the meantime, so that little is left to wait for at the end.
 */
final class Relay implements AutoCloseable {
    private static final int BUFFERS = 4;
    private static final long SYNC_EVERY = 64L << 20;

    private final DiskSink sink;
    private final BlockingQueue<Chunk> empty = new ArrayBlockingQueue<>(BUFFERS);
    private final BlockingQueue<Chunk> full = new ArrayBlockingQueue<>(BUFFERS + 1);
    private final Chunk end = new Chunk(0);
    private final Thread writer =
            Thread.ofPlatform().daemon().name("disk writer").unstarted(this::write);
    private final Thread syncer =
            Thread.ofPlatform().daemon().name("disk syncer").unstarted(this::sync);
    private final BlockingQueue<Boolean> syncWanted = new ArrayBlockingQueue<>(1);
    private volatile IOException failure;
    private volatile boolean abandoned;

    /** A piece of a disk with what in it is to be written. Belongs to one thread at a time. */
    static final class Chunk {
        final ByteBuffer bytes;
        private final List<int[]> runs = new ArrayList<>();
        private long position;

        private Chunk(int size) {
            bytes = ByteBuffer.allocateDirect(size);
        }

        /** Begins anew at a position of the disk. */
        ByteBuffer begin(long at, int length) {
            position = at;
            runs.clear();
            return bytes.clear().limit(length);
        }

        /** Adds a run to be written: indexes of its first byte and its end. */
        void add(int from, int to) {
            runs.add(new int[] {from, to});
        }
    }

    Relay(DiskSink sink, int chunkSize) {
        this.sink = sink;
        for (int i = 0; i < BUFFERS; i++) {
            empty.add(new Chunk(chunkSize));
        }
        writer.start();
        syncer.start();
    }

    /** A chunk to be filled; waits for one. */
    Chunk take() throws IOException {
        rethrow();
        return await(empty);
    }

    /** Gives a chunk that is filled. */
    void give(Chunk chunk) {
        put(full, chunk);
    }

    /** Waits until all is written. */
    void finish() throws IOException {
        put(full, end);
        join(writer);
        rethrow();
    }

    private void rethrow() throws IOException {
        IOException met = failure;
        if (met != null) {
            throw met;
        }
    }

    private void write() {
        long written = 0;
        for (Chunk chunk = await(full); chunk != end; chunk = await(full)) {
            try {
                if (failure == null && !abandoned) {
                    for (int[] run : chunk.runs) {
                        sink.write(
                                chunk.position + run[0],
                                chunk.bytes.clear().position(run[0]).limit(run[1]));
                        written += run[1] - run[0];
                    }
                    if (written >= SYNC_EVERY) {
                        written = 0;
                        syncWanted.offer(true);
                    }
                }
            } catch (IOException e) {
                failure = e;
            } catch (RuntimeException | Error e) {
                // Whoever waits for the chunk hears of it.
                failure = new IOException("the new file cannot be written: " + e, e);
            }
            put(empty, chunk);
        }
    }

    private void sync() {
        try {
            while (await(syncWanted)) {
                sink.file.force();
            }
        } catch (IOException e) {
            failure = e;
        }
    }

    @Override
    public void close() {
        abandoned = true;
        if (writer.isAlive()) {
            put(full, end);
        }
        join(writer);
        syncWanted.clear();
        put(syncWanted, false);
        join(syncer);
    }

    private static <T> T await(BlockingQueue<T> queue) {
        try {
            return queue.take();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static <T> void put(BlockingQueue<T> queue, T what) {
        try {
            queue.put(what);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static CancellationException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        CancellationException cancelled = new CancellationException("interrupted");
        cancelled.initCause(cause);
        return cancelled;
    }
}
