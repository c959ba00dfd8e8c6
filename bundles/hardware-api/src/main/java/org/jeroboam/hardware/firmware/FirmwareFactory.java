package org.jeroboam.hardware.firmware;

import java.util.Map;
import org.jeroboam.hardware.device.ConfigurationException;

/** OSGi service for one kind of firmware; service property {@value #TYPE} names it ({@code direct}, {@code bios}). Thread-safe. */
public interface FirmwareFactory {
    /** Name of the service property with the kind's name. */
    String TYPE = "firmware.type";

    /**
     * Reads and checks all files, so that a bad one is refused before the machine exists.
     *
     * @param properties the kind's own settings
     * @param ramBytes the machine's RAM
     * @return ready to boot, any number of times
     * @throws ConfigurationException when a file is missing or no such thing as it should be; one sentence
     */
    Firmware create(Map<String, String> properties, long ramBytes) throws ConfigurationException;
}
