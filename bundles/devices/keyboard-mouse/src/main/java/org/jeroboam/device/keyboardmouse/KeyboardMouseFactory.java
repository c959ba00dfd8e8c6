package org.jeroboam.device.keyboardmouse;

import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.part.ProvidesDevice;
import org.osgi.service.component.annotations.Component;

/** Makes the keyboard controller at ports 60h and 64h with a keyboard and a wheel mouse. It has no properties. */
@ProvidesDevice("i8042")
@Component(
        service = DeviceFactory.class,
        property = {
            DeviceFactory.TYPE + "=i8042",
            DeviceFactory.IMPERFECTIONS + "=" + Keyboard.NO_TYPEMATIC,
            DeviceFactory.IMPERFECTIONS + "=" + Keyboard.NO_FAKE_SHIFTS,
            DeviceFactory.IMPERFECTIONS + "=" + Mouse.NO_RATE,
            DeviceFactory.IMPERFECTIONS + "=" + Controller8042.NO_PASSWORD,
            DeviceFactory.IMPERFECTIONS + "=" + Controller8042.WHOLE_RESET
        })
public final class KeyboardMouseFactory implements DeviceFactory {
    /** For Declarative Services. */
    public KeyboardMouseFactory() {}

    @Override
    public Device create(DeviceConfig config) {
        return new Controller8042();
    }
}
