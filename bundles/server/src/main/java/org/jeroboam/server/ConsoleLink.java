package org.jeroboam.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jeroboam.management.extension.SerialConsole;

/** A stream that people open and leave. What the guest sent lately is kept for those who come later. */
final class ConsoleLink extends SerialLink {
    private static final int KEPT = 64 << 10;

    private final List<SerialConsole.Output> outputs = new ArrayList<>();
    private final ByteArrayOutputStream recent = new ByteArrayOutputStream();

    ConsoleLink(String port) {
        super(port);
    }

    @Override
    synchronized void deliver(byte[] data) {
        recent.writeBytes(data);
        if (recent.size() > 2 * KEPT) {
            byte[] all = recent.toByteArray();
            recent.reset();
            recent.write(all, all.length - KEPT, KEPT);
        }
        for (SerialConsole.Output output : outputs) {
            output.bytes(data.clone());
        }
    }

    @Override
    void failed(IOException e) {
        throw new IllegalStateException("a console does no input or output of its own", e);
    }

    synchronized SerialConsole open(SerialConsole.Output output) {
        if (recent.size() > 0) {
            output.bytes(recent.toByteArray());
        }
        outputs.add(output);
        return new SerialConsole() {
            @Override
            public void send(byte[] data) throws InterruptedException {
                ConsoleLink.this.send(data);
            }

            @Override
            public void close() {
                leave(output);
            }
        };
    }

    private synchronized void leave(SerialConsole.Output output) {
        outputs.remove(output);
    }
}
