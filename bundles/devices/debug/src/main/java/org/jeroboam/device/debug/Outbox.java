package org.jeroboam.device.debug;

import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Counter;
import org.jeroboam.hardware.character.CharacterPort;

/**
 * Bytes on their way to a stream that may be slow for a while. When too many wait, the newest are dropped and
 * counted.
 */
final class Outbox {
    static final int SIZE = 4096;

    private final CharacterPort port;
    private final Counter dropped;
    private final byte[] waiting = new byte[SIZE];
    private int head;
    private int count;

    Outbox(Board board, String stream) {
        port = board.characterPort(stream);
        dropped = board.counter("bytes.dropped");
        port.setListener(new CharacterPort.Listener() {
            @Override
            public void readable() {
                // Nothing is read from this stream.
            }

            @Override
            public void writable() {
                flush();
            }
        });
    }

    void put(int value) {
        if (count == 0 && port.write(value & 0xFF)) {
            return;
        }
        if (count == SIZE) {
            dropped.add(1);
            return;
        }
        waiting[(head + count) % SIZE] = (byte) value;
        count++;
    }

    void clear() {
        head = 0;
        count = 0;
    }

    byte[] save() {
        byte[] content = new byte[count];
        for (int i = 0; i < count; i++) {
            content[i] = waiting[(head + i) % SIZE];
        }
        return content;
    }

    /**
     * Takes what {@link #save} gave.
     *
     * @param content at most {@link #SIZE} bytes
     */
    void restore(byte[] content) {
        System.arraycopy(content, 0, waiting, 0, content.length);
        head = 0;
        count = content.length;
    }

    static void check(byte[] content) {
        if (content == null || content.length > SIZE) {
            throw new IllegalArgumentException("the waiting output is missing or too long");
        }
    }

    private void flush() {
        while (count > 0 && port.write(waiting[head] & 0xFF)) {
            head = (head + 1) % SIZE;
            count--;
        }
    }
}
