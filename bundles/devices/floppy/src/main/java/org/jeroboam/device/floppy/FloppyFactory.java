package org.jeroboam.device.floppy;

import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.part.ProvidesDevice;
import org.osgi.service.component.annotations.Component;

/**
 * Makes floppy controllers. Properties: {@code a} and {@code b}, the names of the machine's drives that are connected
 * (by default none); {@code speed}, how many times faster than a real drive they turn and step (1 to 64, by default 16).
 */
@ProvidesDevice("i82077aa")
@Component(
        service = DeviceFactory.class,
        property = {
            DeviceFactory.TYPE + "=i82077aa",
            DeviceFactory.IMPERFECTIONS + "=" + I82077aa.FAST,
            DeviceFactory.IMPERFECTIONS + "=" + I82077aa.SIMPLE_TRACKS,
            DeviceFactory.IMPERFECTIONS + "=" + I82077aa.FIXED_LAYOUT,
            DeviceFactory.IMPERFECTIONS + "=" + I82077aa.NO_INDEX,
            DeviceFactory.IMPERFECTIONS + "=" + I82077aa.PATIENT,
            DeviceFactory.IMPERFECTIONS + "=" + I82077aa.NO_HEAD_LOAD,
            DeviceFactory.IMPERFECTIONS + "=" + I82077aa.NO_POWER_DOWN
        })
public final class FloppyFactory implements DeviceFactory {
    private static final int USUAL_SPEED = 16;
    private static final int MAX_SPEED = 64;

    /** For Declarative Services. */
    public FloppyFactory() {}

    @Override
    public Device create(DeviceConfig config) throws ConfigurationException {
        String a = config.text("a", "");
        String b = config.text("b", "");
        if (!a.isEmpty() && a.equals(b)) {
            throw new ConfigurationException(
                    "device " + config.name() + ": a and b must be two drives, not both '" + a + "'");
        }
        return new I82077aa(a, b, config.number("speed", USUAL_SPEED, 1, MAX_SPEED));
    }
}
