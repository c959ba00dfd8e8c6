package org.jeroboam.device.keyboardmouse;

/** What keyboard and mouse have in common: answers to commands go before data, and the last byte can be sent again. */
abstract sealed class Ps2Device permits Keyboard, Mouse {
    static final int ACK = 0xFA;
    static final int RESEND = 0xFE;
    static final int SELF_TEST_PASSED = 0xAA;

    private static final int ANSWERS = 16;
    private static final int DATA = 256;

    final ByteQueue answers = new ByteQueue(ANSWERS);
    final ByteQueue data = new ByteQueue(DATA);
    private final Runnable bytesCame;
    private int lastSent;

    /**
     * A queue's content and the last byte.
     *
     * @param answers bytes that answer commands
     * @param data scan codes or packets
     * @param lastSent for RESEND
     */
    record Queues(byte[] answers, byte[] data, int lastSent) {
        Queues {
            if (answers == null || answers.length > ANSWERS || data == null || data.length > DATA) {
                throw new IllegalArgumentException("a queue of the keyboard or mouse is missing or too long");
            }
        }
    }

    Ps2Device(Runnable bytesCame) {
        this.bytesCame = bytesCame;
    }

    /** A byte from the host. */
    abstract void command(int value);

    final boolean hasByte() {
        return !answers.isEmpty() || !data.isEmpty();
    }

    /** Sends the next byte; there must be one. */
    final int nextByte() {
        lastSent = answers.isEmpty() ? data.remove() : answers.remove();
        afterSending();
        return lastSent;
    }

    /** Tells that a byte was taken. */
    void afterSending() {}

    final void answer(int... bytes) {
        for (int b : bytes) {
            answers.add(b);
        }
        bytesCame.run();
    }

    /** Queues bytes that belong together, or none of them. */
    final boolean send(int... bytes) {
        if (!data.hasRoomFor(bytes.length)) {
            return false;
        }
        for (int b : bytes) {
            data.add(b);
        }
        bytesCame.run();
        return true;
    }

    final void resend() {
        answer(lastSent);
    }

    final void clearQueues() {
        answers.clear();
        data.clear();
        lastSent = 0;
    }

    final Queues saveQueues() {
        return new Queues(answers.save(), data.save(), lastSent);
    }

    final void restoreQueues(Queues queues) {
        answers.restore(queues.answers());
        data.restore(queues.data());
        lastSent = queues.lastSent() & 0xFF;
    }
}
