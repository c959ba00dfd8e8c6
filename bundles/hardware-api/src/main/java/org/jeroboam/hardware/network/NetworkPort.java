package org.jeroboam.hardware.network;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ProviderType;

/** A network adapter's end of the cable. Machine thread only. Frames are Ethernet frames without preamble and CRC, 14 to 1514 bytes. */
@ProviderType
public interface NetworkPort {
    /**
     * Whether the cable is plugged into something.
     *
     * @return the link's state
     */
    boolean connected();

    /**
     * Sends a frame; it is copied.
     *
     * @param frame holds the frame
     * @param offset first byte
     * @param length bytes
     */
    void send(MemorySegment frame, long offset, int length);

    /**
     * Sets who takes frames.
     *
     * @param listener called on the machine thread
     */
    void setListener(Listener listener);

    /** Takes frames. */
    interface Listener {
        /**
         * A frame came in.
         *
         * @param frame holds it; valid during the call
         * @param length bytes
         * @return false when the adapter has no room: the frame is dropped and counted
         */
        boolean received(MemorySegment frame, int length);

        /**
         * The cable was plugged or pulled.
         *
         * @param connected the link's state
         */
        void linkChanged(boolean connected);
    }
}
