package org.jeroboam.machine;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jeroboam.hardware.storage.ImageLocks;

/** Locks that are let go together. */
final class HeldLocks implements ImageLocks.Lock {
    private final Deque<ImageLocks.Lock> locks = new ArrayDeque<>();

    void add(ImageLocks.Lock lock) {
        locks.push(lock);
    }

    @Override
    public void close() {
        while (!locks.isEmpty()) {
            locks.pop().close();
        }
    }
}
