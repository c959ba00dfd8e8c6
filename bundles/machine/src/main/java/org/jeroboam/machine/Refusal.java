package org.jeroboam.machine;

/** A command cannot be carried out. The message is one sentence. */
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean fault;

    private Refusal(String message, boolean fault, Throwable cause) {
        super(message, cause);
        this.fault = fault;
    }

    /** The command does not fit. */
    public static Refusal of(String message) {
        return new Refusal(message, false, null);
    }

    /** Something of ours, or a part, went wrong. */
    public static Refusal fault(String message, Throwable cause) {
        return new Refusal(message, true, cause);
    }

    /** Whether it is a fault of ours or of a part. */
    public boolean isFault() {
        return fault;
    }

    /** What an exception says, never empty. */
    public static String text(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null || message.isBlank() ? thrown.getClass().getSimpleName() : message;
    }
}
