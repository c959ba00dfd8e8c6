package org.jeroboam.storage.vhd;

/**
 * A structure that says what cannot be. The message is a clause without the file's name: "the footer's checksum is
 * wrong".
 */
public final class DamagedException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param clause what is wrong
     */
    public DamagedException(String clause) {
        super(clause);
    }
}
