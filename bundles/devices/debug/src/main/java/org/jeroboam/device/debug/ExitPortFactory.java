package org.jeroboam.device.debug;

import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.part.ProvidesDevice;
import org.osgi.service.component.annotations.Component;

/**
 * Makes exit ports. Properties: {@code port} (0xF4), the first of four ports, and {@code character} ({@code exit}), the
 * name of the stream that gets the code.
 */
@ProvidesDevice("exit-port")
@Component(service = DeviceFactory.class, property = DeviceFactory.TYPE + "=exit-port")
public final class ExitPortFactory implements DeviceFactory {
    private static final int USUAL_PORT = 0xF4;

    /** For Declarative Services. */
    public ExitPortFactory() {}

    @Override
    public Device create(DeviceConfig config) throws ConfigurationException {
        int port = config.number("port", USUAL_PORT, 0, 0xFFFF);
        return new ExitPort(port, config.text("character", "exit"));
    }
}
