package org.jeroboam.server;

import java.io.IOException;

/** The stream of the exit port: four bytes, little-endian, that a guest leaves before it ends. */
final class ExitLink extends SerialLink {
    private int value;
    private int bytes;

    ExitLink(String port) {
        super(port);
    }

    @Override
    synchronized void deliver(byte[] data) {
        for (byte b : data) {
            if (bytes < Integer.BYTES) {
                value |= (b & 0xFF) << 8 * bytes++;
            }
        }
    }

    @Override
    void failed(IOException e) {
        throw new IllegalStateException("the exit port does no input or output", e);
    }

    /** What the guest wrote, or -1. */
    synchronized int value() {
        return bytes == Integer.BYTES ? value : -1;
    }
}
