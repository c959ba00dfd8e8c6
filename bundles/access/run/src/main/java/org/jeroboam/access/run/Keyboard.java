package org.jeroboam.access.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jeroboam.management.extension.SerialConsole;

/**
 * Passes standard input to the guest. On a terminal Ctrl-A is the escape key: X leaves, A sends Ctrl-A, anything else
 * shows the help. The end of input leaves the machine running.
 */
final class Keyboard implements Runnable {
    private static final int ESCAPE = 1;
    private static final int CHUNK = 1024;

    private final InputStream in;
    private final SerialConsole console;
    private final boolean escapes;
    private final Runnable leave;
    private final Runnable help;
    private boolean escaped;

    Keyboard(InputStream in, SerialConsole console, boolean escapes, Runnable leave, Runnable help) {
        this.in = in;
        this.console = console;
        this.escapes = escapes;
        this.leave = leave;
        this.help = help;
    }

    @Override
    public void run() {
        byte[] chunk = new byte[CHUNK];
        try {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                byte[] bytes = filter(chunk, n);
                if (bytes.length > 0) {
                    console.send(bytes);
                }
            }
        } catch (IOException e) {
            // Standard input failed: like its end, this leaves the machine running.
            help.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private byte[] filter(byte[] chunk, int n) {
        ByteArrayOutputStream guest = new ByteArrayOutputStream(n);
        for (int i = 0; i < n; i++) {
            int key = chunk[i] & 0xFF;
            if (escaped) {
                escaped = false;
                escape(key, guest);
            } else if (escapes && key == ESCAPE) {
                escaped = true;
            } else {
                guest.write(key);
            }
        }
        return guest.toByteArray();
    }

    private void escape(int key, ByteArrayOutputStream guest) {
        switch (key) {
            case 'x', 'X' -> leave.run();
            case 'a', 'A', ESCAPE -> guest.write(ESCAPE);
            default -> help.run();
        }
    }
}
