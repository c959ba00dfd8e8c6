package org.jeroboam.hardware.board;

import org.osgi.annotation.versioning.ProviderType;

/**
 * One piece of work that runs off the machine thread and comes back as a completion. It becomes visible to the guest at
 * a time that is fixed when it is submitted: in deterministic mode at exactly that virtual time (the machine waits when
 * the host is late), in real mode as soon as it is done. Machine thread only.
 *
 * <p><strong>Saving.</strong> Before a part is saved the machine lets all background work finish on the host. What is
 * then still pending is only its becoming visible: the device saves {@link #pending()} together with the buffer, and its
 * successor calls {@link #restore}; the completion then comes at the same virtual time and the work is not done again.
 */
@ProviderType
public interface Offload {
    /** The work; it runs on an I/O thread. */
    @FunctionalInterface
    interface Work {
        /**
         * Does it.
         *
         * @throws Exception passed to the completion
         */
        void run() throws Exception;
    }

    /** The end of the work; it runs on the machine thread. */
    @FunctionalInterface
    interface Completion {
        /**
         * Takes the result.
         *
         * @param failure what the work threw, as one sentence; null when it succeeded
         */
        void completed(String failure);
    }

    /**
     * What a device saves of it.
     *
     * @param submitted whether a completion is still to come
     * @param visibleAt virtual time at which it becomes visible
     * @param failure result so far: what the work threw, or null
     */
    record Pending(boolean submitted, long visibleAt, String failure) {
        /** Nothing to come. */
        public static final Pending NONE = new Pending(false, 0, null);
    }

    /**
     * Submits the work.
     *
     * @param latency virtual nanoseconds after which a real part would be done
     * @throws IllegalStateException when it is submitted already: a fault of the device
     */
    void submit(long latency);

    /**
     * Whether a completion is still to come.
     *
     * @return true between {@link #submit} and the completion
     */
    boolean submitted();

    /** Gives up: the completion will not come. The work may still run to its end on the host; the buffer must stay untouched until {@link #idle()}. */
    void cancel();

    /**
     * Whether the host is done with the buffers.
     *
     * @return false while the work runs or waits to run
     */
    boolean idle();

    /**
     * State for {@link org.jeroboam.hardware.device.Device#save}; the machine has waited for {@link #idle()}.
     *
     * @return what {@link #restore} takes
     */
    Pending pending();

    /**
     * Takes over from a predecessor.
     *
     * @param pending its state
     */
    void restore(Pending pending);
}
