package org.jeroboam.device.serial;

import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Counter;
import org.jeroboam.hardware.character.CharacterPort;
import org.jeroboam.hardware.clock.Timer;

/**
 * RBR or receiver FIFO. Characters come in a batch of as many as make one interrupt, after which the line is busy for
 * as long as they would have taken.
 */
final class Receiver {
    static final int SIZE = 16;
    /** LSR.BI and LSR.FE of a character. */
    static final int BREAK = 0x1800;
    /** LSR.PE of a character. */
    static final int PARITY_ERROR = 0x0400;

    private static final int LSR_DR = 0x01;
    private static final int LSR_OE = 0x02;
    private static final int LSR_ERRORS = 0x1C;
    private static final int LSR_FIFO_ERROR = 0x80;
    private static final int TIMEOUT_FRAMES = 4;

    private final Uart16550 uart;
    private final Board board;
    private final CharacterPort port;
    private final Counter counter;
    private final Timer arrival;
    private final Timer silence;
    /** Character in bits 7:0, its LSR error bits in 15:8. */
    private final int[] fifo = new int[SIZE];

    private int head;
    private int count;
    private int lastTaken;
    private boolean overrun;
    private boolean timedOut;
    private boolean inputEnded;
    private boolean polled;

    Receiver(Uart16550 uart, Board board, CharacterPort port) {
        this.uart = uart;
        this.board = board;
        this.port = port;
        counter = board.counter("bytes.received");
        arrival = board.timer(this::arrive);
        silence = board.timer(this::beSilent);
    }

    void reset() {
        arrival.disarm();
        clear();
        lastTaken = 0;
        inputEnded = false;
        polled = false;
        listen();
    }

    /** FIFO reset. */
    void clear() {
        head = 0;
        count = 0;
        overrun = false;
        timedOut = false;
        silence.disarm();
    }

    UartState.Receiving save() {
        int[] content = new int[count];
        for (int i = 0; i < count; i++) {
            content[i] = fifo[head + i & SIZE - 1];
        }
        return new UartState.Receiving(
                content, lastTaken, overrun, timedOut, inputEnded, polled, arrival.deadline(), silence.deadline());
    }

    void restore(UartState.Receiving state) {
        head = 0;
        count = state.fifo().length;
        System.arraycopy(state.fifo(), 0, fifo, 0, count);
        lastTaken = state.lastTaken();
        overrun = state.overrun();
        timedOut = state.timedOut();
        inputEnded = state.inputEnded();
        polled = state.polled();
        arrival.arm(state.arrival());
        silence.arm(state.silence());
    }

    boolean hasError() {
        return overrun || count > 0 && fifo[head] > 0xFF;
    }

    boolean reachedTrigger() {
        return count >= uart.trigger();
    }

    boolean timedOut() {
        return timedOut;
    }

    /** Receiver's bits of the LSR. */
    int status() {
        int lsr = overrun ? LSR_OE : 0;
        if (count > 0) {
            lsr |= LSR_DR | fifo[head] >> 8 & LSR_ERRORS;
        }
        return lsr | (uart.fifo() && errorInFifo() ? LSR_FIFO_ERROR : 0);
    }

    void clearErrors() {
        overrun = false;
        if (count > 0) {
            fifo[head] &= 0xFF;
        }
    }

    /** The guest looks for input itself. */
    void polled() {
        if (!polled && uart.modemUntouched()) {
            polled = true;
            listen();
        }
    }

    /** A read of the RBR. */
    int take() {
        if (count > 0) {
            lastTaken = fifo[head] & 0xFF;
            head = head + 1 & SIZE - 1;
            count--;
            timedOut = false;
            watchSilence();
            listen();
            uart.update();
        }
        return lastTaken;
    }

    void receive(int character, int errors) {
        if (count < capacity()) {
            fifo[head + count & SIZE - 1] = character | errors;
            count++;
        } else {
            overrun = true;
            if (!uart.fifo()) {
                fifo[head] = character | errors;
            }
        }
        watchSilence();
        uart.update();
    }

    void inputCame() {
        inputEnded = false;
        listen();
    }

    /** Lets the next characters begin to come, when there may be some and nothing stands against it. */
    void listen() {
        if (!inputEnded && count < capacity() && uart.listening(polled) && arrival.deadline() == Long.MAX_VALUE) {
            arrival.arm(board.clock().now() + uart.frameNanos());
        }
    }

    private void arrive() {
        int room = uart.listening(polled) ? Math.min(capacity() - count, uart.trigger()) : 0;
        int taken = 0;
        while (taken < room && !inputEnded) {
            int character = port.read();
            if (character < 0) {
                inputEnded = true;
            } else {
                receive(character & 0xFF, 0);
                taken++;
            }
        }
        if (taken > 0) {
            counter.add(taken);
            arrival.arm(board.clock().now() + taken * uart.frameNanos());
        }
    }

    private void beSilent() {
        timedOut = uart.fifo() && count > 0;
        uart.update();
    }

    private void watchSilence() {
        if (uart.fifo() && count > 0) {
            silence.arm(board.clock().now() + TIMEOUT_FRAMES * uart.frameNanos());
        } else {
            silence.disarm();
        }
    }

    private int capacity() {
        return uart.fifo() ? SIZE : 1;
    }

    private boolean errorInFifo() {
        for (int i = 0; i < count; i++) {
            if (fifo[head + i & SIZE - 1] > 0xFF) {
                return true;
            }
        }
        return false;
    }
}
