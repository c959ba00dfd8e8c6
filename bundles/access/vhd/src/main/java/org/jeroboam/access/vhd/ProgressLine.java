package org.jeroboam.access.vhd;

import java.io.PrintStream;
import org.jeroboam.storage.vhd.operation.Progress;

/** Progress on standard error: one line that changes on a terminal, else a line for each tenth. */
final class ProgressLine implements Progress {
    private static final int TENTH = 10;

    private final String what;
    private final PrintStream err;
    private final boolean overwrite;
    private final Interruption interruption;
    private int shown = -1;

    ProgressLine(String what, Terminal terminal, Interruption interruption) {
        this.what = what;
        err = terminal.err();
        overwrite = terminal.isTerminal();
        this.interruption = interruption;
    }

    @Override
    public void at(long done, long total) {
        interruption.check();
        int percent = (int) (100.0 * done / total);
        int step = overwrite ? percent : percent / TENTH * TENTH;
        if (step != shown) {
            shown = step;
            if (overwrite) {
                err.print("\r" + what + ": " + step + " %" + (step == 100 ? "\n" : ""));
                err.flush();
            } else {
                err.println(what + ": " + step + " %");
            }
        }
    }

    /** Ends an unfinished line. */
    void end() {
        if (overwrite && shown >= 0 && shown < 100) {
            err.println();
        }
    }
}
