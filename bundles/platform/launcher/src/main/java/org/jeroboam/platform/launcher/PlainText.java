package org.jeroboam.platform.launcher;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Drops a terminal's control sequences (ECMA-48 CSI), with which Karaf colours its errors even where no terminal is. */
final class PlainText extends FilterOutputStream {

    private static final int ESCAPE = 0x1B;

    private enum State {
        TEXT,
        ESCAPED,
        SEQUENCE
    }

    private State state = State.TEXT;

    PlainText(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int b) throws IOException {
        int character = b & 0xFF;
        switch (state) {
            case TEXT -> {
                if (character == ESCAPE) {
                    state = State.ESCAPED;
                } else {
                    out.write(character);
                }
            }
            case ESCAPED -> {
                if (character == '[') {
                    state = State.SEQUENCE;
                } else {
                    state = State.TEXT;
                    out.write(ESCAPE);
                    out.write(character);
                }
            }
            case SEQUENCE -> {
                if (character >= 0x40 && character <= 0x7E) { // the final byte
                    state = State.TEXT;
                }
            }
        }
    }

    /** Flushed by the caller's stream; closing it is not ours. */
    @Override
    public void close() throws IOException {
        flush();
    }
}
