package org.jeroboam.device.ide;

/**
 * What is known of a drive before it is attached.
 *
 * @param kind what is on the connector
 * @param port name of the block port; empty for no drive
 * @param serial serial number, up to 20 ASCII characters
 * @param model model, up to 40 ASCII characters
 */
record DriveConfig(Kind kind, String port, String serial, String model) {
    /** What can be connected. */
    enum Kind {
        DISK,
        CDROM
    }
}
