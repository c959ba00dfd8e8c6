package org.jeroboam.cpu.recompilerx64;

/** The host refuses memory for generated code; the message says what was refused and why. */
final class CodeMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CodeMemoryException(String message) {
        super(message);
    }

    CodeMemoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
