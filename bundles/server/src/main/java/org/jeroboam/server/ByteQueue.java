package org.jeroboam.server;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Hands byte arrays from one thread to another. Its size is bounded by the machine, which waits for acknowledgements. */
final class ByteQueue {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<byte[]> queue = new ArrayDeque<>();
    private boolean closed;

    void put(byte[] data) {
        lock.lock();
        try {
            queue.add(data);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The next bytes, or null when the queue was closed and is empty. */
    byte[] take() throws InterruptedException {
        lock.lock();
        try {
            while (queue.isEmpty() && !closed) {
                changed.await();
            }
            byte[] data = queue.poll();
            changed.signalAll();
            return data;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a change, at most so long. */
    void await(long millis) throws InterruptedException {
        lock.lock();
        try {
            changed.await(millis, TimeUnit.MILLISECONDS);
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
