package org.jeroboam.machine.board;

/** Thrown at a thread that a part has held so long that the machine goes on without it. It unwinds and ends. */
public final class AbandonedThread extends Error {
    private static final long serialVersionUID = 1L;

    AbandonedThread() {
        super("the machine goes on without this thread", null, false, false);
    }

    /** For who catches all that a part may throw: this is not the part's. */
    public static void pass(Throwable caught) {
        if (caught instanceof AbandonedThread abandoned) {
            throw abandoned;
        }
    }
}
