package org.jeroboam.access.vhd;

import java.io.PrintStream;

/**
 * Where the tool speaks.
 *
 * @param out for what was asked
 * @param err for progress and errors
 * @param isTerminal whether a person watches, so that a line can be overwritten
 */
record Terminal(PrintStream out, PrintStream err, boolean isTerminal) {}
