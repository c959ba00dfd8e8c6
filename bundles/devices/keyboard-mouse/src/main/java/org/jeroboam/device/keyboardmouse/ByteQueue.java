package org.jeroboam.device.keyboardmouse;

/** A bounded queue of bytes. */
final class ByteQueue {
    private final byte[] bytes;
    private int head;
    private int count;

    ByteQueue(int size) {
        bytes = new byte[size];
    }

    boolean isEmpty() {
        return count == 0;
    }

    boolean hasRoomFor(int more) {
        return count + more <= bytes.length;
    }

    /** Adds a byte; what does not fit is lost. */
    void add(int value) {
        if (count < bytes.length) {
            bytes[(head + count) % bytes.length] = (byte) value;
            count++;
        }
    }

    /** Takes the oldest byte of a queue that is not empty. */
    int remove() {
        int value = bytes[head] & 0xFF;
        head = (head + 1) % bytes.length;
        count--;
        return value;
    }

    void clear() {
        head = 0;
        count = 0;
    }

    byte[] save() {
        byte[] content = new byte[count];
        for (int i = 0; i < count; i++) {
            content[i] = bytes[(head + i) % bytes.length];
        }
        return content;
    }

    void restore(byte[] content) {
        clear();
        for (byte b : content) {
            add(b);
        }
    }
}
