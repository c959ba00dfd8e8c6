package org.jeroboam.hardware.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jeroboam.hardware.character.CharacterPort;

/** The far end of a serial or parallel port: keeps what was sent, gives what a test types. */
public final class FakeCharacterPort {
    private final Trace trace;
    private final String name;
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final Deque<Integer> input = new ArrayDeque<>();
    private CharacterPort.Listener listener;
    private int room = Integer.MAX_VALUE;

    FakeCharacterPort(Trace trace, String name) {
        this.trace = trace;
        this.name = name;
    }

    /**
     * What the device sent.
     *
     * @return all bytes so far, or since {@link #clear()}
     */
    public byte[] sent() {
        return sent.toByteArray();
    }

    /**
     * What the device sent.
     *
     * @return {@link #sent()} as Latin-1 text
     */
    public String sentText() {
        return sent.toString(StandardCharsets.ISO_8859_1);
    }

    /** Forgets what was sent. */
    public void clear() {
        sent.reset();
    }

    /**
     * Sends text to the device.
     *
     * @param text Latin-1 characters
     */
    public void type(String text) {
        type(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /**
     * Sends bytes to the device.
     *
     * @param bytes queued; the device is told when there were none before
     */
    public void type(byte[] bytes) {
        boolean first = input.isEmpty() && bytes.length > 0;
        for (byte b : bytes) {
            input.add(b & 0xFF);
        }
        if (first && listener != null) {
            listener.readable();
        }
    }

    /**
     * Bytes that the device has not taken yet.
     *
     * @return a count
     */
    public int untaken() {
        return input.size();
    }

    /**
     * Limits how many more bytes are taken from the device.
     *
     * @param bytes 0 refuses at once; a device that was refused is told when this grows from 0
     */
    public void setRoom(int bytes) {
        boolean writable = room == 0 && bytes > 0;
        room = bytes;
        if (writable && listener != null) {
            listener.writable();
        }
    }

    void takeConditionOf(FakeCharacterPort other) {
        input.clear();
        input.addAll(other.input);
        room = other.room;
    }

    CharacterPort scoped(Scope scope) {
        scope.add("character port " + name, () -> listener = null);
        return new CharacterPort() {
            @Override
            public boolean write(int value) {
                if (scope.late() || room == 0) {
                    return scope.revoked();
                }
                if (room != Integer.MAX_VALUE) {
                    room--;
                }
                sent.write(value);
                trace.add(name + " sent " + (value & 0xFF));
                return true;
            }

            @Override
            public int read() {
                return scope.late() || input.isEmpty() ? -1 : input.remove();
            }

            @Override
            public void setListener(Listener newListener) {
                if (!scope.late()) {
                    listener = newListener;
                }
            }
        };
    }
}
