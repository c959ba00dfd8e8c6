package org.jeroboam.access.vhd;

/** What the shell shows when a command could not do its work or found problems. */
final class ShellException extends Exception {
    private static final long serialVersionUID = 1L;

    ShellException(String sentence, Exception cause) {
        super(sentence, cause);
    }
}
