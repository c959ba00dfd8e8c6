package org.jeroboam.chipset.i440bx.bridge;

import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.osgi.service.component.annotations.Component;

/** Makes the host bridge. */
@Component(
        property = {
            DeviceFactory.TYPE + "=i82443bx",
            DeviceFactory.IMPERFECTIONS + "=DRAM timing and error registers have no effect; DRB ends at 2040 MiB",
            DeviceFactory.IMPERFECTIONS + "=no memory hole at 15 MiB, no SMRAM in system management mode, no TSEG",
            DeviceFactory.IMPERFECTIONS + "=no AGP, no bus but 0"
        })
public final class I82443bxFactory implements DeviceFactory {
    /** Called by Declarative Services. */
    public I82443bxFactory() {}

    @Override
    public Device create(DeviceConfig config) {
        return new I82443bx();
    }
}
