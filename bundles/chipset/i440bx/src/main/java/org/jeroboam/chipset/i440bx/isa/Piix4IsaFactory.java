package org.jeroboam.chipset.i440bx.isa;

import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.part.ProvidesDevice;
import org.osgi.service.component.annotations.Component;

/** Makes PIIX4 function 0. Property {@code pci.device}: its device number on bus 0, 7 by default. */
@ProvidesDevice("piix4-isa")
@Component(
        property = {
            DeviceFactory.TYPE + "=piix4-isa",
            DeviceFactory.IMPERFECTIONS
                    + "=decode enables other than the clock's and the keyboard controller's have no effect",
            DeviceFactory.IMPERFECTIONS + "=ports 72h and 73h answer without their enable in RTCCFG",
            DeviceFactory.IMPERFECTIONS + "=SERIRQ, type-F DMA and pin multiplexing have no effect"
        })
public final class Piix4IsaFactory implements DeviceFactory {
    /** Called by Declarative Services. */
    public Piix4IsaFactory() {}

    @Override
    public Device create(DeviceConfig config) throws ConfigurationException {
        return new Piix4Isa(config.number("pci.device", 7, 0, 31));
    }
}
