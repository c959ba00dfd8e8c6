package org.jeroboam.access.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The user's terminal, if standard input is one: switched to raw mode, so that every key reaches the guest, and back. */
final class Terminal {
    private final String settings;

    private Terminal(String settings) {
        this.settings = settings;
    }

    /** The terminal in raw mode, or null when standard input is none. */
    static Terminal makeRaw() throws IOException, InterruptedException {
        String settings = stty(List.of("-g"));
        if (settings.isEmpty()) {
            return null;
        }
        stty(List.of("raw", "-echo"));
        return new Terminal(settings);
    }

    void restore() throws IOException, InterruptedException {
        stty(List.of(settings));
    }

    /** What stty prints; empty when standard input is no terminal. */
    private static String stty(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(arguments);
        command.addFirst("stty");
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        return process.waitFor() == 0 ? output : "";
    }
}
