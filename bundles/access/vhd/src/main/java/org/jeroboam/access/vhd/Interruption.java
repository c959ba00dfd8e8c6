package org.jeroboam.access.vhd;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The end at a user's wish: the operation ends at its next step and removes what it made; the process waits for that.
 */
final class Interruption {
    private static final long PATIENCE_SECONDS = 10;

    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean requested;

    /** Asks for the end. */
    void ask() {
        requested = true;
    }

    /** Asks for the end and waits for it; in the way of a shutdown hook. */
    void request() {
        requested = true;
        try {
            if (!over.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                // The host does not come back from a call; the process goes as it is.
                requested = false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Says that the operation has ended.
     *
     * @return false when the process is ending at the user's wish
     */
    boolean over() {
        over.countDown();
        return !requested;
    }

    /** Ends the operation if that was asked for. */
    void check() {
        if (requested) {
            throw new CancellationException("interrupted");
        }
    }
}
