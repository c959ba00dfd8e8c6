package org.jeroboam.hardware.machine;

/** How a part was replaced. */
public enum SwapWay {
    /** By command: the new one stood ready beside the old one. */
    STAGED,
    /** Its bundle was stopped, updated or refreshed, or it failed: the machine held its state until a new one came. */
    IN_PLACE,
    /** By command, to take effect at the next reset. */
    AT_RESET
}
