package org.jeroboam.hardware.device;

/** A configuration that cannot be built or a file that cannot be used. The message is one sentence for the user: what is wrong, where, what to do. */
public final class ConfigurationException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message one sentence
     */
    public ConfigurationException(String message) {
        super(message);
    }

    /**
     * Creates the exception with its cause.
     *
     * @param message one sentence
     * @param cause what was met
     */
    public ConfigurationException(String message, Throwable cause) {
        super(message, cause);
    }
}
