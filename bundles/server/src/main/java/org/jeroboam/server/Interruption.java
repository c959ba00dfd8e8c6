package org.jeroboam.server;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Properties;

/**
 * What lies in the catalogue while a machine that was on waits for the next server: its state in one file, and in
 * another what is to become of it and why it was interrupted. The state is written first: a mark without one says why the
 * machine is off.
 */
final class Interruption {
    /** What becomes of the machine when a server is there again. */
    enum Then {
        /** It goes on. */
        RUNNING,
        /** It is restored and stays paused, as people left it. */
        PAUSED,
        /** It could not be saved and stays off. */
        OFF
    }

    private static final String THEN = "then";
    private static final String REASON = "reason";

    private final Path state;
    private final Path mark;

    /**
     * @param state where the machine's state lies
     * @param mark where the rest lies
     */
    Interruption(Path state, Path mark) {
        this.state = state;
        this.mark = mark;
    }

    /** Where the machine's state lies. */
    Path state() {
        return state;
    }

    /** Whether there is a state to go on with. */
    boolean holdsState() {
        return Files.exists(state);
    }

    /** Says what becomes of the machine; the state, if there is to be one, is there already. */
    void mark(Then then, String reason) throws IOException {
        Properties p = new Properties();
        p.setProperty(THEN, then.name().toLowerCase(Locale.ROOT));
        p.setProperty(REASON, reason);
        Path part = mark.resolveSibling(mark.getFileName() + ".part");
        try (Writer out = Files.newBufferedWriter(part)) {
            p.store(out, null);
        }
        Files.move(part, mark, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** What becomes of the machine: {@link Then#OFF} when there is neither mark nor state. */
    Then then() throws IOException {
        if (!holdsState()) {
            return Then.OFF;
        }
        // A state without a mark is left by a process that ended in between: people decide.
        return switch (read().getProperty(THEN, "")) {
            case "running" -> Then.RUNNING;
            case "paused" -> Then.PAUSED;
            default -> Then.OFF;
        };
    }

    /** Why the machine was interrupted; empty when it was not. */
    String reason() throws IOException {
        return read().getProperty(REASON, "");
    }

    private Properties read() throws IOException {
        Properties p = new Properties();
        if (Files.exists(mark)) {
            try (Reader in = Files.newBufferedReader(mark)) {
                p.load(in);
            } catch (IllegalArgumentException e) {
                throw new IOException(mark + " is damaged: " + e.getMessage(), e);
            }
        }
        return p;
    }

    /** The machine is on again, or its state is not wanted any more. */
    void remove() throws IOException {
        Files.deleteIfExists(mark);
        Files.deleteIfExists(state);
    }
}
