package org.jeroboam.chipset.i440bx.rtc;

import java.util.HashMap;
import java.util.Map;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.part.ProvidesDevice;
import org.osgi.service.component.annotations.Component;

/**
 * Makes the real-time clock. Properties: {@code utc.offset}, minutes by which it shows more than UTC at power on, -1440
 * to 1440, 0 by default; {@code tick.catchup}, most missed periodic interrupts that the guest gets later while the clock
 * follows the host, 0 to 100000, 1000 by default; {@code cmos.XX} with two hexadecimal digits from 0e to ff, a byte of CMOS memory at power on.
 */
@ProvidesDevice("mc146818")
@Component(
        property = {
            DeviceFactory.TYPE + "=mc146818",
            DeviceFactory.IMPERFECTIONS + "=memory is not kept across power off",
            DeviceFactory.IMPERFECTIONS + "=no daylight saving, no square wave, no NMI masking",
            DeviceFactory.IMPERFECTIONS + "=the periodic divider keeps its phase when the divider is reset"
        })
public final class Mc146818Factory implements DeviceFactory {
    private static final int DAY_MINUTES = 1440;
    private static final int DEFAULT_CATCH_UP = 1000;
    private static final int MAX_CATCH_UP = 100_000;
    private static final String CMOS = "cmos.";

    /** Called by Declarative Services. */
    public Mc146818Factory() {}

    @Override
    public Device create(DeviceConfig config) throws ConfigurationException {
        int minutes = config.number("utc.offset", 0, -DAY_MINUTES, DAY_MINUTES);
        Map<Integer, Integer> settings = new HashMap<>();
        for (String key : config.properties().keySet()) {
            if (key.startsWith(CMOS)) {
                settings.put(offset(config.name(), key), config.number(key, 0, 0, 0xFF));
            }
        }
        return new Mc146818(
                minutes * 60L, Map.copyOf(settings), config.number("tick.catchup", DEFAULT_CATCH_UP, 0, MAX_CATCH_UP));
    }

    private static int offset(String device, String key) throws ConfigurationException {
        String digits = key.substring(CMOS.length());
        if (digits.matches("[0-9a-fA-F]{2}")) {
            int offset = Integer.parseInt(digits, 16);
            if (offset > Mc146818.REGISTER_D) {
                return offset;
            }
        }
        throw new ConfigurationException(
                "device " + device + ": " + key + " names no byte of CMOS memory; use cmos.0e to cmos.ff");
    }
}
