package org.jeroboam.hardware.board;

import org.osgi.annotation.versioning.ProviderType;

/**
 * PCI bus 0. Functions are placed here by devices; the host bridge, whose configuration mechanism the guest programs,
 * addresses them. Machine thread only.
 */
@ProviderType
public interface PciBus {
    /**
     * Places a function.
     *
     * @param device device number, 0 to 31
     * @param function function number, 0 to 7
     * @param target answers configuration cycles
     * @return the place, for leaving it before detach
     * @throws IllegalArgumentException when the place is taken; the message names both devices
     */
    Mapping place(int device, int function, PciFunction target);

    /**
     * A configuration read.
     *
     * @param device 0 to 31
     * @param function 0 to 7
     * @param register byte offset, 0 to 255
     * @param size 1, 2 or 4 bytes, within an aligned four bytes
     * @return the value, zero-extended; all ones when nothing is there
     */
    int readConfig(int device, int function, int register, int size);

    /**
     * A configuration write.
     *
     * @param device 0 to 31
     * @param function 0 to 7
     * @param register byte offset, 0 to 255
     * @param size 1, 2 or 4 bytes, within an aligned four bytes
     * @param value zero-extended
     */
    void writeConfig(int device, int function, int register, int size, int value);

    /** The {@link PciInterruptRouter} answers differently from now on. */
    void interruptRoutingChanged();
}
