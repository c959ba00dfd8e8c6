package org.jeroboam.chipset.i440bx.pm;

import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.part.ProvidesDevice;
import org.osgi.service.component.annotations.Component;

/** Makes PIIX4 function 3. Property {@code pci.device}: its device number on bus 0, 7 by default. */
@ProvidesDevice("piix4-pm")
@Component(
        property = {
            DeviceFactory.TYPE + "=piix4-pm",
            DeviceFactory.IMPERFECTIONS + "=no clock control, throttling, device monitors, idle timers or traps",
            DeviceFactory.IMPERFECTIONS + "=soft-off is the only sleep state; others end at once",
            DeviceFactory.IMPERFECTIONS + "=no button override, lid, ring, thermal or RTC wake events",
            DeviceFactory.IMPERFECTIONS + "=no slaves on the SMBus",
            DeviceFactory.IMPERFECTIONS + "=APMC switches SCI_EN itself (F1h on, F0h off) in place of an SMI handler"
        })
public final class Piix4PmFactory implements DeviceFactory {
    /** Called by Declarative Services. */
    public Piix4PmFactory() {}

    @Override
    public Device create(DeviceConfig config) throws ConfigurationException {
        return new Piix4Pm(config.number("pci.device", 7, 0, 31));
    }
}
