package org.jeroboam.access.vhd;

import org.jeroboam.storage.vhd.operation.Progress;
import org.jeroboam.storage.vhd.operation.VhdOperations;

/**
 * What commands speak to.
 *
 * @param terminal the user
 * @param operations what is done
 * @param interruption the user's wish that it ends
 */
record Front(Terminal terminal, VhdOperations operations, Interruption interruption) {
    /** Something done under the eyes of the user. */
    @FunctionalInterface
    interface Work<T, E extends Exception> {
        T run(Progress progress) throws E, java.io.IOException;
    }

    /** Does something with a line that shows how far it is. */
    <T, E extends Exception> T watched(String what, Work<T, E> work) throws E, java.io.IOException {
        ProgressLine progress = new ProgressLine(what, terminal, interruption);
        try {
            return work.run(progress);
        } finally {
            progress.end();
        }
    }

    void say(String line) {
        terminal.out().println(line);
    }
}
