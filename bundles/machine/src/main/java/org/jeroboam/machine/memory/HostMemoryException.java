package org.jeroboam.machine.memory;

/** The host gives no memory. The message is one sentence. */
public final class HostMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HostMemoryException(String message) {
        super(message);
    }

    HostMemoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
