package org.jeroboam.firmware.fwcfg;

import java.util.List;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.part.ProvidesDevice;
import org.osgi.service.component.annotations.Component;

/**
 * Makes the interface between SeaBIOS and its machine. Properties: {@code boot}, letters of the drives in the order in
 * which they are tried: c (hard disks), d (CD-ROM), a (floppy), by default the order in CMOS memory; {@code menu},
 * {@code true} to offer the boot menu; {@code video-rom}, a file with the VGA BIOS; {@code cdrom}, the IDE connector of
 * the CD-ROM drive, {@code secondary.master} by default, empty when there is none.
 */
@ProvidesDevice("fw-cfg")
@Component(
        service = DeviceFactory.class,
        property = {
            DeviceFactory.TYPE + "=fw-cfg",
            DeviceFactory.IMPERFECTIONS + "=" + FwCfg.NO_DMA,
            DeviceFactory.IMPERFECTIONS + "=" + FwCfg.NO_WRITES
        })
public final class FwCfgFactory implements DeviceFactory {
    /** Called by Declarative Services. */
    public FwCfgFactory() {}

    @Override
    public Device create(DeviceConfig config) throws ConfigurationException {
        String boot = config.text("boot", "");
        if (!BootOrder.valid(boot)) {
            throw wrong(config, "boot must be letters of c, d and a in order, not '" + boot + "'");
        }
        String menu = config.text("menu", "false");
        if (!List.of("true", "false").contains(menu)) {
            throw wrong(config, "menu must be true or false, not '" + menu + "'");
        }
        String cdrom = config.text("cdrom", "secondary.master");
        if (!cdrom.isEmpty() && !BootOrder.CONNECTORS.contains(cdrom)) {
            throw wrong(config, "cdrom must be one of " + BootOrder.CONNECTORS + " or empty, not '" + cdrom + "'");
        }
        String videoRom = config.text("video-rom", "");
        return new FwCfg(new FwCfgSettings(
                BootOrder.lines(boot, cdrom),
                menu.equals("true"),
                videoRom.isEmpty() ? null : OptionRom.read(videoRom)));
    }

    private static ConfigurationException wrong(DeviceConfig config, String what) {
        return new ConfigurationException("device " + config.name() + ": " + what);
    }
}
