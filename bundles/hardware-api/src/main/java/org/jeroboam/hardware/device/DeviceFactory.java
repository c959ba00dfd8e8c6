package org.jeroboam.hardware.device;

/**
 * OSGi service that makes devices of one type. Service properties: {@value #TYPE} (required, such as
 * {@code serial-16550}), {@value #IMPERFECTIONS} (what the device does not model, shown to users). Thread-safe.
 */
public interface DeviceFactory {
    /** Name of the service property with the device type. */
    String TYPE = "device.type";

    /** Name of the service property with the declared imperfections: a string or an array of strings. */
    String IMPERFECTIONS = "device.imperfections";

    /**
     * Makes a device, not attached yet.
     *
     * @param config name and properties
     * @return a new device
     * @throws ConfigurationException when a property is missing or wrong
     */
    Device create(DeviceConfig config) throws ConfigurationException;
}
