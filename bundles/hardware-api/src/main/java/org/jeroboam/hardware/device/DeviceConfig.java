package org.jeroboam.hardware.device;

import java.util.Map;

/**
 * What a device is told when it is made.
 *
 * @param name unique within the machine, such as {@code com1}
 * @param type the factory's {@link DeviceFactory#TYPE}
 * @param properties the type's own settings; numbers are decimal or, with {@code 0x}, hexadecimal
 */
public record DeviceConfig(String name, String type, Map<String, String> properties) {
    /**
     * Copies the properties.
     *
     * @param name unique within the machine
     * @param type the factory's type
     * @param properties the type's own settings
     */
    public DeviceConfig {
        properties = Map.copyOf(properties);
    }

    /**
     * A text property.
     *
     * @param key its name
     * @param fallback value when it is absent
     * @return the value
     */
    public String text(String key, String fallback) {
        return properties.getOrDefault(key, fallback);
    }

    /**
     * A number.
     *
     * @param key its name
     * @param fallback value when it is absent
     * @param min least value allowed
     * @param max greatest value allowed
     * @return the value
     * @throws ConfigurationException when it is no number or out of range
     */
    public int number(String key, int fallback, int min, int max) throws ConfigurationException {
        String text = properties.get(key);
        if (text == null) {
            return fallback;
        }
        try {
            long value = Long.decode(text);
            if (value >= min && value <= max) {
                return (int) value;
            }
        } catch (NumberFormatException e) {
            throw new ConfigurationException(
                    "device " + name + ": " + key + " must be a number, not '" + text + "'", e);
        }
        throw new ConfigurationException(
                "device " + name + ": " + key + " must be from " + min + " to " + max + ", not " + text);
    }
}
