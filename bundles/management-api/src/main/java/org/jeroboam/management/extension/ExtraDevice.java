package org.jeroboam.management.extension;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jeroboam.management.ManagementException;

/**
 * A device beyond those that every machine has.
 *
 * @param name unique within the machine: letters, digits, dots, hyphens and underscores
 * @param type which kind of device, as its bundle names it
 * @param properties the device's own settings, in the order in which they were given
 */
public record ExtraDevice(String name, String type, Map<String, String> properties) {
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final String NAME = "name";

    /**
     * Copies the properties.
     *
     * @param name unique within the machine
     * @param type which kind of device
     * @param properties the device's own settings
     */
    public ExtraDevice {
        properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }

    /**
     * Reads what people write: {@code TYPE[,name=NAME][,PROPERTY=VALUE...]}. Without a name the device is called as its
     * type. Values hold no comma.
     *
     * @param text such as {@code ne2000,name=net0,pci.device=10}
     * @return the device
     * @throws ManagementException when it is none; one sentence
     */
    public static ExtraDevice parse(String text) throws ManagementException {
        String[] words = text.split(",", -1);
        String type = words[0].strip();
        if (!WORD.matcher(type).matches()) {
            throw wrong(text);
        }
        String name = type;
        Map<String, String> properties = new LinkedHashMap<>();
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            String key = equals < 0 ? "" : words[i].substring(0, equals).strip();
            if (!WORD.matcher(key).matches()) {
                throw wrong(text);
            }
            String value = words[i].substring(equals + 1).strip();
            if (key.equals(NAME)) {
                name = value;
            } else if (properties.put(key, value) != null) {
                throw ManagementException.badRequest("--device " + text + " gives " + key + " twice; leave one out");
            }
        }
        if (!WORD.matcher(name).matches()) {
            throw wrong(text);
        }
        return new ExtraDevice(name, type, properties);
    }

    private static ManagementException wrong(String text) {
        return ManagementException.badRequest(
                "--device must be TYPE, or TYPE,name=NAME,PROPERTY=VALUE and so on such as"
                        + " ne2000,pci.device=10, not '" + text + "'");
    }

    /**
     * The text that {@link #parse} reads.
     *
     * @return on one line
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(type);
        if (!name.equals(type)) {
            text.append(',').append(NAME).append('=').append(name);
        }
        properties.forEach(
                (key, value) -> text.append(',').append(key).append('=').append(value));
        return text.toString();
    }
}
