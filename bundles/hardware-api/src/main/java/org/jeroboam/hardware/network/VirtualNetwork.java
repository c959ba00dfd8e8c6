package org.jeroboam.hardware.network;

/** A network that ports join. Thread-safe: ports of many machines send at once. */
public interface VirtualNetwork extends AutoCloseable {
    /** One joined port, as the network sees it. */
    interface Station {
        /**
         * Delivers a frame; returns at once.
         *
         * @param frame an Ethernet frame without CRC; belongs to the receiver from now on
         */
        void deliver(byte[] frame);
    }

    /** A joined port's way into the network. */
    interface Port extends AutoCloseable {
        /**
         * Sends a frame.
         *
         * @param frame an Ethernet frame without CRC; belongs to the network from now on
         */
        void send(byte[] frame);

        /** Leaves the network. */
        @Override
        void close();
    }

    /**
     * Joins the network.
     *
     * @param station takes frames
     * @return the way to send
     */
    Port join(Station station);

    /** Ends the network; its ports send into nothing. */
    @Override
    void close();
}
