package org.jeroboam.device.debug;

import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.part.ProvidesDevice;
import org.osgi.service.component.annotations.Component;

/** Makes debug consoles. Property: {@code character}, the name of the byte stream, by default the device's name. */
@ProvidesDevice("debug-console")
@Component(
        service = DeviceFactory.class,
        property = {DeviceFactory.TYPE + "=debug-console", DeviceFactory.IMPERFECTIONS + "=" + DebugConsole.MAY_DROP})
public final class DebugConsoleFactory implements DeviceFactory {
    /** For Declarative Services. */
    public DebugConsoleFactory() {}

    @Override
    public Device create(DeviceConfig config) {
        return new DebugConsole(config.text("character", config.name()));
    }
}
