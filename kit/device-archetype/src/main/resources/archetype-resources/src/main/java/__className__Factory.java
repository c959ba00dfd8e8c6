package ${package};

import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.part.ProvidesDevice;
import org.osgi.service.component.annotations.Component;

/** Makes the cards. Property {@code pci.device}: the device number on bus 0, 11 by default. */
@ProvidesDevice("${deviceType}")
@Component(
        property = {
            DeviceFactory.TYPE + "=${deviceType}",
            DeviceFactory.IMPERFECTIONS + "=a copy becomes visible as a whole, at its end"
        })
public final class ${className}Factory implements DeviceFactory {
    /** Called by Declarative Services. */
    public ${className}Factory() {}

    @Override
    public Device create(DeviceConfig config) throws ConfigurationException {
        return new ${className}(config.number("pci.device", 11, 0, 31));
    }
}
