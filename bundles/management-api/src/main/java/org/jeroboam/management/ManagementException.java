package org.jeroboam.management;

/** A request that could not be carried out. The message is one sentence for the user: what is wrong, where, what to do. */
public final class ManagementException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Whether the request or the server is at fault. */
    public enum Kind {
        /** The request: unknown name, wrong state, bad value, file that cannot be used. */
        BAD_REQUEST,
        /** The server or one of its parts. */
        FAULT
    }

    private final Kind kind;

    /**
     * Creates the exception.
     *
     * @param kind who is at fault
     * @param message one sentence
     */
    public ManagementException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /**
     * Creates the exception with its cause.
     *
     * @param kind who is at fault
     * @param message one sentence
     * @param cause what was met
     */
    public ManagementException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /**
     * A bad request.
     *
     * @param message one sentence
     * @return to be thrown
     */
    public static ManagementException badRequest(String message) {
        return new ManagementException(Kind.BAD_REQUEST, message);
    }

    /**
     * Who is at fault.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }
}
