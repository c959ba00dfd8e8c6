package org.jeroboam.machine.io;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jeroboam.hardware.character.CharacterPort;
import org.jeroboam.machine.board.PartFailures;

/**
 * A byte stream between a device and the outside. Towards the outside at most 64 KiB are on the way without being
 * acknowledged; then, in real mode, the device has to wait. In deterministic mode the device must not notice how fast
 * the outside is: the byte is taken and the whole machine waits.
 */
public final class CharacterChannel {
    /** Bytes kept in each direction. */
    public static final int LIMIT = 1 << 16;

    private final String name;
    private final boolean connected;
    private final boolean deterministic;
    private final Runnable full;
    private final PartFailures failures;
    private byte[] input = new byte[64];
    private int inputStart;
    private int inputSize;
    private byte[] output = new byte[256];
    private int outputSize;
    private int unacknowledged;
    private boolean refused;
    private volatile boolean blocked;
    private final AtomicLong credit = new AtomicLong();
    private End end;

    /**
     * Creates the stream.
     *
     * @param name its name
     * @param connected whether it leads anywhere
     * @param deterministic whether the machine waits instead of the device
     * @param full called when the machine must stop at the next instruction boundary
     * @param failures told when a device throws
     */
    public CharacterChannel(
            String name, boolean connected, boolean deterministic, Runnable full, PartFailures failures) {
        this.name = name;
        this.connected = connected;
        this.deterministic = deterministic;
        this.full = full;
        this.failures = failures;
    }

    /** The stream's name. */
    public String name() {
        return name;
    }

    /** Takes bytes from outside, as many as there is room for. */
    public int offer(byte[] data) {
        int count = Math.min(data.length, LIMIT - inputSize);
        boolean wasEmpty = inputSize == 0;
        for (int i = 0; i < count; i++) {
            append(data[i]);
        }
        if (wasEmpty && count > 0 && end != null) {
            end.readable();
        }
        return count;
    }

    private void append(byte value) {
        if (inputSize == input.length) {
            byte[] larger = new byte[input.length * 2];
            for (int i = 0; i < inputSize; i++) {
                larger[i] = input[(inputStart + i) % input.length];
            }
            input = larger;
            inputStart = 0;
        }
        input[(inputStart + inputSize++) % input.length] = value;
    }

    private int take() {
        if (inputSize == 0) {
            return -1;
        }
        int value = input[inputStart] & 0xFF;
        inputStart = (inputStart + 1) % input.length;
        inputSize--;
        return value;
    }

    private boolean put(int value) {
        if (!connected) {
            return true;
        }
        if (outputSize + unacknowledged >= LIMIT) {
            blocked = true;
            full.run();
            if (!deterministic) {
                refused = true;
                return false;
            }
        }
        if (outputSize == output.length) {
            output = Arrays.copyOf(output, outputSize * 2);
        }
        output[outputSize++] = (byte) value;
        return true;
    }

    /** Whether the machine has to wait for the outside. */
    public boolean stalled() {
        return deterministic && outputSize + unacknowledged > LIMIT;
    }

    /** Bytes that may be passed on now. */
    public int waiting() {
        return Math.min(outputSize, LIMIT - unacknowledged);
    }

    /** Takes what may be passed on now; null when there is nothing. */
    public byte[] takeOutput() {
        int count = waiting();
        if (count <= 0) {
            return null;
        }
        byte[] taken = Arrays.copyOf(output, count);
        System.arraycopy(output, count, output, 0, outputSize - count);
        outputSize -= count;
        unacknowledged += count;
        return taken;
    }

    /**
     * The outside has passed bytes on. Any thread: a machine that waits for this must not have to take a command first.
     *
     * @return whether the machine waits for it
     */
    public boolean consumed(int count) {
        credit.addAndGet(Math.max(0, count));
        return blocked;
    }

    /** Whether {@link #settle} would let a machine go on that waits. */
    public boolean relieved() {
        return blocked && credit.get() > 0;
    }

    /** Takes note of what the outside has passed on. */
    public void settle() {
        if (credit.get() == 0) {
            return;
        }
        unacknowledged = (int) Math.max(0, unacknowledged - credit.getAndSet(0));
        if (outputSize + unacknowledged < LIMIT) {
            blocked = false;
            if (refused) {
                refused = false;
                if (end != null) {
                    end.writable();
                }
            }
        }
    }

    /** What is kept, for a saved state: input and output. */
    public byte[][] queues() {
        byte[] in = new byte[inputSize];
        for (int i = 0; i < inputSize; i++) {
            in[i] = input[(inputStart + i) % input.length];
        }
        return new byte[][] {in, Arrays.copyOf(output, outputSize), {(byte) (refused ? 1 : 0)}};
    }

    /** Takes what {@link #queues} gave. Nobody is told: the device's own state knows of it. */
    public void restore(byte[][] queues) {
        inputSize = 0;
        for (int i = 0; i < Math.min(LIMIT, queues[0].length); i++) {
            append(queues[0][i]);
        }
        output = Arrays.copyOf(queues[1], Math.max(256, queues[1].length));
        outputSize = queues[1].length;
        unacknowledged = 0;
        blocked = outputSize >= LIMIT;
        refused = queues[2].length == 1 && queues[2][0] != 0;
    }

    /** A device's end. */
    public End open(String owner) {
        return new End(owner);
    }

    /** One device's view of the stream; the one that set its listener last is told. */
    public final class End implements CharacterPort {
        private final String owner;
        private Listener listener;
        private boolean revoked;

        private End(String owner) {
            this.owner = owner;
        }

        @Override
        public boolean write(int value) {
            return revoked || put(value);
        }

        @Override
        public int read() {
            return revoked ? -1 : take();
        }

        @Override
        public void setListener(Listener newListener) {
            if (!revoked) {
                listener = newListener;
                end = this;
            }
        }

        /** Ends it for good. */
        public void revoke() {
            revoked = true;
            listener = null;
            if (end == this) {
                end = null;
            }
        }

        private void readable() {
            if (listener != null) {
                String outer = failures.calling(owner);
                try {
                    listener.readable();
                } catch (RuntimeException | Error e) {
                    failures.failed(owner, e);
                }
                failures.back(outer);
            }
        }

        private void writable() {
            if (listener != null) {
                String outer = failures.calling(owner);
                try {
                    listener.writable();
                } catch (RuntimeException | Error e) {
                    failures.failed(owner, e);
                }
                failures.back(outer);
            }
        }
    }
}
