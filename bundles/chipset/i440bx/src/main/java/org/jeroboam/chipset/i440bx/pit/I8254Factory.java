package org.jeroboam.chipset.i440bx.pit;

import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.part.ProvidesDevice;
import org.osgi.service.component.annotations.Component;

/**
 * Makes the 8254. Property {@code tick.catchup}: most missed ticks of channel 0 that the guest gets later while the
 * clock follows the host, 0 to 100000, 1000 by default.
 */
@ProvidesDevice("i8254")
@Component(
        property = {
            DeviceFactory.TYPE + "=i8254",
            DeviceFactory.IMPERFECTIONS + "=a tick of channel 0 stays pending when OUT falls, but in mode 0",
            DeviceFactory.IMPERFECTIONS + "=no sound; NMI sources of port 61h never report",
            DeviceFactory.IMPERFECTIONS + "=counts that the data sheet forbids act as the nearest allowed"
        })
public final class I8254Factory implements DeviceFactory {
    private static final int DEFAULT_CATCH_UP = 1000;
    private static final int MAX_CATCH_UP = 100_000;

    /** Called by Declarative Services. */
    public I8254Factory() {}

    @Override
    public Device create(DeviceConfig config) throws ConfigurationException {
        return new I8254(config.number("tick.catchup", DEFAULT_CATCH_UP, 0, MAX_CATCH_UP));
    }
}
