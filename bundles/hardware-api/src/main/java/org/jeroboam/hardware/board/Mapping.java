package org.jeroboam.hardware.board;

/** Ports or pages that a device took. */
public interface Mapping {
    /** Gives them back; again has no effect. */
    void unmap();
}
