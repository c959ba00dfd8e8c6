package org.jeroboam.access.vhd;

import java.io.IOException;
import org.jeroboam.hardware.device.ConfigurationException;

/** One command. */
interface Command {
    /** What it takes. */
    Syntax syntax();

    /**
     * Runs.
     *
     * @return null when all is well; else a sentence about the problems that were found
     * @throws ConfigurationException when it cannot be done; one sentence
     */
    String run(Arguments arguments, Front front) throws ConfigurationException, IOException;

    /** What an interruption leaves. */
    default String afterInterruption() {
        return "nothing was changed";
    }
}
