package org.jeroboam.access.vhd;

/** Exit statuses of {@code jeroboam vhd}. */
final class Status {
    static final int OK = 0;
    /** The check found problems. */
    static final int PROBLEMS = 1;
    /** The command, a file or the host does not allow it; standard error says why. */
    static final int BAD_INPUT = 2;
    /** A fault of Jeroboam. */
    static final int FAULT = 70;

    private Status() {}
}
