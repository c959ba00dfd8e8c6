package org.jeroboam.device.floppy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.clock.Timer;

/** Data that pass through the FIFO register in non-DMA mode, a service request for each burst of bytes. */
final class ByteWindow {
    /**
     * All that it remembers.
     *
     * @param limit bytes to pass; 0 when it is closed
     * @param position bytes that have passed
     * @param ready bytes that may pass now
     * @param burst bytes of a service request
     * @param byteTime from one byte to the next
     * @param request deadline of the next service request
     */
    record State(int limit, int position, int ready, int burst, long byteTime, long request) {
        State {
            if (limit < 0
                    || limit > MediumAccess.BUFFER
                    || position < 0
                    || position > limit
                    || ready < 0
                    || ready > limit - position
                    || burst < 1
                    || burst > MediumAccess.BUFFER
                    || byteTime < 0) {
                throw new IllegalArgumentException("the floppy controller's FIFO is out of range");
            }
        }
    }

    private final MemorySegment buffer;
    private final Board board;
    private final Runnable changed;
    private final Timer request;
    private int limit;
    private int position;
    private int ready;
    private int burst = 1;
    private long byteTime;

    /**
     * Creates it closed.
     *
     * @param changed told when bytes become ready
     */
    ByteWindow(MemorySegment buffer, Board board, Runnable changed) {
        this.buffer = buffer;
        this.board = board;
        this.changed = changed;
        request = board.timer(this::service);
    }

    void close() {
        request.disarm();
        limit = 0;
        position = 0;
        ready = 0;
        burst = 1;
        byteTime = 0;
    }

    void open(int bytes, int bytesPerRequest, long timeOfByte) {
        limit = bytes;
        position = 0;
        ready = 0;
        burst = bytesPerRequest;
        byteTime = timeOfByte;
        await();
    }

    State save() {
        return new State(limit, position, ready, burst, byteTime, request.deadline());
    }

    void restore(State state) {
        limit = state.limit();
        position = state.position();
        ready = state.ready();
        burst = state.burst();
        byteTime = state.byteTime();
        request.arm(state.request());
    }

    /** Whether the guest is to read or write a byte now. */
    boolean ready() {
        return ready > 0;
    }

    /** Whether all bytes have passed. */
    boolean done() {
        return position == limit;
    }

    int limit() {
        return limit;
    }

    /** A byte for the guest; there is one. */
    int take() {
        int value = buffer.get(ValueLayout.JAVA_BYTE, position) & 0xFF;
        pass();
        return value;
    }

    /** A byte of the guest; there is room. */
    void put(int value) {
        buffer.set(ValueLayout.JAVA_BYTE, position, (byte) value);
        pass();
    }

    private void pass() {
        position++;
        ready--;
        if (ready == 0 && position < limit) {
            await();
        }
    }

    private void await() {
        request.arm(board.clock().now() + Math.min(burst, limit - position) * byteTime);
    }

    private void service() {
        ready = Math.min(burst, limit - position);
        changed.run();
    }
}
