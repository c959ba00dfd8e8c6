package org.jeroboam.device.serial;

import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Counter;
import org.jeroboam.hardware.character.CharacterPort;
import org.jeroboam.hardware.clock.Timer;

/**
 * THR or transmitter FIFO. Unpaced, characters leave as they are written; paced, those that are there when the line
 * becomes free leave together at the end of their time. When the far end takes no more they stay, and THRE stays low.
 */
final class Transmitter {
    static final int SIZE = 16;

    private final Uart16550 uart;
    private final Board board;
    private final CharacterPort port;
    private final boolean paced;
    private final Counter counter;
    private final Timer departure;
    private final int[] fifo = new int[SIZE];

    private int head;
    private int count;
    private int leaving;
    private boolean becameEmpty;

    Transmitter(Uart16550 uart, Board board, CharacterPort port, boolean paced) {
        this.uart = uart;
        this.board = board;
        this.port = port;
        this.paced = paced;
        counter = board.counter("bytes.sent");
        departure = board.timer(this::send);
    }

    void reset() {
        departure.disarm();
        head = 0;
        count = 0;
        leaving = 0;
        becameEmpty = false;
    }

    UartState.Sending save() {
        int[] content = new int[count];
        for (int i = 0; i < count; i++) {
            content[i] = fifo[head + i & SIZE - 1];
        }
        return new UartState.Sending(content, leaving, becameEmpty, departure.deadline());
    }

    void restore(UartState.Sending state) {
        head = 0;
        count = state.fifo().length;
        System.arraycopy(state.fifo(), 0, fifo, 0, count);
        leaving = state.leaving();
        becameEmpty = state.becameEmpty();
        departure.arm(state.departure());
    }

    boolean empty() {
        return count == 0;
    }

    /** The THRE interrupt's condition: an event, not a level. */
    boolean becameEmpty() {
        return becameEmpty;
    }

    void acknowledgeEmpty() {
        becameEmpty = false;
    }

    /** The guest enabled the interrupt. */
    void announceIfEmpty() {
        becameEmpty |= empty();
    }

    /** A write of the THR. */
    void put(int character) {
        becameEmpty = false;
        uart.update();
        if (count < (uart.fifo() ? SIZE : 1)) {
            fifo[head + count & SIZE - 1] = character;
            count++;
        }
        if (paced) {
            begin();
        } else {
            leaving = count;
            send();
        }
    }

    /** FIFO reset. */
    void clear() {
        boolean wasEmpty = empty();
        departure.disarm();
        head = 0;
        count = 0;
        leaving = 0;
        becameEmpty |= !wasEmpty;
    }

    void roomCame() {
        if (departure.deadline() == Long.MAX_VALUE && count > 0) {
            send();
        }
    }

    private void begin() {
        if (count > 0 && leaving == 0) {
            leaving = count;
            departure.arm(board.clock().now() + count * uart.frameNanos());
        }
    }

    private void send() {
        while (leaving > 0) {
            int character = fifo[head];
            if (uart.loop()) {
                uart.receive(character);
            } else if (port.write(character)) {
                counter.add(1);
            } else {
                return;
            }
            head = head + 1 & SIZE - 1;
            count--;
            leaving--;
        }
        if (count > 0) {
            begin();
        } else {
            becameEmpty = true;
            uart.update();
        }
    }
}
