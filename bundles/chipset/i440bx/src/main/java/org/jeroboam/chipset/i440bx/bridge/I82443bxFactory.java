package org.jeroboam.chipset.i440bx.bridge;

import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.part.ProvidesDevice;
import org.osgi.service.component.annotations.Component;

/**
 * Makes the host bridge. Property: {@code strap}, {@code true} when a BIOS boots the machine, {@code false} by default;
 * the bridge then shows SeaBIOS, from a hard reset to the end of its self-test, the one that it expects.
 */
@ProvidesDevice("i82443bx")
@Component(
        property = {
            DeviceFactory.TYPE + "=i82443bx",
            DeviceFactory.IMPERFECTIONS + "=DRAM timing and error registers have no effect; DRB ends at 2040 MiB",
            DeviceFactory.IMPERFECTIONS + "=no memory hole at 15 MiB, no SMRAM in system management mode, no TSEG",
            DeviceFactory.IMPERFECTIONS + "=no AGP, no bus but 0",
            DeviceFactory.IMPERFECTIONS + "=with strap, an 82441FX until firmware has ended its self-test"
        })
public final class I82443bxFactory implements DeviceFactory {
    /** Called by Declarative Services. */
    public I82443bxFactory() {}

    @Override
    public Device create(DeviceConfig config) throws ConfigurationException {
        String strap = config.text("strap", "false");
        if (!strap.equals("true") && !strap.equals("false")) {
            throw new ConfigurationException(
                    "device " + config.name() + ": strap must be true or false, not '" + strap + "'");
        }
        return new I82443bx(strap.equals("true"));
    }
}
