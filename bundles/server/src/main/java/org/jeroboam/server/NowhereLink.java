package org.jeroboam.server;

import java.io.IOException;

/** A stream that nobody listens to. */
final class NowhereLink extends SerialLink {
    NowhereLink(String port) {
        super(port);
    }

    @Override
    void deliver(byte[] data) {
        // Nobody listens.
    }

    @Override
    void failed(IOException e) {
        throw new IllegalStateException("nowhere does no input or output", e);
    }
}
