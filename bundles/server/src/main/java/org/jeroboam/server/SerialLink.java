package org.jeroboam.server;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jeroboam.hardware.machine.Machine;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineReply;

/**
 * The far end of one of a machine's byte streams. What the machine sends is passed on by a thread of the link, and
 * acknowledged only then, so that a slow receiver makes the guest's port wait instead of filling memory.
 */
abstract class SerialLink implements AutoCloseable {
    private static final long FULL_RETRY_MILLIS = 5;
    private static final Duration LAST_BYTES = Duration.ofSeconds(1);
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String port;
    private final ByteQueue queue = new ByteQueue();
    private final Thread pump;
    private volatile Machine machine;

    SerialLink(String port) {
        this.port = port;
        pump = Thread.ofVirtual().name("serial-link-" + COUNT.incrementAndGet()).unstarted(this::pump);
    }

    /** Connects the machine; before that nothing can be sent to it. */
    final void connect(Machine target) {
        machine = target;
        pump.start();
    }

    /** The machine sent bytes. Returns at once. */
    final void output(byte[] data) {
        queue.put(data);
    }

    /** Passes bytes on; may block. */
    abstract void deliver(byte[] data) throws IOException, InterruptedException;

    /** Sends bytes to the guest; waits while its buffer is full. */
    final void send(byte[] data) throws InterruptedException {
        byte[] rest = data;
        while (rest.length > 0) {
            Machine target = machine;
            int taken = target == null ? rest.length : send(target, rest);
            rest = Arrays.copyOfRange(rest, taken, rest.length);
            if (rest.length > 0) {
                queue.await(FULL_RETRY_MILLIS);
            }
        }
    }

    private int send(Machine target, byte[] data) {
        MachineReply reply = target.execute(new MachineCommand.Send(port, data)).join();
        // A machine that was turned off meanwhile takes nothing any more: the bytes have nowhere to go.
        return reply instanceof MachineReply.Accepted(int count) ? count : data.length;
    }

    private void pump() {
        try {
            for (byte[] data = queue.take(); data != null; data = queue.take()) {
                try {
                    deliver(data);
                } catch (IOException e) {
                    failed(e);
                }
                Machine source = machine;
                if (source != null) {
                    source.execute(new MachineCommand.Consumed(port, data.length));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Bytes could not be passed on and are lost. */
    abstract void failed(IOException e);

    /** Waits until everything that the guest sent was passed on, but not for ever: the receiver may be gone. */
    @Override
    public void close() {
        queue.close();
        try {
            if (machine != null) {
                pump.join(LAST_BYTES);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pump.interrupt();
    }
}
