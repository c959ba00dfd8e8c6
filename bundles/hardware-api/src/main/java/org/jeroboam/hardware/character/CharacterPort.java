package org.jeroboam.hardware.character;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The far end of a serial or parallel port, as the device sees it. Machine thread only. Input that has not been taken is
 * kept, and saved, by the machine.
 */
@ProviderType
public interface CharacterPort {
    /**
     * Sends a byte outwards.
     *
     * @param value low 8 bits
     * @return false when nobody takes bytes fast enough and the buffer is full: keep the byte and try again when
     *     {@link Listener#writable()} is called
     */
    boolean write(int value);

    /**
     * Takes a byte that came in.
     *
     * @return 0 to 255, or -1 when there is none
     */
    int read();

    /**
     * Sets who is told.
     *
     * @param listener called on the machine thread
     */
    void setListener(Listener listener);

    /** Told of the port's readiness. */
    interface Listener {
        /** Input came while there was none before. */
        void readable();

        /** There is room again after {@link CharacterPort#write} was refused. */
        void writable();
    }
}
