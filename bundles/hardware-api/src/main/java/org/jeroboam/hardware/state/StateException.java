package org.jeroboam.hardware.state;

/** A saved state that cannot be read: missing or unknown section, newer version, damaged bytes. The message is one sentence for the user. */
public final class StateException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message one sentence: which section, what is wrong with it
     */
    public StateException(String message) {
        super(message);
    }

    /**
     * Creates the exception with its cause.
     *
     * @param message one sentence: which section, what is wrong with it
     * @param cause what the reader met
     */
    public StateException(String message, Throwable cause) {
        super(message, cause);
    }
}
