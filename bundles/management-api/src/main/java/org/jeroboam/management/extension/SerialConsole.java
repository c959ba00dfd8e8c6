package org.jeroboam.management.extension;

/** An open console on a serial port. Thread-safe. */
public interface SerialConsole extends AutoCloseable {
    /** Takes what the guest sends. */
    @FunctionalInterface
    interface Output {
        /**
         * Bytes came. Blocking here makes the guest's port wait.
         *
         * @param data the bytes; belongs to the receiver
         */
        void bytes(byte[] data);
    }

    /**
     * Sends bytes to the guest; waits while its buffer is full.
     *
     * @param data the bytes
     * @throws InterruptedException when the caller is interrupted while it waits
     */
    void send(byte[] data) throws InterruptedException;

    /** Leaves; the machine goes on. */
    @Override
    void close();
}
