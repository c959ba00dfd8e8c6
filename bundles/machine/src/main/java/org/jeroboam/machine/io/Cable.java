package org.jeroboam.machine.io;

import java.lang.foreign.MemorySegment;
import org.jeroboam.hardware.network.NetworkPort;

/** A network cable that is plugged into nothing: the configuration of machines has no networks. */
public enum Cable implements NetworkPort {
    /** The only one. */
    UNPLUGGED;

    @Override
    public boolean connected() {
        return false;
    }

    @Override
    public void send(MemorySegment frame, long offset, int length) {
        // lost, as on a real card without cable
    }

    @Override
    public void setListener(Listener listener) {
        // no frame ever comes
    }
}
