package org.jeroboam.chipset.i440bx.pic;

import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.part.ProvidesDevice;
import org.osgi.service.component.annotations.Component;

/** Makes the pair of 8259s. */
@ProvidesDevice("i8259")
@Component(
        property = {
            DeviceFactory.TYPE + "=i8259",
            DeviceFactory.IMPERFECTIONS + "=MCS-80/85 and buffered mode, LTIM and ICW3 have no effect",
            DeviceFactory.IMPERFECTIONS + "=INT follows the requests without delay"
        })
public final class I8259Factory implements DeviceFactory {
    /** Called by Declarative Services. */
    public I8259Factory() {}

    @Override
    public Device create(DeviceConfig config) {
        return new I8259();
    }
}
