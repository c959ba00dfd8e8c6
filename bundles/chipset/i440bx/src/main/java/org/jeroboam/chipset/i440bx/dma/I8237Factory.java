package org.jeroboam.chipset.i440bx.dma;

import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.part.ProvidesDevice;
import org.osgi.service.component.annotations.Component;

/** Makes the pair of 8237s. */
@ProvidesDevice("i8237")
@Component(
        property = {
            DeviceFactory.TYPE + "=i8237",
            DeviceFactory.IMPERFECTIONS + "=transfers take no time; modes and priorities make no difference",
            DeviceFactory.IMPERFECTIONS + "=software requests move nothing; no page registers at 90h to 9Fh"
        })
public final class I8237Factory implements DeviceFactory {
    /** Called by Declarative Services. */
    public I8237Factory() {}

    @Override
    public Device create(DeviceConfig config) {
        return new I8237();
    }
}
