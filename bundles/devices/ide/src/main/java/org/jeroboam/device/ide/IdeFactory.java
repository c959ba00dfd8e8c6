package org.jeroboam.device.ide;

import java.util.ArrayList;
import java.util.List;
import org.jeroboam.device.ide.DriveConfig.Kind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.part.ProvidesDevice;
import org.osgi.service.component.annotations.Component;

/**
 * Makes PIIX4 IDE functions. Properties: {@code device} (7) and {@code function} (1), the place on PCI bus 0; and for
 * each of {@code primary.master}, {@code primary.slave}, {@code secondary.master} and {@code secondary.slave} the name
 * of a drive. Added to these, {@code .type} is {@code disk} (the default) or {@code cdrom}; {@code .serial} and
 * {@code .model} are the drive's strings. A disk without medium is absent, a CD-ROM drive without medium is empty.
 */
@ProvidesDevice("piix4-ide")
@Component(
        service = DeviceFactory.class,
        property = {
            DeviceFactory.TYPE + "=piix4-ide",
            DeviceFactory.IMPERFECTIONS + "=" + Piix4Ide.NO_TIMING,
            DeviceFactory.IMPERFECTIONS + "=" + AtaDisk.NO_SMART,
            DeviceFactory.IMPERFECTIONS + "=" + AtaDisk.COARSE_ERRORS,
            DeviceFactory.IMPERFECTIONS + "=" + PacketDrive.DATA_ONLY,
            DeviceFactory.IMPERFECTIONS + "=" + PacketDrive.NO_AUTHENTICATION
        })
public final class IdeFactory implements DeviceFactory {
    private static final List<String> POSITIONS =
            List.of("primary.master", "primary.slave", "secondary.master", "secondary.slave");
    private static final int SERIAL_LENGTH = 20;
    private static final int MODEL_LENGTH = 40;

    /** For Declarative Services. */
    public IdeFactory() {}

    @Override
    public Device create(DeviceConfig config) throws ConfigurationException {
        int device = config.number("device", 7, 0, 31);
        int function = config.number("function", 1, 0, 7);
        List<DriveConfig> drives = new ArrayList<>();
        for (String position : POSITIONS) {
            Kind kind = kind(config, position + ".type");
            drives.add(new DriveConfig(
                    kind,
                    config.text(position, ""),
                    text(config, position + ".serial", "JB" + config.name() + "-" + drives.size(), SERIAL_LENGTH),
                    text(config, position + ".model", model(kind), MODEL_LENGTH)));
        }
        return new Piix4Ide(device, function, drives);
    }

    private static Kind kind(DeviceConfig config, String key) throws ConfigurationException {
        String type = config.text(key, "disk");
        return switch (type) {
            case "disk" -> Kind.DISK;
            case "cdrom" -> Kind.CDROM;
            default ->
                throw new ConfigurationException(
                        "device " + config.name() + ": " + key + " must be disk or cdrom, not '" + type + "'");
        };
    }

    private static String model(Kind kind) {
        return switch (kind) {
            case DISK -> "Jeroboam Virtual HD";
            case CDROM -> "Jeroboam Virtual CD-ROM";
        };
    }

    private static String text(DeviceConfig config, String key, String fallback, int length)
            throws ConfigurationException {
        String text = config.properties().get(key);
        if (text == null) {
            return fallback.substring(0, Math.min(fallback.length(), length));
        }
        if (text.length() > length || text.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw new ConfigurationException("device " + config.name() + ": " + key + " must have at most " + length
                    + " printable ASCII characters, not '" + text + "'");
        }
        return text;
    }
}
